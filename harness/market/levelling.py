"""Trades that level the price of a token between all pools that trade it for a base, not between two of them.

Where more than two pools trade the same pair, a cycle through the best two leaves something: part of what the cheapest
sells is better sold to the second dearest. As with `parallel.split` one price decides, that at which the pools sell as
much of the token as they buy. What each sells and buys is then paired off into cycles of two legs.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from harness.market.costs import Offer, Policy
from harness.market.cycles import Cycle, Edge, Hop, Path
from harness.market.market import Market
from harness.market.opportunity import Opportunity, after_costs
from harness.market.parallel import HALVINGS, taken
from harness.market.pools.pool import Pool
from harness.market.sizing import MAX_AMOUNT, Sizing, forward

PAIRED: Final = 2
"""Legs of a cycle between two pools of one pair; and so many such cycles are worth levelling instead."""

SEVERAL: Final = 3
"""Pools of a pair from which on there is more to level than a cycle does."""


@dataclass(frozen=True, slots=True)
class Part:
    """A pool's part in levelling.

    Attributes:
        pool: By its address.
        amount: Units of the token that it sells, or buys.
    """

    pool: str
    amount: int


def levelled(
    market: Market, policy: Policy, chosen: list[Opportunity], prices: Mapping[str, Fraction | None]
) -> list[Opportunity]:
    """Return `chosen`, with trades that level a pair in the place of cycles between its pools where that brings more.

    Args:
        market: On whose states the trades were chosen.
        policy: What things cost.
        chosen: Trades in the order of their execution.
        prices: Wei of native coin for a unit of each base.
    """
    for (base, token), count in Counter(ends for one in chosen if (ends := _ends(one))).items():
        pools, price = market.between(base, token), prices[base]
        mine = [one for one in chosen if _ends(one) == (base, token)]
        others = [one for one in chosen if one not in mine]
        spoiled = {pool.address for pool in pools} & {edge.pool for one in others for edge in one.cycle.edges}
        if count < PAIRED or len(pools) < SEVERAL or spoiled or price is None:
            continue
        instead = _trades(market, policy, base, token, price)[: policy.most - len(others)]
        if sum(one.worth for one in instead) > sum(one.worth for one in mine):
            at = chosen.index(mine[0])
            chosen = [*others[:at], *instead, *others[at:]]
    return chosen


def level(pools: list[Pool], base: str, token: str) -> tuple[list[Part], list[Part]]:
    """Return what each pool sells of a token, and what each buys of it, for all of them to have one price."""
    selling, buying = _hops(pools, base, token), _hops(pools, token, base)
    low, high = 0.0, max((hop.rate() for hop in buying), default=0.0)
    for _ in range(HALVINGS):
        price = (low + high) / 2
        sold, bought = _sold(selling, price), _bought(buying, price)
        if sum(one.amount for one in sold) < sum(one.amount for one in bought):
            low = price
        else:
            high = price
    return _sold(selling, high), _bought(buying, high)


def _ends(trade: Opportunity) -> tuple[str, str] | None:
    """Return base and token of a trade between two pools of one pair; None for others."""
    edges = trade.cycle.edges
    return (edges[0].token_in, edges[0].token_out) if len(edges) == PAIRED else None


def _hops(pools: list[Pool], sold: str, bought: str) -> list[Hop]:
    return [Hop(pool, pool.tokens.index(sold), pool.tokens.index(bought)) for pool in pools]


def _sold(hops: list[Hop], price: float) -> list[Part]:
    """Return what pools sell of the token before one unit of it costs more than `price`."""
    if not price:
        return []
    outs = ((hop.pool.address, hop.amount_out(taken(hop, 1 / price, MAX_AMOUNT))) for hop in hops)
    return [Part(pool, out) for pool, out in outs if out]


def _bought(hops: list[Hop], price: float) -> list[Part]:
    """Return what pools buy of the token before they pay less than `price` for one unit of it."""
    amounts = ((hop.pool.address, taken(hop, price, MAX_AMOUNT)) for hop in hops)
    return [Part(pool, amount) for pool, amount in amounts if amount]


def _trades(market: Market, policy: Policy, base: str, token: str, price: Fraction) -> list[Opportunity]:
    states = {pool.address: pool for pool in market.between(base, token)}
    trades: list[Opportunity] = []
    for source, sink, amount in _paired(*level(list(states.values()), base, token)):
        if len(trades) == policy.most:
            break
        cycle = Cycle(base, (_edge(states[source], base, token), _edge(states[sink], token, base)))
        trade = _trade(market, policy, cycle, cycle.bind(states), amount)
        found = after_costs(trade, policy, price) if trade is not None else None
        if found is not None:
            trades.append(found)
            left = found.left_behind()
            if None in left.values():
                break
            states |= {address: pool for address, pool in left.items() if pool is not None}
    return trades


def _paired(sold: list[Part], bought: list[Part]) -> Iterator[tuple[str, str, int]]:
    """Yield from which pool to which, and how much, until one side is spent."""
    sources, sinks = [(one.pool, one.amount) for one in sold], [(one.pool, one.amount) for one in bought]
    while sources and sinks:
        (source, offered), (sink, wanted) = sources.pop(), sinks.pop()
        amount = min(offered, wanted)
        yield source, sink, amount
        if offered > amount:
            sources.append((source, offered - amount))
        if wanted > amount:
            sinks.append((sink, wanted - amount))


def _edge(pool: Pool, sold: str, bought: str) -> Edge:
    return Edge(pool.address, pool.tokens.index(sold), pool.tokens.index(bought), sold, bought)


def _trade(market: Market, policy: Policy, cycle: Cycle, path: Path, amount: int) -> Opportunity | None:
    """Return the trade that buys `amount` of the token, or None where it brings nothing or may not be made."""
    amount_in = path[0].amount_in(amount)
    most = min(policy.cap(cycle.token), market.bearable(path))
    amounts = forward(path, amount_in) if amount_in is not None and 0 < amount_in <= most else None
    if amounts is None or amounts[-1] <= amounts[0]:
        return None
    offer = _free(policy, path, cycle.token, amounts[0])
    return Opportunity(cycle, path, offer, Sizing(amounts[-1] - amounts[0], amounts), 0, 0, 0) if offer else None


def _free(policy: Policy, path: Path, token: str, amount: int) -> Offer | None:
    """Return the cheapest loan without a fee."""
    offers = [one for one in policy.offers if not one.fee_bps and one.limit(token) >= amount and one.serves(path)]
    return min(offers, key=lambda one: one.gas, default=None)
