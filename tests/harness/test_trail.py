"""How a chain that is followed block by block goes on: what is in it, what is out of it, and what cannot be told."""

import pytest

from harness.keeper.heads import Head
from harness.keeper.trail import DEPTH, LONGEST_GAP, GapError, Step, Trail
from harness.node import NodeError

ROOT = 1_000


def block(number: int, branch: str = "a", fork: int = ROOT) -> Head:
    """A block of a branch, which has left branch `a` after block `fork`."""

    def name(at: int) -> str:
        return f"0x{branch if at > fork else 'a'}{at}"

    return Head(number, name(number), name(number - 1), number * 12, 1, 0, 1, None)


class Chain:
    """A fake: hands out blocks by hash, and notes which."""

    def __init__(self, *branches: tuple[str, int]) -> None:
        self.asked: list[str] = []
        self.instead: dict[str, Head] = {}
        blocks = [block(number, *branch) for branch in (("a", ROOT), *branches) for number in range(1, ROOT + 300)]
        self._blocks = {one.hash: one for one in blocks}

    def fetch(self, hash_: str) -> Head:
        """Return a block."""
        self.asked.append(hash_)
        return self.instead.get(hash_) or self._blocks[hash_]


def begun(chain: Chain, *more: Head) -> Trail:
    """One that knows a block, and has followed others."""
    trail = Trail(chain.fetch)
    trail.restart(block(ROOT))
    for each in more:
        trail.follow(each)
    return trail


def test_the_next_block_costs_no_request() -> None:
    chain = Chain()
    assert begun(chain).follow(block(ROOT + 1)) == Step((), (block(ROOT + 1),))
    assert chain.asked == []


def test_what_is_known_changes_nothing() -> None:
    trail = begun(Chain(), block(ROOT + 1), block(ROOT + 2))
    assert trail.follow(block(ROOT + 1)) == Step()
    assert trail.holds(ROOT + 2, block(ROOT + 2).hash)


def test_what_came_between_is_fetched_and_comes_the_oldest_first() -> None:
    chain = Chain()
    trail = begun(chain)
    assert trail.follow(block(ROOT + 4)).added == tuple(block(ROOT + more) for more in (1, 2, 3, 4))
    assert chain.asked == [block(ROOT + more).hash for more in (3, 2, 1)]


def test_what_another_branch_orphans_comes_the_newest_first() -> None:
    trail = begun(Chain(("b", ROOT + 1)), *(block(ROOT + more) for more in (1, 2, 3)))
    step = trail.follow(block(ROOT + 4, "b", ROOT + 1))
    assert step.orphaned == (block(ROOT + 3), block(ROOT + 2))
    assert [one.hash for one in step.added] == [f"0xb{ROOT + more}" for more in (2, 3, 4)]
    assert trail.holds(ROOT + 1, block(ROOT + 1).hash)
    assert not trail.holds(ROOT + 2, block(ROOT + 2).hash)


def test_a_branch_that_is_shorter_leaves_nothing_above_it() -> None:
    trail = begun(Chain(("b", ROOT + 1)), *(block(ROOT + more) for more in (1, 2, 3)))
    assert len(trail.follow(block(ROOT + 2, "b", ROOT + 1)).orphaned) == 2
    assert not trail.holds(ROOT + 3, block(ROOT + 3).hash)


def test_what_builds_on_nothing_that_is_remembered_is_a_gap() -> None:
    chain = Chain(("b", ROOT - 1))
    trail = begun(chain, block(ROOT + 1))
    with pytest.raises(GapError):
        trail.follow(block(ROOT + 2, "b", ROOT - 1))
    assert chain.asked == [f"0xb{ROOT + 1}"], "below what is remembered nothing is looked for"
    with pytest.raises(GapError):
        Trail(chain.fetch).follow(block(ROOT))


@pytest.mark.parametrize(("gap", "follows"), [(LONGEST_GAP + 1, True), (LONGEST_GAP + 2, False)])
def test_a_gap_is_closed_up_to_a_length(gap: int, follows: bool) -> None:
    chain = Chain()
    trail = begun(chain)
    if follows:
        assert len(trail.follow(block(ROOT + gap)).added) == gap
    else:
        with pytest.raises(GapError):
            trail.follow(block(ROOT + gap))
    assert len(chain.asked) == LONGEST_GAP


def test_another_block_than_the_parent_is_refused_and_nothing_has_changed() -> None:
    chain = Chain()
    trail = begun(chain)
    chain.instead[block(ROOT + 1).hash] = block(ROOT + 2)
    with pytest.raises(NodeError):
        trail.follow(block(ROOT + 2))
    assert trail.holds(ROOT, block(ROOT).hash)
    assert not trail.holds(ROOT + 2, block(ROOT + 2).hash)
    chain.instead.clear()
    assert len(trail.follow(block(ROOT + 2)).added) == 2


def test_so_many_blocks_are_remembered() -> None:
    trail = begun(Chain(), *(block(ROOT + more) for more in range(1, DEPTH + 1)))
    held = [more for more in range(DEPTH + 1) if trail.holds(ROOT + more, block(ROOT + more).hash)]
    assert held == list(range(1, DEPTH + 1))
    trail.restart(block(5))
    assert trail.holds(5, block(5).hash)
    assert not trail.holds(ROOT + DEPTH, block(ROOT + DEPTH).hash)
