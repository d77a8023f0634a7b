"""The keeper on a replica: reads what the chain says, sends only what it has simulated, and keeps within its limits."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from eth_abi.abi import decode as abi_decode
from eth_abi.abi import encode as abi_encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from hexbytes import HexBytes
from keeper_stage import ETHER, TRADER, Stage, deployed, stage
from reader import Reader

from harness import chains
from harness.chains import Chain
from harness.keeper import command
from harness.keeper.abi import Call, calldata
from harness.keeper.access import AccessLists
from harness.keeper.borrow import Lenders
from harness.keeper.feeds.place import Place, PoolMissingError
from harness.keeper.fees import FeePolicy, Tips
from harness.keeper.limits import (
    GasPriceTooHighError,
    Limits,
    LoanTooLargeError,
    UnknownPoolError,
)
from harness.keeper.loop import market_of
from harness.keeper.multicall import CallFailedError
from harness.keeper.receipts import EXECUTED
from harness.keeper.settings import Settings
from harness.keeper.signers import LocalSigner
from harness.keeper.simulate import SimulationError, Simulator, StaleError, execution, revert_data, simulate
from harness.keeper.start import NotKeeperError
from harness.market.legs import NATIVE, curve, uniswap_v2, uniswap_v3, uniswap_v4
from harness.market.pools.uniswap_v2 import UniswapV2Pool
from harness.market.pools.uniswap_v3 import UniswapV3Pool
from harness.market.route import Lender, Route, decode, encode
from harness.node import WrongChainError
from harness.orderflow import Order, place, units
from harness.settings import GUARDIAN, KEEPER, dev_account

__all__ = ["deployed", "stage"]

WAYS = (Lender.NONE, Lender.BALANCER_V2, Lender.AAVE_V3, Lender.MORPHO, Lender.UNISWAP_V4)
"""The ways to borrow on Ethereum."""


# sync


def test_pairs_are_read_as_they_stand(stage: Stage) -> None:
    stage.gap()
    reader = Reader(stage.chain, stage.node.web3)
    pools = reader.snapshot(stage.newest()).pools
    pairs = [pool for pool in pools.values() if isinstance(pool, UniswapV2Pool)]
    assert len(pairs) == sum(pool.fee is None for pool in stage.chain.pools)
    for pair in pairs:
        assert stage.node.view(pair.tokens[0], "balanceOf(address)", pair.address) == pair.reserves[0]
        assert stage.node.view(pair.tokens[1], "balanceOf(address)", pair.address) == pair.reserves[1]
        assert pair.fee_bps == 30


def quoted(stage: Stage, pool: UniswapV3Pool, i: int, j: int, amount: int) -> int:
    """What the protocol's own quoter says."""
    venue = stage.chain.venues["uniswap-v3"]
    assert isinstance(venue, chains.UniswapV3)
    tokens = (pool.tokens[i], pool.tokens[j])
    kind = "(address,address,uint256,uint24,uint160)"
    data = keccak(f"quoteExactInputSingle({kind})".encode())[:4]
    data += abi_encode([kind], [(*tokens, amount, pool.fee, 0)])
    answer = stage.node.web3.eth.call({"to": venue.quoter, "data": "0x" + data.hex()})  # type: ignore[typeddict-item]
    return int(abi_decode(["uint256"], answer)[0])


def test_concentrated_pools_are_read_so_that_they_quote_as_the_chain_does(stage: Stage) -> None:
    stage.gap("uniswap-v3:USDC/WETH:500", 2_000_000)
    pools = Reader(stage.chain, stage.node.web3).snapshot(stage.newest()).pools.values()
    concentrated = [pool for pool in pools if isinstance(pool, UniswapV3Pool)]
    assert len(concentrated) == sum(pool.fee is not None for pool in stage.chain.pools)
    for pool in concentrated:
        assert len(pool.ticks) >= 2
        for i, j in ((0, 1), (1, 0)):
            token = pool.tokens[i]
            for share in (10**7, 10**4, 50):
                amount = max(1, stage.node.view(token, "balanceOf(address)", pool.address) // share)
                assert pool.amount_out(i, j, amount) == quoted(stage, pool, i, j, amount)


def test_a_snapshot_is_of_the_block_asked_for(stage: Stage) -> None:
    reader = Reader(stage.chain, stage.node.web3)
    old = stage.newest()
    before = reader.snapshot(old)
    stage.gap()
    assert reader.snapshot(old) == before
    assert reader.snapshot(stage.newest()) != before


def test_pools_that_are_not_there_or_not_traded_are_refused_by_name(stage: Stage) -> None:
    missing = chains.Pool(venue="uniswap-v2", tokens=("XAUt", "CQT"))
    with pytest.raises(PoolMissingError, match="uniswap-v2:XAUt/CQT"):
        Reader(stage.chain.model_copy(update={"pools": (missing,)}), stage.node.web3)
    other = stage.chain.untraded[-1].model_copy(update={"family": "boosted"})
    with pytest.raises(PoolMissingError, match="no feed for pools of balancer-v2"):
        Reader(stage.chain.model_copy(update={"pools": (other,)}), stage.node.web3)


def test_a_view_that_fails_is_named(stage: Stage) -> None:
    venue = stage.chain.venues["uniswap-v2"]
    wrong = venue.model_copy(update={"factory": stage.chain.token("WETH").address})
    chain = stage.chain.model_copy(update={"venues": {**stage.chain.venues, "uniswap-v2": wrong}})
    with pytest.raises(PoolMissingError, match="getPair"):
        Reader(chain, stage.node.web3)
    calls = [Call(stage.chain.token("WETH").address, "getPair(address,address)", (NATIVE, NATIVE), ("address",))]
    with pytest.raises(CallFailedError, match="getPair"):
        Reader(stage.chain, stage.node.web3).multicall.read(calls, "latest")


def test_lenders_are_read_with_fee_and_stock(stage: Stage) -> None:
    reader = Reader(stage.chain, stage.node.web3)
    found = Lenders(stage.chain, reader.multicall, stage.newest()["number"]).offers
    weth = stage.chain.token("WETH").address
    assert tuple(offer.lender for offer in found) == WAYS
    flash, balancer, aave, morpho, manager = found
    assert [offer.fee_bps for offer in found] == [0, 0, 5, 0, 0]
    for holder in (balancer, morpho, manager):
        assert holder.available[weth] == stage.node.view(weth, "balanceOf(address)", holder.address)
    assert min(balancer.available[weth], morpho.available[weth]) > 0 == manager.available[weth]
    assert aave.available[weth] > 10**5 * ETHER
    assert flash.available == {}


def test_credit_that_the_executor_has_no_code_for_is_not_offered(stage: Stage) -> None:
    executor = stage.chain.executor.model_copy(update={"lenders": ("balancer-v2", "aave-v3", "morpho")})
    chain = stage.chain.model_copy(update={"executor": executor})
    found = Lenders(chain, Reader(stage.chain, stage.node.web3).multicall, stage.newest()["number"]).offers
    assert tuple(offer.lender for offer in found) == WAYS[:-1]


# a step


def executed_by(stage: Stage, sent: str, route: Route) -> str:
    """The lender that the event of a transaction names, which must be of this route."""
    logs = stage.node.receipt(sent)["logs"]
    topics = next(log["topics"] for log in logs if log["address"] == stage.executor)
    assert topics[0].to_0x_hex() == EXECUTED
    assert bytes(topics[1]) == route.route_id()
    return to_checksum_address(bytes(topics[3])[12:])


def lent_by(route: Route) -> str:
    """Who lends to a route, as the harness understands it."""
    leg = route.lending_leg()
    return route.lender_address if leg is None else route.legs[leg].target


@pytest.mark.parametrize("lender", WAYS)
def test_a_block_earns_exactly_what_was_computed_and_simulated(stage: Stage, lender: Lender) -> None:
    stage.credit("WETH", 1_000 * ETHER)
    at = stage.keeper()
    at.turn()
    stage.gap()
    assert at.runner.ready(stage.head())
    keeper = at.runner.keeper
    keeper.offers = tuple(offer for offer in keeper.offers if offer.lender is lender)
    (attempt,) = keeper.act(stage.head())
    assert (attempt.state, at.told) == ("sent", [])
    at.settled()
    assert (attempt.state, at.told) == ("earned", [attempt])
    assert attempt.outcome is not None
    profit = attempt.outcome.profit
    assert profit == attempt.simulated == attempt.opportunity.sizing.profit
    token = attempt.opportunity.cycle.token
    assert stage.node.view(stage.reserve, "accounted(address)", token) == profit
    route = decode(abi_decode(["bytes"], attempt.data[4:])[0])
    assert route.lender is lender
    assert executed_by(stage, attempt.sent, route) == lent_by(route)
    used = stage.node.receipt(attempt.sent)["gasUsed"]
    assert used <= attempt.opportunity.gas, "the estimate is too low"
    (trade,) = at.store.trades(1, datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
    assert (trade.attempt_id, trade.token, trade.simulated, trade.realised) == (attempt.id, token, profit, profit)
    assert trade.gas_cost == attempt.outcome.gas_cost > 0


def test_a_closed_gap_is_left_alone(stage: Stage) -> None:
    stage.gap()
    at = stage.keeper()
    earned = 0
    while attempts := at.turn():
        at.settled()
        assert all(attempt.state == "earned" for attempt in attempts)
        earned += len(attempts)
    assert 1 <= earned < 10
    assert at.store.standing(1, 0).failures == 0


def test_what_is_on_its_way_is_not_tried_again(stage: Stage) -> None:
    stage.gap()
    at = stage.keeper()
    attempt = at.one()
    stage.node.rpc("anvil_dropTransaction", attempt.sent)
    stage.node.mine()
    assert at.turn() == [], "its pools are still moving"
    assert attempt.state == "sent"
    assert len(at.store.open_transactions(1)) == 1


def test_nothing_is_sent_without_a_gap(stage: Stage) -> None:
    assert stage.keeper().turn() == []
    assert stage.node.web3.eth.get_block("pending")["transactions"] == []


def test_without_a_signer_everything_happens_but_the_sending(stage: Stage) -> None:
    stage.gap()
    before = stage.nonce()
    at = stage.keeper(signer=None)
    attempt = at.one()
    assert attempt.state == "paper"
    assert attempt.simulated == attempt.opportunity.sizing.profit
    assert (attempt.sent, stage.nonce(), at.told) == ("", before, [attempt])
    assert "paper" in at.line(attempt)
    ((noted, found),) = at.store.attempts(1, datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
    assert (noted.id, noted.state, noted.simulated, noted.calldata) == (
        attempt.id,
        "paper",
        attempt.simulated,
        attempt.data,
    )
    assert (found.block, found.expected) == (attempt.block, attempt.opportunity.sizing.profit)


def test_a_lost_race_is_refused_counted_and_reported(stage: Stage) -> None:
    stage.gap()
    at = stage.keeper()
    attempt = at.one()
    pool = stage.chain.pool("uniswap-v2:USDC/WETH")
    back = Order(pool, "WETH", "USDC", units(stage.chain, "WETH", 400_000))
    place(stage.node, stage.chain, back, dev_account(TRADER), tip=10**10)
    at.settled()
    assert attempt.state == "refused"
    assert attempt.outcome is not None
    assert attempt.outcome.profit is None
    assert attempt.outcome.gas_cost > 0
    assert at.store.standing(1, 0).failures == 1
    assert "refused" in at.line(attempt)


def test_what_does_not_simulate_is_not_sent_and_its_cycle_rests(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    at = stage.keeper()
    at.turn()
    stage.gap()
    before = stage.nonce()
    keeper = at.runner.keeper
    truth = keeper.chain.pool("uniswap-v2:USDC/WETH")
    assert at.runner.ready(stage.head())
    stale = stage.head()
    place(stage.node, stage.chain, Order(truth, "WETH", "USDC", 600 * ETHER), dev_account(TRADER))
    stage.node.mine()
    newest = stage.head()
    monkeypatch.setattr(keeper.trader, "_deadline", lambda _: newest.timestamp + 600)
    attempts = keeper.act(replace(newest, number=newest.number))
    assert attempts
    assert {attempt.state for attempt in attempts} == {"refused"}
    assert all(attempt.refusal and not attempt.sent for attempt in attempts)
    assert stage.nonce() == before
    assert keeper.act(newest) == [], "refused once, it rests"
    assert at.store.standing(1, 0).failures == 0, "what was not sent does not open the breaker"
    assert stale.number == newest.number - 1


def test_a_block_that_comes_after_deciding_is_the_one_simulated_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = stage.keeper()
    at.turn()
    stage.gap()
    before, stale = stage.nonce(), stage.head()
    assert at.runner.ready(stale)
    truth = stage.chain.pool("uniswap-v2:USDC/WETH")
    place(stage.node, stage.chain, Order(truth, "WETH", "USDC", 600 * ETHER), dev_account(TRADER))
    stage.node.mine()
    monkeypatch.setattr(at.runner.keeper.trader, "_deadline", lambda _: stale.timestamp + 600)
    attempts = at.runner.keeper.act(stale)
    assert attempts
    assert {attempt.state for attempt in attempts} == {"refused"}
    assert stage.nonce() == before


def test_a_decision_is_dropped_once_the_node_tells_of_a_newer_block(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stale(*_: object, **__: object) -> object:
        raise StaleError("newer")

    at = stage.keeper()
    at.turn()
    stage.gap()
    monkeypatch.setattr(Simulator, "run", stale)
    assert at.turn() == []
    monkeypatch.undo()
    assert at.runner.keeper.act(stage.head())[0].state == "sent", "it does not rest"


def test_failures_in_a_row_open_the_breaker_for_good(stage: Stage) -> None:
    store = stage.store()
    at = stage.keeper(limits=Limits(max_failures=1), store=store)
    stage.gap()
    attempt = at.one()
    pool = stage.chain.pool("uniswap-v2:USDC/WETH")
    back = Order(pool, "WETH", "USDC", units(stage.chain, "WETH", 400_000))
    place(stage.node, stage.chain, back, dev_account(TRADER), tip=10**10)
    at.settled()
    assert attempt.state == "refused"
    stage.gap()
    assert at.turn() == []
    at.runner.release()
    again = stage.keeper(limits=Limits(max_failures=1), store=store)
    assert again.turn() == [], "a start does not close it"
    store.resume(1, "somebody")
    assert again.turn() != []


@pytest.mark.parametrize("most", [1, 2])
def test_what_became_of_a_trade_is_awaited_only_where_the_breaker_hinges_on_it(stage: Stage, most: int) -> None:
    at = stage.keeper(limits=Limits(max_failures=most))
    stage.gap()
    attempt = at.one()
    pool = stage.chain.pool("uniswap-v2:USDC/WETH")
    back = Order(pool, "WETH", "USDC", units(stage.chain, "WETH", 400_000))
    place(stage.node, stage.chain, back, dev_account(TRADER), tip=10**10)
    stage.gap("uniswap-v2:USDT/WETH")
    later = at.turn()
    assert attempt.state == "refused", "its block was this one"
    assert [one.state for one in later][:1] == ["sent"] * (most - 1)


def test_a_route_can_be_bound_to_its_parent_block(stage: Stage) -> None:
    stage.gap()
    at = stage.keeper(settings=Settings(parent_hash=True))
    head = stage.head()
    attempt = at.one()
    assert attempt.refusal == ""
    assert decode(abi_decode(["bytes"], attempt.data[4:])[0]).parent_hash.hex() == head.hash[2:]
    at.settled()
    assert attempt.state == "earned"


def test_a_list_of_what_a_route_touches_is_sent_once_it_is_known_to_save_gas(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = ((stage.executor, ("0x" + "00" * 32,)),)
    monkeypatch.setattr(AccessLists, "_pays", lambda *_: True)
    monkeypatch.setattr("harness.keeper.access._access_list", lambda _: listed)
    at = stage.keeper(settings=Settings(access_lists=True))
    stage.gap()
    first = at.one()
    at.settled()
    stage.gap()
    second = next(one for one in at.turn() if one.opportunity.cycle == first.opportunity.cycle)
    lists = [stage.node.web3.eth.get_transaction(HexBytes(one.sent))["accessList"] for one in (first, second)]
    assert [len(one) for one in lists] == [0, 1]
    assert lists[1][0]["address"] == stage.executor


def test_others_tips_are_followed_where_that_is_asked_for(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Tips, "tip", lambda *_: 7)
    stage.gap()
    attempt = stage.keeper(settings=Settings(FeePolicy(tip_percentile=50))).one()
    assert stage.node.web3.eth.get_transaction(HexBytes(attempt.sent))["maxPriorityFeePerGas"] == 7


def test_of_two_keepers_one_sends(stage: Stage) -> None:
    store = stage.store()
    first, second = stage.keeper(store=store), stage.keeper(store=store)
    stage.gap()
    assert first.turn() != []
    assert second.turn() == []
    first.settled()
    first.runner.release()
    stage.gap()
    assert second.turn() != []


# refusals before anything is sent


def test_a_stranger_is_refused_at_the_start(stage: Stage) -> None:
    with pytest.raises(NotKeeperError, match=dev_account(TRADER).address):
        stage.keeper(signer=LocalSigner(dev_account(TRADER)))
    contracts = {**stage.deployment.contracts, "executor": stage.deployment.contracts["vault"]}
    wrong = replace(stage, deployment=stage.deployment.model_copy(update={"contracts": contracts}))
    with pytest.raises(NotKeeperError):
        wrong.keeper()


def test_while_the_executor_is_paused_nothing_is_tried(stage: Stage) -> None:
    at = stage.keeper()
    at.turn()
    sent = stage.node.send(dev_account(GUARDIAN), stage.executor, calldata("pause()"))
    stage.node.mine()
    stage.node.receipt(sent)
    at.turn()
    stage.gap()
    assert at.turn() == []


def test_a_node_that_has_changed_chains_is_not_followed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, fresh = stage.keeper(), stage.keeper()
    begun.turn()
    for at in (begun, fresh):
        other = stage.chain.model_copy(update={"chain_id": 5})
        monkeypatch.setattr(at.runner.keeper, "chain", other)
    stage.node.mine()
    stage.node.mine()
    for at in (begun, fresh):
        with pytest.raises(WrongChainError, match="answers for chain 1 now, and not for 5"):
            at.turn()


def test_a_route_through_an_unlisted_pool_is_refused_before_it_is_sent(stage: Stage) -> None:
    at = stage.keeper()
    at.turn()
    stage.gap()
    before = stage.nonce()
    at.runner.keeper.gate.watch([])
    attempt = at.one()
    assert (attempt.state, attempt.sent, stage.nonce()) == ("refused", "", before)
    assert "not in the chain file" in attempt.refusal


def test_gas_above_the_limit_is_refused(stage: Stage) -> None:
    stage.gap()
    attempt = stage.keeper(settings=Settings(FeePolicy(limit=1))).one()
    assert (attempt.state, attempt.sent) == ("refused", "")
    assert "above the limit of 1" in attempt.refusal


def test_loans_stay_within_their_limit(stage: Stage) -> None:
    stage.gap()
    caps = {stage.chain.token("WETH").address: ETHER, stage.chain.token("USDT").address: 10**6}
    attempt = stage.keeper(limits=Limits(max_loan=caps), signer=None).one()
    assert attempt.opportunity.sizing.amount_in <= caps[attempt.opportunity.cycle.token]


A, B, TOKEN, OTHER = ("0x" + digit * 40 for digit in "1234")
ROUTE = Route(TOKEN, 100, 1, 1, (uniswap_v2(A, OTHER), uniswap_v3(B, TOKEN)))


def test_the_limits_check_every_route() -> None:
    limits = Limits(max_loan={TOKEN: 100}, max_gas_price=50)
    limits.check(ROUTE, [A, B], 50)
    with pytest.raises(UnknownPoolError, match=B):
        limits.check(ROUTE, [A], 50)
    with pytest.raises(LoanTooLargeError):
        limits.check(replace(ROUTE, amount_in=101), [A, B], 50)
    with pytest.raises(GasPriceTooHighError):
        limits.check(ROUTE, [A, B], 51)
    limits.check(replace(ROUTE, amount_in=0, cap=100), [A, B], 50)
    with pytest.raises(LoanTooLargeError):
        limits.check(replace(ROUTE, amount_in=0, cap=101), [A, B], 50)


def test_a_vault_is_not_known_by_one_of_its_pools() -> None:
    route = replace(ROUTE, legs=(uniswap_v4(A, NATIVE, 500, 10), curve(B, TOKEN, 0, 1)))
    Limits().check(route, route.pools(), 0)
    with pytest.raises(UnknownPoolError, match=route.pools()[0]):
        Limits().check(route, [A, B], 0)


# simulation


def test_errors_of_the_contracts_are_named(stage: Stage) -> None:
    usdc, weth = (stage.chain.token(symbol).address for symbol in ("USDC", "WETH"))
    places = {place.name: place.address for place in Reader(stage.chain, stage.node.web3).places}
    legs = (
        uniswap_v2(places["uniswap-v2:USDC/WETH"], usdc),
        uniswap_v2(places["sushi-v2:USDC/WETH"], weth),
    )
    late = stage.newest()["timestamp"] - 1
    keeper, stranger = dev_account(KEEPER).address, dev_account(TRADER).address
    data = execution(encode(Route(weth, ETHER, 1, late, legs)))
    web3 = stage.node.web3
    assert simulate(web3, stranger, stage.executor, data).error == f"NotKeeper({stranger.lower()})"
    assert simulate(web3, keeper, stage.executor, data).error == f"DeadlinePassed({late})"
    concentrated = uniswap_v3(places["uniswap-v3:USDC/WETH:500"], weth)
    for last, error in ((legs[1], "NotProfitable(0, 1)"), (concentrated, "Loss(")):
        losing = execution(encode(Route(weth, ETHER, 1, late + 600, (legs[0], last))))
        seen = simulate(web3, keeper, stage.executor, losing)
        assert seen.profit is None
        assert seen.error.startswith(error)


def test_revert_data_is_found_wherever_a_node_puts_it() -> None:
    assert revert_data({"code": 3, "data": "0x0102"}) == b"\x01\x02"
    assert revert_data({"code": -32000, "data": {"data": "0x03"}}) == b"\x03"
    assert revert_data({"code": -32000, "message": "execution reverted"}) == b""
    with pytest.raises(SimulationError, match="rate"):
        revert_data({"code": -32005, "message": "rate limit exceeded"})


# the command


def test_who_signs_is_asked_for_explicitly() -> None:
    local = command.signer("", KEEPER, send=False, local=True)
    assert local is not None
    assert local.address == dev_account(KEEPER).address
    assert command.signer("", None, send=False, local=True) is None
    assert command.signer("alias", None, send=False, local=False) is None
    for alias, index, send, development in [
        ("alias", 3, False, True),
        ("", 3, True, False),
        ("", None, True, False),
    ]:
        with pytest.raises(command.KeeperOptionError):
            command.signer(alias, index, send=send, local=development)


def test_the_largest_loans_are_read(ethereum: Chain) -> None:
    weth, usdt = (ethereum.token(symbol).address for symbol in ("WETH", "USDT"))
    assert command.max_loans(ethereum, ("WETH=1.5", "USDT=2")) == {weth: 15 * 10**17, usdt: 2_000_000}
    with pytest.raises(command.KeeperOptionError):
        command.max_loans(ethereum, ("WETH",))
    with pytest.raises(chains.UnknownKeyError):
        command.max_loans(ethereum, ("NONE=1",))


def test_an_endpoint_is_needed(ethereum: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ethereum.rpc_variable, raising=False)
    with pytest.raises(command.KeeperOptionError, match=ethereum.rpc_variable):
        command.endpoint(ethereum, "")
    monkeypatch.setenv(ethereum.rpc_variable, "http://localhost:1")
    assert command.endpoint(ethereum, "") == "http://localhost:1"


def test_the_command_looks_once_and_trades_on_paper(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.gap()
    monkeypatch.setattr(command, "load_deployment", lambda *_, **__: stage.deployment)
    result = CliRunner().invoke(command.keeper, ["--rpc", stage.url, "--once"])
    assert result.exit_code == 0, result.output
    assert "paper trading" in result.output
    assert "profit" in result.output


def test_the_market_trades_what_the_chain_file_allows_at_each_venue(ethereum: Chain) -> None:
    pair = ethereum.venues["uniswap-v2"]
    off = pair.model_copy(update={"trading": pair.trading.model_copy(update={"enabled": False})})
    chain = ethereum.model_copy(update={"venues": {**ethereum.venues, "uniswap-v2": off}})
    weth, usdt = chain.token("WETH").address, chain.token("USDT").address
    pools = [UniswapV2Pool("0x" + digit * 40, (weth, usdt), (10**21, 10**12)) for digit in "12"]
    venues = zip(pools, ("uniswap-v2", "sushi-v2"), strict=True)
    market = market_of(chain, [Place("", venue, pool.address, weth, usdt) for pool, venue in venues])
    market.update(pools)
    assert list(market.excluded) == [pools[0].address]
    assert market.bases == tuple(chain.token(symbol).address for symbol in chain.profit_tokens)
