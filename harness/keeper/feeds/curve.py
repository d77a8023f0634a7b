"""Curve's stable pools of before the new generation, named one by one: their logs tell that something has changed.

Nothing on chain says by which rules a pool rounds: the chain file names its generation as the pool's family. The coins
are plain, without rates.
"""

from typing import Final, NamedTuple

from harness import chains
from harness.keeper.abi import Call
from harness.keeper.feeds.feed import Feed, Held, Steps, UnreadableError, ask, checksummed, topic
from harness.keeper.feeds.place import Place, PoolMissingError
from harness.market.pools.curve_stable import FACTORY, FIRST, GUARDED, SECOND, THIRD, CurveStablePool, Rules

GENERATIONS: Final = {"first": FIRST, "second": SECOND, "third": THIRD, "guarded": GUARDED, "factory": FACTORY}
INDICES: Final = ("int128", "uint256")
"""By what the generations count their coins."""

COINS: Final = range(2, 9)
MOST_DECIMALS: Final = 18


class Facts(NamedTuple):
    """What never changes of a pool: by what it counts its coins, those, and what 10**18 units of each are worth."""

    counted: str
    coins: tuple[str, ...]
    rates: tuple[int, ...]
    rules: Rules


class CurveStableFeed(Feed):
    """Pools of the older generations; `Held.beside` is what never changes."""

    POOL = CurveStablePool
    TOPICS = frozenset(
        {
            topic("TokenExchange(address,int128,uint256,int128,uint256)"),
            topic("TokenExchangeUnderlying(address,int128,uint256,int128,uint256)"),
            topic("RemoveLiquidityOne(address,uint256,uint256)"),
            topic("RemoveLiquidityOne(address,uint256,uint256,uint256)"),
            topic("NewFee(uint256,uint256)"),
            topic("NewParameters(uint256,uint256,uint256)"),
            topic("RampA(uint256,uint256,uint256,uint256)"),
            topic("StopRampA(uint256,uint256)"),
            *(topic(f"AddLiquidity(address,uint256[{n}],uint256[{n}],uint256,uint256)") for n in COINS),
            *(topic(f"RemoveLiquidity(address,uint256[{n}],uint256[{n}],uint256)") for n in COINS),
            *(topic(f"RemoveLiquidityImbalance(address,uint256[{n}],uint256[{n}],uint256,uint256)") for n in COINS),
        }
    )

    def find(self, pool: chains.Pool) -> Steps[Place]:
        """Take the address of the chain file, if the pool there has the coins."""
        if pool.address is None or pool.family not in GENERATIONS:
            known = ", ".join(GENERATIONS)
            raise PoolMissingError(f"{pool.name} needs its address, and as its family one of {known}; add them")
        index, coins = yield from _coins(pool.address, len(pool.tokens))
        there = pool.address if coins == self.tokens(pool) else None
        return self.place(pool, there, pool_id=index)

    def read(self, place: Place, held: Held | None = None) -> Steps[Held]:
        """Read balances, amplification and fees, and what never changes if that is not known."""
        facts: Facts = held.beside if held is not None else (yield from self._facts(place))
        precise = "A_precise()" if facts.rules.rounding.precision > 1 else "A()"
        signatures = (precise, "fee()", "admin_fee()")
        calls = [Call(place.address, signature, (), ("uint256",)) for signature in signatures]
        calls += [_at(place.address, "balances", facts.counted, at, "uint256") for at in range(len(facts.coins))]
        (amp,), (fee,), (admin_fee,), *balances = yield from ask(calls)
        held_by_pool = tuple(balance for (balance,) in balances)
        pool = CurveStablePool(place.address, facts.coins, held_by_pool, facts.rates, amp, fee, admin_fee, facts.rules)
        return Held(pool, facts)

    def _facts(self, place: Place) -> Steps[Facts]:
        index, coins = yield from _coins(place.address, COINS[-1])
        decimals = yield from ask([Call(coin, "decimals()", (), ("uint8",)) for coin in coins])
        if any(digits > MOST_DECIMALS for (digits,) in decimals):
            raise UnreadableError(f"a coin of {place.address} has more than {MOST_DECIMALS} decimals")
        rates = tuple(10 ** (36 - digits) for (digits,) in decimals)
        return Facts(index, coins, rates, GENERATIONS[place.family])


def _coins(address: str, most: int) -> Steps[tuple[str, tuple[str, ...]]]:
    """Ask for a pool's coins in both ways; return by what it counts them, and those."""
    calls = [_at(address, "coins", index, at, "address") for index in INDICES for at in range(most)]
    answers = yield calls
    for index, found in zip(INDICES, (answers[:most], answers[most:]), strict=True):
        if found[0] is not None:
            return index, checksummed([answer[0] for answer in found if answer is not None])
    raise UnreadableError(f"{address} tells no coins")


def _at(address: str, name: str, index: str, at: int, returns: str) -> Call:
    return Call(address, f"{name}({index})", (at,), (returns,))
