"""The families of pools that the market knows: one line each, and nothing else needs to know of a new one.

`harness/compose.py` has the table of the same kinds for the executor: what is inherited, in which order. It stands
apart because the market does no I/O and the order is the compiler's affair; a test holds the two together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Final, NamedTuple

from harness.errors import MillraceError
from harness.market.legs import BPS
from harness.market.pools.algebra import AlgebraIntegralPool, AlgebraPool
from harness.market.pools.balancer_stable import BalancerV2StablePool
from harness.market.pools.balancer_weighted import BalancerV2WeightedPool, BalancerV3WeightedPool
from harness.market.pools.camelot import CamelotStablePool, CamelotVolatilePool
from harness.market.pools.curve_crypto import CurveCryptoPool
from harness.market.pools.curve_ng import CurveNGPool
from harness.market.pools.curve_stable import CurveStablePool
from harness.market.pools.dodo_v2 import DodoV2Pool
from harness.market.pools.erc4626 import ERC4626Vault
from harness.market.pools.liquidity_book import LiquidityBookPair
from harness.market.pools.pancake_v2 import PancakeV2Pool
from harness.market.pools.pancake_v3 import PancakeV3Pool
from harness.market.pools.pool import Pool
from harness.market.pools.slipstream import SlipstreamPool
from harness.market.pools.solidly import SolidlyStablePool, SolidlyVolatilePool
from harness.market.pools.uniswap_v2 import UniswapV2Pool
from harness.market.pools.uniswap_v3 import UniswapV3Pool
from harness.market.pools.uniswap_v4 import UniswapV4Pool
from harness.market.pools.woofi import WooFiPool
from harness.market.pools.wrapped_native import WrappedNative


class FamilyUnknownError(MillraceError):
    """A pool is of no family in the registry."""


class Family(NamedTuple):
    """A family of pools with one arithmetic.

    Attributes:
        kind: The kind of its venue in the chain files, by which the executor is composed too.
        pool: Its class.
        unverified: Whether it is checked against models and recorded answers alone, because no package carries the
            protocol's code. It is off unless a chain file turns it on.
    """

    kind: str
    pool: type[Pool]
    unverified: bool = False


FAMILIES: Final = (
    Family("uniswap-v2", UniswapV2Pool),
    Family("uniswap-v2", CamelotVolatilePool, unverified=True),
    Family("pancake-v2", PancakeV2Pool),
    Family("solidly", SolidlyVolatilePool),
    Family("solidly", SolidlyStablePool),
    Family("solidly", CamelotStablePool, unverified=True),
    Family("uniswap-v3", UniswapV3Pool),
    Family("uniswap-v3", SlipstreamPool),
    Family("pancake-v3", PancakeV3Pool),
    Family("algebra", AlgebraPool),
    Family("algebra", AlgebraIntegralPool),
    Family("uniswap-v4", UniswapV4Pool),
    Family("balancer-v2", BalancerV2WeightedPool),
    Family("balancer-v2", BalancerV2StablePool),
    Family("balancer-v3", BalancerV3WeightedPool),
    Family("curve", CurveStablePool),
    Family("curve", CurveNGPool, unverified=True),
    Family("curve", CurveCryptoPool, unverified=True),
    Family("dodo-v2", DodoV2Pool, unverified=True),
    Family("woofi", WooFiPool, unverified=True),
    Family("liquidity-book", LiquidityBookPair, unverified=True),
    Family("erc4626", ERC4626Vault),
    Family("wrapped-native", WrappedNative),
)
"""Every family; several may share a kind, as volatile and stable pools of Solidly do."""

KINDS: Final = tuple(dict.fromkeys(family.kind for family in FAMILIES))
"""The kinds of venues that the market can trade on."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What may be traded at a venue, as its chain file has it.

    Attributes:
        enabled: Whether at all; None for the families that are checked against the protocol's own code.
        least_liquidity: What a pool must be able to pay out of each of its tokens, in wei of native coin.
        most_slippage_bps: How far a leg may move a pool's rate, in basis points; all of it where there is no bound.
        priority: Of two trades worth the same, that with the higher one goes first.
    """

    enabled: bool | None = None
    least_liquidity: int = 0
    most_slippage_bps: int = BPS
    priority: int = 0

    def allow(self, pool: Pool) -> bool:
        """Return whether a pool of its family may be traded on.

        Raises:
            FamilyUnknownError: The pool is of none.
        """
        return not family_of(pool).unverified if self.enabled is None else self.enabled

    def deep(self, pool: Pool, rates: Mapping[str, Fraction]) -> bool:
        """Return whether a pool is deep enough.

        Args:
            pool: Its state.
            rates: Wei of native coin for a unit of a token, by address; a token that has none is passed over.
        """
        if self.least_liquidity == 0:
            return True
        wanted = {token: ceil(self.least_liquidity / rate) for token, rate in rates.items() if rate > 0}
        others = range(len(pool.tokens))
        return all(
            any(i != j and pool.amount_in(i, j, wanted[token]) is not None for i in others)
            for j, token in enumerate(pool.tokens)
            if token in wanted
        )

    def bear(self, pool: Pool, i: int, j: int, amount_in: int) -> bool:
        """Return whether a leg of `amount_in` stays within the slippage."""
        if self.most_slippage_bps >= BPS:
            return True
        return pool.rate(i, j, amount_in) * BPS >= pool.rate(i, j) * (BPS - self.most_slippage_bps)


def family_of(pool: Pool) -> Family:
    """Return the family of a pool.

    Raises:
        FamilyUnknownError: There is none.
    """
    found = _BY_CLASS.get(type(pool))
    if found is None:
        known = ", ".join(family.pool.__name__ for family in FAMILIES)
        raise FamilyUnknownError(f"{type(pool).__name__} is no family of pools; there are {known}")
    return found


_BY_CLASS: Final = {family.pool: family for family in FAMILIES}
