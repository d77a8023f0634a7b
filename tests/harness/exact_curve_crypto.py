"""Curve's crypto pools against the code of Curve's that is published, and against recorded answers.

- Pools of two coins of 2021: swaps in random states by the pool's own code, and the invariants that they leave.
- New pools of three coins: random states by their mathematics' own code. The pool around it is published nowhere: what
  it pays is put together here, and by curvesim for the recorded answers and states.
- New pools of two coins: recorded answers alone, and `test_pools_curve_crypto.py` beside the older generation's curve.

`RECORDED` are pools on chain and what an exchange aggregator's public tests record of them (KyberNetwork's
kyberswap-dex-lib, curve/twocrypto-ng and curve/tricrypto-ng), one swap at a time and in sequence. The file of vectors
was made with curvesim 0.5.0, which its authors check against Curve's contracts: answers, and states left behind.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from evm_curve_crypto import ThreeOnChain, TwoFirstOnChain
from evm_vyper import PRECISIONS
from exact_draws import amount, decimals, paid, spread, way

from harness.market.pools.cryptoswap import Solver, ThreeNG, TwoFirst, TwoNG
from harness.market.pools.curve_crypto import FEE_OF, CurveCryptoPool, Peg

Case = tuple[str, object, object]
VECTORS = Path(__file__).with_name("curve_crypto_vectors.json")
WEI = 10**18

ETH_PLUS = CurveCryptoPool(
    address="0x1Fb84Fa6D252762e8367eA607A6586E09dceBe3D",
    tokens=("ETH+", "WETH"),
    balances=(968569777414549410834, 1045106588251996643768),
    precisions=(1, 1),
    price_scale=(983313638977093334,),
    amp=20000000,
    gamma=20000000000000000,
    d=1996236386986675947911,
    mid_fee=500000,
    out_fee=8000000,
    fee_gamma=30000000000000000,
    solver=TwoNG,
    peg=Peg(
        1006167834136870835627,
        1000381175737496082,
        1000760564011364559,
        (983239528662393033,),
        1000000000000,
        25000000000000,
    ),
)
EURS = CurveCryptoPool(
    address="0xE34B3a4cEDB077b53cc813Df6fe34a85749fcecC",
    tokens=("crvUSD", "EURS"),
    balances=(4048585006552861060153, 399999),
    precisions=(1, 10**16),
    price_scale=(1083716143157454024,),
    amp=1880000,
    gamma=199000000000000000,
    d=8383386641969295080730,
    mid_fee=4000000,
    out_fee=30000000,
    fee_gamma=12300000000000000,
    solver=TwoNG,
    peg=Peg(
        4026454270358976869472,
        1000020627288204984,
        1000023302885130528,
        (1083039505855158959,),
        100000000,
        100000000000000,
    ),
)
TRICRYPTO = CurveCryptoPool(
    address="0x2889302a794dA87fBF1D6Db415C1492194663D13",
    tokens=("crvUSD", "tBTC", "wstETH"),
    balances=(3848079508071253519125552, 60997386412794855327, 1028200997183081004168),
    precisions=(1, 1, 1),
    price_scale=(66313464177401058702341, 3988288337309167729564),
    amp=540000,
    gamma=80500000000000,
    d=11990883592127090140834712,
    mid_fee=1000000,
    out_fee=140000000,
    fee_gamma=400000000000000,
    solver=ThreeNG,
    peg=Peg(
        6209561906175920711602,
        1002781276086899355,
        1005532234158713186,
        (63612706012126486095056, 3782761569503404058823),
        100000000,
        100000000000,
    ),
)

RECORDED = (
    (ETH_PLUS, 1, 0, 5 * WEI // 100, 49158730955589571),
    (ETH_PLUS, 1, 0, WEI // 2 + 1, 491586661400038591),
    (ETH_PLUS, 1, 0, 5 * WEI + 12, 4915798138812167060),
    (ETH_PLUS, 1, 0, 50 * WEI + 123, 49147140999173741771),
    (ETH_PLUS, 1, 0, 500 * WEI + 1234, 453553432480766034585),
    (ETH_PLUS, 1, 0, 5000 * WEI + 12345, 923692799321975179979),
    (ETH_PLUS, 1, 0, 10918181, 10734905),
    (ETH_PLUS, 1, 0, 2480561515956081681, 2438807364673706750),
    (ETH_PLUS, 1, 0, 1017116218018521399, WEI),
    (ETH_PLUS, 0, 1, WEI, 1016967986681031868),
    (EURS, 0, 1, 4732267796024191790852, 327494),
    (EURS, 1, 0, 1, 10822405757804743),
    (EURS, 1, 0, 279108, 2680342795273391100498),
    (EURS, 1, 0, 327494, 2949081412746367458511),
    (TRICRYPTO, 0, 1, 5 * WEI // 100, 777940997580),
    (TRICRYPTO, 0, 1, WEI // 2 + 1, 7779409210946),
    (TRICRYPTO, 0, 1, 5 * WEI + 12, 77794015730818),
    (TRICRYPTO, 0, 1, 50 * WEI + 123, 777932520003489),
    (TRICRYPTO, 0, 1, 500 * WEI + 1234, 7778561960860400),
    (TRICRYPTO, 0, 1, 5000 * WEI + 12345, 77709786016695971),
    (TRICRYPTO, 0, 2, 5 * WEI // 100, 13082875266807),
    (TRICRYPTO, 0, 2, WEI // 2 + 1, 130828739090584),
    (TRICRYPTO, 0, 2, 5 * WEI + 12, 1308286035086453),
    (TRICRYPTO, 0, 2, 50 * WEI + 123, 13082724777147855),
    (TRICRYPTO, 0, 2, 500 * WEI + 1234, 130813699671187605),
    (TRICRYPTO, 0, 2, 5000 * WEI + 12345, 1306791631101999948),
    (TRICRYPTO, 2, 1, 5 * WEI // 100, 2942298304726216),
    (TRICRYPTO, 2, 1, WEI // 2 + 1, 29411687945522080),
    (TRICRYPTO, 2, 1, 5 * WEI + 12, 292970319746068264),
    (TRICRYPTO, 2, 1, 50 * WEI + 123, 2809513964503774599),
    (TRICRYPTO, 2, 1, 500 * WEI + 1234, 19769566246680798724),
    (TRICRYPTO, 2, 1, 5000 * WEI + 12345, 49961193949748966896),
    (TRICRYPTO, 2, 0, 500 * WEI, 1247392878908745428005336),
    (TRICRYPTO, 2, 0, 5000 * WEI + 1, 3151867100859420032898396),
    (TRICRYPTO, 2, 0, 50000 * WEI + 12, None),
)

SEQUENCES = (
    (ETH_PLUS, ((1, 0, 1017116218018521399, WEI), (0, 1, WEI, 1016969759771777253))),
    (EURS, ((0, 1, 4732267796024191790852, 327494), (1, 0, 327494, 4701664153184618167557))),
    (
        TRICRYPTO,
        (
            (0, 1, 5 * WEI // 100, 777940997580),
            (0, 1, WEI // 2 + 1, 7779409029619),
            (0, 1, 5 * WEI + 12, 77793995822360),
            (0, 1, 50 * WEI + 123, 777930511062449),
            (0, 1, 500 * WEI + 1234, 7778361047648857),
            (0, 1, 5000 * WEI + 12345, 77689853414055234),
            (0, 2, 5 * WEI // 100, 13063159475035),
            (0, 2, WEI // 2 + 1, 130631578041005),
            (0, 2, 5 * WEI + 12, 1306314111679213),
            (0, 2, 50 * WEI + 123, 13062974255148374),
            (0, 2, 500 * WEI + 1234, 130613068528414923),
            (0, 2, 5000 * WEI + 12345, 1304475753930054478),
            (2, 1, 5 * WEI // 100, 2944281383075492),
            (2, 1, WEI // 2 + 1, 29429160844225131),
            (2, 1, 5 * WEI + 12, 292898020911624817),
            (2, 1, 50 * WEI + 123, 2784126686177687134),
            (2, 1, 500 * WEI + 1234, 18092508659102257720),
            (2, 1, 5000 * WEI + 12345, 29791521158275658506),
            (2, 0, 500 * WEI, 269495174387166607472662),
            (2, 0, 5000 * WEI + 1, 1468879551843067569968646),
        ),
    ),
)


def cases(seed: int, count: int) -> Iterator[Case]:
    """Yield what is recorded and then random cases, `count` together: what, the other's answer and ours."""
    yield from islice(_all(seed), count)


def _all(seed: int) -> Iterator[Case]:
    yield from recorded()
    random, two, three = Random(seed), TwoFirstOnChain(), ThreeOnChain()
    while True:
        yield from of_two(random, two)
        yield from of_three(random, three)


def recorded() -> Iterator[Case]:
    """Yield the comparisons with recorded answers and states."""
    for pool, i, j, given, expected in RECORDED:
        yield f"{given} of {i} for {j} in {pool}", expected, pool.amount_out(i, j, given)
    for start, swaps in SEQUENCES:
        pool = start
        for i, j, given, expected in swaps:
            yield f"{given} of {i} for {j} in {pool}", expected, pool.amount_out(i, j, given)
            pool = pool.after(i, j, given)
    for vector in json.loads(VECTORS.read_text()):
        yield from _of(vector)


def of_two(random: Random, chain: TwoFirstOnChain) -> Iterator[Case]:
    """Yield swaps in a random state of two coins: what is paid, and the invariant that is left."""
    pool = drawn(random, TwoFirst, random.choice(PRECISIONS))
    for _ in range(3):
        i, j = way(random, 2)
        given = amount(random, pool.balances[i], 1.0)
        expected = chain.exchange(pool, i, j, given)
        got = paid(None if expected is None else expected[0], pool.amount_out(i, j, given))
        left = list(pool.balances)
        left[i], left[j] = left[i] + given, left[j] - (got or 0)
        d = TwoFirst.invariant(pool.amp, pool.gamma, priced(pool, left)) if got is not None else None
        yield f"{given} of {i} for {j} in {pool}", expected, (got, d) if d is not None else None


def of_three(random: Random, chain: ThreeOnChain) -> Iterator[Case]:
    """Yield what the mathematics answer in a random state of three coins, and what a swap pays by it."""
    pool = drawn(random, ThreeNG, (*(10 ** (18 - decimals(random)) for _ in range(3)),))
    i, j = way(random, 3)
    given = amount(random, pool.balances[i], 1.0)
    held = list(pool.balances)
    held[i] += given
    xp, parameters = priced(pool, held), (pool.amp, pool.gamma)
    what = f"{given} of {i} for {j} in {pool}"
    solved = chain.balance(*parameters, xp, pool.d, j)
    yield f"balance, {what}", solved, ThreeNG.balance(*parameters, xp, pool.d, j)
    yield f"invariant, {what}", chain.invariant(*parameters, xp, 0), ThreeNG.invariant(*parameters, xp)
    each = [pool.d // 3, *(pool.d * WEI // (3 * price) for price in pool.price_scale)]
    yield f"mean, {what}", chain.mean(each), ThreeNG.mean(each)
    if solved is None:
        yield what, None, pool.amount_out(i, j, given)
        return
    bought, xp[j] = xp[j] - solved[0] - 1, solved[0]
    units = (bought * WEI // pool.price_scale[j - 1] if j else bought) // pool.precisions[j]
    near = chain.near(xp, pool.fee_gamma)
    assert near is not None
    fee = (pool.mid_fee * near + pool.out_fee * (WEI - near)) // WEI
    expected = units - fee * units // FEE_OF if bought >= 0 else None
    yield what, expected, paid(expected, pool.amount_out(i, j, given))
    xp[j] = priced(pool, [0] * j + [held[j] - (expected or 0)] + [0] * (2 - j))[j]
    hint = solved[1]
    yield f"invariant left, {what}", chain.invariant(*parameters, xp, hint), ThreeNG.invariant(*parameters, xp, hint)


def drawn(random: Random, solver: type[Solver], precisions: tuple[int, ...]) -> CurveCryptoPool:
    """Return a random state, its invariant that of its balances, or a little beside it."""
    while True:
        whole, off = spread(random, 18, 31), random.choice((0.01, 0.3, 1.5))
        worth = [int(whole * 10 ** random.uniform(-off, off)) for _ in precisions]
        prices = tuple(spread(random, 10, 30) for _ in precisions[1:])
        balances = tuple(
            value * WEI // price // precision
            for value, price, precision in zip(worth, (WEI, *prices), precisions, strict=True)
        )
        amp, gamma = spread(random, 3.6, 9), spread(random, 10, 16.7)
        amp = min(amp, 4 * 10**8 if solver is TwoFirst else amp)
        mid, fee_gamma = spread(random, 5, 9), spread(random, 10, 18)
        tokens = tuple(f"token{index}" for index in range(len(precisions)))
        pool = CurveCryptoPool(
            "", tokens, balances, precisions, prices, amp, gamma, 0, mid, spread(random, 9, 10), fee_gamma, solver
        )
        d = solver.invariant(amp, gamma, priced(pool, balances)) if min(balances) > 0 else None
        if d is not None:
            pool = replace(pool, d=d * random.choice((1000, 1000, random.randint(990, 1_010))) // 1000)
        if pool.problem() is None:
            return pool


def priced(pool: CurveCryptoPool, balances: Sequence[int]) -> list[int]:
    """Return balances at 18 decimals, each times its price."""
    prices, precisions = (WEI, *pool.price_scale), pool.precisions
    return [x * precision * price // WEI for x, precision, price in zip(balances, precisions, prices, strict=True)]


def _of(vector: dict[str, Any]) -> Iterator[Case]:
    pool = pool_of(vector)
    i, j, amount = vector["i"], vector["j"], vector["amount"]
    yield f"{amount} of {i} for {j} in {pool}", vector["out"], pool.amount_out(i, j, amount)
    if "after" in vector:
        left = pool.after(i, j, amount)
        assert left.peg is not None
        balances, d, prices, worth, profit = vector["after"]
        expected = (tuple(balances), d, tuple(prices), worth, profit)
        got = (left.balances, left.d, left.price_scale, left.peg.virtual_price, left.peg.profit)
        yield f"after {amount} of {i} for {j} in {pool}", expected, got


def pool_of(vector: dict[str, Any]) -> CurveCryptoPool:
    """Return the state of a vector."""
    count = vector["coins"]
    mid_fee, out_fee, fee_gamma = vector["fees"]
    supply, worth, profit, oracle, extra, step = vector.get("peg", (1, 1, 1, (1,) * (count - 1), 0, 0))
    return CurveCryptoPool(
        "0x" + "cc" * 20,
        tuple(f"token{index}" for index in range(count)),
        tuple(vector["balances"]),
        tuple(vector["precisions"]),
        tuple(vector["price_scale"]),
        vector["amp"],
        vector["gamma"],
        vector["d"],
        mid_fee,
        out_fee,
        fee_gamma,
        TwoFirst if count == 2 else ThreeNG,
        Peg(supply, worth, profit, tuple(oracle), extra, step),
    )
