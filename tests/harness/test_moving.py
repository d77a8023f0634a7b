"""How much moves between chains, for any depths, and what keeper.toml may say of it."""

from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from test_config import LEAST, WHOLE, problems

from harness import chains
from harness.chains import Token
from harness.cli import main
from harness.crossings import Effort
from harness.keeper.chores.chore import BPS, RATE_OF
from harness.keeper.chores.moves import Move, least_worth, movable
from harness.keeper.chores.shore import Side
from harness.keeper.configfile import load, parse
from harness.keeper.datafee import NOTHING, DataFee
from harness.keeper.feeds.place import Place
from harness.keeper.moving import endpoint_problems, moves_of
from harness.market.legs import NATIVE
from harness.market.pools.uniswap_v2 import UniswapV2Pool
from harness.quotes import taken

UNITS = st.integers(0, 10**30)
SHARES = st.integers(1, 9_000)


# how much


@given(deep=UNITS, shallow=UNITS, share_bps=SHARES, most=UNITS, least=UNITS)
def test_what_moves_is_within_every_bound(deep: int, shallow: int, share_bps: int, most: int, least: int) -> None:
    units = movable(deep=deep, shallow=shallow, share_bps=share_bps, most=most, least=least)
    assert units >= 0
    if units:
        assert least <= units <= most
        assert (shallow + units) * BPS <= deep * share_bps
    else:
        assert min(most, deep * share_bps // BPS - shallow) < max(least, 1)


@given(deep=UNITS, shallow=UNITS, share_bps=SHARES, most=UNITS, more=UNITS)
def test_the_shallower_the_more(deep: int, shallow: int, share_bps: int, most: int, more: int) -> None:
    def units(deep: int, shallow: int, most: int) -> int:
        return movable(deep=deep, shallow=shallow, share_bps=share_bps, most=most, least=0)

    now = units(deep, shallow, most)
    assert units(deep + more, shallow, most) >= now
    assert units(deep, shallow + more, most) <= now
    assert units(deep, shallow, most + more) >= now


@given(cost=st.integers(1, 10**24), share_bps=st.integers(1, BPS))
def test_gas_is_no_more_than_its_share_of_the_least(cost: int, share_bps: int) -> None:
    least = least_worth(cost, share_bps)
    assert least * share_bps >= cost * BPS > (least - 1) * share_bps


def test_where_nothing_may_be_spent_nothing_is_worth_it() -> None:
    assert movable(deep=1 << 255, shallow=0, share_bps=BPS, most=1 << 255, least=least_worth(1, 0)) == 0


@dataclass
class Pond:
    """A chain's end in a model: depth, a bucket, what waits, and how much deeper a unit of money makes the pool."""

    depth: int
    bucket: int
    worth: Decimal
    waiting: int = 0
    flying: int = 0
    sent: int = 0

    def inject(self) -> None:
        """What waits becomes liquidity."""
        self.depth += int(self.waiting * self.worth)
        self.waiting = 0


def sends(here: Pond, there: Pond, share_bps: int) -> int:
    """What a keeper sends that looks now."""
    shallow = there.depth + there.waiting + there.bucket + here.flying
    units = movable(deep=here.depth, shallow=shallow, share_bps=share_bps, most=here.bucket, least=1)
    here.bucket, here.flying, here.sent = here.bucket - units, here.flying + units, here.sent + units
    return units


@given(
    depths=st.tuples(UNITS, UNITS),
    buckets=st.tuples(UNITS, UNITS),
    shares=st.tuples(SHARES, SHARES),
    worths=st.tuples(st.decimals(0, 1, places=4), st.decimals(0, 1, places=4)),
    steps=st.lists(st.sampled_from(["look", "arrive", "confirm", "inject"]), max_size=40),
)
def test_two_keepers_never_send_to_and_fro_nor_more_than_is_lacking(
    depths: tuple[int, int],
    buckets: tuple[int, int],
    shares: tuple[int, int],
    worths: tuple[Decimal, Decimal],
    steps: list[str],
) -> None:
    """In whatever order money leaves, arrives, is confirmed and becomes liquidity: a unit of depth at most each."""
    here, there = (Pond(depth, bucket, worth) for depth, bucket, worth in zip(depths, buckets, worths, strict=True))
    landed = {id(here): 0, id(there): 0}
    for step in [*steps, *["look", "arrive", "inject", "confirm"] * 3]:
        for source, target, share in ((here, there, shares[0]), (there, here, shares[1])):
            if step == "look":
                sends(source, target, share)
                assert sends(source, target, share) == 0
            elif step == "arrive":
                target.waiting += source.sent - landed[id(source)]
                landed[id(source)] = source.sent
            elif step == "confirm":
                source.flying = source.sent - landed[id(source)]
            else:
                target.inject()
        assert not (here.sent and there.sent)


@given(st.integers(10**9, 10**30), st.integers(10**9, 10**30), st.integers(0, 10**29), st.sampled_from((5, 30, 100)))
def test_a_unit_of_money_makes_a_pool_deeper_by_no_more(reserve0: int, reserve1: int, added: int, fee_bps: int) -> None:
    """Half of it on either side, as an injection adds it."""
    before = UniswapV2Pool("0x" + "11" * 20, (NATIVE, "0x" + "22" * 20), (reserve0, reserve1), fee_bps)
    reserves = reserve0 + added // 2, reserve1 + added * reserve1 // (2 * reserve0)
    after = replace(before, reserves=reserves)
    deeper = taken(after, 0, 1)
    assert deeper - taken(before, 0, 1) <= added + 2 + deeper // 10**12  # rates are floats


def side(decimals: int, rate: int, gas_price: int, data: DataFee = NOTHING) -> Side:
    token = Token(address=NATIVE, decimals=decimals)
    return Side(Place("", "", "", "", ""), token, "", "", Decimal(1), 0, rate, gas_price, data)


@given(st.integers(1, 10**30), st.integers(1, 10**12), st.integers(1, 10**7))
def test_what_gas_costs_is_rounded_up(rate: int, gas_price: int, gas: int) -> None:
    cost = side(6, rate, gas_price).cost(Effort(gas, 5))
    assert cost * rate >= gas * gas_price * RATE_OF > (cost - 1) * rate


@given(st.integers(1, 10**30), st.integers(1, 10**12), st.integers(0, 10**12), st.integers(1, 9))
def test_data_is_paid_for_by_byte_and_by_transaction(rate: int, byte: int, transaction: int, many: int) -> None:
    effort = Effort(0, 100, many) + Effort(0, 11)
    cost = side(6, rate, 7, DataFee(byte, transaction)).cost(effort)
    wei = 111 * byte + (many + 1) * transaction
    assert cost * rate >= wei * RATE_OF > (cost - 1) * rate


@given(st.integers(0, 10**30))
def test_units_of_other_decimals_are_rounded_up(units: int) -> None:
    six, eighteen = side(6, 1, 1), side(18, 1, 1)
    assert six.as_of(units, eighteen.token) == units * 10**12
    assert eighteen.as_of(units, six.token) == -(-units // 10**12)


# what may be said

MOVE = """[[chains.ethereum.moves]]
token = "USDT"
pool = "uniswap-v2:USDT/WETH"
over = "op-mainnet"
to = "uniswap-v3:USDT/WETH:500"
most = 1000
a_day = 5000
"""


def test_without_a_table_nothing_moves() -> None:
    assert moves_of(parse(LEAST).chains["ethereum"], chains.load("ethereum")) == ()


def test_a_move_is_what_the_files_say_of_it() -> None:
    (move,) = moves_of(parse(LEAST + MOVE).chains["ethereum"], chains.load("ethereum"))
    there = chains.load("optimism")
    usual = {"shallow_bps": 5_000, "share_bps": 5_000, "rest": 6 * 3_600, "apart_bps": 100}
    assert move == Move(
        "USDT",
        "uniswap-v2:USDT/WETH",
        "optimism",
        there,
        "USDT",
        "uniswap-v3:USDT/WETH:500",
        most=1_000 * 10**6,
        a_day=5_000 * 10**6,
        **usual,
    )


def test_the_example_moves_what_it_says() -> None:
    (move,) = moves_of(parse(WHOLE).chains["ethereum"], chains.load("ethereum"))
    assert (move.there.name, move.token, move.most) == ("optimism", "USDT", 1_000 * 10**6)


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('"USDT"', '"NOPE"', "token: ethereum has no such token; it has WETH"),
        ("uniswap-v2:USDT", "uniswap-v2:CQT", "pool: ethereum trades no such pool with USDT; it has uniswap-v2:USDT/"),
        ('"op-mainnet"', '"opp"', "over: ethereum has no such bridge; it has base, op-mainnet, katana"),
        ('"op-mainnet"', '"katana"', "over: the chain file calls it unconfirmed; nothing is sent over it until it"),
        ('"op-mainnet"', '"base"', "over: the file does not say as what USDT arrives over base; it goes there by hand"),
        ('"uniswap-v3:USDT', '"uniswap-v3:USDC', "to: optimism trades no such pool with USDT; it has uniswap-v3:USDT/"),
        ("most = 1000", "most = 5001", "most: is above a_day; lower it"),
        ("most = 1000", "most = '0.0000001'", "most: has more than 6 digits after the point"),
        ("a_day = 5000", "a_day = '5000.1234567'", "a_day: has more than 6 digits after the point"),
        ("most = 1000", "most = 0", "most: Input should be greater than 0"),
        ("most = 1000\n", "", "most: is missing; add it"),
        ("a_day = 5000\n", "", "a_day: is missing; add it"),
        ("a_day = 5000", "a_day = 5000\nshallow_bps = 9001", "shallow_bps: Input should be less than or equal to 9000"),
        ("a_day = 5000", "a_day = 5000\nshare_bps = 0", "share_bps: Input should be greater than or equal to 1"),
        ("a_day = 5000", "a_day = 5000\nrest_hours = 0", "rest_hours: Input should be greater than or equal to 1"),
        ("a_day = 5000", "a_day = 5000\napart = 1", "apart: is unknown; did you mean apart_bps?"),
    ],
)
def test_each_mistake_is_named_by_its_key(right: str, wrong: str, said: str) -> None:
    assert right in MOVE
    [found] = problems(LEAST + MOVE.replace(right, wrong))
    assert found.startswith(f"chains.ethereum.moves.0.{said}")


def test_what_arrives_as_a_token_that_the_file_does_not_have_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    there = chains.load("optimism")
    without = there.model_copy(update={"tokens": {name: one for name, one in there.tokens.items() if name != "USDT"}})
    monkeypatch.setattr(chains, "by_id", lambda _: without)
    [found] = problems(LEAST + MOVE)
    assert found.startswith("chains.ethereum.moves.0.over: USDT arrives on optimism as 0x94b008aA00579c1307B0EF")
    monkeypatch.setattr(chains, "by_id", lambda _: None)
    [found] = problems(LEAST + MOVE)
    assert found == "chains.ethereum.moves.0.over: leads to chain 10, of which there is no file"


def test_one_way_stands_there_once_and_is_not_left_out() -> None:
    assert problems(LEAST + MOVE + MOVE) == ["chains.ethereum.moves.1: stands there twice; keep one"]
    [found] = problems(LEAST + "chores.kinds = ['inject']\n" + MOVE)
    assert found == "chains.ethereum.moves: chores.kinds leaves them out; add 'move' there, or take them off"
    parse(LEAST + "chores.kinds = ['move']\n" + MOVE)


def test_all_mistakes_of_a_move_are_named_at_once() -> None:
    wrong = MOVE.replace("most = 1000", "most = 6000").replace("uniswap-v2", "x").replace("op-mainnet", "y")
    keys = [line.split(": ")[0].rsplit(".", 1)[1] for line in problems(LEAST + wrong)]
    assert keys == ["most", "pool", "over"]


def test_an_endpoint_that_is_missing_is_named_at_the_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("OPTIMISM_RPC_URL", raising=False)
    path, said = tmp_path / "keeper.toml", "chains.ethereum.moves.0: no endpoint of optimism; set OPTIMISM_RPC_URL"
    path.write_text(LEAST + MOVE)
    assert endpoint_problems(load(path)) == [said]
    for command in (["keeper", "check"], ["keeper"]):
        result = CliRunner().invoke(main, [*command, "--config", str(path)])
        assert result.exit_code == 1
        assert said in result.output
    monkeypatch.setenv("OPTIMISM_RPC_URL", "http://127.0.0.1:9")
    assert endpoint_problems(load(path)) == []
