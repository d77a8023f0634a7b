"""Swaps in Camelot V3's pools, and what the model of them and ours make of them: with fees that stand, and in lives.

In a life the first swap of each second sets the fee of either way anew, of a configuration each.
"""

from collections.abc import Iterator
from itertools import chain
from random import Random

from evm_concentrated import CamelotV3OnChain
from exact_algebra_fee import Moving, lives
from exact_concentrated import Family, state, swaps

from harness.market.pools.algebra import AlgebraPool


def camelot(rng: Random) -> AlgebraPool:
    """Return a state, whose map has a bit for every tick."""
    one, other = (rng.choice((0, 100, 2_999, 65_535)) for _ in range(2))
    return AlgebraPool(**state(rng, one, 1), fee_of_token1=other)


CAMELOT_V3 = Family("Camelot V3", CamelotV3OnChain, camelot)


class MovingCamelotOnChain(Moving, CamelotV3OnChain):
    """A pool with a keeper of timepoints for either way."""

    LAST = 216

    def deployed(self) -> str:
        """Deploy the model and a pool."""
        pool = CamelotV3OnChain.deployed(self)
        [both] = self.chain.call(pool, "dataStorageOperator()", returns=("address",))
        self.operators = self.operator(both, "zto()"), self.operator(both, "otz()")
        return pool

    def price_word(self, pool: AlgebraPool) -> int:
        """Return price, tick and what shares their word, the place of the newest timepoint among it."""
        return CamelotV3OnChain.price_word(self, pool) | self.last << self.LAST


def cases(seed: int, count: int) -> Iterator[tuple[str, object, object]]:
    """Yield `count` swaps, half of them in lives: where, what the model says, what we say."""
    return chain(
        swaps(CAMELOT_V3, Random(seed), count // 2),
        lives(MovingCamelotOnChain(), camelot, Random(seed), count - count // 2),
    )
