"""What it costs to carry a token from one chain to another: gas of sending there and of arriving here."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from harness.chains import NATIVE_DECIMALS, Chain, OptimismBridge

SENDING: Final = {"optimism": 800_000, "agglayer": 300_000}
"""Gas of `sendToOutpost` by the kind of the bridge, with what the OP stack's portal burns for the rollup's gas."""
WITHDRAWING: Final = 270_000
"""Gas of `sendToOutpost` from a rollup of the OP stack."""
PROVING: Final = 450_000
"""Gas of proving and finalising on the chain below what has left a rollup of the OP stack."""
CLAIMING: Final = 350_000
"""Gas of a claim at AggLayer's bridge."""
CREDITING: Final = 110_000
"""Gas of crediting what lies at an inbox."""
INJECTING: Final = 300_000
"""Gas of an injection, as the upkeep contract takes it."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """A way for a token from one chain to another.

    Attributes:
        bridge: Its name in the file of the chain that it starts from.
        source: That chain's name.
        target: The other's.
        dollars: USD for the gas of one crossing at both ends, whatever the amount.
        seconds: Roughly how long it takes, as the file has it; None where it does not say.
    """

    bridge: str
    source: str
    target: str
    dollars: Decimal
    seconds: int | None


@dataclass(frozen=True, slots=True)
class End:
    """A chain that a crossing starts from or ends at.

    Attributes:
        chain: Its file.
        gas_price: Wei a unit of gas.
        coin: USD for a whole native coin.
    """

    chain: Chain
    gas_price: int
    coin: Decimal

    def dollars(self, gas: int) -> Decimal:
        """Return what so much gas costs."""
        return Decimal(gas * self.gas_price).scaleb(-NATIVE_DECIMALS) * self.coin


def crossings(symbol: str, ends: dict[int, End]) -> Iterator[Crossing]:
    """Yield every way between these chains on which a bridge of the files takes a token, those unconfirmed left out.

    Args:
        symbol: The token's.
        ends: Chains by their ids.
    """
    for source in ends.values():
        for name, bridge in source.chain.bridges.items():
            target = ends.get(bridge.chain_id)
            takes = not isinstance(bridge, OptimismBridge) or symbol in bridge.tokens
            if target is None or bridge.unconfirmed or not takes:
                continue
            up = source.chain.fees.model != "op-stack"
            sending, arriving = gas(bridge.kind, up=up)
            cost = source.dollars(sending) + target.dollars(arriving)
            yield Crossing(name, source.chain.name, target.chain.name, cost, bridge.seconds)


def gas(kind: str, *, up: bool) -> tuple[int, int]:
    """Return the gas at both ends; a deposit to a rollup of the OP stack arrives by itself, and has to be credited.

    Args:
        kind: The bridge's.
        up: Whether it starts from a chain that is no rollup of the OP stack.
    """
    if kind == "agglayer":
        return SENDING[kind], CLAIMING + CREDITING
    return (SENDING[kind], CREDITING) if up else (WITHDRAWING, PROVING + CREDITING)
