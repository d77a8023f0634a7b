"""How a keeper works, as its operator wants it."""

from dataclasses import dataclass, field

from harness.keeper.fees import FeePolicy


@dataclass(frozen=True, slots=True)
class Settings:
    """How a keeper works.

    Attributes:
        fees: What gas may cost.
        margin_bps: By how much a profit must exceed the gas it costs, in basis points of that gas. Gas and this margin
            are what a route demands on chain, and not the profit simulated, so that a small move reverts nothing.
        tip_bps: The builder's share of a profit in wrapped native coin, in basis points.
        parent_hash: Whether a route may run only on top of the block that it was computed on.
        compared: How many pools are compared with the chain in each block, in turn.
        access_lists: Whether access lists are sent where they save gas.
    """

    fees: FeePolicy = field(default_factory=FeePolicy)
    margin_bps: int = 2_000
    tip_bps: int = 0
    parent_hash: bool = False
    compared: int = 8
    access_lists: bool = False
