"""A replica with venues that its chain does not have, for the feeds' tests."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import rlp
from eth_utils.crypto import keccak
from evm_concentrated import payer
from flows import PAYER, newest, packed
from market_evm import OWNER
from web3 import Web3

from harness import chains, replica
from harness.chains import Chain
from harness.devchain import DevChain
from harness.keeper.abi import Call, Word
from harness.keeper.events import Asked
from harness.keeper.multicall import Multicall
from harness.keeper.picture import Picture
from harness.keeper.rpc import Rpc
from harness.settings import dev_account

WHO = dev_account(6)
NOBODY = "0x" + "00" * 20
PAIR = ("USDC", "WETH")


@dataclass
class Stage:
    """A replica with venues that its chain does not have."""

    chain: Chain
    node: DevChain
    rpc: Rpc
    pancake: str
    asked: list[str]

    def token(self, symbol: str) -> str:
        """Its address."""
        return self.chain.token(symbol).address

    def send(self, to: str, signature: str, *values: object) -> None:
        """Somebody calls something; it waits for the next block."""
        self.node.send(WHO, to, packed(signature, *values))

    def paying(self, pool: str, signature: str, *values: object) -> None:
        """Somebody who pays when called back calls a pool."""
        data = bytes(12) + bytes.fromhex(pool[2:]) + packed(signature, *values)
        self.node.rpc(
            "eth_sendTransaction", {"from": OWNER, "to": PAYER, "data": "0x" + data.hex(), "gas": hex(3 * 10**6)}
        )

    def mine(self) -> None:
        """A block in which everything succeeds."""
        receipts = self.node.rpc("eth_getBlockReceipts", hex(self.node.mine()))
        assert isinstance(receipts, list)
        assert all(receipt["status"] == "0x1" for receipt in receipts)

    def with_pools(self, venue: str, terms: object, *pools: chains.Pool) -> Chain:
        """The chain file with another venue, and its pools alone."""
        return self.chain.model_copy(update={"venues": {**self.chain.venues, venue: terms}, "pools": pools})

    def picture(self, chain: Chain) -> Picture:
        """A picture at the newest block."""
        found = Picture(chain, self.rpc)
        found.start(newest(self.rpc))
        return found

    def follow(self, picture: Picture) -> tuple[Any, ...]:
        """Mine, bring a picture to the newest block, and compare it with another."""
        self.mine()
        changed = picture.follow(newest(self.rpc)).changed
        assert picture.excluded == {}
        assert picture.check(newest(self.rpc), 10).changed == ()
        return changed


@contextmanager
def staged(name: str = "ethereum", purse: tuple[int, int] = (10**15, 10**23)) -> Iterator[Stage]:
    """A chain's replica, and somebody on it who pays pools from a purse of both tokens."""
    with replica.serve(name, any_size=True) as served:
        node = DevChain(served.web3, 12)
        asked: list[str] = []
        rpc = Rpc([served.web3], lambda event: asked.append(event.method) if isinstance(event, Asked) else None)
        found = Stage(served.chain, node, rpc, "", asked)
        tokens = sorted((found.token(symbol) for symbol in PAIR), key=str.lower)
        node.rpc("anvil_setCode", PAYER, "0x" + payer(tokens[0], tokens[1]).hex())
        node.rpc("anvil_setBalance", OWNER, hex(10**21))
        node.rpc("anvil_impersonateAccount", OWNER)
        holder = str((served.chain.replica.model_extra or {})["holder"])
        for symbol, amount in zip(PAIR, purse, strict=True):
            node.grant(found.token(symbol), holder, {PAYER: amount, WHO.address: amount})
        yield found


def made_next(stage: Stage, later: int = 0) -> str:
    """The address of what somebody creates next, or so many after that."""
    nonce = stage.node.web3.eth.get_transaction_count(Web3.to_checksum_address(WHO.address)) + later
    return Web3.to_checksum_address(keccak(rlp.encode([bytes.fromhex(WHO.address[2:]), nonce]))[12:])


def stage_calls(stage: Stage, calls: Sequence[Call | Word]) -> Sequence[Any]:
    """Answers at the newest block."""
    return Multicall(stage.rpc, stage.chain.contracts["multicall3"]).try_read(calls, newest(stage.rpc).hash)
