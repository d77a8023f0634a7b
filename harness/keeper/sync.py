"""The pools of a chain file, found through their factories and read at one block."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from web3 import Web3
from web3.types import BlockData

from harness import chains
from harness.chains import Chain
from harness.errors import MillraceError
from harness.keeper.abi import Call
from harness.keeper.multicall import Multicall
from harness.market.market import Snapshot
from harness.market.pools.concentrated import WORD
from harness.market.pools.pool import Pool
from harness.market.pools.tick_math import MAX_TICK, MIN_TICK
from harness.market.pools.uniswap_v2 import UniswapV2Pool
from harness.market.pools.uniswap_v3 import UniswapV3Pool

NOWHERE = "0x" + "00" * 20
WORDS = 2
"""Words of 256 ticks that are read on each side of a concentrated pool's price."""


class PoolMissingError(MillraceError):
    """The chain file lists a pool that its factory has not made, or of a kind that is not traded."""


@dataclass(frozen=True, slots=True)
class Place:
    """A pool of the chain file and where it is.

    Attributes:
        name: `<venue>:<A>/<B>`, with `:<fee>` where there is a fee.
        venue: Key under `venues`.
        address: Checksummed address.
        token0: Checksummed address of the token that sorts first.
        token1: Checksummed address of the other.
        fee_bps: Fee of a constant-product pair in basis points; 0 for others.
        fee: Fee of a concentrated pool in pips; 0 for others.
        tick_spacing: Of a concentrated pool; 0 for others.
    """

    name: str
    venue: str
    address: str
    token0: str
    token1: str
    fee_bps: int = 0
    fee: int = 0
    tick_spacing: int = 0


class Reader:
    """Reads the pools of one chain; three requests a snapshot, however many pools there are.

    Args:
        chain: The chain file.
        web3: Connected to that chain.

    Raises:
        PoolMissingError: A pool of the chain file is not there.
    """

    def __init__(self, chain: Chain, web3: Web3) -> None:
        self.multicall = Multicall(web3, chain.contracts["multicall3"])
        self.places: tuple[Place, ...] = _find(chain, self.multicall, web3.eth.block_number)

    def snapshot(self, block: BlockData) -> Snapshot:
        """Return all pools as they stood at the end of `block`."""
        pairs = [place for place in self.places if not place.tick_spacing]
        concentrated = [place for place in self.places if place.tick_spacing]
        number = block["number"]
        calls = [_view(place, "getReserves()", "uint112", "uint112", "uint32") for place in pairs]
        calls += [_view(place, "slot0()", "uint160", "int24") for place in concentrated]
        calls += [_view(place, "liquidity()", "uint128") for place in concentrated]
        answers = self.multicall.read(calls, number)
        cut, end = len(pairs), len(pairs) + len(concentrated)
        heads = [(p, t, active[0]) for (p, t), active in zip(answers[cut:end], answers[end:], strict=True)]
        pools: list[Pool] = [_pair(place, *reserves[:2]) for place, reserves in zip(pairs, answers, strict=False)]
        pools += self._concentrated(concentrated, heads, number)
        return Snapshot(number, block["timestamp"], {pool.address: pool for pool in pools})

    def _concentrated(
        self, places: Sequence[Place], heads: Sequence[tuple[int, int, int]], block: int
    ) -> list[UniswapV3Pool]:
        spans = [_span(place, tick) for place, (_, tick, _) in zip(places, heads, strict=True)]
        words = [(place, word) for place, span in zip(places, spans, strict=True) for word in span]
        maps = self.multicall.read([_view_of(place, "tickBitmap(int16)", word) for place, word in words], block)
        ticks = [at for (place, word), (bits,) in zip(words, maps, strict=True) for at in _ticks(place, word, bits)]
        nets = self.multicall.read([_net_of(place, tick) for place, tick in ticks], block)
        net: dict[str, dict[int, int]] = {place.address: {} for place in places}
        for (place, tick), (_, change) in zip(ticks, nets, strict=True):
            net[place.address][tick] = change
        parts = zip(places, heads, spans, strict=True)
        return [_pool(place, head, net[place.address], span) for place, head, span in parts]


def _find(chain: Chain, multicall: Multicall, block: int) -> tuple[Place, ...]:
    """Ask the factories for the pools."""
    asked = [_factory_call(chain, pool) for pool in chain.pools]
    spacings: dict[int | None, Call] = {
        pool.fee: _spacing_call(chain, pool) for pool in chain.pools if pool.fee is not None
    }
    answers = multicall.read([*asked, *spacings.values()], block)
    spacing = {fee: answer[0] for fee, answer in zip(spacings, answers[len(asked) :], strict=True)}
    return tuple(_place(chain, pool, answer[0], spacing) for pool, answer in zip(chain.pools, answers, strict=False))


def _factory_call(chain: Chain, pool: chains.Pool) -> Call:
    venue = chain.venues[pool.venue]
    tokens = tuple(chain.token(symbol).address for symbol in pool.tokens)
    if isinstance(venue, chains.UniswapV2):
        return Call(venue.factory, "getPair(address,address)", tokens, ("address",))
    if isinstance(venue, chains.UniswapV3):
        return Call(venue.factory, "getPool(address,address,uint24)", (*tokens, pool.fee), ("address",))
    raise PoolMissingError(f"{pool.name} is of a kind that is not traded, {venue.kind}; list it under `untraded`")


def _spacing_call(chain: Chain, pool: chains.Pool) -> Call:
    venue = chain.venues[pool.venue]
    if not isinstance(venue, chains.UniswapV3):
        raise PoolMissingError(f"{pool.name} has a fee, but pools of {venue.kind} have none of their own; take it off")
    return Call(venue.factory, "feeAmountTickSpacing(uint24)", (pool.fee,), ("int24",))


def _place(chain: Chain, pool: chains.Pool, address: str, spacing: Mapping[int | None, int]) -> Place:
    if address == NOWHERE:
        raise PoolMissingError(f"{pool.name} does not exist on this chain; take it off the chain file's pools")
    token0, token1 = sorted((chain.token(symbol).address for symbol in pool.tokens), key=str.lower)
    venue = chain.venues[pool.venue]
    fee_bps = venue.fee_bps if isinstance(venue, chains.UniswapV2) else 0
    checksummed = Web3.to_checksum_address(address)
    return Place(pool.name, pool.venue, checksummed, token0, token1, fee_bps, pool.fee or 0, spacing.get(pool.fee, 0))


def _view(place: Place, signature: str, *returns: str) -> Call:
    return Call(place.address, signature, (), returns)


def _view_of(place: Place, signature: str, word: int) -> Call:
    return Call(place.address, signature, (word,), ("uint256",))


def _net_of(place: Place, tick: int) -> Call:
    return Call(place.address, "ticks(int24)", (tick,), ("uint128", "int128"))


def _span(place: Place, tick: int) -> range:
    """Return the words to read around a tick, within the protocol's ends."""
    at = tick // place.tick_spacing // WORD
    ends = MIN_TICK // place.tick_spacing // WORD, MAX_TICK // place.tick_spacing // WORD
    return range(max(ends[0], at - WORDS), min(ends[1], at + WORDS) + 1)


def _ticks(place: Place, word: int, bits: int) -> list[tuple[Place, int]]:
    """Return the initialised ticks of a word, ascending."""
    return [(place, (word * WORD + bit) * place.tick_spacing) for bit in range(WORD) if bits >> bit & 1]


def _pair(place: Place, reserve0: int, reserve1: int) -> UniswapV2Pool:
    return UniswapV2Pool(place.address, (place.token0, place.token1), (reserve0, reserve1), place.fee_bps)


def _pool(place: Place, head: tuple[int, int, int], net: Mapping[int, int], span: range) -> UniswapV3Pool:
    sqrt_price, tick, liquidity = head
    return UniswapV3Pool(
        address=place.address,
        tokens=(place.token0, place.token1),
        fee=place.fee,
        tick_spacing=place.tick_spacing,
        sqrt_price_x96=sqrt_price,
        tick=tick,
        liquidity=liquidity,
        ticks=tuple(net),
        liquidity_net=tuple(net.values()),
        lowest=max(MIN_TICK, span.start * WORD * place.tick_spacing),
        highest=min(MAX_TICK, (span.stop * WORD - 1) * place.tick_spacing),
    )
