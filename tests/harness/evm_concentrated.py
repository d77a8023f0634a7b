"""Pools of concentrated liquidity in an EVM, by their protocols' own code, with any state put into their storage."""

from abc import ABC, abstractmethod
from functools import lru_cache
from typing import ClassVar, Generic, NamedTuple, TypeVar

from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from evm_code import OUT, PEERS, create, creation, tokens, word
from market_evm import MODULES, OWNER, Chain, Reverted
from pyrevm import EVM, AccountInfo, BlockEnv, CfgEnv, Env

from harness.market.pools.algebra import AlgebraIntegralPool, AlgebraPool
from harness.market.pools.concentrated import ConcentratedPool, Swapped
from harness.market.pools.pancake_v3 import PancakeV3Pool
from harness.market.pools.slipstream import SlipstreamPool
from harness.market.pools.tick_math import MAX_SQRT_PRICE, MAX_TICK, MIN_SQRT_PRICE, MIN_TICK
from harness.market.pools.uniswap_v3 import UniswapV3Pool
from harness.market.pools.uniswap_v4 import UniswapV4Pool

AnyPool = TypeVar("AnyPool", bound=ConcentratedPool)
NOW = 1 << 30
WORD, INT128, INT24 = 256, 1 << 128, 1 << 24
FEES = 184
"""Bits below the first fee of a pool of Algebra's, in the word that has the price."""
CORE = "artifacts/contracts"
SWAP = keccak(b"swap(address,bool,int256,uint160,bytes)")[:4]
SWAP_OF_V4 = keccak(b"swap((address,address,uint24,int24,address),(bool,int256,uint160),(bool,bool),bytes)")[:4]


@lru_cache(maxsize=1 << 16)
def mapped(key: int, base: int) -> int:
    """Return the slot of a mapping's value."""
    return int.from_bytes(keccak(word(key) + word(base)))


def payer(token0: str, token1: str) -> bytes:
    """Return the code of a trader: it passes on what its owner sends, and pays whoever calls it back.

    The owner's call: the pool, then what the pool is to hear. A callback names what is owed: token0, then token1.
    """
    owner, first, second = ("73" + address[2:].lower() for address in (OWNER, token0, token1))
    start = f"33{owner}1460PP57"  # the owner calls: pass on
    begun = "63a9059cbb60e01b5f5233600452"  # else transfer to the caller
    which = f"600435805f1260FF5750602435{second}60TT56"  # what is owed of the first, if anything, or of the second
    chosen = f"5b{first}5b906024525f5f60445f5f855af100"
    passed = "5b6020360360205f375f5f602036035f5f5f355af13d5f5f3e60RR573d5ffd"
    code = start + begun + which + chosen + passed + "5b3d5ff3"
    places = {
        "FF": len(start + begun + which),
        "TT": len(start + begun + which + f"5b{first}"),
        "PP": len(start + begun + which + chosen),
        "RR": len(start + begun + which + chosen + passed),
    }
    for mark, place in places.items():
        code = code.replace(mark, f"{place // 2:02x}")
    return bytes.fromhex(code)


class Layout(NamedTuple):
    """Slots of a pool's storage."""

    price: int
    liquidity: int
    ticks: int
    bitmap: int


class OnChain(ABC, Generic[AnyPool]):
    """A pool that takes any state and swaps by its own code, as a trader with tokens enough."""

    LAYOUT: Layout
    HELD: ClassVar[int] = 1 << 200

    def __init__(self) -> None:
        env = Env(cfg=CfgEnv(limit_contract_code_size=1 << 20), block=BlockEnv(timestamp=NOW))
        self.chain = Chain(EVM(env=env, gas_limit=1 << 40))
        self.tokens = tokens(self.chain)
        self.trader = to_checksum_address("0x" + "7a" * 20)
        self.chain.evm.insert_account_info(self.trader, AccountInfo(nonce=1, code=payer(*self.tokens)))
        self.address = self.deployed()
        for token in self.tokens:
            self.chain.call(token, "transfer(address,uint256)", self.trader, 1 << 200)
            self.chain.call(token, "transfer(address,uint256)", self.address, self.HELD)
        self.written: set[int] = set()

    @abstractmethod
    def deployed(self) -> str:
        """Deploy the protocol and a pool of the tokens; return its address."""

    @abstractmethod
    def price_word(self, pool: AnyPool) -> int:
        """Return the word that has price, tick and, by the family, more."""

    def more(self, pool: AnyPool) -> dict[int, int]:  # noqa: ARG002 - a family's own
        """Return what else is to be written."""
        return {}

    def liquidity_word(self, pool: AnyPool) -> int:
        """Return the word that has the liquidity in range."""
        return pool.liquidity

    def put(self, pool: AnyPool) -> None:
        """Write the state of `pool`."""
        slots = self._slots(pool)
        for slot, value in (dict.fromkeys(self.written, 0) | slots).items():
            self.chain.write(self.address, slot, value)
        self.written = set(slots)

    def _slots(self, pool: AnyPool) -> dict[int, int]:
        at = self.LAYOUT
        slots = {at.price: self.price_word(pool), at.liquidity: self.liquidity_word(pool)} | self.more(pool)
        for tick, net in zip(pool.ticks, pool.liquidity_net, strict=True):
            slots[mapped(tick, at.ticks)] = abs(net) | (net % INT128) << 128
            row, bit = divmod(tick // pool.tick_spacing, WORD)
            slot = mapped(row, at.bitmap)
            slots[slot] = slots.get(slot, 0) | 1 << bit
        return slots

    def swap(self, zero_for_one: bool, amount: int) -> Swapped | None:
        """Swap an exact input, or, if negative, for an exact output; None where it reverts."""
        before = self.chain.evm.snapshot()
        try:
            amounts = self._swap(zero_for_one, amount)
            price = int(self.chain.evm.storage(self.address, self.LAYOUT.price))
            liquidity = int(self.chain.evm.storage(self.address, self.LAYOUT.liquidity))
        except Reverted:
            return None
        finally:
            self.chain.evm.revert(before)
        taken, paid = amounts if zero_for_one else amounts[::-1]
        tick = (price >> 160) % INT24
        tick -= INT24 if tick >> 23 else 0
        return Swapped(taken, -paid, price % (1 << 160), tick, self._liquidity(liquidity))

    def _liquidity(self, read: int) -> int:
        return read % INT128

    def _swap(self, zero_for_one: bool, amount: int) -> tuple[int, int]:
        """Swap; return what the pool got of each token."""
        to, payee = (int(address, 16) for address in (self.address, self.trader))
        values = (payee, int(zero_for_one), amount, limit(zero_for_one), 160, 0)
        data = word(to) + SWAP + b"".join(word(value) for value in values)
        try:
            answer = self.chain.evm.message_call(OWNER, self.trader, data)
        except RuntimeError as error:
            raise Reverted("swap") from error
        return signed(answer[:32]), signed(answer[32:64])


def limit(zero_for_one: bool) -> int:
    """Return the furthest price that a swap can be given."""
    return MIN_SQRT_PRICE + 1 if zero_for_one else MAX_SQRT_PRICE - 1


def signed(word_: bytes) -> int:
    """Return the number of a word in two's complement."""
    return int.from_bytes(word_, "big", signed=True)


def price_and_tick(pool: ConcentratedPool) -> int:
    """Return the word's lower bits, which are every family's."""
    return pool.sqrt_price_x96 | (pool.tick % INT24) << 160


class UniswapV3OnChain(OnChain[UniswapV3Pool]):
    """Uniswap V3's pool."""

    LAYOUT = Layout(price=0, liquidity=4, ticks=5, bitmap=6)
    SPACINGS: ClassVar[dict[int, int]] = {500: 10, 3_000: 60, 10_000: 200}

    def __init__(self, fee: int) -> None:
        self.fee, self.spacing = fee, self.SPACINGS[fee]
        super().__init__()

    def deployed(self) -> str:
        """Deploy the protocol and a pool."""
        factory = create(
            self.chain, creation(MODULES / "@uniswap/v3-core" / CORE / "UniswapV3Factory.sol/UniswapV3Factory.json")
        )
        return made(self.chain, factory, "createPool(address,address,uint24)", *self.tokens, self.fee)

    def price_word(self, pool: UniswapV3Pool) -> int:
        """Return price, tick and what shares their word."""
        return price_and_tick(pool) | 1 << 200 | 1 << 216 | 1 << 240


class PancakeV3OnChain(OnChain[PancakeV3Pool]):
    """PancakeSwap V3's pool, with a part of its fees for the protocol."""

    LAYOUT = Layout(price=0, liquidity=5, ticks=6, bitmap=7)
    SPACINGS: ClassVar[dict[int, int]] = {100: 1, 500: 10, 2_500: 50, 10_000: 200}

    def __init__(self, fee: int) -> None:
        self.fee, self.spacing = fee, self.SPACINGS[fee]
        super().__init__()

    def deployed(self) -> str:
        """Deploy the protocol and a pool."""
        core, chain = MODULES / "@pancakeswap/v3-core" / CORE, self.chain
        code = to_checksum_address("0x" + "c0" * 20)
        chain.evm.insert_account_info(code, AccountInfo(code=creation(core / "PancakeV3Pool.sol/PancakeV3Pool.json")))
        path = OUT / "PancakeV3PoolDeployer.sol/PancakeV3PoolDeployer.json"
        deployer = create(chain, creation(path, ("address", code)))
        path = core / "PancakeV3Factory.sol/PancakeV3Factory.json"
        factory = create(chain, creation(path, ("address", deployer)))
        chain.call(deployer, "setFactoryAddress(address)", factory)
        return made(chain, factory, "createPool(address,address,uint24)", *self.tokens, self.fee)

    def price_word(self, pool: PancakeV3Pool) -> int:
        """Return price, tick and what shares their word."""
        return price_and_tick(pool) | 1 << 200 | 1 << 216

    def more(self, pool: PancakeV3Pool) -> dict[int, int]:  # noqa: ARG002 - the same in every state
        """Return what else is to be written."""
        shares_and_unlocked = 3_200 | 3_200 << 16 | 1 << 32
        return {1: shares_and_unlocked}


class SlipstreamOnChain(OnChain[SlipstreamPool]):
    """Slipstream's pool; all of its liquidity is staked, or none."""

    LAYOUT = Layout(price=6, liquidity=16, ticks=17, bitmap=18)
    STAKED_AND_SPACING = 15
    FEES = 5

    def deployed(self) -> str:
        """Deploy the protocol and a pool."""
        out, chain = PEERS / "slipstream/out", self.chain
        neighbour = to_checksum_address("0x" + "4e" * 20)
        answers_with_the_first_word_zero_or_itself = "5f3560e01c63" + keccak(b"factoryRegistry()")[:4].hex() + "14"
        code = bytes.fromhex(answers_with_the_first_word_zero_or_itself + "3002" + "5f5260205ff3")
        chain.evm.insert_account_info(neighbour, AccountInfo(nonce=1, code=code))
        pool = create(chain, creation(out / "CLPool.sol/CLPool.json"))
        arguments = (("address", neighbour), ("address", neighbour), ("address", pool))
        self.factory = create(chain, creation(out / "CLFactory.sol/CLFactory.json", *arguments))
        signature = "createPool(address,address,int24,uint160)"
        return made(chain, self.factory, signature, *self.tokens, 200, 1 << 96)

    def put(self, pool: SlipstreamPool) -> None:
        """Write the state of `pool`, its fee among it."""
        self.chain.write(self.factory, mapped(pool.tick_spacing, self.FEES), pool.fee)
        super().put(pool)

    def price_word(self, pool: SlipstreamPool) -> int:
        """Return price, tick and what shares their word."""
        return price_and_tick(pool) | 1 << 200 | 1 << 216 | 1 << 232

    def more(self, pool: SlipstreamPool) -> dict[int, int]:
        """Return what else is to be written."""
        staked = pool.fee % 2
        nets = {mapped(t, 17) + 1: n % INT128 * staked for t, n in zip(pool.ticks, pool.liquidity_net, strict=True)}
        return nets | {self.STAKED_AND_SPACING: pool.liquidity * staked | pool.tick_spacing << 160}


class AlgebraOnChain(OnChain[AlgebraPool]):
    """Algebra 1.9's pool, in the block of its last timepoint, so that its fee stays."""

    LAYOUT = Layout(price=2, liquidity=3, ticks=5, bitmap=6)
    POOL_HASH = "6ec6c9c8091d160c0aa74b2b14ba9c1717e95093bd3ac085cee99a49aab294a4"

    def deployed(self) -> str:
        """Deploy the protocol and a pool."""
        core, chain = MODULES / "@cryptoalgebra/core" / CORE, self.chain
        deployer = create(chain, creation(core / "AlgebraPoolDeployer.sol/AlgebraPoolDeployer.json"))
        arguments = (("address", deployer), ("address", OWNER))
        code = creation(core / "AlgebraFactory.sol/AlgebraFactory.json", *arguments)
        published = keccak(creation(core / "AlgebraPool.sol/AlgebraPool.json"))
        factory = create(chain, code.replace(bytes.fromhex(self.POOL_HASH), published))
        chain.call(deployer, "setFactory(address)", factory)
        pool = made(chain, factory, "createPool(address,address)", *self.tokens)
        chain.call(pool, "initialize(uint160)", 1 << 96)
        return pool

    def price_word(self, pool: AlgebraPool) -> int:
        """Return price, tick and what shares their word."""
        community = 250
        return price_and_tick(pool) | pool.fee << FEES | community << 216 | community << 224 | 1 << 232


class CamelotV3OnChain(OnChain[AlgebraPool]):
    """Camelot V3's pool as the model has it, in the second of its last timepoint, so that its fees stay."""

    LAYOUT = Layout(price=2, liquidity=3, ticks=5, bitmap=6)

    def deployed(self) -> str:
        """Deploy the model and a pool."""
        keepers = creation(MODULES / "@cryptoalgebra/core" / CORE / "DataStorageOperator.sol/DataStorageOperator.json")
        code = to_checksum_address("0x" + "c0" * 20)
        self.chain.evm.insert_account_info(code, AccountInfo(code=keepers))
        arguments = (("address", OWNER), ("address", OWNER), ("address", code))
        path = OUT / "ModelCamelotV3Factory.sol/ModelCamelotV3Factory.json"
        pool = made(
            self.chain,
            create(self.chain, creation(path, *arguments)),
            "createPool(address,address)",
            *self.tokens,
        )
        self.chain.call(pool, "initialize(uint160)", 1 << 96)
        return pool

    def price_word(self, pool: AlgebraPool) -> int:
        """Return price, tick and what shares their word."""
        return price_and_tick(pool) | pool.fee_of(True) << FEES | pool.fee_of(False) << FEES + 16 | 1 << 248


class AlgebraIntegralOnChain(OnChain[AlgebraIntegralPool]):
    """Algebra Integral's pool without a plugin: its last fee is its fee."""

    LAYOUT = Layout(price=2, liquidity=9, ticks=3, bitmap=8)
    RESERVES = 12
    HELD = 1 << 127

    def deployed(self) -> str:
        """Deploy the protocol and a pool."""
        core, chain = MODULES / "@cryptoalgebra/integral-core" / CORE, self.chain
        nonce = chain.evm.basic(OWNER).nonce
        next_one = keccak(bytes.fromhex("d694" + OWNER[2:]) + bytes([nonce + 1]))[12:]
        arguments = ("address", to_checksum_address(next_one))
        factory = create(chain, creation(core / "AlgebraFactory.sol/AlgebraFactory.json", arguments))
        create(chain, creation(core / "AlgebraPoolDeployer.sol/AlgebraPoolDeployer.json", ("address", factory)))
        pool = made(chain, factory, "createPool(address,address,bytes)", *self.tokens, b"")
        chain.call(pool, "initialize(uint160)", 1 << 96)
        return pool

    def price_word(self, pool: AlgebraIntegralPool) -> int:
        """Return price, tick and what shares their word."""
        community = 150
        return price_and_tick(pool) | pool.fee << 184 | community << 208 | 1 << 224

    def liquidity_word(self, pool: AlgebraIntegralPool) -> int:
        """Return liquidity, tick spacing and the linked neighbours of the price."""
        here = sum(tick <= pool.tick for tick in pool.ticks)
        linked = (MIN_TICK, *pool.ticks, MAX_TICK)
        ends = linked[here + 1] % INT24 | linked[here] % INT24 << 24
        return ends | pool.liquidity << 48 | pool.tick_spacing << 176

    def _liquidity(self, read: int) -> int:
        return (read >> 48) % INT128

    def _slots(self, pool: AlgebraIntegralPool) -> dict[int, int]:
        at = self.LAYOUT
        slots = {at.price: self.price_word(pool), at.liquidity: self.liquidity_word(pool)}
        linked = (MIN_TICK, *pool.ticks, MAX_TICK)
        for number, (tick, net) in enumerate(zip(pool.ticks, pool.liquidity_net, strict=True)):
            slot = mapped(tick, at.ticks)
            slots[slot] = abs(net)
            slots[slot + 1] = net % INT128 | linked[number] % INT24 << 128 | linked[number + 2] % INT24 << 152
        return slots | {self.RESERVES: self.HELD | self.HELD << 128}


class UniswapV4OnChain(OnChain[UniswapV4Pool]):
    """Uniswap V4's manager with a pool without hooks, swapped on through the protocol's own test of swaps."""

    POOLS = 6
    TICKS, BITMAP, LIQUIDITY = 4, 5, 3

    def deployed(self) -> str:
        """Deploy the protocol and a pool."""
        out = MODULES / "@uniswap/v4-core/out"
        manager = create(self.chain, creation(out / "PoolManager.sol/PoolManager.json", ("address", OWNER)))
        path = out / "PoolSwapTest.sol/PoolSwapTest.json"
        self.router = create(self.chain, creation(path, ("address", manager)))
        for token in self.tokens:
            self.chain.call(token, "approve(address,uint256)", self.router, (1 << 256) - 1)
        return manager

    def put(self, pool: UniswapV4Pool) -> None:
        """Write the state of `pool`, its fee among it."""
        self.key = (*self.tokens, pool.fee, pool.tick_spacing, "0x" + "00" * 20)
        id_ = keccak(encode(["address", "address", "uint24", "int24", "address"], self.key))
        state = int.from_bytes(keccak(id_ + word(self.POOLS)))
        self.LAYOUT = Layout(state, state + self.LIQUIDITY, state + self.TICKS, state + self.BITMAP)
        super().put(pool)

    def price_word(self, pool: UniswapV4Pool) -> int:
        """Return price, tick and what shares their word."""
        return price_and_tick(pool) | pool.protocol_fees[0] << 184 | pool.protocol_fees[1] << 196 | pool.fee << 208

    def _swap(self, zero_for_one: bool, amount: int) -> tuple[int, int]:
        key = (int(self.tokens[0], 16), int(self.tokens[1], 16), *self.key[2:4], 0)
        values = (*key, int(zero_for_one), -amount, limit(zero_for_one), 0, 0, 352, 0)
        data = SWAP_OF_V4 + b"".join(word(value) for value in values)
        try:
            answer = bytes(self.chain.evm.message_call(OWNER, self.router, data))
        except RuntimeError as error:
            raise Reverted("swap") from error
        finally:
            self.chain.evm.reset_transient_storage()
        return -signed(answer[:16]), -signed(answer[16:32])


def made(chain: Chain, factory: str, signature: str, *values: object) -> str:
    """Have a factory make a pool; return its address."""
    return str(to_checksum_address(chain.call(factory, signature, *values, returns=("address",))[0]))
