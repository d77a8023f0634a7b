"""What it costs to carry a token from one chain to another: gas and data of sending there and of arriving here."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from harness.chains import NATIVE_DECIMALS, Chain, OptimismBridge
from harness.keeper.datafee import NOTHING, DataFee

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
SENT, CREDITED, INJECTED, CLAIMED, PROVEN = 164, 36, 132, 2_500, 6_000
"""Bytes of calldata of the same: an injection's the keeper's own, a proof's with the nodes of a deep trie."""


@dataclass(frozen=True, slots=True)
class Effort:
    """What is to be done at one end of a crossing.

    Attributes:
        gas: Units, without what data costs where that is paid for beside gas.
        size: Bytes of calldata.
        transactions: How many.
    """

    gas: int
    size: int
    transactions: int = 1

    def __add__(self, other: "Effort") -> "Effort":
        """Return both."""
        return Effort(self.gas + other.gas, self.size + other.size, self.transactions + other.transactions)

    def wei(self, gas_price: int, data: DataFee) -> int:
        """Return what it costs where gas and data have these prices."""
        return self.gas * gas_price + self.size * data.byte + self.transactions * data.transaction


CREDIT: Final = Effort(CREDITING, CREDITED)
INJECT: Final = Effort(INJECTING, INJECTED)
CLAIM: Final = Effort(CLAIMING, CLAIMED)
PROVE: Final = Effort(PROVING, PROVEN, 2)


@dataclass(frozen=True, slots=True)
class Crossing:
    """A way for a token from one chain to another.

    Attributes:
        bridge: Its name in the file of the chain that it starts from.
        source: That chain's name.
        target: The other's.
        dollars: USD for gas and data of one crossing at both ends, whatever the amount.
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
        data: What a rollup takes for data.
    """

    chain: Chain
    gas_price: int
    coin: Decimal
    data: DataFee = NOTHING

    def dollars(self, effort: Effort) -> Decimal:
        """Return what it costs to do something here."""
        return Decimal(effort.wei(self.gas_price, self.data)).scaleb(-NATIVE_DECIMALS) * self.coin


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
            sending, arriving = efforts(bridge.kind, up=up)
            cost = source.dollars(sending) + target.dollars(arriving)
            yield Crossing(name, source.chain.name, target.chain.name, cost, bridge.seconds)


def efforts(kind: str, *, up: bool) -> tuple[Effort, Effort]:
    """Return what is to be done at both ends: a deposit to a rollup of the OP stack arrives by itself, to be credited.

    Args:
        kind: The bridge's.
        up: Whether it starts from a chain that is no rollup of the OP stack.
    """
    if kind == "agglayer":
        return Effort(SENDING[kind], SENT), CLAIM + CREDIT
    return (Effort(SENDING[kind], SENT), CREDIT) if up else (Effort(WITHDRAWING, SENT), PROVE + CREDIT)
