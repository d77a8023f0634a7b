"""Sending on a real chain, killed between any two steps [K4]."""

import pytest
from send_stage import KEY, Killing, KillSwitch, Scene, scene, served

from harness.keeper.signers import LocalSigner
from harness.store import State

__all__ = ["scene", "served"]

RECORDED = ("signed", "sent", "included", "orphaned", "given_up")


@pytest.mark.parametrize("better", [False, True], ids=["one", "and a better one"])
@pytest.mark.parametrize("lost", [False, True], ids=["kept", "dropped"])
def test_a_kill_between_any_two_steps_neither_loses_nor_repeats(scene: Scene, lost: bool, better: bool) -> None:
    steps = 0
    while True:
        steps += 1
        goals = [scene.attempt() for _ in range(2 if better else 1)]
        first, before = scene.nonce(), len(scene.trades())
        ended = killed_at(scene, steps, goals, lost=lost)
        rows = [row for row in scene.store.included_since(1, 0) if row.attempt_id in goals]
        assert len(rows) == 1, steps
        assert rows[0].state == State.INCLUDED
        assert len(scene.trades()) == before + 1
        assert scene.nonce() == first + 1, "one transaction, no hole"
        assert scene.store.open_transactions(1) == []
        if ended == "done":
            assert rows[0].attempt_id == goals[-1]
            break
    assert steps > (13 if better else 8)


def killed_at(scene: Scene, step: int, goals: list[int], *, lost: bool) -> str:
    """Kill one keeper at a step, then let another go on until all is done."""
    done = len(scene.trades())
    ended = story_of(scene, [step], goals, done)
    if ended == "killed":
        if lost:
            scene.drop()
        assert story_of(scene, [-1], goals, done) == "done"
    return ended


def story_of(scene: Scene, clock: list[int], goals: list[int], done: int) -> str:
    """What a keeper does, started anew: see what is out, send unless one has earned, then the better, watch."""
    record = Killing(scene.store, clock, RECORDED)
    signer, ways = Killing(LocalSigner(KEY), clock, ("sign",)), Killing(scene.ways(), clock, ("hand",))
    try:
        sender = scene.sender(record, ways, signer)
        if not sender.out and len(scene.trades()) == done:
            sender.send(scene.order(attempt_id=goals[0], blocks=20))
        if len(goals) > len(sender.out) == 1:
            sender.replace(sender.out[0].hash, scene.order(attempt_id=goals[1], blocks=20))
        scene.mine(sender)
        scene.mine(sender)
    except KillSwitch:
        return "killed"
    return "done"
