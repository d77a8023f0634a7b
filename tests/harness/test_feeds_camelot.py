"""Camelot V2's pairs on Arbitrum's replica, which are models: found, followed on both curves, refused by name."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

import pytest
from feed_stage import WHO, Stage, stage_calls, staged
from flows import newest, packed

from harness import chains
from harness.chains import Chain
from harness.keeper.abi import Call, Word
from harness.keeper.factories import Factories
from harness.keeper.feeds.camelot import FEES
from harness.keeper.feeds.place import NOWHERE, PoolMissingError
from harness.keeper.feeds.registry import feed_for
from harness.keeper.feeds.steps import walk
from harness.keeper.multicall import Multicall
from harness.keeper.probe import Hop, Manner, hop_on
from harness.market.pools.camelot import CamelotStablePool, CamelotVolatilePool
from harness.verify.pools import derived

LISTED = chains.Pool(venue="camelot-v2", tokens=("USDC", "WETH"))
PAIR_OF_THE_CHAIN = "0x54B26fAf3671677C19F70c4B879A6f7B898F732c"
SWAP = "swap(uint256,uint256,address,bytes)"
WHOLE, ONE_MORE = "620186a0", "620186a1"
"""What a pair's code has where it reckons with 100,000, and with one more."""


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged("arbitrum", (10**12, 10**21)) as found:
        yield found


@pytest.fixture
def chain(stage: Stage) -> Iterator[Chain]:
    """The chain file with one pair alone, on a replica that is afterwards as it was."""
    snapshot = stage.node.rpc("evm_snapshot")
    yield stage.chain.model_copy(update={"pools": (LISTED,)})
    stage.node.rpc("evm_revert", snapshot)


def with_solidly(chain: Chain) -> Chain:
    """The chain file with an executor that has a leg for the stable curve."""
    parts = chain.executor.model_copy(update={"venues": (*chain.executor.venues, "solidly")})
    return chain.model_copy(update={"executor": parts})


def owned(stage: Stage, to: str, signature: str, *values: object) -> None:
    """The factory's owner calls something."""
    holder = str((stage.chain.replica.model_extra or {})["holder"])
    stage.node.rpc("anvil_setBalance", holder, hex(10**18))
    stage.node.rpc("anvil_impersonateAccount", holder)
    data = "0x" + packed(signature, *values).hex()
    stage.node.rpc("eth_sendTransaction", {"from": holder, "to": to, "data": data, "gas": hex(10**6)})


def sold(stage: Stage, pool: Any, i: int, amount: int) -> None:  # noqa: ANN401 - on either curve
    """Somebody sells to a pair, and asks for what our arithmetic says."""
    paid = pool.amount_out(i, 1 - i, amount)
    stage.send(pool.tokens[i], "transfer(address,uint256)", pool.address, amount)
    stage.send(pool.address, SWAP, *((0, paid) if i == 0 else (paid, 0)), WHO.address, b"")


def test_pairs_are_followed_with_a_fee_each_way(stage: Stage, chain: Chain) -> None:
    picture, rng = stage.picture(chain), Random(3)
    [(address, pair)] = picture.pools.items()
    assert isinstance(pair, CamelotVolatilePool)
    assert pair.fees == (200, 300)
    assert picture.places[0].name == "camelot-v2:USDC/WETH"
    for i in (0, 1, 1, 0):
        before = picture.pools[address]
        amount = int(before.reserves[i] * rng.uniform(0.001, 0.05))  # type: ignore[attr-defined]
        sold(stage, before, i, amount)
        assert stage.follow(picture) == (before.after(i, 1 - i, amount),)
    owned(stage, address, "setFeePercent(uint16,uint16)", 291, 2_000)
    (state,) = stage.follow(picture)
    assert state.fees == (291, 2_000)
    sold(stage, state, 0, 10**17)
    assert stage.follow(picture) == (state.after(0, 1, 10**17),)
    assert stage.picture(chain).pools == picture.pools


def test_a_pair_whose_curve_the_executor_cannot_trade_is_refused_by_name(stage: Stage, chain: Chain) -> None:
    picture = stage.picture(chain)
    [(address, pair)] = picture.pools.items()
    assert isinstance(pair, CamelotVolatilePool)
    owned(stage, address, "setStableSwap(bool,uint112,uint112)", True, *pair.reserves)
    stage.mine()
    changes = picture.follow(newest(stage.rpc))
    assert changes.gone == (address,)
    reason = f"{address} is on the stable curve, for which the executor here has no leg"
    assert picture.excluded == {address: reason}
    assert stage.picture(chain).excluded == {address: reason}
    assert picture.pools == {}


def test_a_pair_is_followed_from_one_curve_to_the_other(stage: Stage, chain: Chain) -> None:
    chain, stable = with_solidly(chain), "setStableSwap(bool,uint112,uint112)"
    picture = stage.picture(chain)
    [(address, pair)] = picture.pools.items()
    assert isinstance(pair, CamelotVolatilePool)
    owned(stage, address, stable, True, *pair.reserves)
    (state,) = stage.follow(picture)
    wanted = CamelotStablePool(address, pair.tokens, pair.reserves, (200, 300), (18, 6), 50_000)
    assert state == wanted
    for i, amount in ((0, 10**18), (1, 10**9), (1, 7)):
        before = picture.pools[address]
        sold(stage, before, i, amount)
        assert stage.follow(picture) == (before.after(i, 1 - i, amount),)
    owned(stage, stage.chain.venues["camelot-v2"].factory, "setFeeTo(address)", NOWHERE)  # type: ignore[union-attr]
    stage.mine()
    assert picture.follow(newest(stage.rpc)).changed == ()
    [drifted] = picture.check(newest(stage.rpc), 10).changed
    assert isinstance(drifted, CamelotStablePool)
    assert drifted.owner_share == 0
    sold(stage, drifted, 1, 10**9)
    assert stage.follow(picture) == (drifted.after(1, 0, 10**9),)
    owned(stage, address, stable, False, *stage.picture(chain).pools[address].reserves)  # type: ignore[attr-defined]
    (state,) = stage.follow(picture)
    assert isinstance(state, CamelotVolatilePool)


def test_a_pair_that_answers_otherwise_than_its_state_makes_is_refused(stage: Stage, chain: Chain) -> None:
    address = stage.picture(chain).places[0].address
    code = stage.node.rpc("eth_getCode", address, "latest")
    assert isinstance(code, str)
    parts = code.split(WHOLE)
    said: set[str] = set()
    assert len(parts) > 4
    for at in range(1, len(parts)):
        other = WHOLE.join(parts[:at]) + ONE_MORE + WHOLE.join(parts[at:])
        stage.node.rpc("anvil_setCode", address, other)
        stage.mine()
        said.update(stage.picture(chain).excluded.values())
    assert f"{address} reckons fees in parts of 100001" in said
    assert any(reason.startswith(f"{address} pays ") for reason in said)
    assert all(reason.endswith((" 100001", "not what its state makes")) for reason in said)


def test_a_pair_is_asked_either_way_for_sales_of_all_sizes_and_each_answer_counts(stage: Stage, chain: Chain) -> None:
    [place] = stage.picture(chain).places
    pair: Any = stage.picture(chain).pools[place.address]
    feed = feed_for(chain, place.venue, place.family)
    sides = zip(pair.tokens, pair.reserves, strict=True)
    sales = [(reserve // part, token) for token, reserve in sides for part in (1, 1_000, 100_000)]

    def read(wrong: tuple[int, str] | None) -> Any:  # noqa: ANN401 - what is held, or why it is not
        def ask(calls: Sequence[Call | Word]) -> list[Any]:
            answers = list(stage_calls(stage, calls))
            own = [isinstance(call, Call) and call.arguments == wrong for call in calls]
            return [(answer[0] + 1,) if lied else answer for answer, lied in zip(answers, own, strict=True)]

        return walk({0: feed.read(place)}, ask)[0]

    assert read(None).pool == pair
    for sold, token in sales:
        assert f"for {sold} of {token}, not what its state makes" in str(read((sold, token)))


def test_logs_of_fees_have_the_published_topic() -> None:
    assert FEES == "0xa4877b8ecb5a00ba277e4bceeeb187a669e7113649774dfbea05c259ce27f17b"


def test_a_pair_that_is_not_there_is_named(stage: Stage, chain: Chain) -> None:
    missing = chains.Pool(venue="camelot-v2", tokens=("DAI", "WBTC"))
    with pytest.raises(PoolMissingError, match="camelot-v2:DAI/WBTC does not exist on this chain"):
        stage.picture(chain.model_copy(update={"pools": (missing,)}))


def test_factories_tell_of_pairs_and_they_are_tried_by_what_they_say(stage: Stage, chain: Chain) -> None:
    factories = Factories(chain, ["camelot-v2"])
    usdc, weth = (chain.token(symbol).address for symbol in ("USDC", "WETH"))
    [question] = factories.questions(usdc, weth)
    [answer] = Multicall(stage.rpc, chain.contracts["multicall3"]).try_read([question.call], newest(stage.rpc).number)
    place = question.answered(answer)
    assert place is not None
    [known] = stage.picture(chain).places
    assert place.address == known.address
    assert feed_for(chain, place.venue, place.family).POOL is CamelotVolatilePool
    assert hop_on(chain, place, weth) == Hop(Manner.QUOTING, place.address, weth, usdc, 30)


def test_a_pair_lies_where_the_published_hash_puts_it(chain: Chain) -> None:
    assert derived(chain, LISTED) == PAIR_OF_THE_CHAIN
