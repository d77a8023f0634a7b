"""Curve's stable pools in an EVM: the code of the sUSD pool and of the new generation, and our model of later ones."""

from eth_utils.crypto import keccak
from evm_balancer import NOBODY, ROOT, TOKEN, World, creation
from evm_vyper import code
from market_evm import MODULES, OWNER, Reverted
from pyrevm import EVM

from harness.market.pools.curve_ng import A_PRECISION, CurveNGPool
from harness.market.pools.curve_stable import CurveStablePool

FACTORIES = MODULES / "@setprotocol" / "set-protocol-v2" / "dist" / "typechain" / "factories"
HELD = 1 << 250


def scripted(name: str) -> bytes:
    """Return the creation code that stands in a factory of JavaScript."""
    text = (FACTORIES / f"{name}__factory.js").read_text()
    return bytes.fromhex(text.split('_bytecode = "0x')[1].split('"')[0])


def kept(slot: int) -> int:
    """Return the first slot of what an array keeps whose own slot is `slot`."""
    return int.from_bytes(keccak(slot.to_bytes(32)))


class Coins(World):
    """An EVM with coins of which the owner has plenty and pools may take."""

    def coins(self, decimals: tuple[int, ...]) -> tuple[str, ...]:
        """Deploy coins, and give the owner of them."""
        made = tuple(self.put(creation(TOKEN), ("string", "uint8"), ("T", places)) for places in decimals)
        for coin in made:
            self.call(coin, "mint(address,uint256)", OWNER, HELD)
        return made

    def stock(self, pool: str, coins: tuple[str, ...]) -> None:
        """Give a pool of the coins, and let it take them."""
        for coin in coins:
            self.call(coin, "mint(address,uint256)", pool, HELD)
            self.call(coin, "approve(address,uint256)", pool, (1 << 256) - 1)

    @staticmethod
    def held_at(owner: str) -> int:
        """Return the slot in which a coin keeps what an account has of it."""
        return int.from_bytes(keccak(bytes(12) + bytes.fromhex(owner[2:]) + bytes(32)))

    def owned(self, coin: str) -> int:
        """Return how much of a coin the owner has."""
        return int(self.call(coin, "balanceOf(address)", OWNER, returns=("uint256",))[0])


class SusdOnChain:
    """The sUSD pool, whose balances, amplification and fees are written into its storage."""

    DECIMALS = (18, 6, 6, 18)
    BALANCES, AMP, FEE, ADMIN_FEE = 2, 3, 4, 5

    def __init__(self) -> None:
        self.world = world = Coins(EVM(gas_limit=1 << 40))
        self.coins = world.coins(self.DECIMALS)
        share = world.put(scripted("CurvePoolERC20"), ("string", "string", "uint256", "uint256"), ("", "", 18, 0))
        kinds = ("address[4]", "address[4]", "address", "uint256", "uint256")
        self.address = world.put(scripted("Stableswap"), kinds, (self.coins, self.coins, share, 1, 0))
        world.stock(self.address, self.coins)

    def put(self, pool: CurveStablePool) -> None:
        """Write the state of `pool`."""
        for index, balance in enumerate(pool.balances):
            self.world.write(self.address, kept(self.BALANCES) + index, balance)
        for slot, value in ((self.AMP, pool.amp), (self.FEE, pool.fee), (self.ADMIN_FEE, pool.admin_fee)):
            self.world.write(self.address, slot, value)

    def quoted(self, i: int, j: int, amount: int) -> int | None:
        """Return what `get_dy` answers, or None where it reverts."""
        try:
            answer = self.world.call(self.address, "get_dy(int128,int128,uint256)", i, j, amount, returns=("uint256",))
        except Reverted:
            return None
        return int(answer[0])

    def exchange(self, i: int, j: int, amount: int) -> int | None:
        """Swap; return what came out, or None where the pool reverts."""
        before = self.world.owned(self.coins[j])
        try:
            self.world.call(self.address, "exchange(int128,int128,uint256,uint256)", i, j, amount, 0)
        except Reverted:
            return None
        return self.world.owned(self.coins[j]) - before

    def balances(self) -> tuple[int, ...]:
        """Return the balances that the pool accounts for."""
        return tuple(self.world.evm.storage(self.address, kept(self.BALANCES) + index) for index in range(4))


class NGOnChain:
    """Pools of the new generation, whose balances are written into their storage; coins without rates of their own."""

    STORED, ADMIN = 0, 15
    HELD = 1 << 160

    def __init__(self) -> None:
        self.world = Coins(EVM(gas_limit=1 << 40))
        self.coins = self.world.coins((18,) * 8)

    def deploy(self, empty: CurveNGPool) -> str:
        """Deploy a pool of the same terms; return its address."""
        count, rates = len(empty.rates), empty.rates
        numbers = (empty.amp // A_PRECISION, empty.fee, empty.offpeg_multiplier, 1)
        kinds = ("string", "string", *("uint256",) * 4, "address[]", "uint256[]", "uint8[]", "bytes4[]", "address[]")
        listed = (self.coins[:count], rates, (0,) * count, (bytes(4),) * count, (NOBODY,) * count)
        pool = self.world.put(code("CurveStableSwapNG"), kinds, ("", "", *numbers, *listed))
        for coin in self.coins[:count]:
            self.world.write(coin, self.world.held_at(pool), self.HELD)
            self.world.call(coin, "approve(address,uint256)", pool, (1 << 256) - 1)
        return pool

    def exchange(self, pool: CurveNGPool, i: int, j: int, amount: int) -> tuple[int, int] | None:
        """Swap in a state; return what is paid and what the administrator gets, or None where the pool reverts."""
        for index, balance in enumerate(pool.balances):
            self.world.write(pool.address, self.STORED + 1 + index, balance)
            self.world.write(pool.address, self.ADMIN + 1 + index, 0)
        signature = "exchange(uint128,uint128,uint256,uint256)"
        try:
            (paid,) = self.world.call(pool.address, signature, i, j, amount, 0, returns=("uint256",))
        except Reverted:
            return None
        return int(paid), int(self.world.evm.storage(pool.address, self.ADMIN + 1 + j))


class ModelNGOnChain:
    """Our model of a later pool of the new generation, whose balances and rates are written into its storage."""

    MODEL = ROOT / "out" / "ModelCurveNG.sol" / "ModelCurveNG.json"
    ADMIN, STORED, RATES = 1, 2, 3

    def __init__(self) -> None:
        self.world = Coins(EVM(gas_limit=1 << 40))
        self.coins = self.world.coins((18,) * 8)

    def deploy(self, count: int, amp: int, fee: int, multiplier: int) -> str:
        """Deploy a pool of `count` coins; amplification as a whole number, the others in parts of 10**10."""
        kinds = ("address[]", "uint256", "uint256", "uint256")
        return self.world.put(creation(self.MODEL), kinds, (self.coins[:count], amp, fee, multiplier))

    def put(self, pool: CurveNGPool) -> None:
        """Write balances and rates of `pool`."""
        for index, (balance, rate) in enumerate(zip(pool.balances, pool.rates, strict=True)):
            for slot, value in ((self.STORED, balance), (self.ADMIN, 0), (self.RATES, rate)):
                self.world.write(pool.address, kept(slot) + index, value)

    def quoted(self, pool: CurveNGPool, i: int, j: int, amount: int) -> int | None:
        """Return what `get_dy` answers, or None where it reverts."""
        try:
            answer = self.world.call(pool.address, "get_dy(int128,int128,uint256)", i, j, amount, returns=("uint256",))
        except Reverted:
            return None
        return int(answer[0])
