"""Weighted pools against the code of Balancer's V2 pools and V3 vault: answers both ways, and the state left."""

from collections.abc import Iterator
from random import Random

from evm_balancer import BalancerV2OnChain, BalancerV3OnChain
from exact_draws import ONE, amount, decimals, paid, spread, way

from harness.market.pools.balancer_weighted import MOST_BALANCE_V2, BalancerV2WeightedPool, BalancerV3WeightedPool

Case = tuple[str, object, object]
STATES_A_POOL = 40
PROTOCOL_SHARE = ONE // 2


def cases(seed: int, count: int) -> Iterator[Case]:
    """Yield `count` comparisons as what, the contract's answer and ours."""
    random, second, third = Random(seed), BalancerV2OnChain(), BalancerV3OnChain()
    made = 0
    while made < count:
        for case in (*of_v2(random, second, STATES_A_POOL), *of_v3(random, third, STATES_A_POOL)):
            yield case
            made += 1
            if made == count:
                return


def weights(random: Random) -> tuple[int, ...]:
    """Return weights of two to eight tokens: halves, four to one, or any."""
    if random.random() < 0.4:
        return random.choice(
            ((ONE // 2, ONE // 2), (4 * ONE // 5, ONE // 5), (ONE // 5, 4 * ONE // 5), (ONE // 4,) * 4)
        )
    count = random.randint(2, 8)
    parts = [random.random() ** 3 for _ in range(count)]
    shares = [ONE // 100 + int(part / sum(parts) * (ONE - count * ONE // 100)) for part in parts]
    return (*shares[:-1], ONE - sum(shares[:-1]))


def of_v2(random: Random, chain: BalancerV2OnChain, states: int) -> Iterator[Case]:
    """Yield comparisons with a new pool of V2 over a number of states."""
    shares, whole = weights(random), random.random() < 0.5
    tokens, places = chain.world.tokens(tuple(decimals(random) for _ in shares))
    fee = spread(random, 12, 17)
    address, identity = chain.weighted(tokens, shares, fee, whole)
    scaling = tuple(10 ** (18 - place) for place in places)
    for _ in range(states):
        balances = tuple(spread(random, 2, 33) for _ in shares)
        pool = BalancerV2WeightedPool(
            address, chain.vault, tokens, balances, shares, scaling, fee, identity.hex(), whole
        )
        i, j = way(random, len(shares))
        given, wanted = amount(random, balances[i], -0.4), amount(random, balances[j], -0.4)
        expected = chain.on_swap(pool, i, j, given)
        yield f"{given} of {i} for {j} in {pool}", expected, pool.amount_out(i, j, given)
        expected = chain.on_swap(pool, i, j, wanted, exact_out=True)
        if expected is not None and balances[i] + expected > MOST_BALANCE_V2:
            expected = None  # the vault's refusal, not the pool's
        yield f"{i} for {wanted} of {j} in {pool}", expected, pool.asked(i, j, wanted)


def of_v3(random: Random, chain: BalancerV3OnChain, states: int) -> Iterator[Case]:
    """Yield comparisons with a new pool of V3 over a number of states."""
    shares = weights(random)
    tokens, places = chain.world.tokens(tuple(decimals(random) for _ in shares))
    fee = random.randint(100, 10**6) * 10**11
    scaling = tuple(10 ** (18 - place) for place in places)
    rates = tuple(ONE if random.random() < 0.5 else spread(random, 16, 20) for _ in shares)
    least = tuple(max(10**6, factor) for factor in scaling)
    address = chain.weighted(tokens, shares, least, fee, rates)
    for _ in range(states):
        balances = tuple(max(spread(random, 3, 33) // factor, 10**3) for factor in scaling)
        pool = BalancerV3WeightedPool(
            address, chain.vault, tokens, balances, shares, scaling, fee, rates, least, PROTOCOL_SHARE
        )
        i, j = way(random, len(shares))
        given, wanted = amount(random, balances[i], -0.4), amount(random, balances[j], -0.4)
        chain.put_balances(pool)
        expected, got = chain.swap(pool, i, j, given), pool.amount_out(i, j, given)
        yield f"{given} of {i} for {j} in {pool}", expected, paid(expected, got)
        if expected and got:
            left = chain.balances(pool)
            yield f"after {given} of {i} for {j} in {pool}", left, pool.after(i, j, given).balances
        chain.put_balances(pool)
        expected = chain.swap(pool, i, j, wanted, exact_out=True)
        yield f"{i} for {wanted} of {j} in {pool}", expected, pool.asked(i, j, wanted)
