"""Chores on a replica: due by real trades, done once, not where gas eats them, and never twice after a kill."""

import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from chore_stage import ANYONE, BENEFICIARY, DAY, ETHER, Stage, inbox_of, staged, undone
from eth_abi.abi import decode, encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from hypothesis import given
from hypothesis import strategies as st
from web3 import Web3

from harness import history, says
from harness.errors import MillraceError
from harness.keeper.abi import calldata
from harness.keeper.chores import chores as engine
from harness.keeper.chores import known as knowledge
from harness.keeper.chores.chore import BPS, Policy, Task
from harness.keeper.chores.claims import Claim, ClaimSendings
from harness.keeper.chores.convert import ways
from harness.keeper.chores.reports import REPORT_GAS, gain_due
from harness.keeper.events import Asked, ChoreDone, ChoreFailed, HistoryRead
from harness.keeper.rpc import Rpc
from harness.keeper.simulate import StaleError
from harness.node import NodeError, Provider
from harness.settings import GUARDIAN, KEEPER, ROOT, dev_account, tool

PAIR, DEEP = "uniswap-v2:USDC/WETH", "uniswap-v3:USDC/WETH:500"


@pytest.fixture(scope="module")
def mocks(built: None) -> None:  # noqa: ARG001 - in its turn
    """What stands in for a strategy and for the bridge, built."""
    files = [f"tests/mocks/{name}.sol" for name in ("MockStrategy", "ModelAggLayer")]
    command = [tool("forge"), "build", "--quiet", "contracts/staking/ReportPolicy.sol", *files]
    subprocess.run(command, cwd=ROOT, check=True)


@pytest.fixture(scope="module")
def deployed(mocks: None) -> Iterator[Stage]:  # noqa: ARG001 - errors are named after the artifacts
    with staged() as stage:
        yield stage


@pytest.fixture
def stage(deployed: Stage) -> Iterator[Stage]:
    """The same for every test: what a test does is undone."""
    with undone(deployed) as stage:
        yield stage


def kinds(tasks: list[Task]) -> list[str]:
    return [task.kind for task in tasks]


def failures(stage: Stage) -> list[ChoreFailed]:
    return [event for event in stage.heard if isinstance(event, ChoreFailed)]


def only(*names: str, every: int = 25, gas_share_bps: int = 500) -> Policy:
    return Policy(enabled=frozenset(names), every=every, gas_share_bps=gas_share_bps)


# the story


def test_what_a_trade_has_earned_is_booked_converted_injected_and_paid_out(stage: Stage) -> None:
    profit = stage.earned()
    locked = stage.node.view(stage.at("vault"), "lockedProfit()")
    done = stage.do_all(stage.chores())
    assert kinds(done) == ["book", "convert", "inject", "inject", "pay-vault", "pay-beneficiary"]
    weth = stage.token("WETH")
    assert stage.node.view(weth, "balanceOf(address)", BENEFICIARY) == profit // 10
    assert stage.node.view(stage.at("vault"), "lockedProfit()") - locked == pytest.approx(profit * 7 // 10, rel=1e-4)
    assert done[4].worth_wei == profit * 7 // 10
    for name in (PAIR, DEEP):
        assert stage.bucket(name, "WETH") < profit // 10 // 20
        assert stage.node.view(stage.at("lens"), "valueOf(address)", stage.pool(name).address) > profit * 9 // 100
    assert [event.kind for event in stage.heard if isinstance(event, ChoreDone)] == kinds(done)
    assert failures(stage) == []


def test_what_was_done_is_not_done_again(stage: Stage) -> None:
    stage.earned()
    stage.do_all(stage.chores())
    sent = stage.node.web3.eth.get_transaction_count(dev_account(KEEPER).address)
    stage.node.rpc("anvil_mine", hex(30), hex(12))
    assert stage.do_all(stage.chores()) == []
    assert stage.node.web3.eth.get_transaction_count(dev_account(KEEPER).address) == sent


def outcome(stage: Stage, *, killed: bool) -> tuple[list[tuple[str, str]], dict[str, int]]:
    """All that is done, and what is in buckets at the end, where the keeper is killed after every step or never."""
    before = stage.node.rpc("evm_snapshot")
    chores, done = stage.chores(), []
    while task := chores.run(stage.head(), stage.send):
        done.append(task.key)
        chores = stage.chores() if killed else chores
    names = {place.name: stage.bucket(place.name, "WETH") for place in stage.places}
    stage.node.rpc("evm_revert", before)
    return done, names


def test_a_kill_between_any_two_steps_neither_loses_nor_repeats_one(stage: Stage) -> None:
    stage.earned()
    stage.earned(30_000, "uniswap-v2:XAUt/USDT")
    whole = outcome(stage, killed=False)
    assert outcome(stage, killed=True) == whole
    assert len(set(whole[0])) == len(whole[0])
    assert {kind for kind, _ in whole[0]} >= {"book", "convert", "inject", "convert-stakers", "pay-vault"}


def test_what_stakers_have_in_another_token_is_converted_and_paid_to_the_vault(stage: Stage) -> None:
    profit = stage.earned(30_000, "uniswap-v2:XAUt/USDT")
    usdt, weth, reserve = stage.token("USDT"), stage.token("WETH"), stage.at("reserve")
    stage.node.view(reserve, "accounted(address)", usdt)
    done = stage.do_all(stage.chores(only("book", "convert-stakers", "pay-vault")))
    assert kinds(done) == ["book", "convert-stakers", "pay-vault"]
    assert stage.node.view(reserve, "vaultBucket(address)", usdt) == 0
    assert stage.node.view(reserve, "vaultBucket(address)", weth) == 0
    fair = profit * 7 // 10 * 10**18 // 1600 // 10**6
    assert done[2].worth_wei == pytest.approx(fair, rel=0.015)


def test_of_several_ways_the_one_that_brings_most_is_taken(stage: Stage) -> None:
    stage.earned(30_000, "uniswap-v2:XAUt/USDT")
    chores = stage.chores(only("book", "convert-stakers"))
    chores.run(stage.head(), stage.send)
    task = chores.look(stage.head())
    assert task is not None
    through = ways(stage.places, stage.token("WETH"))(stage.token("USDT"), stage.token("WETH"))
    amount = stage.node.view(stage.at("reserve"), "vaultBucket(address)", stage.token("USDT"))
    signature = "convertVaultBucket(address,uint256,bytes)"
    each = {
        data: chores._try(task.to, data).value or 0
        for data in (calldata(signature, stage.token("USDT"), amount, legs) for legs in through)
    }
    assert len(each) > 2
    assert each[task.data] == max(each.values())


def test_two_pools_by_way_of_the_native_coin_where_no_pool_has_both(stage: Stage) -> None:
    through = ways(stage.places, stage.token("WETH"))
    direct = through(stage.token("USDC"), stage.token("WETH"))
    assert len({len(legs) for legs in direct}) == 2  # pairs and concentrated pools
    longer = through(stage.token("DAI"), stage.token("WBTC"))
    assert longer
    assert min(map(len, longer)) >= 2 * min(map(len, direct))
    assert through(stage.token("DAI"), stage.token("sUSD")) == []


# worth the gas


def test_nothing_is_done_that_gas_eats_to_the_basis_point(stage: Stage) -> None:
    stage.earned()
    task = stage.chores().look(stage.head())
    assert task is not None
    assert task.worth_wei is not None
    cost = task.gas * (stage.head().base_fee + Policy().tip)
    most = -(-cost * BPS // task.worth_wei)
    assert most > 0
    assert stage.chores(Policy(gas_share_bps=most)).look(stage.head()) == task
    assert stage.chores(Policy(gas_share_bps=most - 1)).look(stage.head()) is None
    assert failures(stage) == []


def test_what_waits_longer_than_a_deadline_is_done_whatever_its_gas(stage: Stage) -> None:
    stage.earned()
    policy = Policy(gas_share_bps=0, deadline=600, every=1)
    chores = stage.chores(policy)
    stage.node.rpc("anvil_mine", hex(40), hex(12))
    assert chores.look(stage.head()) is None
    stage.node.rpc("anvil_mine", hex(15), hex(12))
    assert kinds(stage.do_all(chores)) == ["book"]
    stage.node.rpc("anvil_mine", hex(55), hex(12))
    late = kinds(stage.do_all(stage.chores(policy)))
    assert set(late) == {"convert", "inject", "pay-vault", "pay-beneficiary"}


def test_a_deadline_that_there_is_not_never_comes(stage: Stage) -> None:
    stage.earned()
    stage.node.rpc("anvil_mine", hex(200), hex(12))
    assert stage.chores(Policy(gas_share_bps=0, deadline=None)).look(stage.head()) is None


def test_nothing_is_done_while_gas_is_above_the_limit(stage: Stage) -> None:
    stage.earned()
    price = stage.head().base_fee + Policy().tip
    assert stage.chores(Policy(max_gas_price=price - 1)).look(stage.head()) is None
    assert stage.chores(Policy(max_gas_price=price)).look(stage.head()) is not None


def test_a_look_costs_two_requests_and_comes_every_so_many_blocks(stage: Stage) -> None:
    chores = stage.chores(Policy(every=5))
    head = stage.head()
    chores.look(head)
    stage.heard.clear()
    chores.look(replace(head, number=head.number + 4))
    assert stage.heard == []
    stage.node.rpc("anvil_mine", hex(5), hex(12))
    chores.look(stage.head())
    assert Counter(event.method for event in stage.heard if isinstance(event, Asked)) == {
        "eth_getLogs": 1,
        "eth_call": 1,
    }


# refusals


def test_a_refusal_is_said_by_name_and_rests_longer_each_time(stage: Stage) -> None:
    stage.govern((stage.at("vault"), calldata("shutDown()")))
    stage.earned()
    chores = stage.chores(only("book", "pay-vault", every=1))
    assert kinds(stage.do_all(chores)) == ["book"]
    assert failures(stage) == [ChoreFailed("pay-vault", "vault", "VaultShut()")]
    seen = []
    for _ in range(16):
        stage.node.mine()
        assert chores.look(stage.head()) is None
        seen.append(len(failures(stage)))
    assert seen == [1] + 4 * [2] + 8 * [3] + 3 * [4]


def test_no_rest_is_longer_than_a_day(stage: Stage) -> None:
    stage.earned()
    chores = stage.chores(only("book", every=1))
    task = chores.look(stage.head())
    assert task is not None
    for _ in range(20):
        chores.done(task, None, stage.head().timestamp)
    stage.node.mine(DAY - 20)
    assert chores.look(stage.head()) is None
    stage.node.mine(40)
    assert chores.look(stage.head()) == task


def test_what_is_refused_holds_nothing_else_up(stage: Stage) -> None:
    stage.govern((stage.at("vault"), calldata("shutDown()")))
    stage.earned()
    assert kinds(stage.do_all(stage.chores())) == ["book", "convert", "inject", "inject", "pay-beneficiary"]


def test_nothing_is_injected_once_the_guardian_has_stopped_it(stage: Stage) -> None:
    stage.earned()
    stage.node.do(dev_account(GUARDIAN), stage.at("reserve"), "stopInjections()")
    done = kinds(stage.do_all(stage.chores()))
    assert "inject" not in done
    assert done[-2:] == ["pay-vault", "pay-beneficiary"]


def test_a_transaction_that_reverts_or_is_lost_rests_and_is_done_later(stage: Stage) -> None:
    stage.earned()
    chores = stage.chores(only("book", every=1))
    lost: list[Mapping[str, Any] | None] = [None, {"status": "0x0"}]
    for receipt in lost:
        task = chores.look(stage.head())
        assert task is not None
        chores.done(task, receipt, stage.head().timestamp)
        assert chores.look(stage.head()) is None
        stage.node.rpc("anvil_mine", hex(6), hex(12))
    reasons = [event.reason for event in failures(stage)]
    assert reasons == ["its transaction is in no block", "its transaction reverted"]
    assert kinds(stage.do_all(chores)) == ["book"]


def test_as_long_as_one_is_out_there_is_no_other(stage: Stage) -> None:
    stage.earned()
    chores = stage.chores(Policy(every=1))
    task = chores.look(stage.head())
    assert task is not None
    stage.node.mine()
    assert chores.look(stage.head()) is None
    chores.done(task, stage.send(task), stage.head().timestamp)
    assert chores.look(stage.head()) is not None


def test_a_node_that_fails_is_asked_again_with_the_next_block(stage: Stage) -> None:
    web3 = Web3(Provider("http://127.0.0.1:1/secret-key", exception_retry_configuration=None))
    chores = engine.Chores(stage.chain, Rpc([web3]), stage.deployment, Policy(every=100))
    for _ in range(2):
        with pytest.raises(NodeError) as raised:
            chores.look(stage.head())
        assert "secret-key" not in str(raised.value)


@pytest.mark.parametrize("answer", ["0x", "nonsense", None, [], "0x" + "ff" * 64])
def test_a_node_that_answers_nonsense_is_asked_again_with_the_next_block(stage: Stage, answer: object) -> None:
    class Odd(Rpc):  # a fake: answers one method oddly
        def once(self, method: str, *parameters: object) -> Any:  # noqa: ANN401
            return answer if method == "eth_call" else super().once(method, *parameters)

    chores = engine.Chores(stage.chain, Odd([stage.node.web3]), stage.deployment, Policy(every=100))
    for _ in range(2):
        with pytest.raises(MillraceError):
            chores.look(stage.head())


# fees, reports, observations, gas


def test_fees_are_collected_when_they_are_worth_it_and_once(stage: Stage) -> None:
    stage.earned()
    stage.do_all(stage.chores())
    for _ in range(3):
        stage.order(DEEP, "USDC", "WETH", 900_000)
        stage.order(DEEP, "WETH", "USDC", 900_000)
    before = stage.bucket(DEEP, "USDC"), stage.bucket(DEEP, "WETH")
    fees = only("collect-fees")
    assert stage.chores(fees).look(stage.head()) is None
    cheap = only("collect-fees", gas_share_bps=10**9)
    done = stage.do_all(stage.chores(cheap))
    assert kinds(done) == ["collect-fees"]
    assert done[0].target == stage.pool(DEEP).address
    gained = stage.bucket(DEEP, "USDC") - before[0], stage.bucket(DEEP, "WETH") - before[1]
    assert min(gained) > 0
    assert done[0].reason == (f"{gained[0]} of {stage.token('USDC')} and {gained[1]} of {stage.token('WETH')} in fees")


def strategy(stage: Stage, lent: int) -> str:
    """A strategy that the vault has lent to."""
    vault, weth = stage.at("vault"), stage.token("WETH")
    made = stage.deploy("MockStrategy", ("address", vault), ("address", weth))
    stage.govern((vault, calldata("setStrategy(address,uint256)", made, 10**24)))
    stage.node.do(dev_account(KEEPER), vault, "allocate(address,uint256,bytes)", made, lent, b"")
    return made


def test_a_report_is_due_by_the_contracts_own_rule_and_once(stage: Stage) -> None:
    made = strategy(stage, 50 * ETHER)
    policy = stage.deploy("ReportPolicy", ("address", stage.at("vault")), ("uint256", REPORT_GAS))
    gas_price = stage.head().base_fee + Policy().tip
    gain = stage.node.view(policy, "gainDue(uint256,uint256)", 50 * ETHER, REPORT_GAS * gas_price)
    chores = only("report")
    for result, due in ((gain - 1, False), (gain, True), (-1, True)):
        stage.node.do(dev_account(ANYONE), made, "setResult(int256)", result)
        assert (stage.chores(chores).look(stage.head()) is not None) is due
    stage.node.do(dev_account(ANYONE), made, "setResult(int256)", gain)
    stage.grant("WETH", made, gain)
    locked = stage.node.view(stage.at("vault"), "lockedProfit()")
    assert kinds(stage.do_all(stage.chores(chores))) == ["report"]
    assert stage.node.view(stage.at("vault"), "lockedProfit()") - locked == gain - gain // 10


def test_a_strategy_that_cannot_say_its_worth_is_left_alone(stage: Stage) -> None:
    made = strategy(stage, ETHER)
    stage.node.do(dev_account(ANYONE), made, "setResult(int256)", ETHER)
    stage.node.do(dev_account(ANYONE), made, "setMute(bool)", True)
    assert stage.chores(only("report")).look(stage.head()) is None
    assert failures(stage) == []


@given(st.integers(0, 10**27), st.integers(1, 10**18))
def test_a_report_is_never_due_before_it_pays_for_itself(debt: int, cost: int) -> None:
    due = gain_due(debt, cost)
    assert due >= cost
    assert due * due <= max(2 * cost * debt, cost * cost) < (due + 1) ** 2


def test_a_pair_is_observed_as_often_as_its_window_asks(stage: Stage) -> None:
    pool, guard = stage.pool(PAIR).address, stage.at("guard")
    twap = (pool, 2_400, 9_600, 1_000, 0, 0)
    selector = keccak(f"setTwap(address,address,{says.TWAP})".encode())[:4]
    data = selector + encode(["address", "address", says.TWAP], [stage.token("USDC"), stage.token("WETH"), twap])
    stage.govern((guard, data))
    chores = stage.chores(only("observe", every=1))
    done = []
    for _ in range(60):
        stage.node.mine()
        task = chores.run(stage.head(), stage.send)
        done += [stage.head().timestamp] if task else []
    assert len(done) == 3
    assert all(300 <= later - earlier <= 336 for earlier, later in pairwise(done))
    assert failures(stage) == []


def test_keepers_are_paid_their_gas_where_it_is_worth_it_and_at_once_where_one_runs_low(stage: Stage) -> None:
    reserve, keeper = stage.at("reserve"), dev_account(KEEPER).address
    stage.govern((reserve, calldata("setGasBudget(uint112)", ETHER // 100)))
    profit = stage.earned()
    dear = only("book", "pay-keepers", gas_share_bps=50)
    assert kinds(stage.do_all(stage.chores(dear))) == ["book"]
    assert profit > ETHER
    stage.node.rpc("anvil_setBalance", keeper, hex(ETHER // 20))
    assert kinds(stage.do_all(stage.chores(dear))) == ["pay-keepers"]
    assert stage.node.view(reserve, "gasBucket()") == 0
    assert stage.node.web3.eth.get_balance(to_checksum_address(keeper)) > ETHER // 20 + ETHER // 101


def test_a_low_keeper_is_not_paid_what_the_payment_would_cost(stage: Stage) -> None:
    reserve = stage.at("reserve")
    stage.govern((reserve, calldata("setGasBudget(uint112)", 10**13)))
    stage.earned()
    stage.node.rpc("anvil_setBalance", dev_account(KEEPER).address, hex(ETHER // 20))
    assert kinds(stage.do_all(stage.chores(only("book", "pay-keepers")))) == ["book"]


# other chains


def test_what_arrives_at_an_inbox_is_credited_to_its_pool(stage: Stage) -> None:
    pool = stage.pool(PAIR)
    inbox = inbox_of(stage, pool.address)
    stage.grant("WETH", inbox, 3 * ETHER)
    chores = stage.chores(only("inbox", every=1))
    tasks = []
    for _ in range(4):
        task = chores.run(stage.head(), stage.send)
        stage.node.mine()
        tasks += [task] if task else []
    assert [calldata("openInbox(address)", pool.address), calldata("flush(address)", stage.token("WETH"))] == [
        task.data for task in tasks
    ]
    assert stage.bucket(PAIR, "WETH") == 3 * ETHER


SMALL = "uniswap-v2:DAI/WETH"


def test_an_injection_is_as_large_as_the_terms_allow_and_the_rest_waits(stage: Stage) -> None:
    pool, reserve = stage.pool(SMALL), stage.at("reserve")
    inbox = inbox_of(stage, pool.address)
    stage.grant("WETH", inbox, 30 * ETHER)
    stage.node.do(dev_account(ANYONE), reserve, "openInbox(address)", pool.address)
    stage.node.do(dev_account(ANYONE), inbox, "flush(address)", stage.token("WETH"))
    supply = stage.node.view(pool.address, "totalSupply()")
    task = stage.chores(only("inject")).look(stage.head())
    assert task is not None
    assert stage.send(task)["status"] == 1
    shares = stage.node.view(pool.address, "balanceOf(address)", reserve)
    assert 0.97 * 20 / BPS < shares / supply <= 20 / BPS
    assert 10 * ETHER < stage.bucket(SMALL, "WETH") < 30 * ETHER
    again = stage.chores(only("inject"))
    assert again.look(stage.head()) is None  # it rests for an hour
    stage.node.rpc("anvil_mine", hex(30), hex(120))
    assert again.look(stage.head()) is not None


def test_the_least_liquidity_asked_for_is_close_to_what_was_simulated(stage: Stage) -> None:
    stage.earned()
    stage.do_all(stage.chores(only("book", "convert")))
    task = stage.chores(only("inject")).look(stage.head())
    assert task is not None
    pool, amount0, amount1, least = decode(["address", "uint256", "uint256", "uint256"], task.data[4:])
    free = calldata("provideLiquidity(address,uint256,uint256,uint256)", pool, amount0, amount1, 0)
    liquidity = stage.chores()._try(task.to, free).value
    assert liquidity is not None
    assert least == liquidity - liquidity // 200


NETWORK = 0


def test_what_was_sent_over_the_unified_bridge_is_claimed_once(stage: Stage) -> None:
    """The bridge is a model, a proof is of a tree with one leaf, and of two for one place only one can be claimed."""
    bridge = stage.deploy("ModelAggLayer", ("uint32", NETWORK))
    weth = stage.token("WETH")
    stage.grant("WETH", bridge, ETHER)
    inbox = inbox_of(stage, stage.pool(PAIR).address)
    proven, strangers = _claim(weth, inbox, 3 * ETHER // 4), _claim(weth, BENEFICIARY, ETHER // 4)
    for claim in (proven, strangers):
        stage.node.do(dev_account(ANYONE), bridge, "acceptExitRoots(bytes32,bytes32)", bytes(32), claim.rollup_root)

    class Prover:  # a fake: knows two claims, of which one is for somebody else
        def ready(self, _inboxes: object) -> list[Claim]:
            return [strangers, proven]

    chores = stage.chores(only("inbox", "claim", every=1), further=[ClaimSendings(bridge, Prover())])
    tasks = []
    for _ in range(6):
        task = chores.run(stage.head(), stage.send)
        stage.node.mine()
        tasks += [task.kind] if task else []
    assert tasks == ["claim", "inbox", "inbox"]
    assert stage.bucket(PAIR, "WETH") == 3 * ETHER // 4


def _claim(token: str, inbox: str, amount: int) -> Claim:
    """A claim of what left rollup 0 for this network, as the only leaf of its tree."""
    metadata = b""
    leaf = keccak(
        b"\0"
        + NETWORK.to_bytes(4)
        + bytes.fromhex(token[2:])
        + NETWORK.to_bytes(4)
        + bytes.fromhex(inbox[2:])
        + amount.to_bytes(32)
        + keccak(metadata)
    )
    zeros = [bytes(32)]
    for _ in range(31):
        zeros.append(keccak(zeros[-1] + zeros[-1]))
    node = leaf
    for zero in zeros * 2:
        node = keccak(node + zero)
    proof = tuple(zeros)
    return Claim(token, proof, proof, 0, bytes(32), node, NETWORK, token, NETWORK, inbox, amount, metadata)


# what there is to look after


def test_a_long_history_is_read_in_a_few_requests_a_look(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.earned()
    monkeypatch.setattr(history, "SPAN", 20)
    monkeypatch.setattr(history, "QUICK", -1)
    monkeypatch.setattr(knowledge, "SPAN", 20)
    monkeypatch.setattr(knowledge, "REQUESTS", 2)
    stage.node.rpc("anvil_mine", hex(150), hex(12))
    chores = stage.chores(Policy(every=1_000, deadline=None))
    looks = 0
    while chores.look(stage.head()) is None:
        stage.node.mine()
        looks += 1
    assert 3 <= looks <= 10
    asked = [event for event in stage.heard if isinstance(event, Asked) and event.method == "eth_getLogs"]
    assert len(asked) <= 2 * (looks + 1)
    told = [event for event in stage.heard if isinstance(event, HistoryRead)]
    assert [event.of for event in told] == ["ethereum"] * looks
    assert all(event.block < after.block < after.newest for event, after in pairwise(told))


def test_nothing_is_due_at_a_block_that_is_gone_and_the_next_is_looked_at(stage: Stage) -> None:
    """Another branch, that the keeper does not know of yet, may lack what is done here: it would be done twice."""
    chores = stage.chores(only("book", every=5))
    before = stage.node.rpc("evm_snapshot")
    stage.node.mine()
    gone = stage.head()
    stage.node.rpc("evm_revert", before)
    stage.node.rpc("anvil_mine", hex(2), hex(13))
    with pytest.raises(StaleError, match=f"^block {gone.number} is gone"):
        chores.look(gone)
    stage.heard.clear()
    assert chores.look(stage.head()) is None
    assert [event for event in stage.heard if isinstance(event, Asked)], "the next block is not looked at"


def test_what_a_reorg_takes_away_is_not_due_and_what_it_brings_is(stage: Stage) -> None:
    chores = stage.chores(Policy(every=1))
    before = stage.node.rpc("evm_snapshot")
    stage.node.rpc("anvil_mine", hex(30), hex(12))
    assert chores.look(stage.head()) is None
    stage.earned(30_000, "uniswap-v2:XAUt/USDT")
    gone = chores.look(stage.head())
    assert gone is not None
    stage.node.rpc("evm_revert", before)
    chores.done(gone, None, stage.head().timestamp)
    stage.earned()
    stage.node.rpc("anvil_mine", hex(30), hex(12))
    brought = chores.look(stage.head())
    assert brought is not None
    assert brought.kind == "book"
    assert brought.target != gone.target
