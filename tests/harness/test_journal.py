"""What undoing blocks gives back, and what is not known then."""

import pytest

from harness.keeper import journal
from harness.keeper.feeds.feed import Held
from harness.keeper.journal import Block, Entry, Journal
from harness.market.pools.uniswap_v2 import UniswapV2Pool

P, Q = "0x" + "1" * 40, "0x" + "2" * 40


def block(number: int, branch: str = "") -> Block:
    return Block(number, f"0x{number}{branch}", f"0x{number - 1}")


def held(address: str, reserve: int) -> Held:
    return Held(UniswapV2Pool(address, ("0xa", "0xb"), (reserve, reserve)))


def entry(number: int, **before: Held | None) -> Entry:
    return Entry(block(number), {{"p": P, "q": Q}[name]: state for name, state in before.items()})


def kept(*entries: Entry) -> Journal:
    """One whose root is block 10, and which has these on top of it."""
    found = Journal(block(10))
    found.add(block(10).hash, entries)
    return found


def test_undoing_gives_each_pool_as_it_was_before_the_first_block_undone() -> None:
    old, newer, other = held(P, 1), held(P, 2), held(Q, 3)
    book = kept(entry(11, p=old), entry(12, p=newer, q=other))
    assert book.undone(block(10).hash) == (2, {P: old, Q: other}, frozenset())
    assert book.undone(block(11).hash) == (1, {P: newer, Q: other}, frozenset())
    assert book.undone(block(12).hash) == (0, {}, frozenset())


def test_nothing_is_undone_by_asking_and_what_is_undone_is_gone() -> None:
    book = kept(entry(11), entry(12))
    book.undone(block(10).hash)
    assert (book.newest, book.oldest) == (block(12), block(10))
    book.add(block(10).hash, [Entry(block(11, "b"), {})])
    assert (book.newest, block(12).hash in book, block(11).hash in book) == (block(11, "b"), False, False)


def test_a_pool_that_was_not_known_before_a_block_is_unknown_once_that_is_undone() -> None:
    book = kept(entry(11), entry(12, p=None))
    assert book.undone(block(11).hash).unknown == {P}


@pytest.mark.parametrize(("back_to", "unknown"), [(11, False), (12, True), (13, True), (14, False), (15, False)])
def test_a_pool_is_unknown_from_the_block_at_which_it_was_lost_until_it_was_read_again(
    back_to: int, unknown: bool
) -> None:
    book = kept(*(entry(number) for number in range(11, 15)))
    book.lose({P: 12})
    book.add(block(14).hash, [entry(15), entry(16)])
    assert book.undone(block(back_to).hash).unknown == (frozenset([P]) if unknown else frozenset())


def test_where_nothing_is_undone_nothing_is_unknown() -> None:
    book = kept(entry(11), entry(12))
    book.lose({P: 11})
    book.add(block(12).hash, [])
    assert book.undone(block(12).hash).unknown == frozenset()


def test_a_pool_lost_twice_is_unknown_between() -> None:
    book = kept(entry(11), entry(12))
    book.lose({P: 11})
    book.add(block(12).hash, [entry(13), entry(14)])
    book.lose({P: 13})
    book.add(block(14).hash, [entry(15)])
    assert [book.undone(block(number).hash).unknown for number in (10, 11, 12, 13)] == [
        frozenset(),
        *[frozenset([P])] * 3,
    ]


def test_so_many_blocks_can_be_undone_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "KEPT", 4)
    book = kept(*(entry(number) for number in range(11, 20)))
    assert (book.oldest.number, book.newest.number) == (15, 19)
    assert book.undone(block(15).hash).depth == 4


def test_what_cannot_be_undone_any_more_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "KEPT", 2)
    book = kept(entry(11), entry(12))
    book.lose({P: 11})
    for number in (13, 14):
        book.add(block(number - 1).hash, [entry(number)])
    assert book._unknown == {}
