"""What people do at the replica's pools: swap, bring liquidity and take it back, by the protocols' own doors."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

from eth_abi.abi import encode
from eth_abi.grammar import parse
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from evm_concentrated import payer
from market_evm import MODULES, OWNER
from reader import Reader
from web3 import Web3

from harness import chains
from harness.chains import Chain
from harness.devchain import DevChain
from harness.keeper.feeds.place import Place
from harness.keeper.journal import Block
from harness.keeper.rpc import Rpc
from harness.orderflow import FOREVER, MAX_UINT, Order, OrderFlow, fund, place, units
from harness.replica import Replica
from harness.settings import dev_account

TRADER = 5
CURVE = ("DAI", "USDC", "USDT", "sUSD")
V4 = MODULES / "@uniswap/v4-core/out"
V4_KEY = "(address,address,uint24,int24,address)"
MIN_SQRT, MAX_SQRT = 4295128740, 1461446703485210103287273052203988822378723970341
PAYER = to_checksum_address("0x" + "7a" * 20)
Act = Callable[[], None]


def everything(chain: Chain) -> Chain:
    """The chain file with every pool of the replica traded."""
    curve = chain.venues["curve"].model_extra or {}
    listed = chains.Pool(venue="curve", tokens=CURVE, address=curve["pool"], family="first")
    wrapped = chains.Pool(venue="weth", tokens=("ETH", "WETH"))
    venues = {**chain.venues, "weth": chains.WrappedNative(kind="wrapped-native")}
    pools = (*chain.pools, *chain.untraded, listed, wrapped)
    return chain.model_copy(update={"pools": pools, "venues": venues})


def newest(rpc: Rpc) -> Block:
    """The newest block."""
    found = rpc.ask("eth_getBlockByNumber", "latest", False)
    return Block(int(found["number"], 16), found["hash"], found["parentHash"], int(found["timestamp"], 16))


def packed(signature: str, *values: object) -> bytes:
    """Calldata of a call, tuples among its arguments or not."""
    types = parse(signature[signature.index("(") :]).components if values else ()
    return keccak(signature.encode())[:4] + encode([kind.to_type_str() for kind in types], values)


def created(
    node: DevChain, who: LocalAccount, path: Path, types: Sequence[str] = (), values: Sequence[object] = ()
) -> str:
    """Deploy an artifact's contract; return its address."""
    code = json.loads(path.read_text())["bytecode"]
    code = code if isinstance(code, str) else code["object"]
    transaction = {"from": who.address, "data": code + encode(types, values).hex(), "gas": hex(20_000_000)}
    node.rpc("anvil_impersonateAccount", who.address)
    sent = str(node.rpc("eth_sendTransaction", transaction))
    node.rpc("anvil_stopImpersonatingAccount", who.address)
    node.mine()
    return Web3.to_checksum_address(str(node.receipt(sent)["contractAddress"]))


class People:
    """One trader who does anything anywhere; what it does waits for the next block.

    Args:
        served: The replica.
        chain: With every pool that is to be traded on.
        seed: Of its moods.
    """

    def __init__(self, served: Replica, chain: Chain, seed: int) -> None:
        self.chain, self.node, self.web3 = chain, DevChain(served.web3, 12), served.web3
        self.who: LocalAccount = dev_account(TRADER)
        self.random = Random(seed)
        self.done = self.tried = 0
        self.flow = OrderFlow(served.chain, seed)
        fund(self.node, served.chain, [self.who])
        self._deploy()

    def block(self, most: int = 6) -> None:
        """Some random acts, and the block that they are in."""
        acts: list[Act] = [self.order] * 3 + [
            self.pair_liquidity, self.mint_v3, self.burn_v3, self.swap_v4, self.liquidity_v4, self.swap_balancer,
            self.join_balancer, self.swap_curve, self.swap_pancake, self.wrap,
        ]  # fmt: skip
        for act in self.random.choices(acts, k=self.random.randint(1, most)):
            act()
        number = self.node.mine()
        receipts = self.node.rpc("eth_getBlockReceipts", hex(number))
        assert isinstance(receipts, list)
        self.done += sum(int(receipt["status"], 16) for receipt in receipts)
        self.tried += len(receipts)

    def call(self, to: str, signature: str, *values: object, value: int = 0) -> None:
        """Send a call."""
        self.node.send(self.who, to, packed(signature, *values), value)

    def token(self, symbol: str) -> str:
        """Its address."""
        return self.chain.token(symbol).address

    def order(self) -> None:
        """A swap by a router of Uniswap's."""
        for order in self.flow.block(1):
            place(self.node, self.chain, order, self.who)

    def sell(self, name: str, symbol: str, dollars: float) -> None:
        """A swap in a pool that a router reaches."""
        pool = self.chain.pool(name)
        (bought,) = set(pool.tokens) - {symbol}
        place(self.node, self.chain, Order(pool, symbol, bought, units(self.chain, symbol, dollars)), self.who)

    def pair_liquidity(self) -> None:
        """Liquidity for a pair."""
        router = self.venue("uniswap-v2").router
        signature = "addLiquidity(address,address,uint256,uint256,uint256,uint256,address,uint256)"
        amounts = units(self.chain, "USDC", 3_000), units(self.chain, "WETH", 3_000)
        self.call(router, signature, self.token("USDC"), self.token("WETH"), *amounts, 0, 0, self.who.address, FOREVER)

    def mint_v3(self) -> None:
        """A position, anywhere around the price, also far beyond what is read of the map."""
        manager, spacing, fee = self.venue("uniswap-v3").position_manager, 60, 3000
        pool = self.where["uniswap-v3:USDC/WETH:3000"].address
        tick = self.node.web3.eth.call({"to": pool, "data": "0x" + packed("slot0()").hex()})  # type: ignore[typeddict-item]
        here = int.from_bytes(tick[32:64], signed=True) // spacing
        low = here + self.random.choice((-2000, -900, -30, -3, -1, 0, 1, 5))
        high = max(low, here) + self.random.choice((1, 2, 40, 800, 2000))
        low, high = max(low, -887220 // spacing), min(high, 887220 // spacing)
        kind = "(address,address,uint24,int24,int24,uint256,uint256,uint256,uint256,address,uint256)"
        amounts = units(self.chain, "USDC", 5_000), units(self.chain, "WETH", 5_000)
        values = (self.token("USDC"), self.token("WETH"), fee, low * spacing, high * spacing, *amounts, 0, 0)
        self.call(manager, f"mint({kind})", (*values, self.who.address, FOREVER))

    def burn_v3(self) -> None:
        """Half of a position is taken out, or all of it."""
        manager = self.venue("uniswap-v3").position_manager
        count = self.node.view(manager, "balanceOf(address)", self.who.address)
        if count:
            at = self.random.randrange(count)
            token = self.node.view(manager, "tokenOfOwnerByIndex(address,uint256)", self.who.address, at)
            asked: Any = {"to": manager, "data": "0x" + packed("positions(uint256)", token).hex()}
            words = self.web3.eth.call(asked)
            liquidity = int.from_bytes(words[7 * 32 : 8 * 32]) // self.random.choice((1, 2))
            kind = "(uint256,uint128,uint256,uint256,uint256)"
            self.call(manager, f"decreaseLiquidity({kind})", (token, liquidity, 0, 0, FOREVER))

    def swap_v4(self) -> None:
        """A swap on Uniswap V4's books, ether for dollars or back."""
        up = self.random.random() < 0.5
        amount = units(self.chain, "USDC" if up else "WETH", 40_000)
        kind = f"{V4_KEY},(bool,int256,uint160),(bool,bool),bytes"
        terms = (not up, -amount, MAX_SQRT if up else MIN_SQRT)
        value = 0 if up else amount
        self.call(self.swapper, f"swap({kind})", self.v4, terms, (False, False), b"", value=value)

    def liquidity_v4(self) -> None:
        """Liquidity on Uniswap V4's books, some of which is taken back."""
        low = -202540 + 10 * self.random.choice((-3000, -40, -2, 0, 1))
        high = low + 10 * self.random.choice((1, 3, 90, 4000))
        terms = (low, high, 10**15, bytes(32))
        kind = f"{V4_KEY},(int24,int24,int256,bytes32),bytes"
        self.call(self.provider, f"modifyLiquidity({kind})", self.v4, terms, b"", value=10**20)
        if self.random.random() < 0.5:
            self.call(self.provider, f"modifyLiquidity({kind})", self.v4, (*terms[:2], -(10**14), bytes(32)), b"")

    def swap_balancer(self) -> None:
        """A swap in the vault."""
        vault = self.venue("balancer-v2").vault
        sold, bought = self.random.sample(("USDC", "WETH"), 2)
        kinds = "(bytes32,uint8,address,address,uint256,bytes),(address,bool,address,bool),uint256,uint256"
        amount = units(self.chain, sold, 20_000)
        single = (bytes.fromhex(self.pool_id[2:]), 0, self.token(sold), self.token(bought), amount, b"")
        self.call(vault, f"swap({kinds})", single, (self.who.address, False, self.who.address, False), 0, FOREVER)

    def join_balancer(self) -> None:
        """Liquidity for the vault."""
        vault = self.venue("balancer-v2").vault
        tokens = sorted((self.token("USDC"), self.token("WETH")), key=str.lower)
        amounts = units(self.chain, "USDC", 3_000), units(self.chain, "WETH", 3_000)
        data = encode(["uint256", "uint256[]", "uint256"], [1, amounts, 0])
        signature = "joinPool(bytes32,address,address,(address[],uint256[],bytes,bool))"
        request = (tokens, [MAX_UINT, MAX_UINT], data, False)
        self.call(vault, signature, bytes.fromhex(self.pool_id[2:]), self.who.address, self.who.address, request)

    def swap_curve(self) -> None:
        """A swap of Curve's."""
        sold, bought = self.random.sample(range(3), 2)
        amount = units(self.chain, CURVE[sold], 30_000)
        pool = str((self.chain.venues["curve"].model_extra or {})["pool"])
        self.call(pool, "exchange(int128,int128,uint256,uint256)", sold, bought, amount, 0)

    def swap_pancake(self) -> None:
        """A swap by somebody whom PancakeSwap's pool calls back."""
        pool = self.where["pancake-v3:USDC/WETH:500"].address
        up = self.random.random() < 0.5
        amount = units(self.chain, "WETH" if up else "USDC", 20_000)
        limit = MAX_SQRT if up else MIN_SQRT
        self.paying(pool, "swap(address,bool,int256,uint160,bytes)", PAYER, not up, amount, limit, b"")

    def wrap(self) -> None:
        """Ether is wrapped, or unwrapped."""
        if self.random.random() < 0.5:
            self.call(self.token("WETH"), "deposit()", value=10**18)
        else:
            self.call(self.token("WETH"), "withdraw(uint256)", 10**17)

    def paying(self, pool: str, signature: str, *values: object) -> None:
        """Call a pool as somebody who pays when called back."""
        data = bytes(12) + bytes.fromhex(pool[2:]) + packed(signature, *values)
        self.node.rpc("eth_sendTransaction", {"from": OWNER, "to": PAYER, "data": "0x" + data.hex(), "gas": hex(10**6)})

    def venue(self, name: str) -> Any:  # noqa: ANN401 - each kind has its own
        """A venue of the chain file."""
        return self.chain.venues[name]

    def _deploy(self) -> None:
        """Deploy who swaps on Uniswap V4, put who pays PancakeSwap, and let the venues take the trader's tokens."""
        self.where: dict[str, Place] = {place.name: place for place in Reader(self.chain, self.web3).places}
        self.pool_id = next(pool.pool_id for pool in self.chain.pools if pool.pool_id) or ""
        manager = self.venue("uniswap-v4").pool_manager
        self.v4 = ("0x" + "00" * 20, self.token("USDC"), 500, 10, "0x" + "00" * 20)
        self.swapper, self.provider = (
            created(self.node, self.who, V4 / f"{name}.sol/{name}.json", ("address",), (manager,))
            for name in ("PoolSwapTest", "PoolModifyLiquidityTest")
        )
        tokens = self.token("USDC"), self.token("WETH")
        self.node.rpc("anvil_setCode", PAYER, "0x" + payer(*tokens).hex())
        self.node.rpc("anvil_setBalance", OWNER, hex(10**21))
        self.node.rpc("anvil_impersonateAccount", OWNER)
        holder = str((self.chain.replica.model_extra or {})["holder"])
        for symbol in ("USDC", "WETH"):
            self.node.grant(self.token(symbol), holder, {PAYER: units(self.chain, symbol, 10**7)})
        spenders = (self.swapper, self.provider, self.venue("balancer-v2").vault, self.where_of("curve"))
        for spender in (*spenders, self.venue("uniswap-v3").position_manager):
            for symbol in ("USDC", "WETH", "DAI", "USDT"):
                self.call(self.token(symbol), "approve(address,uint256)", spender, MAX_UINT)
        self.node.mine()

    def where_of(self, venue: str) -> str:
        """Address of the only pool of a venue."""
        (found,) = (place.address for place in self.where.values() if place.venue == venue)
        return found
