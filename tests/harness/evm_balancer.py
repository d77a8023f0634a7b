"""Balancer's vaults and pools in an EVM: the bytecode that is published of V2, and V3 as `make peers` compiles it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_abi.abi import decode, encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from market_evm import MODULES, OWNER, Chain, Reverted
from pyrevm import EVM, AccountInfo

from harness.market.pools.balancer_stable import BalancerV2StablePool
from harness.market.pools.balancer_weighted import BalancerV2WeightedPool, BalancerV3WeightedPool

ROOT = MODULES.parent
TASKS = MODULES / "@balancer-labs" / "v2-deployments" / "dist" / "tasks"
PEERS = ROOT / "build" / "peers" / "balancer" / "out"
TOKEN = ROOT / "out" / "PlainToken.sol" / "PlainToken.json"
NOBODY = "0x" + "00" * 20
ONE = 10**18
WINDOW = 90 * 86_400
ANSWERS_ITS_SLOT = bytes.fromhex("5f545f5260205ff3")
"""Code that answers any call with the number in its first slot of storage: a rate provider, or a list of fees."""

REQUEST = "(uint8,address,address,uint256,bytes32,uint256,address,address,bytes)"


def creation(path: Path) -> bytes:
    """Return the creation code of an artifact of any of the formats."""
    artifact = json.loads(path.read_text())
    code = artifact.get("creationCode") or artifact["bytecode"]
    return bytes.fromhex((code["object"] if isinstance(code, dict) else code).removeprefix("0x"))


def published(task: str) -> bytes:
    """Return the creation code of one of Balancer's deployments."""
    return creation(TASKS / task)


def runs(code: bytes) -> bytes:
    """Return creation code for `code`, of less than 256 bytes."""
    return bytes((0x60, len(code), 0x80, 0x60, 0x09, 0x5F, 0x39, 0x5F, 0xF3)) + code


@dataclass
class World(Chain):
    """An EVM in which any code can be deployed and anyone can call."""

    def put(self, code: bytes, kinds: tuple[str, ...] = (), values: tuple[Any, ...] = ()) -> str:
        """Deploy creation code with its arguments."""
        return str(to_checksum_address(self.evm.deploy(OWNER, code + encode(kinds, values))))

    def ask(
        self, caller: str, to: str, signature: str, values: tuple[Any, ...], returns: tuple[str, ...] = ("uint256",)
    ) -> tuple[Any, ...]:
        """Call as `caller`; raise `Reverted` where the callee does."""
        kinds = _arguments(signature)
        try:
            answer = self.evm.message_call(caller, to, keccak(signature.encode())[:4] + encode(kinds, values))
        except RuntimeError as error:
            raise Reverted(signature) from error
        return decode(returns, bytes(answer))

    def tokens(self, decimals: tuple[int, ...]) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """Deploy tokens of these decimals; return addresses in ascending order, and the decimals of each."""
        code = creation(TOKEN)
        made = ((self.put(code, ("string", "uint8"), ("T", places)), places) for places in decimals)
        addresses, places = zip(*sorted(made, key=lambda token: int(token[0], 16)), strict=True)
        return addresses, places

    def number(self, value: int) -> str:
        """Deploy a contract that answers any call with `value`."""
        at = self.put(runs(ANSWERS_ITS_SLOT))
        self.write(at, 0, value)
        return at


def _arguments(signature: str) -> list[str]:
    """Return the top-level types of a signature."""
    inner, depth, parts, start = signature[signature.index("(") + 1 : -1], 0, [], 0
    for at, sign in enumerate(inner):
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            parts.append(inner[start:at])
            start = at + 1
    return [*parts, inner[start:]] if inner else []


class BalancerV2OnChain:
    """The V2 vault, and weighted pools whose `onSwap` it calls with the balances that it accounts to them."""

    FIRST = "20210418-weighted-pool/bytecode/WeightedPool.json"
    LATER = "20230206-weighted-pool-v3/artifact/WeightedPool.json"
    COMPOSABLE = "20230206-composable-stable-pool-v3/artifact/ComposableStablePool.json"

    def __init__(self) -> None:
        self.world = World(EVM(gas_limit=1 << 40))
        authorizer = self.world.put(published("20210418-authorizer/bytecode/Authorizer.json"), ("address",), (OWNER,))
        kinds = ("address", "address", "uint256", "uint256")
        vault = published("20210418-vault/bytecode/Vault.json")
        self.vault = self.world.put(vault, kinds, (authorizer, OWNER, WINDOW, WINDOW // 3))
        self.code = self.world.evm.get_code(self.vault)
        self.fees = self.world.number(0)
        self.factory: str | None = None

    def weighted(
        self, tokens: tuple[str, ...], weights: tuple[int, ...], fee: int, whole_powers: bool
    ) -> tuple[str, bytes]:
        """Deploy a pool and return its address and id."""
        self.stand(True)
        if whole_powers:
            params = "(string,string,address[],uint256[],address[],address[],uint256)"
            none = [NOBODY] * len(tokens)
            values: tuple[Any, ...] = (("B", "B", tokens, weights, none, none, fee), self.vault, self.fees)
            kinds: tuple[str, ...] = (params, "address", "address", "uint256", "uint256", "address", "string")
            at = self.world.put(published(self.LATER), kinds, (*values, WINDOW, WINDOW // 3, OWNER, "1"))
        else:
            kinds = (
                "address",
                "string",
                "string",
                "address[]",
                "uint256[]",
                "uint256",
                "uint256",
                "uint256",
                "address",
            )
            values = (self.vault, "B", "B", tokens, weights, fee, WINDOW, WINDOW // 3, OWNER)
            at = self.world.put(published(self.FIRST), kinds, values)
        return at, self.world.call(at, "getPoolId()", returns=("bytes32",))[0]

    @staticmethod
    def opening(amounts: tuple[int, ...]) -> bytes:
        """Return the data of the first join, which names the amounts."""
        return encode(("uint256", "uint256[]"), (0, amounts))

    def composable(self, tokens: tuple[str, ...], rates: tuple[int, ...], amp: int, fee: int) -> tuple[str, bytes, int]:
        """Deploy a composable stable pool and return its address, its id and the index of its own share token.

        Args:
            tokens: The other tokens.
            rates: What their rate providers say, at 18 decimals; none where it is one.
            amp: The amplification as a whole number.
            fee: The fee at 18 decimals.
        """
        self.stand(True)
        params = (
            "(address,address,string,string,address[],address[],uint256[],bool[],"
            "uint256,uint256,uint256,uint256,address,string)"
        )
        count = len(tokens)
        providers = [NOBODY if rate == ONE else self.world.number(rate) for rate in rates]
        values = (self.vault, self.fees, "S", "S", tokens, providers, [1 << 30] * count, [False] * count)
        rest = (amp, fee, WINDOW, WINDOW // 3, OWNER, "1")
        at = self.world.put(published(self.COMPOSABLE), (params,), ((*values, *rest),))
        index = self.world.call(at, "getBptIndex()", returns=("uint256",))[0]
        return at, self.world.call(at, "getPoolId()", returns=("bytes32",))[0], index

    def stable(self, tokens: tuple[str, ...], amp: int, fee: int, rounds_up: bool) -> tuple[str, bytes]:
        """Deploy a stable pool without rates, of 2021 if it rounds up and else of 2022; return its address and id."""
        self.stand(True)
        if rounds_up:
            code = published("deprecated/20210624-stable-pool/bytecode/StablePool.json")
            kinds = ("address", "string", "string", "address[]", "uint256", "uint256", "uint256", "uint256", "address")
            at = self.world.put(code, kinds, (self.vault, "S", "S", tokens, amp, fee, WINDOW, WINDOW // 3, OWNER))
        else:
            code = published("20220609-stable-pool-v2/bytecode/StablePoolFactory.json")
            self.factory = self.factory or self.world.put(code, ("address",), (self.vault,))
            signature = "create(string,string,address[],uint256,uint256,address)"
            made = self.world.ask(OWNER, self.factory, signature, ("S", "S", tokens, amp, fee, OWNER), ("address",))
            at = str(to_checksum_address(made[0]))
        return at, self.world.call(at, "getPoolId()", returns=("bytes32",))[0]

    def on_swap_among(
        self,
        pool: BalancerV2StablePool,
        i: int,
        j: int,
        amount: int,
        *,
        exact_out: bool = False,
        share: int | None = None,
    ) -> int | None:
        """Return what a stable pool answers the vault, or None where it reverts.

        Args:
            pool: The pool.
            i: Index of the token sold, in the pool's state.
            j: Index of the token bought.
            amount: Amount of the one, or for an exact output of the other.
            exact_out: Whether the output is given.
            share: Index of the pool's own share token among the vault's, where it has one.
        """
        identity = bytes.fromhex(pool.pool_id.removeprefix("0x"))
        request = (int(exact_out), pool.tokens[i], pool.tokens[j], amount, identity, 0, OWNER, OWNER, b"")
        balances = list(pool.balances)
        if share is not None:
            balances.insert(share, (1 << 111) - 1)
            i, j = i + (i >= share), j + (j >= share)
        signature = f"onSwap({REQUEST},uint256[],uint256,uint256)"
        self.stand(False)
        try:
            return int(self.world.ask(self.vault, pool.address, signature, (request, balances, i, j))[0])
        except Reverted:
            return None

    def stand(self, code: bool) -> None:
        """Give the vault its code, or take it away: a transaction can start from an account without code alone."""
        self.world.evm.insert_account_info(self.vault, AccountInfo(nonce=1, code=self.code if code else None))

    def on_swap(self, pool: BalancerV2WeightedPool, i: int, j: int, amount: int, exact_out: bool = False) -> int | None:
        """Return what the pool answers the vault, or None where it reverts."""
        identity = bytes.fromhex(pool.pool_id.removeprefix("0x"))
        request = (int(exact_out), pool.tokens[i], pool.tokens[j], amount, identity, 0, OWNER, OWNER, b"")
        signature = f"onSwap({REQUEST},uint256,uint256)"
        values = (request, pool.balances[i], pool.balances[j])
        self.stand(False)
        try:
            return int(self.world.ask(self.vault, pool.address, signature, values)[0])
        except Reverted:
            return None


class BalancerV3OnChain:
    """The V3 vault with weighted pools; swaps run as its queries do, in which nothing needs to be paid."""

    BALANCES_SLOT = 5

    def __init__(self) -> None:
        self.world = world = World(EVM(gas_limit=1 << 40))
        authorizer = world.number(0)
        nonce = world.evm.basic(OWNER).nonce
        main = _created(OWNER, nonce + 3)
        admin = self._built(
            "VaultAdmin", ("address", "uint32", "uint32", "uint256", "uint256"), (main, WINDOW, WINDOW, 10**6, 10**4)
        )
        extension = self._built("VaultExtension", ("address", "address"), (main, admin))
        fees = self._built("ProtocolFeeController", ("address", "uint256", "uint256"), (main, ONE // 2, ONE // 10))
        self.vault = self._built("Vault", ("address", "address", "address"), (extension, authorizer, fees))
        assert self.vault == main
        # It passes what it is called with on to the vault, the vault's callback among it.
        call = "365f5f375f5f365f5f73" + self.vault[2:] + "5af13d5f5f3e602a573d5ffd5b3d5ff3"
        self.forwarder = world.put(runs(bytes.fromhex(call)))

    def weighted(
        self,
        tokens: tuple[str, ...],
        weights: tuple[int, ...],
        least: tuple[int, ...],
        fee: int,
        rates: tuple[int, ...],
    ) -> str:
        """Deploy, register and open a pool; return its address."""
        world = self.world
        params = "(string,string,uint256,uint256[],string,uint256[])"
        named = ("B", "B", len(tokens), weights, "1", least)
        at = self._built("WeightedPool", (params, "address"), (named, self.vault))
        kinds = "(address,(address,uint8,address,bool)[],uint256,uint32,bool,(address,address,address),address"
        signature = f"registerPool{kinds},(bool,bool,bool,bool))"
        told = [(token, 1, world.number(rate), False) for token, rate in zip(tokens, rates, strict=True)]
        roles, allows = (NOBODY, NOBODY, NOBODY), (False, False, False, False)
        world.ask(OWNER, self.vault, signature, (at, told, fee, 1 << 31, False, roles, NOBODY, allows), ())
        amounts = [ONE] * len(tokens)
        self._query("initialize(address,address,address[],uint256[],uint256,bytes)", at, OWNER, tokens, amounts, 0, b"")
        return at

    def put_balances(self, pool: BalancerV3WeightedPool) -> None:
        """Write the pool's balances; the live ones, in the upper half, are computed anew on use."""
        for index, balance in enumerate(pool.balances):
            self.world.write(self.vault, self._slot(pool.address, index), balance)

    def balances(self, pool: BalancerV3WeightedPool) -> tuple[int, ...]:
        """Return what the vault accounts to the pool."""
        slots = (self._slot(pool.address, index) for index in range(len(pool.tokens)))
        return tuple(self.world.evm.storage(self.vault, slot) % (1 << 128) for slot in slots)

    def swap(self, pool: BalancerV3WeightedPool, i: int, j: int, amount: int, exact_out: bool = False) -> int | None:
        """Swap; return what came out, or for an exact output what went in; None where the vault reverts."""
        params = (int(exact_out), pool.address, pool.tokens[i], pool.tokens[j], amount, (1 << 255) * exact_out, b"")
        signature = "swap((uint8,address,address,address,uint256,uint256,bytes))"
        try:
            answer = self._query(signature, params)
        except Reverted:
            return None
        return int(decode(("uint256",), answer)[0])

    def _query(self, signature: str, *values: object) -> bytes:
        """Call the vault from within its own query, as the transaction of nobody."""
        data = keccak(signature.encode())[:4] + encode(_arguments(signature), values)
        return bytes(self.world.ask(NOBODY, self.forwarder, "quote(bytes)", (data,), ("bytes",))[0])

    def _slot(self, pool: str, index: int) -> int:
        inner = keccak(encode(["address", "uint256"], [pool, self.BALANCES_SLOT]))
        return int.from_bytes(keccak(encode(["uint256", "bytes32"], [index, inner])))

    def _built(self, name: str, kinds: tuple[str, ...], values: tuple[Any, ...]) -> str:
        return self.world.put(creation(PEERS / f"{name}.sol" / f"{name}.json"), kinds, values)


def _created(by: str, nonce: int) -> str:
    """Return the address of the contract that an account creates at a nonce from 1 to 127."""
    return str(to_checksum_address(keccak(bytes((0xD6, 0x94)) + bytes.fromhex(by[2:]) + bytes((nonce,)))[12:]))
