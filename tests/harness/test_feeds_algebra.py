"""The feeds of Algebra's pools, by the published code of both generations."""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import NamedTemporaryFile
from typing import Any, cast

import pytest
from algebra_stage import CHANGE, NOTHING_MOVES, Algebra, OddStorage
from eth_utils.crypto import keccak
from evm_concentrated import AlgebraOnChain
from feed_stage import PAIR, WHO, Stage, made_next, stage_calls, staged
from flows import created, newest, packed
from market_evm import MODULES, OWNER
from web3 import Web3

from harness import chains
from harness.keeper.abi import Call
from harness.keeper.feeds.algebra import FEE, IN_RANGE
from harness.keeper.feeds.feed import Log
from harness.keeper.feeds.registry import feed_for, find
from harness.keeper.picture import Picture


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged() as found:
        yield found


ALGEBRA = "@cryptoalgebra"
SLOW = (20_000, 20_000, 60_000, 60_000, 20_000, 20_000, 0, 1, 100)
"""A configuration under which the fee goes on moving for long."""


LIAR = f"0x5f3560e01c8063{packed('getCurrentFee()').hex()}14601e5760e01b5f526102bc60205260605ff35b6101f45f5260205ff3"
"""A plugin that tells 500 as its fee, and to everything else answers with what it was asked, and with 700."""


def artifact(package: str, name: str) -> Path:
    """Where a package of Algebra's keeps one."""
    return MODULES / ALGEBRA / package / f"artifacts/contracts/{name}.sol/{name}.json"


def algebra(stage: Stage, factory: str, family: str, *data: bytes) -> Algebra:
    """A pool of a factory, with liquidity, and a picture of it."""
    tokens = [stage.token(symbol) for symbol in PAIR]
    kinds = "address,address,bytes" if data else "address,address"
    create = "0x" + packed(f"createPool({kinds})", *tokens, *data).hex()
    stage.node.rpc("eth_sendTransaction", {"from": OWNER, "to": factory, "data": create, "gas": hex(29 * 10**6)})
    stage.mine()
    listed = chains.Pool(venue="algebra", tokens=PAIR, family=family)
    chain = stage.with_pools("algebra", chains.Algebra(kind="algebra", factory=factory), listed)
    stage.mine()
    [place] = find(chain, chain.pools, lambda calls: stage_calls(stage, calls))
    stage.send(place.address, "initialize(uint160)", 1 << 96)
    stage.mine()
    found = Algebra(stage, chain, Picture(chain, stage.rpc), place.address)
    if data:
        found.burn, found.rest = "burn(int24,int24,uint128,bytes)", (b"",)
    for low, high in ((-1_200, 0), (0, 1_200), (-12_000, 0), (0, 12_000)):
        found.provide(low, high, 10**14)
    stage.mine()
    found.picture.start(newest(stage.rpc))
    return found


def algebra_of_1_9(stage: Stage) -> Algebra:
    """A pool of 1.9; the factory computes pools' addresses from the code that is on chain, which is not what it has."""
    deployer = created(stage.node, WHO, artifact("core", "AlgebraPoolDeployer"))
    published = keccak(hexstr=json.loads(artifact("core", "AlgebraPool").read_text())["bytecode"]).hex()
    code = json.loads(artifact("core", "AlgebraFactory").read_text())["bytecode"]
    with NamedTemporaryFile("w", suffix=".json") as patched:
        json.dump({"bytecode": code.replace(AlgebraOnChain.POOL_HASH, published)}, patched)
        patched.flush()
        factory = created(stage.node, WHO, Path(patched.name), ("address", "address"), (deployer, WHO.address))
    stage.mine()
    stage.send(deployer, "setFactory(address)", factory)
    stage.mine()
    found = algebra(stage, factory, "")
    found.foresees = True
    return found


def operator_of(found: Algebra) -> str:
    """What keeps the pool's timepoints, and the configuration of its fee."""
    [(operator,)] = stage_calls(found.stage, [Call(found.pool, "dataStorageOperator()", (), ("address",))])
    return str(operator)


def test_the_fee_of_a_pool_of_algebra_is_known_a_block_ahead(stage: Stage) -> None:
    found, random = algebra_of_1_9(stage), Random(5)
    fees = set()
    for _ in range(20):
        found.act(random)
        if random.random() < 0.5:
            stage.node.mine(random.choice((1, 600, 40_000)))
        fees.add(found.follow().fee)
    assert len(fees) > 8


def test_the_fee_moves_while_nothing_happens_and_nothing_is_asked_for_it(stage: Stage) -> None:
    found = algebra_of_1_9(stage)
    stage.send(operator_of(found), CHANGE, SLOW)
    stage.mine()
    for zero_for_one in (True, False, True):
        found.swap(zero_for_one, 10**13)
        stage.node.mine(600)
        found.follow()
    fees, asked = [found.follow().fee], len(stage.asked)
    for _ in range(4):
        stage.node.mine(9_000)
        head = newest(stage.rpc)
        [changed] = found.picture.follow(head).changed
        state: Any = changed
        fees.append(state.fee)
    assert len(set(fees)) == 5
    assert [method for method in stage.asked[asked:] if method != "eth_getBlockByNumber"] == ["eth_getLogs"] * 4
    assert found.follow().fee != fees[0]


def test_what_a_swap_pays_right_behind_another_is_what_that_one_has_paid(stage: Stage) -> None:
    found = algebra_of_1_9(stage)
    for amount in (10**13, 10**12):
        found.swap(True, amount)
        found.follow()
    before = found.follow()
    found.swap(False, 10**12)
    stage.node.mine()
    head = newest(stage.rpc)
    logs = stage.rpc.ask("eth_getLogs", {"blockHash": head.hash, "address": found.pool})
    [preview] = found.picture.preview(logs).changed
    state: Any = preview
    [paid] = [int(log["data"], 16) for log in logs if log["topics"][0] == FEE]
    assert state.fee == paid == before.fee
    dearer = [log | {"data": f"0x{paid + 1:064x}"} if log["topics"][0] == FEE else log for log in logs]
    [preview] = found.picture.preview(dearer).changed
    assert cast(Any, preview).fee == paid + 1, "the log's word counts for the block that it is of"
    assert found.picture.pools[found.pool] == before
    assert found.follow().sqrt_price_x96 == state.sqrt_price_x96


def test_a_reorg_takes_timepoints_back(stage: Stage) -> None:
    found, random = algebra_of_1_9(stage), Random(9)
    for amount in (10**12, 10**13):
        found.swap(True, amount)
        found.follow()
    before = stage.node.rpc("evm_snapshot")
    for _ in range(3):
        found.act(random)
        found.follow()
    stage.node.rpc("evm_revert", before)
    for amount in (10**11, 10**13, 10**10):
        found.swap(False, amount)
        stage.mine()
    assert found.picture.follow(newest(stage.rpc)).depth == 3
    found.follow()


def test_that_the_configuration_of_its_fee_has_changed_is_told_by_the_next_swap(stage: Stage) -> None:
    found = algebra_of_1_9(stage)
    found.swap(True, 10**9)
    found.follow()
    stage.send(operator_of(found), CHANGE, (*NOTHING_MOVES[:-1], 333))
    stage.mine()
    assert found.picture.follow(newest(stage.rpc)).gone == ()
    found.swap(True, 10**9)
    assert found.follow().fee == 333
    stage.send(operator_of(found), CHANGE, (*NOTHING_MOVES[:-1], 444))
    stage.mine()
    head = newest(stage.rpc)
    found.picture.follow(head)
    assert found.picture.check(head, 1).gone == (found.pool,), "compared with the chain it is another"
    assert "paid 333 millionths, not the 444 due" in found.picture.excluded[found.pool]
    found.swap(True, 10**9)
    assert found.follow().fee == 444


def test_a_swap_that_pays_another_fee_than_its_timepoints_make_is_its_pool_s_last(stage: Stage) -> None:
    found = algebra_of_1_9(stage)
    for amount in (10**13, 10**9):
        found.swap(True, amount)
        found.follow()
    word = int(stage.rpc.ask("eth_getStorageAt", found.pool, hex(IN_RANGE), "latest"), 16)
    more = word % (1 << 128) | 90_000 << 64 + 128
    stage.node.rpc("anvil_setStorageAt", found.pool, f"0x{IN_RANGE:064x}", f"0x{more:064x}")
    found.swap(True, 10**9)
    stage.mine()
    assert found.picture.follow(newest(stage.rpc)).gone == (found.pool,)
    assert "where its timepoints make another" in found.picture.excluded[found.pool]


def test_a_pool_whose_volume_is_not_where_the_published_code_has_it_is_not_followed(stage: Stage) -> None:
    found = algebra_of_1_9(stage)
    for answer, reason in (("0x" + "00" * 32, "keeps its volume elsewhere"), (None, f"slot {IN_RANGE}")):
        picture = Picture(found.chain, OddStorage(stage.rpc, answer))
        picture.start(newest(stage.rpc))
        assert reason in picture.excluded[found.pool]


def test_a_fee_of_a_second_that_is_not_known_has_the_pool_read_again(stage: Stage) -> None:
    found = algebra_of_1_9(stage)
    chain, place = found.chain, found.picture.places[0]
    feed, held = feed_for(chain, place.venue, place.family), found.picture._held[place.address]
    assert held is not None
    log = Log([FEE], f"0x{100:064x}")
    assert feed.heard(place, held, log) is None
    assert feed.heard(place, held, log._replace(time=newest(stage.rpc).timestamp + 1)) is not None


def integral(stage: Stage, plugin: str) -> Algebra:
    """A pool of Integral, and a plugin of a factory of plugins where one is named."""
    factory = created(
        stage.node, WHO, artifact("integral-core", "AlgebraFactory"), ("address",), (made_next(stage, 1),)
    )
    created(stage.node, WHO, artifact("integral-core", "AlgebraPoolDeployer"), ("address",), (factory,))
    if plugin:
        plugins = created(stage.node, WHO, artifact("integral-base-plugin", plugin), ("address",), (factory,))
        stage.mine()
        stage.send(factory, "setDefaultPluginFactory(address)", plugins)
        stage.mine()
    return algebra(stage, factory, "integral", b"")


@pytest.mark.parametrize("plugin", ["", "BasePluginV1Factory"])
def test_pools_of_integral_are_followed_with_the_fee_that_their_plugin_tells(stage: Stage, plugin: str) -> None:
    found, random = integral(stage, plugin), Random(6)
    fees = set()
    for _ in range(15):
        found.act(random)
        if random.random() < 0.3:
            stage.node.mine(random.randint(100, 40_000))
        state = found.follow()
        fees.add(state.fee)
    assert (len(fees) > 1) == bool(plugin), "volatility moves it"
    stage.mine()
    assert found.follow().tick_spacing == 1, "its map has a bit a tick"
    if not plugin:
        stage.send(found.pool, "setFee(uint16)", 1_234)
        assert found.follow().fee == 1_234
    stage.send(found.pool, "setPlugin(address)", WHO.address)
    stage.send(found.pool, "setPluginConfig(uint8)", 1)
    stage.mine()
    assert found.picture.follow(newest(stage.rpc)).gone == (found.pool,)
    assert "each may get one of its own" in found.picture.excluded[found.pool]


def test_a_plugin_that_tells_no_fee_is_not_followed(stage: Stage) -> None:
    found = integral(stage, "BasePluginV2Factory")
    assert "does not answer fee()" in found.picture.excluded[found.pool]


def test_a_plugin_whose_swaps_pay_another_fee_than_it_tells_is_not_followed(stage: Stage) -> None:
    found = integral(stage, "")
    liar = Web3.to_checksum_address("0x" + "11a2" * 10)
    stage.node.rpc("anvil_setCode", liar, LIAR)
    stage.send(found.pool, "setPlugin(address)", liar)
    stage.send(found.pool, "setPluginConfig(uint8)", 1 | 1 << 7)
    stage.follow(found.picture)
    state: Any = found.picture.pools[found.pool]
    assert state.fee == 500
    found.swap(True, 10**9)
    stage.mine()
    assert found.picture.follow(newest(stage.rpc)).gone == (found.pool,)
    assert "700 millionths where the plugin tells 500" in found.picture.excluded[found.pool]
