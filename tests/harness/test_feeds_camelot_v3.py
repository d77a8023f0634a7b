"""Camelot V3's pools on Arbitrum's replica, models with the published timepoints: a fee each way, foreseen."""

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from algebra_stage import CHANGE, NOTHING_MOVES, Algebra, OddStorage
from feed_stage import Stage, stage_calls, staged
from flows import newest
from test_feeds_camelot import owned

from harness import chains
from harness.chains import Chain
from harness.keeper.abi import Call
from harness.keeper.factories import Factories
from harness.keeper.feeds.algebra import IN_RANGE, CamelotV3Feed
from harness.keeper.feeds.registry import feed_for
from harness.keeper.picture import Picture
from harness.verify.pools import derived

LISTED = chains.Pool(venue="camelot-v3", tokens=("USDC", "WETH"))
POOL_OF_THE_CHAIN = "0xB1026b8e7276e7AC75410F1fcbbe21796e8f7526"


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged("arbitrum", (10**12, 10**21)) as found:
        yield found


@pytest.fixture
def pool(stage: Stage) -> Iterator[Algebra]:
    """The pool of the file, on a replica that is afterwards as it was."""
    snapshot = stage.node.rpc("evm_snapshot")
    chain = stage.chain.model_copy(update={"pools": (LISTED,)})
    picture = stage.picture(chain)
    found = Camelot(stage, chain, picture, picture.places[0].address, foresees=True)
    found.mine = []
    yield found
    stage.node.rpc("evm_revert", snapshot)


class Camelot(Algebra):
    """A pool of WETH against USDC; the ranges that the test has added to."""

    FAR = 400_000
    mine: list[tuple[int, int]]

    def amount(self, zero_for_one: bool, share: int) -> int:
        """What a swap sells: WETH, or USDC worth about as much."""
        return 3 * 10**19 // share if zero_for_one else 5 * 10**10 // share

    def amounts(self, zero_for_one: bool) -> tuple[int, ...]:
        """What is asked for the price of."""
        return tuple(self.amount(zero_for_one, share) for share in (1, 10**4, 10**7))

    def act(self, random: Random) -> None:
        """Liquidity that comes or goes beside the price or around it, and swaps, in one block."""
        state: Any = self.picture.pools[self.pool]
        below, near, wide = state.tick // 60 * 60, 60 * random.randint(0, 9), 60 * random.randint(1, 40)
        low = below - near - wide if random.random() < 0.5 else below + 60 + near
        if random.random() < 0.5:
            self.provide(low, low + wide, 10**13)
            self.mine.append((low, low + wide))
        if self.mine and random.random() < 0.3:
            self.stage.paying(self.pool, self.burn, *random.choice(self.mine), random.randint(0, 10**11))
        for _ in range(random.randint(0, 3)):
            zero_for_one = random.random() < 0.5
            self.swap(zero_for_one, self.amount(zero_for_one, random.choice((1, 10, 1_000))))

    def keeper(self, view: str) -> str:
        """What keeps the timepoints for a direction."""
        [(operator,)] = stage_calls(self.stage, [Call(self.pool, "dataStorageOperator()", (), ("address",))])
        [(keeper,)] = stage_calls(self.stage, [Call(operator, view, (), ("address",))])
        return str(keeper)


def test_the_fee_of_either_way_is_known_a_block_ahead(stage: Stage, pool: Camelot) -> None:
    random, fees = Random(5), set()
    for _ in range(20):
        pool.act(random)
        if random.random() < 0.5:
            stage.node.mine(random.choice((1, 600, 40_000)))
        state = pool.follow()
        fees.add((state.fee, state.fee_of_token1))
    assert len(fees) > 2
    assert all(other != one for one, other in fees)


def test_a_pool_is_read_with_a_fee_each_way_and_a_tick_a_bit(pool: Camelot) -> None:
    pool.swap(True, 10**16)
    state = pool.follow()
    assert (state.fee, state.fee_of_token1) == (100, 150)
    assert state.tick_spacing == 1
    assert len(state.ticks) >= 4
    assert all(tick % 60 == 0 for tick in state.ticks)


def test_that_one_way_costs_otherwise_is_told_by_the_next_swap(stage: Stage, pool: Camelot) -> None:
    pool.swap(True, 10**16)
    pool.follow()
    for view, wanted in (("otz()", (100, 333)), ("zto()", (444, 333))):
        owned(stage, pool.keeper(view), CHANGE, *[(*NOTHING_MOVES[:-1], max(wanted) if view == "zto()" else 333)])
        stage.mine()
        assert pool.picture.follow(newest(stage.rpc)).gone == ()
        pool.swap(False, 10**7)
        state = pool.follow()
        assert (state.fee, state.fee_of_token1) == wanted


def test_a_pool_whose_last_swap_has_paid_otherwise_is_refused_by_name(stage: Stage, pool: Camelot) -> None:
    pool.swap(True, 10**16)
    pool.follow()
    owned(stage, pool.keeper("otz()"), CHANGE, (*NOTHING_MOVES[:-1], 444))
    stage.mine()
    head = newest(stage.rpc)
    pool.picture.follow(head)
    assert pool.picture.check(head, 1).gone == (pool.pool,)
    reason = "its last swap has paid 100 and 150 millionths, not the 100 and 444 due"
    assert pool.picture.excluded[pool.pool] == reason
    assert stage.picture(pool.chain).excluded == {pool.pool: reason}


def test_a_pool_whose_volume_is_not_where_it_has_to_be_is_not_followed(stage: Stage, pool: Camelot) -> None:
    for answer, reason in (("0x" + "00" * 32, "keeps its volume elsewhere"), (None, f"slot {IN_RANGE}")):
        picture = Picture(pool.chain, OddStorage(stage.rpc, answer))
        picture.start(newest(stage.rpc))
        assert reason in picture.excluded[pool.pool]


def test_factories_tell_of_pools(stage: Stage, pool: Camelot) -> None:
    factories = Factories(pool.chain, ["camelot-v3"])
    usdc, weth = (pool.chain.token(symbol).address for symbol in ("USDC", "WETH"))
    [question] = factories.questions(usdc, weth)
    [answer] = stage_calls(stage, [question.call])
    place = question.answered(answer)
    assert place is not None
    assert place.address == pool.pool
    assert isinstance(feed_for(pool.chain, place.venue, place.family), CamelotV3Feed)
    assert isinstance(feed_for(pool.chain, "camelot-v3", ""), CamelotV3Feed)


def test_a_pool_lies_where_the_published_hash_puts_it(stage: Stage) -> None:
    chain: Chain = stage.chain
    assert derived(chain, LISTED) == POOL_OF_THE_CHAIN
