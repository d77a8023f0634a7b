"""Which trade goes behind a pending transaction: a real market; node, mempool and trader are fakes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from eth_account import Account

from harness.keeper.backrun import Backrun
from harness.keeper.pending import KEPT, Mempool, Pending, pending_of
from harness.keeper.picture import Changes
from harness.market.costs import Policy
from harness.market.market import Market
from harness.market.opportunity import Opportunity
from harness.market.pools.pool import Pool
from harness.market.pools.uniswap_v2 import UniswapV2Pool

ETHER = 10**18
WETH, USDT, OTHER = "0x" + "c" * 40, "0x" + "d" * 40, "0x" + "e" * 40
A, B, C, D = ("0x" + digit * 40 for digit in "1234")
LEVEL = {A: (USDT, 2_000), B: (USDT, 2_000), C: (OTHER, 1), D: (OTHER, 1)}
HEAD: Any = SimpleNamespace(hash="0x01")
THEIRS = Pending("0x02", b"theirs", {"to": A})


def pair(address: str, bent: float = 0.0) -> UniswapV2Pool:
    """A pair of a thousand ether, whose price is off by a share."""
    token, price = LEVEL[address]
    return UniswapV2Pool(address, (WETH, token), (1_000 * ETHER, int(1_000 * price * (1 + bent)) * ETHER))


@dataclass
class Scene:
    """A market, what the pending transaction makes of it, and what was tried behind it."""

    market: Market
    changes: Changes
    logs: Sequence[Any] = ("a log",)
    most: int = 4
    tried: list[tuple[Opportunity, Pending]] = field(default_factory=list)

    def worked(self) -> list[set[str]]:
        """Let it be seen once; return the pools of what was tried."""
        keeper = SimpleNamespace(
            market=self.market,
            sender=None,
            policy=lambda _: Policy(native=WETH, gas_price=10**9, most=self.most),
            picture=SimpleNamespace(places=(), preview=lambda _: self.changes),
            trader=SimpleNamespace(tried=lambda _, trade, ahead: self.tried.append((trade, ahead))),
        )
        mempool = SimpleNamespace(watch=lambda _: None, take=lambda: THEIRS, trouble="", since=None)
        simulator = SimpleNamespace(logs=lambda *_: self.logs)
        Backrun(cast(Any, keeper), cast(Any, simulator), cast(Any, mempool), cast(Any, None)).work(HEAD)
        return [{edge.pool for edge in trade.cycle.edges} for trade, _ in self.tried]


def scene(*changed: Pool, bent: dict[str, float] | None = None, gone: tuple[str, ...] = (), most: int = 4) -> Scene:
    market = Market((WETH,))
    market.update([pair(address, (bent or {}).get(address, 0.0)) for address in LEVEL])
    return Scene(market, Changes(changed, gone), most=most)


def test_what_a_pending_transaction_opens_is_tried_behind_it() -> None:
    seen = scene(pair(A, 0.05))
    assert seen.worked() == [{A, B}]
    assert [ahead for _, ahead in seen.tried] == [THEIRS]
    assert seen.market.pools[A] == pair(A), "the market is left as it was"


def test_what_pays_already_is_left_to_the_block() -> None:
    assert scene(pair(A, 0.08), bent={A: 0.05}).worked() == []


def test_what_merely_moves_up_is_not_taken_for_what_it_opens() -> None:
    assert scene(pair(A), bent={A: 0.05, C: 0.02}, most=1).worked() == []


def test_a_pool_that_cannot_be_known_behind_it_is_not_gone_through() -> None:
    assert scene(pair(A, 0.05), gone=(B,)).worked() == []


def test_a_transaction_without_logs_changes_nothing() -> None:
    silent = scene(pair(A, 0.05))
    silent.logs = ()
    assert silent.worked() == []


def test_a_pool_that_the_market_does_not_have_is_passed_over() -> None:
    strange = replace(pair(A, 0.05), address="0x" + "9" * 40)
    assert scene(strange).worked() == []


@pytest.fixture
def mempool() -> Iterator[Mempool]:
    """One that hears nothing by itself."""
    found = Mempool("ws://127.0.0.1:1")
    yield found
    found.close()


def body(nonce: int) -> dict[str, Any]:
    """A transaction as a node shows it, signed by nobody; it makes a contract, and names a pool."""
    fields = {"nonce": nonce, "gas": 10**6, "value": 0, "data": "0x" + A[2:], "gasPrice": 10**9, "chainId": 1, "to": ""}
    signed = Account.sign_transaction(fields, "0x" + "11" * 32)
    return {
        "type": "0x0",
        "hash": "0x" + bytes(signed.hash).hex(),
        "from": "0x" + "a" * 40,
        "nonce": hex(nonce),
        "gas": hex(10**6),
        "gasPrice": hex(10**9),
        "to": None,
        "value": "0x0",
        "input": "0x" + A[2:],
        "v": hex(signed.v),
        "r": hex(signed.r),
        "s": hex(signed.s),
    }


def test_what_makes_a_contract_is_called_without_an_address() -> None:
    found = pending_of(body(0))
    assert found is not None
    assert "to" not in found.call


def test_of_very_many_the_newest_are_kept(mempool: Mempool) -> None:
    mempool.watch(cast(Any, [SimpleNamespace(address=A, token0=WETH, token1=USDT)]))
    bodies = [body(nonce) for nonce in range(KEPT + 2)]
    for one in bodies:
        mempool.heard(one)
    found = [one.hash for one in iter(mempool.take, None)]
    assert found == [one["hash"] for one in bodies[2:]]
