"""Pairs of Liquidity Book in an EVM: the model of their arithmetic, which can be asked about any state."""

from dataclasses import replace

from evm_models import ModelOnChain
from market_evm import Reverted

from harness.market.pools.liquidity_book import LBVolatility, LiquidityBookPair

WORDS = 16
BINS_AT = (WORDS + 4) * 32
SWAP = f"swap(({','.join(['uint256'] * WORDS)}),(uint256,uint256,uint256)[],bool,uint256,uint256)"


class LiquidityBookOnChain:
    """The model."""

    def __init__(self) -> None:
        self.model = ModelOnChain("ModelLBRounding")

    def trade(self, pair: LiquidityBookPair, i: int, amount: int) -> tuple[int, LiquidityBookPair] | None:
        """Return what is paid for `amount` of token `i` and the state left, or None where the model reverts."""
        state = (pair.bin_step, *pair.fees, *pair.volatility, pair.active_id, *pair.protocol_fees, int(pair.bounded))
        bins = [word for one in zip(pair.ids, pair.reserves_x, pair.reserves_y, strict=True) for word in one]
        try:
            words = (*state, BINS_AT, int(i == 0), amount, pair.timestamp, len(pair.ids), *bins)
            out, *left = self.model.call(SWAP, words)
        except Reverted:
            return None
        bins = left[WORDS + 2 :]
        return out, replace(
            pair,
            active_id=left[12],
            protocol_fees=(left[13], left[14]),
            volatility=LBVolatility(*left[8:12]),
            ids=tuple(bins[0::3]),
            reserves_x=tuple(bins[1::3]),
            reserves_y=tuple(bins[2::3]),
        )

    def price(self, bin_id: int, bin_step: int) -> int | None:
        """Return the price of a bin, or None where the model reverts."""
        try:
            return self.model.call("priceOf(uint256,uint256)", (bin_id, bin_step))[0]
        except Reverted:
            return None
