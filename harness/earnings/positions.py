"""What became of the reserve's liquidity in a period: put in, earned, and what it would be worth unpooled.

Fees. Where they lie at the pool: what was collected and what could be, less what could be at the beginning. In a
constant product they stay in the shares: the root of reserve0 times reserve1, a share, grows by fees alone (Adams,
Zinsmeister, Robinson: Uniswap v2 Core, 2020, section 2.4), so that of shares which came when it was g0, the part
1 - g0/g1 is fees when it is g1.

Divergence. Value of what is there now, without fees, less the value of what was there at the beginning and was put in
since, less what was taken out, had all of that been held, both at the prices at the end. As a share of the latter it is
V_pool / V_held - 1: for equal weights and a price that has changed by d, 2 sqrt(d) / (1 + d) - 1 (Aigner, Dhaliwal:
Uniswap: Impermanent Loss and Risk Profile of a Liquidity Provider, 2021, arXiv 2106.14404).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from harness.earnings.ends import PRODUCT, End, Position
from harness.earnings.flows import Change
from harness.keeper.chores.chore import RATE_OF
from harness.keeper.chores.known import DeepPool

APART = (PRODUCT, 2, 3)
"""Kinds of pools whose fees can be told from the position: of constant products, concentrated ones, Uniswap V4's."""
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Yield:
    """A pool in a period, in units of both tokens.

    Attributes:
        pool: The pool.
        added: Taken from the bucket to deepen it.
        removed: Liquidity taken out, into the bucket; with fees where they were taken out together.
        amounts: What the position is at the end, fees included where they are in its shares.
        fees: Earned in the period; None where they cannot be told apart.
        divergence: Wei of native coin gained, or lost where less than zero, against holding; None without prices.
        held: Wei that all would be worth had it been held; None without prices.
    """

    pool: DeepPool
    added: Pair
    removed: Pair
    amounts: Pair
    fees: Pair | None
    divergence: int | None
    held: int | None


def yield_of(
    pool: DeepPool, before: End, after: End, changes: Sequence[Change], growth: Callable[[DeepPool, int], int]
) -> Yield:
    """Reckon a pool's yield.

    Args:
        pool: The pool.
        before: How everything stood before the period's first block.
        after: The same after the last.
        changes: Of this pool's liquidity, in order.
        growth: Returns a constant product's growth at the end of a block.
    """
    start, end = before.positions[pool.address], after.positions[pool.address]
    added = _sum((-one.change0, -one.change1) for one in changes if one.share_bps is None)
    removed = _sum((one.change0, one.change1) for one in changes if one.share_bps)
    collected = _sum((one.change0, one.change1) for one in changes if one.share_bps == 0)
    inside = (0, 0)
    fees: Pair | None = _fees(start, end, collected)
    if pool.kind == PRODUCT:
        part, whole = _grown(start, end, pool, changes, growth)
        fees = inside = end.amounts[0] * part // whole, end.amounts[1] * part // whole
    if any(removed) or pool.kind not in APART:
        fees = None
    held = _worth(after, pool, _held(start.amounts, added, removed))
    now = _worth(after, pool, (end.amounts[0] - inside[0], end.amounts[1] - inside[1]))
    divergence = None if held is None or now is None else now - held
    return Yield(pool, added, removed, end.amounts, fees, divergence, held)


def _fees(start: Position, end: Position, collected: Pair) -> Pair:
    return collected[0] + end.fees[0] - start.fees[0], collected[1] + end.fees[1] - start.fees[1]


def _held(start: Pair, added: Pair, removed: Pair) -> Pair:
    return start[0] + added[0] - removed[0], start[1] + added[1] - removed[1]


def _grown(
    start: Position, end: Position, pool: DeepPool, changes: Sequence[Change], growth: Callable[[DeepPool, int], int]
) -> Pair:
    """Return which part of a constant product's shares is fees of the period, as a fraction.

    Shares that were added are told from those that were there by the growth at their block; a part taken out is taken
    of all alike, and so changes no fraction.
    """
    lots = [(start.supply, start.growth)]
    lots += [(one.liquidity, growth(pool, one.block)) for one in changes if one.share_bps is None]
    shares = sum(lot for lot, _ in lots)
    fees = sum(lot * (end.growth - then) for lot, then in lots if then)
    return fees, shares * end.growth or 1


def _worth(end: End, pool: DeepPool, amounts: Pair) -> int | None:
    rates = end.rates.get(pool.token0), end.rates.get(pool.token1)
    if rates[0] is None or rates[1] is None:
        return None
    return amounts[0] * rates[0] // RATE_OF + amounts[1] * rates[1] // RATE_OF


def _sum(pairs: Iterable[Pair]) -> Pair:
    first = second = 0
    for one, other in pairs:
        first, second = first + one, second + other
    return first, second
