"""What the lenders of a chain file ask and have, read from the chain.

A flash swap needs none: the executor borrows it from the last leg whose input it can tell beforehand.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness import chains
from harness.chains import Chain
from harness.keeper.abi import Call
from harness.keeper.multicall import Multicall
from harness.market.costs import FLASH_SWAP, Offer
from harness.market.route import Lender

GAS_OF_LOAN = {Lender.BALANCER_V2: 50_000, Lender.AAVE_V3: 135_000, Lender.MORPHO: 40_000, Lender.UNISWAP_V4: 40_000}
"""Units of gas beyond a flash swap, as measured on the replica, rounded up."""

WAD = 10**18
BPS = 10_000
ATOKEN = 8
"""Where the interest-bearing token stands in Aave's reserve data; what is lent lies there."""


@dataclass(frozen=True, slots=True)
class Source:
    """A way to borrow, as long as its terms stay the same.

    Attributes:
        lender: Which kind.
        address: Checksummed address that lends.
        fee_bps: What it takes, in basis points, rounded up.
        holders: Where what it lends of a token lies, by token; checksummed addresses.
    """

    lender: Lender
    address: str
    fee_bps: int
    holders: dict[str, str]


class Lenders:
    """The lenders of a chain: their terms are read once, what they have as often as somebody asks `calls`.

    Args:
        chain: The chain file.
        multicall: Of that chain.
        block: Number of the block to read at.

    Raises:
        CallFailedError: A lender does not answer as one of its kind.
    """

    def __init__(self, chain: Chain, multicall: Multicall, block: int) -> None:
        self._sources = tuple(_sources(chain, multicall, block))
        self.calls = tuple(
            Call(token, "balanceOf(address)", (holder,), ("uint256",))
            for source in self._sources
            for token, holder in source.holders.items()
        )
        """What has to be asked to know what they have."""
        self.offers = self.of(multicall.try_read(self.calls, block))

    def of(self, answers: Sequence[tuple[int, ...] | None]) -> tuple[Offer, ...]:
        """Return every way to borrow, by the answers to `calls`: what did not answer has nothing to lend."""
        held = iter(answers)
        offers = [FLASH_SWAP]
        for source in self._sources:
            available = {token: (next(held) or (0,))[0] for token in source.holders}
            gas = GAS_OF_LOAN[source.lender]
            offers.append(Offer(source.lender, source.address, source.fee_bps, gas, available))
        return tuple(offers)


def _sources(chain: Chain, multicall: Multicall, block: int) -> Iterator[Source]:
    tokens = [chain.token(symbol).address for symbol in chain.profit_tokens]
    for lender in chain.lenders.values():
        if lender.kind == "balancer-v2":
            yield _balancer_v2(lender.address, tokens, multicall, block)
        elif lender.kind == "aave-v3":
            yield _aave_v3(lender.address, tokens, multicall, block)
        else:
            yield _freely(Lender.MORPHO, lender.address, tokens)
    managers = [venue.pool_manager for venue in chain.venues.values() if isinstance(venue, chains.UniswapV4)]
    if "uniswap-v4" in chain.executor.lenders:
        for manager in managers:
            yield _freely(Lender.UNISWAP_V4, manager, tokens)


def _balancer_v2(vault: str, tokens: Sequence[str], multicall: Multicall, block: int) -> Source:
    collector = multicall.read([Call(vault, "getProtocolFeesCollector()", (), ("address",))], block)[0][0]
    (fee,) = multicall.read([Call(collector, "getFlashLoanFeePercentage()", (), ("uint256",))], block)[0]
    return Source(Lender.BALANCER_V2, vault, -(-fee * BPS // WAD), dict.fromkeys(tokens, vault))


def _aave_v3(pool: str, tokens: Sequence[str], multicall: Multicall, block: int) -> Source:
    words = ("uint256",) * 15
    calls = [Call(pool, "getReserveData(address)", (token,), words) for token in tokens]
    premium_call = Call(pool, "FLASHLOAN_PREMIUM_TOTAL()", (), ("uint128",))
    *reserves, (premium,) = multicall.read([*calls, premium_call], block)
    holders = {token: f"0x{data[ATOKEN]:040x}" for token, data in zip(tokens, reserves, strict=True) if data[ATOKEN]}
    return Source(Lender.AAVE_V3, pool, premium, holders)


def _freely(kind: Lender, holder: str, tokens: Sequence[str]) -> Source:
    """Return a lender that takes no fee and lends whatever it holds."""
    return Source(kind, holder, 0, dict.fromkeys(tokens, holder))
