"""What the keeper proves against outputs that do not hold is proven anew; against wrong ones nothing is."""

from collections.abc import Callable

import pytest
from op_games import Gamer
from op_relay import Proposer, gone_down
from portal_stage import came, keeping, nonce, proven_by
from two_chains import AMOUNT, Two, failures

from harness.keeper.chores.portal_games import GAMES
from harness.keeper.chores.rollup import Output


def test_a_proof_whose_output_is_undone_is_made_anew(two: Two, relay: Proposer) -> None:
    gone_down(two)
    first = relay.propose()
    assert keeping(two) == ["claim"]
    relay.undo(first)
    assert keeping(two) == []
    relay.propose()
    assert keeping(two) == ["claim"]
    assert keeping(two) == []
    relay.age()
    assert keeping(two) == ["claim", "inbox"]
    assert came(two) == AMOUNT
    assert failures(two.below) == []


@pytest.mark.parametrize("relay", ["oracle"], indirect=True)
def test_where_an_output_was_deleted_it_waits_until_there_is_another(two: Two, relay: Proposer) -> None:
    """As long as there is none the portal takes no proof by an older one either."""
    gone_down(two)
    relay.propose()
    newest = relay.propose()
    assert keeping(two) == ["claim"]
    relay.undo(newest)
    assert keeping(two) == []
    assert failures(two.below) == []
    relay.propose()
    assert keeping(two) == ["claim"]


def test_nothing_is_proven_against_an_output_that_is_not_the_rollups(two: Two, relay: Proposer) -> None:
    gone_down(two)
    wrong = relay.propose(b"\x77" * 32)
    before = nonce(two)
    assert keeping(two) == []
    assert nonce(two) == before
    assert "another state than the last outputs" in failures(two.below)[0]
    if type(relay) is Proposer:
        relay.undo(wrong)
    relay.propose()
    assert keeping(two) == ["claim"]


of_games = pytest.mark.parametrize("relay", ["games"], indirect=True)


@of_games
def test_wrong_games_beside_the_right_one_do_no_harm(two: Two, relay: Gamer) -> None:
    gone_down(two)
    relay.propose()
    for place in range(3):
        relay.propose(bytes([place + 1]) * 32)
    assert keeping(two) == ["claim"]
    for place in range(GAMES):
        relay.propose(bytes([place + 9]) * 32)
    assert keeping(two) == []
    relay.age()
    assert keeping(two) == ["claim", "inbox"]


def lost(two: Two, relay: Gamer, game: Output) -> None:
    """Somebody disputes a game, and is right."""
    relay.contradict(game)
    relay.resolve()
    two.below.feeds()


def retired(_: Two, relay: Gamer, game: Output) -> None:  # noqa: ARG001
    """The guardian lets no game count that is there already."""
    relay.retire()


@of_games
@pytest.mark.parametrize("ends", [lost, retired])
def test_a_proof_by_a_game_that_does_not_count_any_more_is_made_anew(
    two: Two, relay: Gamer, ends: Callable[[Two, Gamer, Output], None]
) -> None:
    gone_down(two)
    game = relay.propose()
    assert keeping(two) == ["claim"]
    ends(two, relay, game)
    assert keeping(two) == []
    relay.propose()
    assert keeping(two) == ["claim"]
    relay.age()
    assert keeping(two) == ["claim", "inbox"]


@of_games
def test_the_proof_of_a_stranger_by_a_game_that_is_barred_does_not_hold_ours_up(two: Two, relay: Gamer) -> None:
    left = gone_down(two)
    first = relay.propose()
    proven_by(relay, left, first)
    relay.propose()
    assert keeping(two) == ["claim"]
    relay.undo(first)
    relay.age()
    assert keeping(two) == ["claim", "inbox"]
    assert came(two) == AMOUNT
