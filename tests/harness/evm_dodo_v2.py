"""Pools of DODO V2 in an EVM: the model of their arithmetic, which can be asked about any state."""

from dataclasses import replace

from evm_models import ModelOnChain
from market_evm import Reverted

from harness.market.pools.dodo_v2 import DodoV2Pool, R

SELL = f"sell(({','.join(['uint256'] * 10)}),bool,uint256)"


class DodoOnChain:
    """The model."""

    def __init__(self) -> None:
        self.model = ModelOnChain("ModelDodoRounding")

    def trade(self, pool: DodoV2Pool, i: int, amount: int) -> tuple[int, DodoV2Pool] | None:
        """Return what is paid for `amount` of token `i` and the state left, or None where the model reverts."""
        terms = (pool.kind, pool.i, pool.k, pool.lp_fee, pool.mt_fee)
        words = (*terms, *pool.reserves, *pool.targets, pool.r, int(i == 0), amount)
        try:
            due, *left = self.model.call(SELL, words)
        except Reverted:
            return None
        return due, replace(pool, reserves=(left[5], left[6]), targets=(left[7], left[8]), r=R(left[9]))
