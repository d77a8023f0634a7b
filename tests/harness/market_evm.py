"""Pools in an EVM: the protocols' published bytecode, with any state put into its storage."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_abi.abi import decode, encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from pyrevm import EVM

from harness.market.pools.uniswap_v2 import UniswapV2Pool
from harness.market.pools.uniswap_v3 import UniswapV3Pool

MODULES = Path(__file__).parents[2] / "node_modules"
OWNER = to_checksum_address("0x" + "0f" * 20)
HELD = 1 << 200
WORD = 256


class Reverted(Exception):  # noqa: N818 - a fact about the call, not a fault
    """The call reverted."""


def _code(path: str, *arguments: tuple[str, Any]) -> bytes:
    artifact = json.loads((MODULES / path).read_text())
    code = artifact["bytecode"].removeprefix("0x")
    return bytes.fromhex(code) + encode([kind for kind, _ in arguments], [value for _, value in arguments])


@dataclass
class Chain:
    """An EVM with an owner, and the calls of a test."""

    evm: Any

    def deploy(self, path: str, *arguments: tuple[str, Any]) -> str:
        """Deploy the bytecode of a package's artifact; arguments as (type, value)."""
        return to_checksum_address(self.evm.deploy(OWNER, _code(path, *arguments)))

    def call(self, to: str, signature: str, *values: object, returns: tuple[str, ...] = ()) -> tuple[Any, ...]:
        """Call as the owner, keeping the effects; raise `Reverted` where the callee does."""
        kinds = signature[signature.index("(") + 1 : -1]
        types = [] if not kinds else _split(kinds)
        data = keccak(signature.encode())[:4] + encode(types, values)
        try:
            answer = self.evm.message_call(OWNER, to, data)
        except RuntimeError as error:
            raise Reverted(signature) from error
        return decode(returns, bytes(answer))

    def write(self, address: str, slot: int, value: int) -> None:
        """Put a value, two's complement if negative, into a slot of storage."""
        self.evm.insert_account_storage(address, slot, value % (1 << 256))


def _split(kinds: str) -> list[str]:
    return [kinds] if kinds.startswith("(") else kinds.split(",")


def _tokens(chain: Chain) -> tuple[str, str]:
    path = "@uniswap/v2-core/build/ERC20.json"
    pair = (chain.deploy(path, ("uint256", 1 << 255)) for _ in range(2))
    low, high = sorted(pair, key=str.lower)
    return low, high


def _mapped(kind: str, key: int, base: int) -> int:
    """Return the slot of a mapping's value."""
    return int.from_bytes(keccak(encode([kind, "uint256"], [key, base])))


class PairOnChain:
    """A V2 pair that takes any reserves and swaps by its own code."""

    def __init__(self) -> None:
        self.chain = Chain(EVM(gas_limit=1 << 40))
        self.tokens = _tokens(self.chain)
        self.address = self.chain.deploy("@uniswap/v2-core/build/UniswapV2Pair.json")
        self.chain.call(self.address, "initialize(address,address)", *self.tokens)
        self.fresh = self.chain.evm.snapshot()

    def swap(self, pool: UniswapV2Pool, i: int, amount_in: int, amount_out: int) -> tuple[int, int]:
        """Start from `pool`, pay `amount_in` of token `i`, ask for `amount_out`; return the reserves left, or raise."""
        self.chain.evm.revert(self.fresh)
        self.fresh = self.chain.evm.snapshot()
        for token, reserve in zip(self.tokens, pool.reserves, strict=True):
            self.chain.call(token, "transfer(address,uint256)", self.address, reserve)
        self.chain.call(self.address, "sync()")
        self.chain.call(self.tokens[i], "transfer(address,uint256)", self.address, amount_in)
        asked = (0, amount_out) if i == 0 else (amount_out, 0)
        self.chain.call(self.address, "swap(uint256,uint256,address,bytes)", *asked, OWNER, b"")
        words = ("uint112", "uint112", "uint32")
        left = self.chain.call(self.address, "getReserves()", returns=words)
        return left[0], left[1]


class ConcentratedOnChain:
    """A V3 pool whose price, liquidity and ticks are written into its storage, and which swaps by its own code."""

    SLOT0, LIQUIDITY, TICKS, BITMAP = 0, 4, 5, 6

    def __init__(self, fee: int) -> None:
        self.chain = chain = Chain(EVM(gas_limit=1 << 40))
        self.tokens = _tokens(chain)
        core, periphery = "@uniswap/v3-core/artifacts/contracts/", "@uniswap/v3-periphery/artifacts/contracts/"
        factory = chain.deploy(core + "UniswapV3Factory.sol/UniswapV3Factory.json")
        self.router = chain.deploy(
            periphery + "SwapRouter.sol/SwapRouter.json", ("address", factory), ("address", OWNER)
        )
        made = chain.call(factory, "createPool(address,address,uint24)", *self.tokens, fee, returns=("address",))
        self.fee, self.address = fee, to_checksum_address(made[0])
        for token in self.tokens:
            chain.call(token, "approve(address,uint256)", self.router, (1 << 256) - 1)
            chain.call(token, "transfer(address,uint256)", self.address, HELD)
        self.fresh = chain.evm.snapshot()
        self.written: set[int] = set()

    def put(self, pool: UniswapV3Pool) -> None:
        """Write the state of `pool`."""
        self.chain.evm.revert(self.fresh)
        self.fresh = self.chain.evm.snapshot()
        slots = dict.fromkeys(self.written, 0) | self._slots(pool)
        for slot, value in slots.items():
            self.chain.write(self.address, slot, value)
        self.written = set(slots)

    def _slots(self, pool: UniswapV3Pool) -> dict[int, int]:
        unlocked_one_observation = (1 << 240) | (1 << 216) | (1 << 200)
        slot0 = pool.sqrt_price_x96 | (pool.tick % (1 << 24)) << 160 | unlocked_one_observation
        slots = {self.SLOT0: slot0, self.LIQUIDITY: pool.liquidity}
        for tick, net in zip(pool.ticks, pool.liquidity_net, strict=True):
            slots[_mapped("int24", tick, self.TICKS)] = abs(net) | (net % (1 << 128)) << 128
            word, bit = divmod(tick // pool.tick_spacing, WORD)
            slot = _mapped("int16", word, self.BITMAP)
            slots[slot] = slots.get(slot, 0) | 1 << bit
        return slots

    def swap(self, zero_for_one: bool, amount: int, exact_output: bool = False) -> tuple[int, int]:
        """Swap through the protocol's own router; return what was taken and what was paid."""
        side = self.tokens if zero_for_one else self.tokens[::-1]
        before = [self._balance(token) for token in side]
        limit = 4295128740 if zero_for_one else 1461446703485210103287273052203988822378723970341
        other = (1 << 255) if exact_output else 0
        kind = "exactOutputSingle" if exact_output else "exactInputSingle"
        signature = f"{kind}((address,address,uint24,address,uint256,uint256,uint256,uint160))"
        self.chain.call(self.router, signature, (*side, self.fee, OWNER, 1 << 60, amount, other, limit))
        after = [self._balance(token) for token in side]
        return before[0] - after[0], after[1] - before[1]

    def state(self) -> tuple[int, int, int]:
        """Return square-root price, tick and liquidity as they stand."""
        words = ("uint160", "int24")
        price, tick = self.chain.call(self.address, "slot0()", returns=words)
        return price, tick, self.chain.call(self.address, "liquidity()", returns=("uint128",))[0]

    def _balance(self, token: str) -> int:
        answer = self.chain.call(token, "balanceOf(address)", OWNER, returns=("uint256",))
        return int(answer[0])
