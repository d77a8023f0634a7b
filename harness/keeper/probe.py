"""The token filter: a token is bought, passed on and sold in simulation, and what came of it is judged.

contracts/TokenProbe.sol runs in `eth_call` at the executor's own address, put there by a state override, so that a
token sees who would really trade it. Code and balance are overridden and nothing else, which all common nodes can.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from typing import Any, Final

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from harness.artifacts import artifact
from harness.chains import Chain
from harness.errors import MillraceError
from harness.keeper.abi import error_name
from harness.keeper.feeds.place import Place
from harness.keeper.rpc import Rpc, RpcError
from harness.node import NodeError

GAS: Final = 12_000_000
"""What a node is allowed for a trial; each of its five steps takes two millions at most."""
MOST_GAS_OF_SWAP: Final = 600_000
MOST_GAS_OF_TRANSFER: Final = 200_000
"""Beyond what honest tokens and pools need, in units of gas."""

OTHER: Final = to_checksum_address(keccak(b"the other one of a trial")[-20:])
"""Whom a token is passed on to: an address that nobody has."""
HOP: Final = "(uint8,address,address,address,uint256)"
TRADE: Final = "(uint256,uint256,uint256,uint256)"
PROBE: Final = keccak(f"probe(address,uint256,{HOP}[],address)".encode())[:4]
FINDINGS: Final = f"(uint8,bytes,uint256,{TRADE},{TRADE},{TRADE},{TRADE})"
TRANSFER: Final = "0x" + keccak(b"Transfer(address,address,uint256)").hex()
TAKEN_IN_PART: Final = keccak(b"TakenInPart(uint256,uint256)")[:4]


class ProbeError(MillraceError):
    """A node cannot run a trial, which says nothing about the token."""


class Manner(IntEnum):
    """How a pool is swapped on, as contracts/types/Probe.sol numbers it."""

    PAIR, QUOTING, CONCENTRATED = range(3)


MANNERS: Final = {
    "uniswap-v2": Manner.PAIR,
    "pancake-v2": Manner.PAIR,
    "solidly": Manner.QUOTING,
    "uniswap-v3": Manner.CONCENTRATED,
    "pancake-v3": Manner.CONCENTRATED,
    "algebra": Manner.CONCENTRATED,
}
"""By the kind of a venue; on pools of the others nothing is tried."""

QUOTING: Final = (("uniswap-v2", "camelot"),)
"""Kind and family of venues whose pairs say themselves what they pay, unlike the kind's others."""


class Step(IntEnum):
    """The steps of a trial, as contracts/types/Probe.sol numbers them."""

    NONE, FUND, BUY, PASS, RECALL, SELL = range(6)


WORDS: Final = {Step.BUY: "bought", Step.PASS: "sent", Step.RECALL: "sent by another", Step.SELL: "sold"}


@dataclass(frozen=True, slots=True)
class Hop:
    """A swap on a pool: of all there is of `token_in`; `fee_bps` is a pair's."""

    manner: Manner
    pool: str
    token_in: str
    token_out: str
    fee_bps: int = 0


@dataclass(frozen=True, slots=True)
class Trade:
    """A step: units given, units promised for them, units measured, units of gas."""

    given: int
    promised: int
    received: int
    gas: int


@dataclass(frozen=True, slots=True)
class Trial:
    """What a trial came to.

    Attributes:
        failed: The step that reverted; none that comes after it has run.
        reason: What it reverted with.
        held: Units of the token that its pool held to begin with.
        steps: The others.
    """

    failed: Step
    reason: bytes
    held: int
    steps: dict[Step, Trade]

    @property
    def inconclusive(self) -> bool:
        """Whether it says nothing about the token: it could not be funded, or the pool is too shallow."""
        return self.failed is Step.FUND or self.reason[:4] == TAKEN_IN_PART

    def objection(self) -> str:
        """Return why the token is not to be traded; empty for one that may be."""
        if self.failed in WORDS:
            return f"cannot be {WORDS[self.failed]}: {error_name(self.reason)}"
        if self.failed:
            return "cannot be tried"
        return next((said for step, trade in self.steps.items() if (said := _objection(step, trade))), "")


class Prober:
    """Tries tokens on a chain.

    Args:
        chain: The chain file.
        rpc: Its nodes.
        executor: Checksummed address that the token is traded from.
        keeper: Checksummed address that sends.
    """

    def __init__(self, chain: Chain, rpc: Rpc, executor: str, keeper: str) -> None:
        self._rpc, self._executor, self._keeper = rpc, executor, keeper
        self._wrapped = chain.token(chain.native.wrapped).address
        self._code = "0x" + artifact("TokenProbe").runtime_code.hex()

    def probe(self, way: Sequence[Hop], amount: int, block: int) -> Trial:
        """Try the token that the last hop buys, with `amount` wei of native coin, at the end of a block; one request.

        Raises:
            ProbeError: The node cannot run it.
            NodeError: No node has answered.
        """
        hops = [(hop.manner, hop.pool, hop.token_in, hop.token_out, hop.fee_bps) for hop in way]
        data = PROBE + encode(["address", "uint256", f"{HOP}[]", "address"], [self._wrapped, amount, hops, OTHER])
        call = {"from": self._keeper, "to": self._executor, "data": "0x" + data.hex(), "gas": hex(GAS)}
        there = {self._executor: {"code": self._code, "balance": hex(amount)}, OTHER: {"code": self._code}}
        try:
            return _trial(self._rpc.ask("eth_call", call, hex(block), there))
        except RpcError as error:
            raise ProbeError(f"{error}; it has to take state overrides in eth_call") from None

    def unexplained(self, token: str, holder: str, before: tuple[int, int], now: tuple[int, int]) -> int:
        """Return by how much a balance has changed without a transfer that says so; two requests.

        Args:
            token: Checksummed address.
            holder: Whose balance.
            before: A block, and units held at its end.
            now: The same of a later block.

        Raises:
            RpcError: So many logs are too many for the node.
            NodeError: No node has answered.
        """
        account = "0x" + holder[2:].lower().rjust(64, "0")
        span = {"address": token, "fromBlock": hex(before[0] + 1), "toBlock": hex(now[0])}
        came = self._rpc.ask("eth_getLogs", {**span, "topics": [TRANSFER, None, account]})
        went = self._rpc.ask("eth_getLogs", {**span, "topics": [TRANSFER, account]})
        return now[1] - before[1] - (_sum(came) - _sum(went))


def hop_on(chain: Chain, place: Place, token_in: str) -> Hop | None:
    """Return the swap of a token on a pool, or None where its kind is not tried."""
    venue = chain.venues[place.venue]
    manner = Manner.QUOTING if (venue.kind, venue.family) in QUOTING else MANNERS.get(venue.kind)
    if manner is None:
        return None
    token_out = place.token1 if token_in == place.token0 else place.token0
    return Hop(manner, place.address, token_in, token_out, place.fee_bps)


def _objection(step: Step, trade: Trade) -> str:
    """Return what is wrong with a step that succeeded."""
    if trade.received != trade.promised:
        apart = Decimal(abs(trade.promised - trade.received)) * 100 / max(trade.promised, 1)
        verb = "brings less" if trade.received < trade.promised else "brings more"
        return f"{verb} than it should when it is {WORDS[step]}, by {round(apart, 3).normalize():f} %"
    most = MOST_GAS_OF_TRANSFER if step in (Step.PASS, Step.RECALL) else MOST_GAS_OF_SWAP
    if trade.gas > most:
        return f"takes {trade.gas} units of gas when it is {WORDS[step]}; at most {most} are reasonable"
    return ""


def _trial(answer: Any) -> Trial:  # noqa: ANN401 - whatever a node answers with
    try:
        failed, reason, held, *trades = decode([FINDINGS], bytes.fromhex(answer[2:]))[0]
        steps = dict(zip(WORDS, (Trade(*trade) for trade in trades), strict=True))
        return Trial(Step(failed), reason, held, steps)
    except (TypeError, ValueError, DecodingError):
        raise ProbeError("the node has not run the probe; it has to take state overrides in eth_call") from None


def _sum(logs: Any) -> int:  # noqa: ANN401
    try:
        return sum(int(log["data"], 16) for log in logs)
    except (TypeError, LookupError, ValueError):
        raise NodeError("a node answered eth_getLogs with something that is no list of logs") from None
