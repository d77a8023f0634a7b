"""Random amounts of native coin wrapped and unwrapped by WETH9, and what ours says of them."""

from collections.abc import Iterator
from random import Random

from evm_vaults import WrappedNativeOnChain

from harness.market.pools.wrapped_native import WrappedNative

MOST = 28
"""Power of ten of an amount in wei: more than there is."""


def cases(seed: int, count: int) -> Iterator[tuple[str, int | None, int | None]]:
    """Yield `count` swaps, some beyond what there is: where, what WETH9 holds afterwards, what ours says it holds."""
    rng, chain = Random(seed), WrappedNativeOnChain()
    for _ in range(count):
        coin = WrappedNative(chain.address, int(10 ** rng.uniform(0, MOST)))
        i, amount = rng.randrange(2), int(10 ** rng.uniform(0, MOST))
        ours = None if coin.amount_out(i, 1 - i, amount) is None else coin.after(i, 1 - i, amount).held
        yield f"{amount} of {i} with {coin.held} held", chain.trade(coin, i, amount), ours
