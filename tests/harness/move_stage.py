"""Ethereum and OP Mainnet with a profit in USDT below, both ways open: a stage for moves between them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from chore_stage import TRADER, Stage
from two_chains import Two, both, listed, way

from harness.crossings import CREDIT, INJECT, SENDING
from harness.keeper.abi import calldata
from harness.keeper.chores.chore import BPS, Policy, Task
from harness.keeper.chores.chores import Chores
from harness.keeper.chores.moves import LAG, Move, MoveReserves
from harness.keeper.datafee import DataFees
from harness.keeper.events import ChoreFailed
from harness.keeper.multicall import Multicall
from harness.orderflow import fund
from harness.quotes import Reading
from harness.settings import GUARDIAN, dev_account

HERE, THERE = "uniswap-v3:XAUt/USDT:3000", "uniswap-v3:USDT/WETH:500"
"""The pool of Ethereum that has earned, and the one of OP Mainnet that is shallow."""
HOUR = 3_600
BLOCK_BELOW = "0x4200000000000000000000000000000000000015"
"""The OP stack's contract that knows the chain below; its base fee is in the second slot."""
ONLY = Policy(enabled=frozenset(("move",)), every=1)


@contextmanager
def moving() -> Iterator[Two]:
    """Both ways are open, and the keeper below has earned and booked a profit in USDT."""
    with both("ethereum", "optimism") as two:
        below, above = two.below, two.above
        usdt, usdt_above = below.token("USDT"), above.token("USDT")
        fund(below.node, below.chain, [dev_account(TRADER)])
        below.govern(*way(below, above, usdt, below.at("bridge-op-mainnet-USDT"), THERE))
        back = way(above, below, usdt_above, above.at("bridge-ethereum-USDT"), HERE)
        above.govern(listed(above, usdt_above), *back)
        below.earned(700_000, HERE)
        below.order(HERE, "USDT", "XAUt", 420_000)
        below.do_all(below.chores(Policy(enabled=frozenset(("book",)))))
        yield two


def together(two: Two, *, feeds: bool = True) -> None:
    """Let the chain that is behind catch up; the feeds speak again."""
    times = {stage.chain.name: stage.head().timestamp for stage in (two.below, two.above)}
    for stage in (two.below, two.above):
        late = max(times.values()) - times[stage.chain.name]
        if late:
            stage.node.mine(late)
        if feeds:
            stage.feeds()


def up(two: Two, **changes: Any) -> Move:  # noqa: ANN401
    """The move from Ethereum to OP Mainnet."""
    usual = Move("USDT", HERE, "optimism", two.above.chain, "USDT", THERE, 9_000, 5_000, 10**12, 10**12, 6 * HOUR, 100)
    return replace(usual, **changes)


def down(two: Two, **changes: Any) -> Move:  # noqa: ANN401
    """And back."""
    return replace(up(two), pool=THERE, there=two.below.chain, to=HERE, **changes)


def keeper(stage: Stage, *moves: Move, policy: Policy = ONLY) -> Chores:
    """A keeper's chores with nothing remembered."""
    chore = MoveReserves(stage.chain, stage.rpc(), stage.at("reserve"), moves, lambda: stage.places)
    return stage.chores(policy, moves=[chore])


def looked(stage: Stage, *moves: Move, policy: Policy = ONLY) -> Task | None:
    """What a keeper would send."""
    return keeper(stage, *moves, policy=policy).look(stage.head())


def refusals(stage: Stage) -> list[str]:
    return [event.reason for event in stage.heard if isinstance(event, ChoreFailed) and event.kind == "move"]


def amount(task: Task | None) -> int:
    """What a task sends."""
    assert task is not None
    return int.from_bytes(task.data[4 + 64 : 4 + 96])


def depth(stage: Stage, pool: str) -> int:
    """Units of USDT that a pool takes until it pays one percent less."""
    found = Reading(stage.chain, stage.node.web3).by("USDT", pool)
    assert found is not None
    return int((found[1].depth / found[1].price).scaleb(6))


def nearly_even(two: Two) -> Move:
    """A move by which the pool there lacks what is worth its gas, and less than could be sent."""
    deep, shallow, bucket = depth(two.below, HERE), depth(two.above, THERE), two.below.bucket(HERE, "USDT")
    least = lacking_least(two) * 103 // 100 + 10**6
    shares = (share for share in range(1, 9_001) if least <= deep * share // BPS - shallow < bucket // 2)
    return up(two, shallow_bps=next(shares), rest=12)


def lacking_least(two: Two) -> int:
    """The least that is worth its gas, by hand: five percent of it, in USDT."""
    there = (CREDIT.gas + INJECT.gas) * gas_price(two.above) + data_price(two.above, CREDIT.size + INJECT.size, 2)
    wei = SENDING["optimism"] * gas_price(two.below) + there
    return wei * 20 * 1_600 // 10**12 + 1


def gas_price(stage: Stage) -> int:
    return int(str(stage.node.rpc("eth_gasPrice")), 16)


def data_price(stage: Stage, size: int, transactions: int) -> int:
    """Wei that a rollup takes for so many bytes of calldata in so many transactions."""
    multicall = Multicall(stage.node.web3, stage.chain.contracts["multicall3"])
    fee = DataFees(stage.chain, multicall).at(stage.head().number)
    return size * fee.byte + transactions * fee.transaction


def dear_below(stage: Stage, wei: int) -> None:
    """Gas of the chain below costs so much, as the rollup knows it."""
    stage.node.rpc("anvil_setStorageAt", BLOCK_BELOW, hex(1), f"0x{wei:064x}")


# what goes wrong


def governed(two: Two, stage: Stage, data: bytes) -> None:
    """Governance sets something of a reserve's."""
    stage.govern((stage.at("reserve"), data))
    together(two)


def bare(two: Two) -> None:
    two.above.node.rpc("anvil_setCode", two.above.at("reserve"), "0x")


def sequencer_down(two: Two) -> None:
    stage = two.above
    feed = str(stage.chain.sequencer.feed)  # type: ignore[union-attr]
    holder = str((stage.chain.replica.model_extra or {})["holder"])
    stage.node.rpc("anvil_impersonateAccount", holder)
    data = "0x" + calldata("transmit(int256)", 1).hex()
    stage.node.rpc("eth_sendTransaction", {"from": holder, "to": feed, "data": data})
    stage.node.mine()


def unlisted(two: Two) -> None:
    governed(two, two.above, calldata("listToken(address,bool)", two.above.token("USDT"), False))


def unregistered(two: Two) -> None:
    pool = two.above.pool(THERE).address
    two.above.node.do(dev_account(GUARDIAN), two.above.at("reserve"), "exitPool(address)", pool)


def stopped_there(two: Two) -> None:
    two.above.node.do(dev_account(GUARDIAN), two.above.at("reserve"), "stopInjections()")


def revoked(two: Two) -> None:
    stage, there = two.below, two.above
    pool = there.pool(THERE).address
    governed(two, stage, calldata("revokeDestination(uint256,address)", there.chain.chain_id, pool))


def without_bridge(two: Two) -> None:
    usdt, none = two.below.token("USDT"), "0x" + "00" * 20
    chain_id = two.above.chain.chain_id
    governed(two, two.below, calldata("setBridge(uint256,address,address)", chain_id, usdt, none))


def stopped_here(two: Two) -> None:
    two.below.node.do(dev_account(GUARDIAN), two.below.at("reserve"), "stopSending(address)", two.below.token("USDT"))


def asking_for_coin(two: Two) -> None:
    """A bridge, made up, that takes nothing without a fee in native coin: it reverts where no value comes along."""
    bridge = two.below.at("bridge-op-mainnet-USDT")
    two.below.node.rpc("anvil_setCode", bridge, "0x34600757600080fd5b00")


def late_there(two: Two) -> None:
    two.below.node.mine(LAG + 60)


def late_here(two: Two) -> None:
    two.above.node.mine(LAG + 60)


def apart(two: Two) -> None:
    fund_and_sell(two.above, 1.012)


def bent(two: Two) -> None:
    fund_and_sell(two.above, 1.05)


def fund_and_sell(stage: Stage, by: float) -> None:
    """Somebody sells USDT to the pool until its price is another."""
    fund(stage.node, stage.chain, [dev_account(TRADER)])
    stage.order(THERE, "USDT", "WETH", depth(stage, THERE) / 10**6 * (by - 1) * 100)
