"""Slipstream, the concentrated pools of Velodrome and Aerodrome: the swap and the callback of Uniswap V3."""

from dataclasses import dataclass
from typing import ClassVar

from harness.market.pools.uniswap_v3 import UniswapV3Pool


@dataclass(frozen=True, slots=True)
class SlipstreamPool(UniswapV3Pool):
    """State of a pool at one block.

    Its `fee` is what the pool's `fee()` answers, which a module of the factory can change from block to block. The fee
    of liquidity that is not staked is taken from what its owners earn, not from the swap.
    """

    GAS: ClassVar[int] = 108_000
