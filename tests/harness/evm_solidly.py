"""Aerodrome's pools in an EVM, by the code that `make peers` builds, with any reserves, decimals and fee in storage."""

from evm_code import PEERS, create, creation
from evm_pair import PairOnChain

from harness.market.pools.solidly import SolidlyStablePool, SolidlyVolatilePool

OUT = PEERS / "aerodrome/out"
Solidly = SolidlyVolatilePool | SolidlyStablePool


class SolidlyOnChain(PairOnChain):
    """A pool, volatile or stable, that answers and swaps by its own code."""

    RESERVES_KINDS = ("uint256", "uint256", "uint256")
    SUPPLY, DECIMALS, RESERVES, FEE = 2, (16, 17), (18, 19), {True: 1, False: 2}

    def __init__(self, stable: bool) -> None:
        self.stable = stable
        super().__init__()
        self.chain.write(self.address, self.SUPPLY, 10**18)

    def deployed(self) -> str:
        """Deploy the protocol and a pool."""
        implementation = create(self.chain, creation(OUT / "Pool.sol/Pool.json"))
        code = creation(OUT / "PoolFactory.sol/PoolFactory.json", ("address", implementation))
        self.factory = create(self.chain, code)
        return self.made(self.factory, "createPool(address,address,bool)", *self.tokens, self.stable)

    def put(self, pool: Solidly) -> None:
        """Write the state of `pool`."""
        self.chain.write(self.factory, self.FEE[self.stable], pool.fee_bps)
        for side in (0, 1):
            self.chain.write(self.address, self.RESERVES[side], pool.reserves[side])
            self.chain.write(self.tokens[side], self.balance, pool.reserves[side])
            if isinstance(pool, SolidlyStablePool):
                self.chain.write(self.address, self.DECIMALS[side], 10 ** pool.decimals[side])

    def trade(self, i: int, amount_in: int) -> tuple[int | None, tuple[int, int] | None]:
        """Ask for what `getAmountOut` says; return what was paid and the reserves left."""
        paid = self.quote(i, amount_in)
        if paid is None or paid == 0:
            return paid, None
        left = self.swap(i, amount_in, paid)
        return (None, None) if left is None else (paid, left)
