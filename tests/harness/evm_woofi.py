"""WooFi's pool in an EVM: the model of its arithmetic, which can be asked about any state."""

from dataclasses import replace

from evm_models import ModelOnChain
from market_evm import Reverted

from harness.market.pools.woofi import WooAsset, WooFiPool

FIELDS = 11
ASSET = f"({','.join(['uint256'] * FIELDS)})"


class WooFiOnChain:
    """The model."""

    def __init__(self) -> None:
        self.model = ModelOnChain("ModelWooRounding")

    def trade(self, pool: WooFiPool, i: int, j: int, amount: int) -> tuple[int, WooFiPool] | None:
        """Return what is paid for `amount` of token `i` in token `j` and the state left, or None where it reverts."""
        if i == pool.quote:
            name, order = "sellQuote", [j, i]
        elif j == pool.quote:
            name, order = "sellBase", [i, j]
        else:
            name, order = "sellBaseForBase", [i, j, pool.quote]
        words = [word for at in order for word in _words(pool.assets[at])]
        try:
            out, *left = self.model.call(f"{name}({','.join([ASSET] * len(order))},uint256)", (*words, amount))
        except Reverted:
            return None
        assets = list(pool.assets)
        for place, at in enumerate(order):
            told = left[place * FIELDS : (place + 1) * FIELDS]
            assets[at] = assets[at]._replace(reserve=told[0], price=told[6], spread=told[7])
        return out, replace(pool, assets=tuple(assets))


def _words(asset: WooAsset) -> tuple[int, ...]:
    return (asset.reserve, 10**asset.decimals, *asset[2:])
