"""A replica, and somebody who makes tokens and pools on it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, cast

from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from web3 import Web3
from web3.types import RPCEndpoint, RPCResponse

from harness import chains
from harness.chains import Chain
from harness.devchain import DevChain
from harness.keeper.abi import calldata
from harness.keeper.events import Event
from harness.keeper.feeds.place import Place
from harness.keeper.probe import Prober
from harness.keeper.rpc import Rpc
from harness.node import Provider
from harness.settings import KEEPER, OUT, dev_account

CONFIRMATIONS = 5
"""Blocks after which discovery reads what factories say."""
EXECUTOR = to_checksum_address("0x" + "e0" * 20)
"""Who trades: in a simulation an address is enough."""
ETHER = 10**18
MAKER = dev_account(7)
NONE, TAXED, REFUSED, BURNING = 0, 1, 2, 3
"""What a trap token does, as tests/unit/probe/TrapToken.sol numbers it."""


class Counting(Provider):
    """Counts requests by method, and can be told to answer some of them in another way."""

    def __init__(self, url: str) -> None:
        super().__init__(url, exception_retry_configuration=None)
        self.asked: list[str] = []
        self.instead: dict[str, Callable[[Any], dict[str, Any] | None]] = {}

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:  # noqa: ANN401
        """Send a request, or answer it."""
        self.asked.append(method)
        answer = self.instead[method](params) if method in self.instead else None
        return super().make_request(method, params) if answer is None else cast(RPCResponse, answer)


@dataclass
class Stage:
    """A replica, and somebody who makes tokens and pools."""

    chain: Chain
    node: DevChain
    provider: Counting
    known: tuple[Place, ...]
    said: list[Event] = field(default_factory=list)

    @property
    def rpc(self) -> Rpc:
        """The node, counted."""
        return Rpc([Web3(self.provider)])

    @property
    def prober(self) -> Prober:
        """Who tries tokens."""
        return Prober(self.chain, self.rpc, EXECUTOR, dev_account(KEEPER).address)

    @property
    def block(self) -> int:
        """The newest block's number."""
        return self.node.web3.eth.block_number

    def address(self, symbol: str) -> str:
        """A token's."""
        return self.chain.token(symbol).address

    def price(self, token: str) -> Fraction | None:
        """Wei for a unit, by the prices that the replica is made with."""
        prices = self.chain.replica.prices
        wei, symbol = {item.address: (item, symbol) for symbol, item in self.chain.tokens.items()}[token]
        if symbol not in prices:
            return None
        return Fraction(int(prices[symbol]) * 10 ** (18 - wei.decimals), int(prices["WETH"]))

    def do(self, to: str, signature: str, *arguments: object, value: int = 0) -> None:
        """Call something in the maker's name, in a block of its own."""
        self.sent(to, calldata(signature, *arguments), value)

    def sent(self, to: str | None, data: bytes, value: int = 0) -> str:
        """Send a transaction of the maker's; return the address of what it creates."""
        transaction: Any = {
            "from": MAKER.address,
            "data": "0x" + data.hex(),
            "value": hex(value),
            "gas": hex(8_000_000),
        }
        hash_ = self.node.rpc("eth_sendTransaction", transaction | ({"to": to} if to else {}))
        self.node.mine()
        return str(self.node.receipt(str(hash_)).get("contractAddress"))

    def token(self) -> str:
        """A token that is honest until told otherwise; the maker has plenty."""
        code = json.loads((OUT / "TrapToken.sol" / "TrapToken.json").read_text())["bytecode"]["object"]
        token = self.sent(None, bytes.fromhex(code[2:]))
        self.do(token, "mint(address,uint256)", MAKER.address, 10**30)
        return token

    def trap(self, token: str, pool: str, purchase: int = NONE, sale: int = NONE, passage: int = NONE) -> None:
        """Have a token treat a pool, and others, in some way."""
        self.do(token, "set(address,uint8,uint8,uint8)", pool, purchase, sale, passage)

    def pair(self, token: str, base: str = "WETH", ether: int = 20, venue: str = "uniswap-v2") -> str:
        """A pair of a token and wrapped native coin, or another base that the maker gets by deal."""
        factory = getattr(self.chain.venues[venue], "factory", "")
        self.do(factory, "createPair(address,address)", token, self.address(base))
        pair = self.made(factory, "getPair(address,address)", token, self.address(base))
        self.fill(pair, token, base, ether)
        return pair

    def fill(self, pair: str, token: str, base: str, ether: int) -> None:
        """Add liquidity to a pair."""
        self.do(token, "transfer(address,uint256)", pair, ether * ETHER)
        if base == "WETH":
            self.do(self.address(base), "deposit()", value=ether * ETHER)
            self.do(self.address(base), "transfer(address,uint256)", pair, ether * ETHER)
        else:
            holder = str((self.chain.replica.model_extra or {})["holder"])
            self.node.grant(self.address(base), holder, {pair: ether * 2_000 * 10**6})
        self.do(pair, "mint(address)", MAKER.address)

    def pool(self, token: str, fee: int = 3_000) -> str:
        """A concentrated pool of a token and wrapped native coin at 1:1, twenty ether deep."""
        venue = cast(chains.UniswapV3, self.chain.venues["uniswap-v3"])
        weth, manager = self.address("WETH"), str(venue.position_manager)
        pair = sorted((token, weth), key=str.lower)
        self.do(venue.factory, "createPool(address,address,uint24)", *pair, fee)
        pool = self.made(venue.factory, "getPool(address,address,uint24)", *pair, fee)
        self.do(pool, "initialize(uint160)", 1 << 96)
        self.do(weth, "deposit()", value=20 * ETHER)
        for asset in pair:
            self.do(asset, "approve(address,uint256)", manager, 20 * ETHER)
        kinds = "(address,address,uint24,int24,int24,uint256,uint256,uint256,uint256,address,uint256)"
        ends = (-887_220, 887_220)
        terms = (*pair, fee, *ends, 20 * ETHER, 20 * ETHER, 0, 0, MAKER.address, 1 << 60)
        self.sent(manager, keccak(f"mint({kinds})".encode())[:4] + encode([kinds], [terms]))
        return pool

    def made(self, factory: str, signature: str, *arguments: object) -> str:
        """What a factory has made."""
        return to_checksum_address(self.node.view(factory, signature, *arguments).to_bytes(20))

    def wait(self, blocks: int = CONFIRMATIONS) -> None:
        """Let blocks pass."""
        self.node.rpc("anvil_mine", hex(blocks))
