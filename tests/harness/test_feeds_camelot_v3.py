"""Camelot V3's pools on Arbitrum's replica, models with the published timepoints: a fee each way, foreseen."""

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from feed_stage import Stage, staged
from flows import PAYER, newest, packed
from market_evm import OWNER
from test_feeds_algebra import CHANGE, MINT_OF_ALGEBRA, NOTHING_MOVES, SWAP_OF_ALGEBRA, Algebra, OddStorage, within
from test_feeds_camelot import owned

from harness import chains
from harness.chains import Chain
from harness.keeper.abi import Call
from harness.keeper.factories import Factories
from harness.keeper.feeds.algebra import IN_RANGE, CamelotV3Feed
from harness.keeper.feeds.registry import feed_for
from harness.keeper.multicall import Multicall
from harness.keeper.picture import Picture
from harness.market.pools.tick_math import sqrt_price_at
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
    found = Camelot(stage, chain, picture, picture.places[0].address)
    found.mine = []
    yield found
    stage.node.rpc("evm_revert", snapshot)


class Camelot(Algebra):
    """A pool of WETH against USDC; the ranges that the test has added to."""

    mine: list[tuple[int, int]]

    def amount(self, zero_for_one: bool, share: int) -> int:
        """What a swap sells: WETH, or USDC worth about as much."""
        return 3 * 10**19 // share if zero_for_one else 5 * 10**10 // share

    def act(self, random: Random) -> None:
        """Liquidity that comes or goes beside the price or around it, and swaps, in one block."""
        state: Any = self.picture.pools[self.pool]
        below, near, wide = state.tick // 60 * 60, 60 * random.randint(0, 9), 60 * random.randint(1, 40)
        low = below - near - wide if random.random() < 0.5 else below + 60 + near
        if random.random() < 0.5:
            self.stage.paying(self.pool, MINT_OF_ALGEBRA, PAYER, PAYER, low, low + wide, 10**13, b"")
            self.mine.append((low, low + wide))
        if self.mine and random.random() < 0.3:
            self.stage.paying(self.pool, self.burn, *random.choice(self.mine), random.randint(0, 10**11))
        for _ in range(random.randint(0, 3)):
            zero_for_one = random.random() < 0.5
            self.swap(zero_for_one, self.amount(zero_for_one, random.choice((1, 10, 1_000))))

    def swap(self, zero_for_one: bool, amount: int) -> None:
        """A swap as far as it goes."""
        self.stage.paying(self.pool, SWAP_OF_ALGEBRA, PAYER, zero_for_one, amount, end(zero_for_one), b"")

    def paid(self, zero_for_one: bool, amount: int) -> int:
        """What the pool itself would pay in the next block."""
        data = bytes(12) + bytes.fromhex(self.pool[2:])
        data += packed(SWAP_OF_ALGEBRA, PAYER, zero_for_one, amount, end(zero_for_one), b"")
        amounts = self.foreseen({"from": OWNER, "to": PAYER, "data": "0x" + data.hex()})
        return -int.from_bytes(amounts[32:64] if zero_for_one else amounts[:32], signed=True)

    def follow(self) -> Any:  # noqa: ANN401 - of the family
        """Mine, follow, compare with a fresh reading and with what the pool itself says; return the state."""
        self.stage.follow(self.picture)
        state: Any = self.picture.pools[self.pool]
        fresh: Any = self.stage.picture(self.chain).pools[self.pool]
        lowest, highest = max(state.lowest, fresh.lowest), min(state.highest, fresh.highest)
        assert within(state, lowest, highest) == within(fresh, lowest, highest)
        for zero_for_one in (True, False):
            for share in (1, 10**4, 10**7):
                amount = self.amount(zero_for_one, share)
                said = state.amount_out(1 - zero_for_one, int(zero_for_one), amount)
                assert said == self.paid(zero_for_one, amount)
        return state

    def keeper(self, view: str) -> str:
        """What keeps the timepoints for a direction."""
        [(operator,)] = self.asked(Call(self.pool, "dataStorageOperator()", (), ("address",)))
        [(keeper,)] = self.asked(Call(operator, view, (), ("address",)))
        return str(keeper)

    def asked(self, call: Call) -> Any:  # noqa: ANN401 - answers
        """Ask at the newest block."""
        reader = Multicall(self.stage.rpc, self.stage.chain.contracts["multicall3"])
        return reader.try_read([call], newest(self.stage.rpc).hash)


def end(zero_for_one: bool) -> int:
    """How far a swap may go."""
    return sqrt_price_at(-400_000 if zero_for_one else 400_000)


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


def test_factories_tell_of_pools(pool: Camelot) -> None:
    factories = Factories(pool.chain, ["camelot-v3"])
    usdc, weth = (pool.chain.token(symbol).address for symbol in ("USDC", "WETH"))
    [question] = factories.questions(usdc, weth)
    [answer] = pool.asked(question.call)
    place = question.answered(answer)
    assert place is not None
    assert place.address == pool.pool
    assert isinstance(feed_for(pool.chain, place.venue, place.family), CamelotV3Feed)
    assert isinstance(feed_for(pool.chain, "camelot-v3", ""), CamelotV3Feed)


def test_a_pool_lies_where_the_published_hash_puts_it(stage: Stage) -> None:
    chain: Chain = stage.chain
    assert derived(chain, LISTED) == POOL_OF_THE_CHAIN
