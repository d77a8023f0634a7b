"""Stable pools against the code of Balancer's V2 pools of three generations, exact in and exact out."""

from collections.abc import Iterator
from random import Random

from evm_balancer import BalancerV2OnChain
from exact_draws import ONE, amount, decimals, paid, spread, way

from harness.market.pools.balancer_stable import BalancerV2StablePool

Case = tuple[str, object, object]
STATES_A_POOL = 40
GENERATIONS = ("2021", "2022", "composable")


def cases(seed: int, count: int) -> Iterator[Case]:
    """Yield `count` comparisons as what, the contract's answer and ours."""
    random, chain, made = Random(seed), BalancerV2OnChain(), 0
    while made < count:
        for generation in GENERATIONS:
            for case in of(random, chain, generation, STATES_A_POOL):
                yield case
                made += 1
                if made == count:
                    return


def of(random: Random, chain: BalancerV2OnChain, generation: str, states: int) -> Iterator[Case]:
    """Yield comparisons with a new pool over a number of states; also that a contract refuses what we refuse."""
    tokens, places = chain.world.tokens(tuple(decimals(random) for _ in range(random.randint(2, 5))))
    amp, fee = random.choice((1, 50, 200, 2_000, 5_000, spread(random, 0, 3.69))), spread(random, 12, 17)
    rates, share = (ONE,) * len(places), None
    if generation == "composable":
        rates = tuple(ONE if random.random() < 0.5 else spread(random, 17.5, 18.5) for _ in places)
        address, identity, share = chain.composable(tokens, rates, amp, fee)
    else:
        address, identity = chain.stable(tokens, amp, fee, generation == "2021")
    factors = tuple(10 ** (18 - place) * rate for place, rate in zip(places, rates, strict=True))
    for _ in range(states):
        whole, off = random.uniform(0, 12), random.choice((0.1, 1, 3))
        balances = tuple(spread(random, whole + place - off, whole + place + off) for place in places)
        pool = BalancerV2StablePool(
            address, chain.vault, identity.hex(), tokens, balances, factors, amp * 1_000, fee, generation == "2021"
        )
        i, j = way(random, len(places))
        given, wanted = amount(random, balances[i], 1), min(amount(random, balances[j], 0), balances[j])
        refused = pool.problem() is not None
        expected = chain.on_swap_among(pool, i, j, given, share=share)
        got = None if refused else paid(expected, pool.amount_out(i, j, given))
        yield f"{given} of {i} for {j} in {pool}", expected, got
        expected = chain.on_swap_among(pool, i, j, wanted, exact_out=True, share=share)
        got = None if refused else pool.asked(i, j, wanted)
        yield f"{i} for {wanted} of {j} in {pool}", expected, got
