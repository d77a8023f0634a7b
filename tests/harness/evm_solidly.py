"""Aerodrome's pools in an EVM, by the code that `make peers` builds, with any reserves, decimals and fee in storage."""

from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from evm_code import PEERS, create, creation, tokens, word
from market_evm import OWNER, Chain, Reverted
from pyrevm import EVM

from harness.market.pools.solidly import SolidlyStablePool, SolidlyVolatilePool

OUT = PEERS / "aerodrome/out"
BALANCES_OF_A_TOKEN = 1
Solidly = SolidlyVolatilePool | SolidlyStablePool


class SolidlyOnChain:
    """A pool, volatile or stable, that answers and swaps by its own code."""

    SUPPLY, DECIMALS, RESERVES, FEE = 2, (16, 17), (18, 19), {True: 1, False: 2}

    def __init__(self, stable: bool) -> None:
        self.chain = chain = Chain(EVM(gas_limit=1 << 40))
        self.stable, self.tokens = stable, tokens(chain)
        implementation = create(chain, creation(OUT / "Pool.sol/Pool.json"))
        self.factory = create(chain, creation(OUT / "PoolFactory.sol/PoolFactory.json", ("address", implementation)))
        signature = "createPool(address,address,bool)"
        made = chain.call(self.factory, signature, *self.tokens, stable, returns=("address",))
        self.address = str(to_checksum_address(made[0]))
        owner = bytes.fromhex(self.address[2:]).rjust(32, b"\0")
        self.balance = int.from_bytes(keccak(owner + word(BALANCES_OF_A_TOKEN)))
        chain.write(self.address, self.SUPPLY, 10**18)

    def put(self, pool: Solidly) -> None:
        """Write the state of `pool`."""
        self.chain.write(self.factory, self.FEE[self.stable], pool.fee_bps)
        for side in (0, 1):
            self.chain.write(self.address, self.RESERVES[side], pool.reserves[side])
            self.chain.write(self.tokens[side], self.balance, pool.reserves[side])
            if isinstance(pool, SolidlyStablePool):
                self.chain.write(self.address, self.DECIMALS[side], 10 ** pool.decimals[side])

    def quote(self, i: int, amount_in: int) -> int | None:
        """Return what `getAmountOut` answers; None where it reverts."""
        signature = "getAmountOut(uint256,address)"
        try:
            answer = self.chain.call(self.address, signature, amount_in, self.tokens[i], returns=("uint256",))
        except Reverted:
            return None
        return int(answer[0])

    def swap(self, i: int, amount_in: int, amount_out: int) -> tuple[int, int] | None:
        """Pay `amount_in` of token `i`, ask for `amount_out`; return the reserves left, None where it reverts."""
        before = self.chain.evm.snapshot()
        held = self.chain.evm.storage(self.tokens[i], self.balance)
        self.chain.write(self.tokens[i], self.balance, held + amount_in)
        asked = (0, amount_out) if i == 0 else (amount_out, 0)
        try:
            self.chain.call(self.address, "swap(uint256,uint256,address,bytes)", *asked, OWNER, b"")
            left = self.chain.call(self.address, "getReserves()", returns=("uint256", "uint256", "uint256"))
        except Reverted:
            return None
        finally:
            self.chain.evm.revert(before)
        return int(left[0]), int(left[1])

    def trade(self, i: int, amount_in: int) -> tuple[int | None, tuple[int, int] | None]:
        """Ask for what `getAmountOut` says; return what was paid and the reserves left."""
        paid = self.quote(i, amount_in)
        if paid is None or paid == 0:
            return paid, None
        left = self.swap(i, amount_in, paid)
        return (None, None) if left is None else (paid, left)
