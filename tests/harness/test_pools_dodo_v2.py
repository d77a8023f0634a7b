"""DODO's pools against a model of their code in an EVM, and against answers that others recorded of the code itself."""

from random import Random

import pytest
from evm_dodo_v2 import DodoOnChain
from exact_dodo_v2 import ONE, TOKENS, amount, answer, cases, pool
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.market.legs import DodoKind, Leg, Venue
from harness.market.pools.dodo_v2 import MAX_STORED, MOST_FEES, ONE2, DodoV2Pool, R
from harness.market.pools.errors import LiquidityExhaustedError

SELL_BASE, SELL_QUOTE = 0, 1
randoms = st.integers(0, 2**63).map(Random)
stored = st.integers(0, 112).flatmap(lambda bits: st.integers(0, (1 << bits) - 1))


@pytest.fixture(scope="module")
def on_chain() -> DodoOnChain:
    return DodoOnChain()


@settings(max_examples=300, deadline=None)
@given(randoms)
def test_it_pays_to_the_unit_what_the_pool_pays_and_leaves_its_state(on_chain: DodoOnChain, rng: Random) -> None:
    found, i = pool(rng), rng.randrange(2)
    sold = amount(rng, found, i)
    assert answer(found, i, sold) == on_chain.trade(found, i, sold)


@settings(max_examples=300, deadline=None)
@given(randoms)
def test_the_least_input_pays_enough_and_no_lesser_one_near_it(on_chain: DodoOnChain, rng: Random) -> None:
    found, i = pool(rng), rng.randrange(2)
    paid = found.amount_out(i, 1 - i, amount(rng, found, i)) or 1
    wanted = max(1, paid + rng.randint(-1, 1))
    least = found.amount_in(i, 1 - i, wanted)
    if least is None:
        assert paid < wanted or not found.amount_out(i, 1 - i, 1)
        return
    assert (on_chain.trade(found, i, least) or (0,))[0] >= wanted
    for less in [*range(max(1, least - 30), least), *(rng.randint(1, least) for _ in range(5))]:
        assert less == least or (found.amount_out(i, 1 - i, less) or 0) < wanted


@st.composite
def wild(draw: st.DrawFn) -> DodoV2Pool:
    """Return any pool without a problem, however absurd."""
    kind, r = draw(st.sampled_from(DodoKind)), draw(st.sampled_from(R))
    base, quote = draw(stored), draw(stored)
    targets = draw(stored), draw(stored)
    if r is R.ABOVE:
        targets = targets[0], min(targets[1], quote)
    if r is R.BELOW:
        targets = min(targets[0], base), targets[1]
    if kind is DodoKind.DVM:
        targets, r = (0, 0), R.ABOVE
    guide = draw(st.integers(0, 119).flatmap(lambda bits: st.integers(1, 1 << bits)))
    slope = draw(st.one_of(st.sampled_from([0, 1, ONE - 1, ONE]), st.integers(0, ONE)))
    fees = draw(st.integers(0, MOST_FEES // 2)), draw(st.integers(0, MOST_FEES // 2))
    return DodoV2Pool("pool", TOKENS, kind, (base, quote or 1), targets, r, min(guide, ONE2), slope, *fees)


@settings(max_examples=300, deadline=None)
@given(wild(), st.integers(0, 1), st.one_of(stored, st.integers(0, 1 << 300)))
def test_nothing_is_raised_and_nothing_negative(
    on_chain: DodoOnChain, found: DodoV2Pool, i: int, quantity: int
) -> None:
    assert found.problem() is None
    paid, least = found.amount_out(i, 1 - i, quantity), found.amount_in(i, 1 - i, quantity)
    assert paid is None or paid >= 0
    assert least is None or (found.amount_out(i, 1 - i, least) or 0) >= quantity
    assert 0 <= found.rate(i, 1 - i, quantity) < float("inf")
    if 0 < quantity <= MAX_STORED:
        assert answer(found, i, quantity) == on_chain.trade(found, i, quantity)


@settings(max_examples=100, deadline=None)
@given(randoms)
def test_the_rate_is_what_a_little_more_brings(rng: Random) -> None:
    reserves = int(10 ** rng.uniform(23, 25)), int(10 ** rng.uniform(23, 25))
    slope, r = rng.choice((0, ONE // 10, ONE // 2, ONE)), rng.choice(list(R))
    targets = {R.ONE: reserves, R.ABOVE: (1, reserves[1] * 9 // 10), R.BELOW: (reserves[0] * 9 // 10, 1)}[r]
    found = DodoV2Pool("pool", TOKENS, DodoKind.DSP, reserves, targets, r, 10**18, slope, 10**15, 10**14)
    i, sold = rng.randrange(2), int(10 ** rng.uniform(18, 22))
    if abs(found.missing(i) - sold) < 10**18:
        return
    before, after = (found.amount_out(i, 1 - i, quantity) for quantity in (sold, sold + 10**16))
    assert before is not None
    assert after is not None
    assert found.rate(i, 1 - i, sold) == pytest.approx((after - before) / 10**16, rel=1e-4)


def test_mixed_cases_agree() -> None:
    assert all(chain == ours for _, chain, ours in cases(seed=3, count=500))


def whole(kind: DodoKind, fees: tuple[int, int] = (2 * 10**15, 10**15)) -> DodoV2Pool:
    """Return the pool of DODO's tests: ten of base, a thousand of quote at its targets, i = 100, k = 0.1."""
    reserves = (10 * ONE, 0 if kind is DodoKind.DVM else 1_000 * ONE)
    targets, r = ((0, 0), R.ABOVE) if kind is DodoKind.DVM else (reserves, R.ONE)
    return DodoV2Pool("pool", TOKENS, kind, reserves, targets, r, 100 * ONE, ONE // 10, *fees)


BUY_THEN_SELL = [
    (SELL_QUOTE, 100 * ONE, 986174542266106307, (9012836315765723075, 1100 * ONE)),
    (SELL_QUOTE, 100 * ONE, 960597750261447066, (8051275077289369844, 1200 * ONE)),
    (SELL_BASE, ONE, 103421814651005338950, (9051275077289369844, 1096474452335302579467)),
    (SELL_BASE, 2 * ONE, 199216459197337942144, (11051275077289369844, 897058177231046545105)),
]
SELL_THEN_BUY = [
    (SELL_BASE, ONE, 98617454226610630663, (11 * ONE, 901283631576572307521)),
    (SELL_BASE, ONE, 96059775026144706446, (12 * ONE, 805127507728936984519)),
    (SELL_QUOTE, 100 * ONE, 1034218146510053391, (10964744523353025794, 905127507728936984519)),
    (SELL_QUOTE, 200 * ONE, 1992164591973379421, (8970581772310465451, 1105127507728936984519)),
]


@pytest.mark.parametrize(
    ("trades", "r", "target", "adjusted"),
    [(BUY_THEN_SELL, R.BELOW, 0, 10005950249348099200), (SELL_THEN_BUY, R.ABOVE, 1, 1000595024934809920179)],
)
def test_a_private_pool_does_as_dodos_own_tests_record(
    trades: list[tuple[int, int, int, tuple[int, int]]], r: R, target: int, adjusted: int
) -> None:
    """Of the contract itself: DODOEX/contractV2 f842e6db, test/DPP/trader.test.ts."""
    found = whole(DodoKind.DPP)
    for i, sold, paid, reserves in trades:
        assert found.amount_out(i, 1 - i, sold) == paid
        found = found.after(i, 1 - i, sold)
        assert found.reserves == reserves
    assert found.r is r
    assert found.targets[target] == adjusted


def test_a_vending_machine_does_as_dodos_own_tests_record() -> None:
    """Of the contract itself: DODOEX/contractV2 4acb508a, test/DVM/trader.test.ts; no fees there."""
    found = whole(DodoKind.DVM, (0, 0))
    assert found.amount_out(SELL_BASE, SELL_QUOTE, 10 * ONE) is None
    for i, sold, reserves in (
        (SELL_QUOTE, 200 * ONE, (8047378541243650163, 200 * ONE)),
        (SELL_BASE, ONE, (9047378541243650163, 96265185197518306900)),
        (SELL_QUOTE, 200 * ONE, (7150866702931415882, 296265185197518306900)),
    ):
        found = found.after(i, 1 - i, sold)
        assert found.reserves == reserves
    assert found.r is R.ABOVE
    assert found.targets == (0, 0)


def real(kind: DodoKind, reserves: tuple[int, int], targets: tuple[int, int], r: R, *terms: int) -> DodoV2Pool:
    return DodoV2Pool("pool", TOKENS, kind, reserves, targets, r, *terms)


PRIVATE = real(DodoKind.DPP, (5682349893627314, 18472539), (0, 9000000), R.ABOVE, 1200000000, ONE, 3 * 10**15, 0)
PEGGED = real(DodoKind.DPP, (9 * 10**17, 10**5), (9 * 10**17, 10**5), R.ONE, 10**6, 25 * 10**13, 5 * 10**14, 0)
STABLE = real(
    DodoKind.DSP, (33336489800302, 1888512), (0, 1005850), R.ABOVE, 3723935145, 10**14, 8 * 10**13, 2 * 10**13
)
SHARES = real(
    DodoKind.DSP,
    (233467, 1117670600914973),
    (0, 536995355922673),
    R.ABOVE,
    538 * 10**24,
    10**17,
    24 * 10**14,
    6 * 10**14,
)
VENDING = real(DodoKind.DVM, (15580539464573, 54845488636364795), (0, 0), R.ABOVE, 10**5, ONE, 24 * 10**14, 6 * 10**14)


@pytest.mark.parametrize(
    ("found", "i", "sold", "paid"),
    [
        (PRIVATE, SELL_BASE, 10**16, 13266558),
        (PRIVATE, SELL_BASE, 10**17, 17764167),
        (PRIVATE, SELL_QUOTE, 10**7, 1792130882496387),
        (PRIVATE, SELL_QUOTE, 10**8, 4658502436846346),
        (PEGGED, SELL_BASE, 10**19, None),
        (PEGGED, SELL_QUOTE, 10**7, 899527759533293638),
        (PEGGED, SELL_QUOTE, 10**9, 899549797419018319),
        (STABLE, SELL_BASE, 10**16, 1888321),
        (STABLE, SELL_BASE, 10**17, None),
        (STABLE, SELL_QUOTE, 10**7, 33330403871110),
        (STABLE, SELL_QUOTE, 10**8, 33332883981369),
        (SHARES, SELL_BASE, 10**7, 1107962735102249),
        (SHARES, SELL_BASE, 10**8, 1113774511602268),
        (SHARES, SELL_QUOTE, 10**19, 232761),
        (SHARES, SELL_QUOTE, 10**21, None),
        (VENDING, SELL_BASE, 10**17, 54672434201713829),
        (VENDING, SELL_BASE, 10**18, 54680100516436846),
        (VENDING, SELL_QUOTE, 10**20, 15525282928850),
        (VENDING, SELL_QUOTE, 10**21, 15532945934166),
    ],
)
def test_pools_of_arbitrum_pay_what_others_say_they_did(found: DodoV2Pool, i: int, sold: int, paid: int | None) -> None:
    """Blocks 215765443 to 215792414, as KyberNetwork/kyberswap-dex-lib 0409788a has them in its tests of dodo/."""
    assert found.problem() is None
    assert found.amount_out(i, 1 - i, sold) == paid


def test_the_adjusted_target_of_a_pool_of_arbitrum() -> None:
    """As the same tests have it for the vending machine."""
    assert VENDING.missing(0) + VENDING.reserves[0] == 2923221347601320894515


def test_what_cannot_be_traded_on_is_named() -> None:
    def problem(**changes: object) -> str:
        terms: dict[str, object] = {
            "tokens": TOKENS, "kind": DodoKind.DSP, "reserves": (1, 1), "targets": (1, 1), "r": R.ONE,
            "i": 1, "k": 0, "lp_fee": 0, "mt_fee": 0,
        }  # fmt: skip
        return DodoV2Pool("pool", **(terms | changes)).problem() or ""  # type: ignore[arg-type]

    assert problem() == ""
    assert "2**112" in problem(reserves=(1 << 112, 1))
    assert "2**112" in problem(targets=(-1, 1))
    assert "zero" in problem(reserves=(0, 0))
    assert "guide price" in problem(i=0)
    assert "slope" in problem(k=ONE + 1)
    assert "half" in problem(lp_fee=MOST_FEES, mt_fee=1)
    assert "DVM" in problem(kind=DodoKind.DVM)
    assert "short of quote" in problem(r=R.ABOVE, targets=(1, 2))
    assert "short of base" in problem(r=R.BELOW, targets=(2, 1))
    assert "both sides" in problem(tokens=(TOKENS[0], TOKENS[0]))


def test_a_pool_refuses_more_than_its_words_take() -> None:
    found = whole(DodoKind.DSP)
    assert found.amount_out(0, 1, MAX_STORED) is None
    assert found.after(0, 1, 0) is found
    assert found.amount_in(0, 1, 1_000 * ONE) is None
    assert found.product(0, 1) is None
    assert found.leg(0, 1) == Leg(Venue.DODO_V2, "pool", TOKENS[1], DodoKind.DSP << 1 | 1)
    with pytest.raises(LiquidityExhaustedError):
        found.after(0, 1, MAX_STORED)
