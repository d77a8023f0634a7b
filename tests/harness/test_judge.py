"""What is thought of a pool after a trial; the trials are fakes."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

import pytest

from harness.chains import Chain
from harness.keeper.feeds.place import Place
from harness.keeper.judge import Judge, Verdict
from harness.keeper.probe import TAKEN_IN_PART, Hop, Manner, Step, Trade, Trial
from harness.keeper.rpc import RpcError

TOKEN, POOL, OTHER = ("0x" + digit * 40 for digit in "123")
FAIR = dict.fromkeys((Step.BUY, Step.PASS, Step.RECALL, Step.SELL), Trade(9, 9, 9, 1))
HONEST, REFUSED = Trial(Step.NONE, b"", 50, FAIR), Trial(Step.SELL, b"", 50, FAIR)


class Prober:
    """A fake: every trial ends as it was told to, and so does every comparison of balances."""

    def __init__(self, trial: Trial, apart: int | Exception = 0) -> None:
        self.trial, self.apart = trial, apart
        self.tried: list[tuple[Sequence[Hop], int, int]] = []
        self.compared: list[tuple[Any, ...]] = []

    def probe(self, way: Sequence[Hop], amount: int, block: int) -> Trial:
        """Try a token."""
        self.tried.append((way, amount, block))
        return self.trial

    def unexplained(self, *what: Any) -> int:  # noqa: ANN401
        """Compare a balance."""
        self.compared.append(what)
        if isinstance(self.apart, Exception):
            raise self.apart
        return self.apart


def place(chain: Chain, address: str = POOL, base: str = "WETH", token: str = TOKEN) -> Place:
    one, other = sorted((chain.token(base).address, token), key=str.lower)
    return Place("", "uniswap-v2", address, one, other, fee_bps=30)


def judged(
    chain: Chain, prober: Prober, before: Verdict | None = None, base: str = "WETH", known: Iterable[Place] = ()
) -> Verdict | None:
    judge = Judge(chain, cast(Any, prober), known, 7)
    return judge.judge(place(chain, base=base), chain.token(base).address, 100, before)


def test_an_honest_token_is_taken_and_another_refused_with_the_reason(
    ethereum: Chain,
    built: None,  # noqa: ARG001 - errors' names
) -> None:
    there = place(ethereum)
    assert judged(ethereum, prober := Prober(HONEST)) == Verdict(there, 100, "", 50)
    assert prober.tried == [([Hop(Manner.PAIR, POOL, ethereum.token("WETH").address, TOKEN, 30)], 7, 100)]
    refused = judged(ethereum, Prober(REFUSED), Verdict(there, 90, "", 50))
    assert refused == Verdict(there, 100, REFUSED.objection(), 50)


@pytest.mark.parametrize("trial", [Trial(Step.FUND, b"", 5, FAIR), Trial(Step.BUY, TAKEN_IN_PART, 5, FAIR)])
def test_a_trial_that_says_nothing_about_the_token_is_no_verdict(ethereum: Chain, trial: Trial) -> None:
    assert judged(ethereum, Prober(trial)) is None
    assert judged(ethereum, Prober(trial), Verdict(place(ethereum), 90, "", 50)) is None


@pytest.mark.parametrize(
    ("apart", "objection"),
    [
        (0, ""),
        (-3, "changes balances by itself, here by -3 units"),
        (RpcError("eth_getLogs", {"code": -32005, "message": "too many"}), ""),
    ],
)
def test_what_a_pool_holds_is_compared_with_what_it_held(
    ethereum: Chain, apart: int | Exception, objection: str
) -> None:
    prober = Prober(HONEST, apart)
    verdict = judged(ethereum, prober, Verdict(place(ethereum), 90, "", 40))
    assert verdict == Verdict(place(ethereum), 100, objection, 50)
    assert prober.compared == [(TOKEN, POOL, (90, 40), (100, 50))]


@pytest.mark.parametrize(("block", "held"), [(90, -1), (100, 40)])
def test_what_was_not_asked_or_is_of_the_same_block_is_compared_with_nothing(
    ethereum: Chain, block: int, held: int
) -> None:
    prober = Prober(HONEST, 1)
    verdict = judged(ethereum, prober, Verdict(place(ethereum), block, "", held))
    assert (verdict, prober.compared) == (Verdict(place(ethereum), 100, "", 50), [])


def test_through_another_base_it_is_bought_by_a_known_pool_of_that_or_not_at_all(ethereum: Chain) -> None:
    weth, usdt, usdc = (ethereum.token(symbol).address for symbol in ("WETH", "USDT", "USDC"))
    prober = Prober(HONEST)
    assert judged(ethereum, prober, base="USDT", known=[place(ethereum, OTHER, token=usdc)]) is None
    assert prober.tried == []
    known = [place(ethereum, OTHER, token=usdc), place(ethereum, OTHER, token=usdt)]
    assert judged(ethereum, prober, base="USDT", known=known) is not None
    ((way, _, _),) = prober.tried
    assert [(hop.pool, hop.token_in, hop.token_out) for hop in way] == [(OTHER, weth, usdt), (POOL, usdt, TOKEN)]
