"""What a unit of gas is worth to us: EIP-1559 by a chain's policy. Everything in wei, and never above the limit."""

from dataclasses import dataclass, replace
from statistics import median_low
from typing import Any

from harness.chains import Chain
from harness.keeper.heads import Head
from harness.keeper.limits import GWEI, GasPriceTooHighError
from harness.keeper.rpc import Rpc, RpcError
from harness.node import NodeError

PERCENT = 100
HISTORY = 10
"""Blocks whose tips are looked at."""
FRESH = 5
"""Blocks for which the answer holds."""


@dataclass(frozen=True, slots=True)
class Fees:
    """The price of a transaction.

    Attributes:
        max_fee: The most for a unit of gas, in wei.
        tip: Of that, the most to the block's producer.
    """

    max_fee: int
    tip: int


@dataclass(frozen=True, slots=True)
class FeePolicy:
    """How a chain prices gas, and what we are ready to pay.

    Attributes:
        limit: The most for a unit of gas, in wei.
        tip: Wei a unit to the producer; with a percentile, what stands in as long as the node does not say.
        tip_percentile: Follow what others tip: this percentile of each block's gas. None for the fixed tip.
        base_fee_percent: How much of the next base fee is offered; above 100, so that it may rise while we wait.
        bump_percent: By more than this does a replacement pay better; nodes ask for 10.
        blocks_to_live: After so many blocks a transaction is not wanted any more.
        elasticity: The gas limit over the target of the chain's EIP-1559.
        denominator: Its largest change of the base fee is one part in so many; 0 where the next base fee follows
            another rule and the last stands for it.
        least_tip: Wei a unit below which the chain includes nothing.
    """

    limit: int = 100 * GWEI
    tip: int = 10**8
    tip_percentile: int | None = None
    base_fee_percent: int = 200
    bump_percent: int = 10
    blocks_to_live: int = 3
    elasticity: int = 2
    denominator: int = 8
    least_tip: int = 0

    def on(self, chain: Chain) -> "FeePolicy":
        """Return the same by the rules of a chain."""
        rules = chain.fees
        return replace(
            self,
            tip=max(self.tip, rules.least_tip),
            elasticity=rules.elasticity,
            denominator=rules.denominator,
            least_tip=rules.least_tip,
        )


def next_base_fee(policy: FeePolicy, block: Head) -> int:
    """Return the base fee of the block after `block`, by EIP-1559's formula; 0 where there is none.

    https://eips.ethereum.org/EIPS/eip-1559
    """
    target = block.gas_limit // policy.elasticity
    if not policy.denominator or not target or not block.base_fee:
        return block.base_fee
    change = block.base_fee * abs(block.gas_used - target) // target // policy.denominator
    return block.base_fee + max(change, 1) if block.gas_used > target else block.base_fee - change


def price(policy: FeePolicy, block: Head, tip: int | None = None) -> Fees:
    """Return what to offer for a place in the block after `block`.

    Args:
        policy: The chain's.
        block: The newest.
        tip: Wei a unit to the producer, else the policy's.

    Raises:
        GasPriceTooHighError: The next base fee and the tip are above the limit.
    """
    base = next_base_fee(policy, block)
    tip = policy.tip if tip is None else tip
    _require(policy, base + tip)
    return Fees(min(base * policy.base_fee_percent // PERCENT + tip, policy.limit), tip)


def bumped(policy: FeePolicy, old: Fees, now: Fees | None = None) -> Fees:
    """Return what a replacement has to offer: more than the old by over the policy's percentage, and no less than now.

    Raises:
        GasPriceTooHighError: That is above the limit.
    """
    floor = now or Fees(0, 0)
    max_fee = max(_above(old.max_fee, policy.bump_percent), floor.max_fee)
    _require(policy, max_fee)
    return Fees(max_fee, max(_above(old.tip, policy.bump_percent), floor.tip))


class Tips:
    """What others tip, asked once in a few blocks; off the hot path.

    Args:
        rpc: The chain's nodes.
        policy: With a percentile.
    """

    def __init__(self, rpc: Rpc, policy: FeePolicy) -> None:
        self._rpc, self._policy = rpc, policy
        self._tip, self._asked = policy.tip, -FRESH

    def tip(self, block: int) -> int:
        """Return wei a unit of gas as of a block; what was known before where the node does not say."""
        percentile = self._policy.tip_percentile
        if percentile is None or self._asked <= block < self._asked + FRESH:
            return self._tip
        self._asked = block
        try:
            answer = self._rpc.ask("eth_feeHistory", hex(HISTORY), "latest", [percentile])
            self._tip = max(_median_tip(answer), self._policy.least_tip)
        except (RpcError, NodeError, ValueError):
            return self._tip
        return self._tip


def _median_tip(answer: Any) -> int:  # noqa: ANN401 - whatever a node says
    """Return the median over the blocks; ValueError where the answer is none."""
    try:
        return median_low(int(row[0], 16) for row in answer["reward"])
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError(f"no tips in {type(answer).__name__}") from error


def _above(wei: int, percent: int) -> int:
    """Return the least integer that is more than `percent` above: some nodes take the very percentage, some do not."""
    return wei * (PERCENT + percent) // PERCENT + 1


def _require(policy: FeePolicy, wei: int) -> None:
    if wei > policy.limit:
        raise GasPriceTooHighError(f"gas at {wei} wei is above the limit of {policy.limit}; wait, or raise the limit")
