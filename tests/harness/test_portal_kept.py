"""A claim at a portal as a keeper makes it: signed, on record, with the gas that it reckons; and killed on the way."""

import os
import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from keeper_process import cut
from op_relay import Proposer, gone_down, origin
from portal_stage import POLICY, came, nonce, relayed
from records import lapsed
from two_chains import AMOUNT, Two, kept, turned

from harness.keeper.run import Runner
from harness.store import Store

CUTS = [
    ("before", "chore"),
    ("before", "chore signed"),
    ("after", "chore signed"),
    ("before", "handed"),
    ("after", "handed"),
    ("before", "chore included"),
    ("after", "chore included"),
]


@pytest.fixture(params=["games"])
def relay(gone_both_ways: Two, request: pytest.FixtureRequest) -> Iterator[Proposer]:
    with relayed(gone_both_ways, request.param) as relay:
        yield relay


def keeper(two: Two, database: str) -> Runner:
    record = Store(database)
    record.migrate()
    return kept(two.below, record, chores=POLICY, origins={"base": origin(two.above)})


def buried(two: Two, database: str) -> None:
    """Whoever led is no more."""
    with closing(Store(database)) as record:
        lapsed(record, two.below.chain.chain_id)


def killed(two: Two, database: str, where: tuple[str, str]) -> bool:
    """Have a keeper of its own process run until it comes to a point; whether it has been killed there."""
    child = os.fork()
    if child == 0:
        try:
            cut(*where, 1)
            turned(two.below, keeper(two, database), 5)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    buried(two, database)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def test_wherever_it_is_killed_each_step_is_made_once(gone_both_ways: Two, relay: Proposer, tmp_path: Path) -> None:
    two, database = gone_both_ways, f"sqlite:///{tmp_path}/record.db"
    first = nonce(two)
    gone_down(two)
    for steps, then in ((1, relay.propose), (3, relay.age)):
        then()
        ends = [killed(two, database, where) for where in CUTS]
        assert ends == [True] * len(CUTS), ends
        turned(two.below, keeper(two, database), 6)
        buried(two, database)
        assert nonce(two) - first == steps
    assert came(two) == AMOUNT
