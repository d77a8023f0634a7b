"""Sizing along any mix of venues: against a solver of reals, against neighbours, and no failure whatever the mix."""

from random import Random

import pytest
from scipy.optimize import minimize_scalar

from harness.market.cycles import Hop, Path
from harness.market.legs import DodoKind
from harness.market.pools.balancer_stable import BalancerV2StablePool
from harness.market.pools.balancer_weighted import BalancerV2WeightedPool
from harness.market.pools.curve_ng import CurveNGPool
from harness.market.pools.curve_stable import SECOND, CurveStablePool
from harness.market.pools.dodo_v2 import DodoV2Pool, R
from harness.market.pools.erc4626 import ERC4626Vault
from harness.market.pools.pool import Pool
from harness.market.pools.solidly import SolidlyStablePool, SolidlyVolatilePool
from harness.market.pools.tick_math import tick_at
from harness.market.pools.uniswap_v2 import UniswapV2Pool
from harness.market.pools.uniswap_v3 import UniswapV3Pool
from harness.market.sizing import forward, size

pytestmark = pytest.mark.long

ETHER, TOKENS, ADDRESS, ID = 10**18, ("0", "1"), "0x" + "1" * 40, "0x" + "1" * 64


def concentrated(depth: int, ratio: float) -> UniswapV3Pool:
    price = int(ratio**0.5 * 2**96)
    tick, spread = tick_at(price), 10 * depth
    edges = tuple(tick // 10 * 10 + offset for offset in (-8_000, -100, 100, 8_000))
    nets = (depth, spread, -spread, -depth)
    return UniswapV3Pool(ADDRESS, TOKENS, 500, 10, price, tick, depth + spread, edges, nets)


def pool(family: str, depth: int, ratio: float) -> Pool:
    """A pool of some depth that pays `ratio` of token 1 for one of token 0, where its curve lets it."""
    held = depth, int(depth * ratio)
    # A flat curve answers a lasting gap of rates with balances that are far apart: here it is one of worth.
    flat = (10**18, int(10**18 / ratio))
    made: dict[str, Pool] = {
        "pair": UniswapV2Pool(ADDRESS, TOKENS, held),
        "concentrated": concentrated(depth, ratio),
        "volatile": SolidlyVolatilePool(ADDRESS, TOKENS, held, 30),
        "stable": SolidlyStablePool(ADDRESS, TOKENS, (depth, int(depth * ratio**3)), 5, (18, 18)),
        "weighted": BalancerV2WeightedPool(
            ADDRESS, ADDRESS, TOKENS, held, (ETHER // 2, ETHER // 2), (1, 1), 10**15, ID, True
        ),
        "balancer": BalancerV2StablePool(ADDRESS, ADDRESS, ID, TOKENS, held, flat, 200_000, 4 * 10**14),
        "curve": CurveStablePool(ADDRESS, TOKENS, held, flat, 100, 4_000_000, 5 * 10**9, SECOND),
        "curve ng": CurveNGPool(ADDRESS, TOKENS, held, flat, 10_000, 4_000_000, 2 * 10**10),
        "dodo": DodoV2Pool(
            ADDRESS, TOKENS, DodoKind.DSP, held, held, R.ONE, int(ratio * 10**18), 10**16, 3 * 10**14, 0
        ),
        "vault": ERC4626Vault(TOKENS[1], TOKENS, depth, int(depth * ratio)),
    }
    return made[family]


FAMILIES = ("pair", "concentrated", "volatile", "stable", "weighted", "balancer", "curve", "curve ng", "dodo", "vault")


def path_of(seed: int) -> Path:
    """Two or three legs of any families, some per cent apart in all, one of them steep enough to end the trade."""
    random = Random(seed)
    steep = random.choice(FAMILIES[:3])
    rest = [random.choice(FAMILIES) for _ in range(random.randint(1, 2))]
    legs = [pool(one, random.randint(100, 1_000) * ETHER, random.uniform(1.0, 1.02)) for one in [steep, *rest]]
    random.shuffle(legs)
    return tuple(Hop(one, 0, 1) for one in legs)


def profit(path: Path, amount: int) -> int:
    amounts = forward(path, amount) if amount > 0 else (0, 0)
    return amounts[-1] - amounts[0] if amounts is not None else -amount


@pytest.mark.parametrize("family", FAMILIES)
def test_a_pool_of_every_family_pays_about_its_ratio(family: str) -> None:
    one = pool(family, 500 * ETHER, 1.01)
    assert one.problem() is None
    assert one.rate(0, 1) == pytest.approx(1.01, rel=0.02)


@pytest.mark.parametrize("seed", range(60))
def test_no_real_amount_brings_more(seed: int) -> None:
    path = path_of(seed)
    found = size(path)
    best = found.profit if found is not None else 0
    solved = minimize_scalar(
        lambda x: -float(profit(path, int(x))), bounds=(0.0, 200.0 * ETHER), method="bounded", options={"xatol": 1e6}
    )
    assert best >= -solved.fun * (1 - 1e-9) - 10
    if found is not None:
        assert found.profit == profit(path, found.amount_in)


@pytest.mark.parametrize("seed", range(12))
def test_no_neighbour_brings_more(seed: int) -> None:
    path = path_of(seed)
    found = size(path)
    if found is None:
        assert all(profit(path, 10**digits) <= 0 for digits in range(21))
        return
    near = range(max(1, found.amount_in - 8), found.amount_in + 9)
    assert max(profit(path, amount) for amount in near) <= found.profit


def test_most_of_the_mixes_pay() -> None:
    assert sum(size(path_of(seed)) is not None for seed in range(60)) > 30
