"""The picture of the pools on a replica: what is followed by logs is what the chain says, whatever the chain does."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from flows import People, everything, newest, packed
from market_evm import OWNER
from reader import Reader

from harness import replica
from harness.chains import Chain
from harness.devchain import DevChain
from harness.keeper import blocks, journal
from harness.keeper.abi import Call
from harness.keeper.events import Asked, Drifted, Event, Excluded, Reorged, Synced
from harness.keeper.feeds import balancer_v2, uniswap_v4
from harness.keeper.feeds.uniswap_v2 import SYNC
from harness.keeper.journal import Block
from harness.keeper.multicall import BlockGoneError
from harness.keeper.picture import AGAIN, Changes, OutOfStepError, Picture
from harness.keeper.rpc import Rpc
from harness.market.pools.concentrated import ConcentratedPool
from harness.market.pools.pool import Pool
from harness.node import NodeError

LOGS_WHAT_IT_HEARS = "0x6020355f35604036038060405f375fa200"
"""Code that logs two topics and data, as they stand in its calldata."""


class OddNodes(Rpc):
    """Nodes that can be told not to answer, or what to answer for logs. A fake."""

    failing: str = ""
    instead: object = None

    def ask(self, method: str, *parameters: object) -> Any:  # noqa: ANN401 - as with the real ones
        """Ask, or fail."""
        if method == self.failing:
            raise NodeError(f"no answer to {method}")
        if self.instead is not None and method == "eth_getLogs":
            return self.instead
        return super().ask(method, *parameters)


@dataclass
class Stage:
    """A replica with people."""

    chain: Chain
    people: People
    rpc: OddNodes
    said: list[Event]
    asked: list[str]

    @property
    def node(self) -> DevChain:
        """Its blocks come when they are told to."""
        return self.people.node

    def picture(self) -> Picture:
        """A picture at the newest block."""
        found = Picture(self.chain, self.rpc, self.said.append)
        found.start(newest(self.rpc))
        return found

    def follow(self, picture: Picture) -> Changes:
        """Bring a picture to the newest block."""
        return picture.follow(newest(self.rpc))

    def fresh(self) -> dict[str, Pool]:
        """What another picture reads at the newest block."""
        found = Picture(self.chain, self.rpc)
        found.start(newest(self.rpc))
        return found.pools


@pytest.fixture(scope="module")
def served() -> Iterator[Stage]:
    with replica.serve("ethereum") as at:
        chain = everything(at.chain)
        asked: list[str] = []
        rpc = OddNodes([at.web3], lambda event: asked.append(event.method) if isinstance(event, Asked) else None)
        yield Stage(chain, People(at, chain, 7), rpc, [], asked)


@pytest.fixture
def stage(served: Stage) -> Iterator[Stage]:
    """The same for every test: what a test does is undone."""
    before = served.node.rpc("evm_snapshot")
    served.said.clear()
    served.rpc.failing, served.rpc.instead = "", None
    yield served
    served.node.rpc("anvil_dropAllTransactions")
    served.node.rpc("evm_revert", before)


def same(followed: dict[str, Pool], fresh: dict[str, Pool]) -> None:
    """Pool by pool, to the wei; of a map of ticks what both know of it."""
    assert followed.keys() == fresh.keys()
    for address, pool in followed.items():
        assert seen(pool, fresh[address]) == seen(fresh[address], pool)


def seen(pool: Any, other: Any) -> object:  # noqa: ANN401 - of any family
    """A state, without those of its ticks that the other state cannot know."""
    if not isinstance(pool, ConcentratedPool):
        return pool
    lowest, highest = max(pool.lowest, other.lowest), min(pool.highest, other.highest)
    assert lowest <= pool.tick <= highest
    ticks = [(t, n) for t, n in zip(pool.ticks, pool.liquidity_net, strict=True) if lowest <= t <= highest]
    fields = ("address", "tokens", "fee", "tick_spacing", "sqrt_price_x96", "tick", "liquidity")
    return [getattr(pool, name) for name in fields], ticks, getattr(pool, "protocol_fees", None)


def test_the_first_picture_is_what_a_snapshot_reads(stage: Stage) -> None:
    stage.people.block()
    read = Reader(stage.chain, stage.rpc.web3).snapshot(stage.rpc.web3.eth.get_block("latest"))
    picture = stage.picture()
    assert picture.pools == read.pools
    assert len(picture.pools) == len(stage.chain.pools)
    assert stage.said == [Synced(newest(stage.rpc).number, len(read.pools), len(read.pools), 0)]


def test_what_is_followed_is_what_is_read(stage: Stage) -> None:
    picture = stage.picture()
    changed: set[str] = set()
    for _ in range(40):
        stage.people.block()
        changes = stage.follow(picture)
        assert (changes.gone, changes.depth) == ((), 0)
        changed |= {type(pool).__name__ for pool in changes.changed}
        assert all(picture.pools[pool.address] == pool for pool in changes.changed)
    same(picture.pools, stage.fresh())
    families = {type(pool).__name__ for pool in picture.pools.values()}
    assert changed == families
    assert stage.people.done > stage.people.tried * 0.9


# reorgs and gaps


@pytest.mark.parametrize("depth", [1, 2, 17, 64])
def test_orphaned_blocks_are_undone(stage: Stage, depth: int) -> None:
    picture = stage.picture()
    base = stage.node.rpc("evm_snapshot")
    stage.people.block()
    for _ in range(depth - 1):
        stage.people.block(2)
        stage.follow(picture)
    stage.follow(picture)
    stage.node.rpc("evm_revert", base)
    for _ in range(depth + 1):
        stage.people.block(1)
    stage.said.clear()
    changes = stage.follow(picture)
    assert changes.depth == depth
    assert stage.said[0] == Reorged(depth, newest(stage.rpc).number - depth - 1)
    same(picture.pools, stage.fresh())


def test_a_chain_that_becomes_shorter_is_followed_back(stage: Stage) -> None:
    picture = stage.picture()
    before, base = picture.pools, stage.node.rpc("evm_snapshot")
    for _ in range(3):
        stage.people.block()
        stage.follow(picture)
    assert picture.pools != before
    stage.node.rpc("evm_revert", base)
    changes = stage.follow(picture)
    assert (changes.depth, changes.gone) == (3, ())
    same(picture.pools, before)
    stage.people.block()
    stage.follow(picture)
    same(picture.pools, stage.fresh())


def test_a_reorg_deeper_than_the_journal_is_read_anew(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "KEPT", 4)
    picture = stage.picture()
    base = stage.node.rpc("evm_snapshot")
    for _ in range(9):
        stage.people.block(2)
        stage.follow(picture)
    stage.node.rpc("evm_revert", base)
    for _ in range(10):
        stage.people.block(2)
    stage.said.clear()
    assert stage.follow(picture).depth == 5
    assert [event.depth for event in stage.said if isinstance(event, Reorged)] == [5]
    same(picture.pools, stage.fresh())


@pytest.mark.parametrize("blocks", [5, 20, 500])
def test_a_gap_is_filled(stage: Stage, blocks: int) -> None:
    picture = stage.picture()
    for _ in range(4):
        stage.people.block()
    stage.node.rpc("anvil_mine", hex(blocks - 5), hex(12))
    stage.people.block()
    stage.asked.clear()
    stage.follow(picture)
    assert stage.asked.count("eth_getBlockByHash") == min(blocks, journal.KEPT) - 1
    same(picture.pools, stage.fresh())
    base = stage.node.rpc("evm_snapshot")
    for _ in range(3):
        stage.people.block()
        stage.follow(picture)
    stage.node.rpc("evm_revert", base)
    for _ in range(4):
        stage.people.block()
    assert stage.follow(picture).depth == 3
    same(picture.pools, stage.fresh())


def test_after_a_gap_that_is_too_wide_all_is_read_anew(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "GAP", 3)
    monkeypatch.setattr(blocks, "KEPT", 4)
    picture = stage.picture()
    stage.people.block()
    stage.node.rpc("anvil_mine", hex(7), hex(12))
    stage.people.block()
    stage.asked.clear()
    assert stage.follow(picture).depth == 0
    assert "eth_getLogs" not in stage.asked
    same(picture.pools, stage.fresh())


def test_a_pool_that_was_read_within_a_gap_is_read_again_when_the_gap_is_undone_in_part(stage: Stage) -> None:
    picture = stage.picture()
    stage.node.mine()
    bases = []
    for _ in range(4):
        stage.people.swap_curve()
        stage.node.mine()
        bases.append(stage.node.rpc("evm_snapshot"))
    stage.follow(picture)
    stage.node.rpc("evm_revert", bases[1])
    stage.people.wrap()
    stage.node.mine(13)
    assert stage.follow(picture).depth == 2
    same(picture.pools, stage.fresh())


# whose log it is


def test_logs_of_pools_that_are_not_watched_change_nothing(stage: Stage) -> None:
    picture = stage.picture()
    factory = stage.people.venue("uniswap-v2").factory
    tokens = [stage.people.token(symbol) for symbol in ("XAUt", "CQT")]
    data = "0x" + packed("createPair(address,address)", *tokens).hex()
    stage.node.rpc("eth_sendTransaction", {"from": OWNER, "to": factory, "data": data, "gas": hex(5 * 10**6)})
    stage.node.mine()
    call = Call(factory, "getPair(address,address)", tuple(tokens), ("address",))
    [(pair,)] = picture.multicall.read([call], "latest")
    stage.people.call(to_checksum_address(pair), "sync()")
    stage.node.mine()
    assert logged(stage, SYNC) == [to_checksum_address(pair)]
    assert stage.follow(picture) == Changes(())


def test_a_log_of_somebody_who_speaks_of_a_pool_is_not_believed(stage: Stage) -> None:
    picture = stage.picture()
    liar = to_checksum_address("0x" + "11" * 20)
    stage.node.rpc("anvil_setCode", liar, LOGS_WHAT_IT_HEARS)
    for name, topic in (("uniswap-v4:ETH/USDC:500", uniswap_v4.SWAP), ("balancer-v2:USDC/WETH", balancer_v2.SWAP)):
        data = topic[2:] + stage.people.where[name].pool_id[2:] + f"{1 << 96:064x}" * 6
        stage.node.send(stage.people.who, liar, bytes.fromhex(data))
    stage.node.send(stage.people.who, liar, bytes.fromhex(SYNC[2:] + "00" * 32 + f"{1:064x}" * 2))
    stage.node.mine()
    assert logged(stage, SYNC, uniswap_v4.SWAP, balancer_v2.SWAP) == [liar] * 3
    assert stage.follow(picture) == Changes(())


def test_a_log_that_tells_too_little_has_the_pool_read_again(stage: Stage) -> None:
    picture = stage.picture()
    place = stage.people.where["uniswap-v2:USDC/WETH"]
    stage.node.rpc("anvil_setCode", place.address, LOGS_WHAT_IT_HEARS)
    stage.node.send(stage.people.who, place.address, bytes.fromhex(SYNC[2:] + "00" * 32 + "01"))
    stage.node.mine()
    assert stage.follow(picture).gone == (place.address,)
    assert "getReserves" in picture.excluded[place.address]


def logged(stage: Stage, *topics: str) -> list[str]:
    """Who has logged any of these in the newest block."""
    wanted = {"blockHash": newest(stage.rpc).hash, "topics": [list(topics)]}
    return [to_checksum_address(log["address"]) for log in stage.rpc.ask("eth_getLogs", wanted)]


# drift


def planted(stage: Stage, address: str, slot: int, value: int) -> None:
    """Something that no log tells of."""
    stage.node.rpc("anvil_setStorageAt", address, f"0x{slot:064x}", f"0x{value:064x}")


PLANTED: dict[str, Callable[[Any], tuple[int, int]]] = {
    "uniswap-v2:USDC/WETH": lambda pool: (8, pool.reserves[0] + 1 | pool.reserves[1] << 112),
    "uniswap-v3:USDC/WETH:3000": lambda pool: (4, pool.liquidity + 1),
    "curve:DAI/USDC/USDT/sUSD:first": lambda pool: (3, pool.amp + 1),
}


@pytest.mark.parametrize("name", PLANTED)
def test_drift_is_found_repaired_and_told(stage: Stage, name: str) -> None:
    picture = stage.picture()
    place = stage.people.where[name]
    planted(stage, place.address, *PLANTED[name](picture.pools[place.address]))
    stage.node.mine()
    assert stage.follow(picture).changed == ()
    stage.said.clear()
    found = picture.check(newest(stage.rpc), len(picture.places))
    assert [pool.address for pool in found.changed] == [place.address]
    assert stage.said == [Drifted(name, place.venue, picture.block.number)]
    same(picture.pools, stage.fresh())
    assert picture.check(newest(stage.rpc), len(picture.places)).changed == ()


def test_drift_in_a_tick_near_the_price_is_found(stage: Stage) -> None:
    picture = stage.picture()
    place = stage.people.where["uniswap-v3:USDC/WETH:3000"]
    pool: Any = picture.pools[place.address]
    at = next(at for at, tick in enumerate(pool.ticks) if tick > pool.tick)
    slot = int.from_bytes(keccak(encode(["int256", "uint256"], [pool.ticks[at], 5])))
    held = picture._held[place.address]
    assert held is not None
    gross, net = held.beside[at], pool.liquidity_net[at]
    planted(stage, place.address, slot, gross | (net - 1) % (1 << 128) << 128)
    stage.node.mine()
    stage.follow(picture)
    assert len(picture.check(newest(stage.rpc), len(picture.places)).changed) == 1
    same(picture.pools, stage.fresh())


def test_every_pool_has_its_turn_and_those_that_traded_are_compared_at_once(stage: Stage) -> None:
    picture = stage.picture()
    addresses = [place.address for place in picture.places]
    for name in ("uniswap-v2:USDC/WETH", "sushi-v2:WBTC/WETH"):
        place = stage.people.where[name]
        planted(stage, place.address, *PLANTED["uniswap-v2:USDC/WETH"](picture.pools[place.address]))
    stage.people.sell("uniswap-v2:USDT/WETH", "USDT", 1_000)
    stage.node.mine()
    stage.follow(picture)
    found: list[str] = []
    for _ in range(-(-len(addresses) // 4)):
        found += [pool.address for pool in picture.check(newest(stage.rpc), 4).changed]
    assert found == [stage.people.where[name].address for name in ("uniswap-v2:USDC/WETH", "sushi-v2:WBTC/WETH")]
    late = stage.people.where["sushi-v2:WBTC/WETH"]
    stage.node.rpc("evm_setAutomine", False)
    stage.people.call(late.address, "sync()")
    stage.node.mine()
    stage.follow(picture)
    planted(stage, late.address, *PLANTED["uniswap-v2:USDC/WETH"](picture.pools[late.address]))
    first = [pool.address for pool in picture.check(newest(stage.rpc), 1).changed]
    assert first == [late.address]


def test_what_was_repaired_is_read_again_when_its_block_is_undone(stage: Stage) -> None:
    picture = stage.picture()
    base = stage.node.rpc("evm_snapshot")
    place = stage.people.where["uniswap-v2:USDC/WETH"]
    planted(stage, place.address, *PLANTED["uniswap-v2:USDC/WETH"](picture.pools[place.address]))
    stage.node.mine()
    stage.follow(picture)
    assert len(picture.check(newest(stage.rpc), len(picture.places)).changed) == 1
    stage.node.rpc("evm_revert", base)
    stage.node.mine(13)
    assert [pool.address for pool in stage.follow(picture).changed] == [place.address]
    same(picture.pools, stage.fresh())


# what cannot be read


def test_a_broken_pool_is_excluded_and_taken_back_when_it_answers_again(stage: Stage) -> None:
    picture = stage.picture()
    place = stage.people.where["uniswap-v2:USDC/WETH"]
    code = stage.rpc.ask("eth_getCode", place.address, "latest")
    stage.node.rpc("anvil_setCode", place.address, "0xfe")
    stage.node.mine()
    stage.follow(picture)
    stage.said.clear()
    found = picture.check(newest(stage.rpc), len(picture.places))
    assert (found.changed, found.gone) == ((), (place.address,))
    assert [type(event) for event in stage.said] == [Excluded], stage.said
    assert place.address not in picture.pools
    stage.node.rpc("anvil_setCode", place.address, code)
    stage.node.rpc("anvil_mine", hex(AGAIN - 1), hex(12))
    stage.follow(picture)
    assert picture.check(newest(stage.rpc), len(picture.places)).changed == ()
    stage.node.mine()
    stage.follow(picture)
    assert [pool.address for pool in picture.check(newest(stage.rpc), 0).changed] == [place.address]
    assert picture.excluded == {}
    same(picture.pools, stage.fresh())


def test_a_pool_that_never_answered_does_not_stop_the_start(stage: Stage) -> None:
    place = stage.people.where["uniswap-v3:USDC/WETH:500"]
    empty = stage.people.where["uniswap-v2:USDC/WETH"]
    stage.node.rpc("anvil_setCode", place.address, "0xfe")
    planted(stage, empty.address, 8, 0)
    stage.node.mine()
    picture = stage.picture()
    assert picture.excluded.keys() == {place.address, empty.address}
    assert "reserves (0, 0)" in picture.excluded[empty.address]
    assert len(picture.pools) == len(picture.places) - 2
    assert {event.pool for event in stage.said if isinstance(event, Excluded)} == {place.name, empty.name}
    stage.people.block()
    stage.follow(picture)
    same(picture.pools, stage.fresh())


# what nodes do


def test_a_block_that_the_node_does_not_have_is_said_and_changes_nothing(stage: Stage) -> None:
    picture = stage.picture()
    before, at = picture.pools, picture.block
    made_up = "0x" + "12" * 32
    for head in (Block(at.number + 1, made_up, at.hash), Block(at.number + 2, at.hash[:-1] + "x", made_up)):
        with pytest.raises(BlockGoneError, match="newest"):
            picture.follow(head)
    with pytest.raises(BlockGoneError):
        Picture(stage.chain, stage.rpc).start(Block(at.number, made_up, made_up))
    assert (picture.pools, picture.block) == (before, at)


@pytest.mark.parametrize("method", ["eth_getLogs", "eth_call", "eth_getBlockByHash"])
def test_a_failure_on_the_way_changes_nothing(stage: Stage, method: str) -> None:
    picture = stage.picture()
    stage.people.swap_curve()
    stage.people.order()
    stage.node.mine()
    stage.people.block()
    before, at = picture.pools, picture.block
    stage.rpc.failing = method
    with pytest.raises(NodeError):
        stage.follow(picture)
    stage.rpc.failing = ""
    assert (picture.pools, picture.block) == (before, at)
    stage.follow(picture)
    same(picture.pools, stage.fresh())


@pytest.mark.parametrize("answer", [[{"address": 5}], [{}], "none", {"a": 1}, [None], [{"blockHash": "0x1"}]])
def test_logs_that_are_none_are_the_nodes_fault(stage: Stage, answer: object) -> None:
    picture = stage.picture()
    stage.node.mine()
    stage.rpc.instead = answer
    with pytest.raises(NodeError):
        stage.follow(picture)
    stage.rpc.instead = None


def test_in_steady_state_a_block_takes_one_request_and_a_comparison_another(stage: Stage) -> None:
    picture = stage.picture()
    stage.people.sell("uniswap-v2:USDC/WETH", "USDC", 10_000)
    stage.people.sell("uniswap-v3:USDC/WETH:500", "WETH", 10_000)
    stage.node.mine()
    head = newest(stage.rpc)
    stage.asked.clear()
    assert len(picture.follow(head).changed) == 2
    assert stage.asked == ["eth_getLogs"]
    who, at = stage.people.who.address, stage.chain.contracts["multicall3"]
    extra = [
        Call(at, "getEthBalance(address)", (who,), ("uint256",)),
        Call(at, "getChainId()", (), ("uint256",)),
        Call(at, "nothing()", (), ("uint256",)),
    ]
    found = picture.check(head, 5, extra)
    assert stage.asked == ["eth_getLogs", "eth_call"]
    assert found.answers == ((int(stage.rpc.ask("eth_getBalance", who, "latest"), 16),), (1,), None)


def test_only_the_block_that_it_stands_at_is_compared(stage: Stage) -> None:
    picture = stage.picture()
    stage.node.mine()
    with pytest.raises(OutOfStepError, match="follow"):
        picture.check(newest(stage.rpc), 1)
    with pytest.raises(OutOfStepError, match="start"):
        Picture(stage.chain, stage.rpc).follow(newest(stage.rpc))


# more pools


def test_pools_can_be_added_as_it_runs(stage: Stage) -> None:
    sushi = tuple(place for place in stage.people.where.values() if place.venue == "sushi-v2")
    pools = tuple(pool for pool in stage.chain.pools if pool.venue != "sushi-v2")
    picture = Picture(stage.chain.model_copy(update={"pools": pools}), stage.rpc, stage.said.append, sushi[:1])
    picture.start(newest(stage.rpc))
    base = stage.node.rpc("evm_snapshot")
    stage.people.call(sushi[1].address, "sync()")
    stage.node.mine()
    stage.follow(picture)
    assert {pool.address for pool in picture.watch(sushi).changed} == {place.address for place in sushi[1:]}
    same(picture.pools, stage.fresh())
    stage.node.rpc("evm_revert", base)
    stage.people.block()
    stage.follow(picture)
    same(picture.pools, stage.fresh())


def test_pools_that_could_not_be_read_when_they_were_added_are_read_with_the_next_block(stage: Stage) -> None:
    sushi = tuple(place for place in stage.people.where.values() if place.venue == "sushi-v2")
    pools = tuple(pool for pool in stage.chain.pools if pool.venue != "sushi-v2")
    picture = Picture(stage.chain.model_copy(update={"pools": pools}), stage.rpc)
    picture.start(newest(stage.rpc))
    stage.rpc.failing = "eth_call"
    with pytest.raises(NodeError):
        picture.watch(sushi)
    stage.rpc.failing = ""
    stage.node.mine()
    assert len(stage.follow(picture).changed) == len(sushi)
    same(picture.pools, stage.fresh())


def test_the_journal_does_not_grow() -> None:
    root = Block(0, "0x0", "")
    kept = journal.Journal(root)
    for number in range(1, 1_000):
        block = Block(number, hex(number), hex(number - 1))
        kept.add(block.parent, [journal.Entry(block, {str(number): None})])
        kept.lose({str(number): number - 1})
    assert (kept.oldest.number, kept.newest.number) == (999 - journal.KEPT, 999)
    assert len(kept._entries) == journal.KEPT + 1
    assert len(kept._unknown) == journal.KEPT
