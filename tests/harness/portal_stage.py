"""Two replicas between which dai goes, and a keeper of the chain below that brings it home."""

from collections.abc import Iterator
from contextlib import contextmanager

from op_games import Gamer
from op_relay import Proposer, gone_up, origin, portal_of
from two_chains import AMOUNT, HERE, Two, both_undone, done_by, in_bucket, opened, standing, stranger

from harness.keeper.abi import calldata
from harness.keeper.chores.chore import Policy, Task
from harness.keeper.chores.chores import Chores
from harness.keeper.chores.portal_claims import ClaimWithdrawals
from harness.keeper.chores.portal_games import FINALISE_BY
from harness.keeper.chores.rollup import Output, Rollup
from harness.keeper.chores.withdrawals import Withdrawal
from harness.settings import KEEPER, dev_account

LEAST_GAS = 200_000
"""What the reserve's bridge has the receiving one given at least."""
POLICY = Policy(enabled=frozenset(("inbox", "claim")), every=1)
KINDS: dict[str, type[Proposer]] = {"oracle": Proposer, "games": Gamer}


@contextmanager
def sent_up(both: Two) -> Iterator[Two]:
    """Dai goes both ways, and a pool above has some."""
    with standing(both) as two:
        opened(two.below, HERE)
        gone_up(two)
        yield two


@contextmanager
def relayed(two: Two, kind: str) -> Iterator[Proposer]:
    """With a portal of a kind."""
    with both_undone(two):
        yield KINDS[kind](two.below, two.above, "base")


def claiming(two: Two, url: str = "") -> ClaimWithdrawals:
    """The chore, with nothing remembered."""
    below = two.below
    rollup = Rollup(origin(two.above, url), below.chain.chain_id)
    return ClaimWithdrawals("base", rollup, portal_of(below, "base"), below.heard.append, below.chain.finality)


def keeping(two: Two, url: str = "", blocks: int = 4) -> list[str]:
    """What a keeper of the chain below that has just been started does in so many blocks."""
    return done_by(two.below, two.below.chores(POLICY, [claiming(two, url)]), blocks)


def found(two: Two, chores: Chores) -> Task:
    """What is to be done next by a keeper that has just been started."""
    for _ in range(2):
        task = chores.look(two.below.head())
        two.below.node.mine()
    assert task is not None
    return task


def finalisation(relay: Proposer, sent: Withdrawal, prover: str) -> bytes:
    """Calldata by which anybody carries out what somebody has proven."""
    if isinstance(relay, Gamer):
        return calldata(FINALISE_BY, sent.fields, prover)
    return relay.finalise(sent)


def proven_by(relay: Proposer, sent: Withdrawal, output: Output) -> None:
    """A stranger proves a withdrawal."""
    relay.do(stranger(), relay.prove(sent, relay.evidence(output, sent)))


def nonce(two: Two) -> int:
    return two.below.node.web3.eth.get_transaction_count(dev_account(KEEPER).address)


def came(two: Two) -> int:
    """Of dai, what has come to the pool's bucket since the stage was set."""
    return in_bucket(two.below, HERE, two.below.token("DAI")) - AMOUNT
