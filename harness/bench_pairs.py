"""The recorded pairs of 2020-10-03 and the cycles through them: ours sized beside degenbot's, cycle by cycle."""

import csv
import gzip
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np

from harness import chains
from harness.bench_peer import ask
from harness.market.board import Board
from harness.market.cycles import Cycle
from harness.market.graph import Graph
from harness.market.kernels import words
from harness.market.pools.pool import Pool
from harness.market.pools.uniswap_v2 import UniswapV2Pool
from harness.market.sizing import MAX_AMOUNT, forward
from harness.settings import ROOT

DATA: Final = ROOT.parent / "shared" / "data"
RECORDED: Final = DATA / "v2-pools-2020-10-03.csv.gz"
ROUNDS: Final = 5

Answers = dict[int, tuple[int, int]]
"""Input and profit by the place of a cycle; none where nothing pays."""


@dataclass(frozen=True, slots=True)
class Solved:
    """What an engine found in all cycles, and in how many seconds of a processor, the best of `ROUNDS`."""

    seconds: float
    answers: Answers

    @property
    def profit(self) -> int:
        """All profits together, in wei, as if no cycle spoiled another."""
        return sum(profit for _, profit in self.answers.values())


@dataclass(frozen=True, slots=True)
class Beside:
    """Ours beside theirs, over all cycles in which either found something.

    Attributes:
        wins: Cycles of which we make more.
        ties: Cycles of which both make the same.
        losses: Cycles of which we make less, each with both profits.
        missed: Cycles in which they found something and we nothing.
        misstated: Their answers that the pairs' own arithmetic does not confirm.
    """

    wins: int
    ties: int
    losses: list[str]
    missed: int
    misstated: int


@cache
def wrapped() -> str:
    """Return the address of Ethereum's wrapped native coin."""
    chain = chains.load("ethereum")
    return chain.token(chain.native.wrapped).address


def recorded() -> list[UniswapV2Pool]:
    """Return the recorded pairs, those without anything in them left out."""
    with gzip.open(RECORDED, "rt") as file:
        rows = [
            UniswapV2Pool(row["pool"], (row["token0"], row["token1"]), (int(row["reserve0"]), int(row["reserve1"])))
            for row in csv.DictReader(file)
        ]
    return [pair for pair in rows if pair.problem() is None]


def copied(pairs: Sequence[UniswapV2Pool], count: int) -> list[UniswapV2Pool]:
    """Return `count` pairs: the given ones again and again, with other tokens and addresses but for the native coin."""

    def renamed(address: str, times: int) -> str:
        return address if times == 0 or address == wrapped() else f"{address[:-2]}{times:02x}/{address[-2:]}"

    return [
        UniswapV2Pool(
            renamed(pair.address, number // len(pairs)),
            (renamed(pair.tokens[0], number // len(pairs)), renamed(pair.tokens[1], number // len(pairs))),
            pair.reserves,
        )
        for number, pair in ((number, pairs[number % len(pairs)]) for number in range(count))
    ]


def cycles_of(pools: Iterable[Pool]) -> list[Cycle]:
    """Return all cycles of two and three of the pools that start and end in the wrapped native coin."""
    graph = Graph([wrapped()])
    for pool in pools:
        graph.add(pool)
    return [cycle for cycle in graph.cycles if cycle is not None]


def ours(pairs: Sequence[UniswapV2Pool], cycles: Sequence[Cycle]) -> tuple[Solved, int]:
    """Solve all cycles, and tell of how many it is not proven that nothing better is left."""
    board, places = Board(), {pair.address: number for number, pair in enumerate(pairs)}
    for number, pair in enumerate(pairs):
        board.put_pool(number, pair)
    for number, cycle in enumerate(cycles):
        board.put_cycle(number, cycle, [places[edge.pool] for edge in cycle.edges])
    numbers = np.arange(len(cycles), dtype=np.int32)

    def solve() -> Any:  # noqa: ANN401 - arrays
        paying = board.paying(numbers)
        return paying, board.size(paying, np.array([words.packed(MAX_AMOUNT)] * len(paying), np.uint64))

    seconds, (paying, sized) = best_of(solve)
    found = {
        int(number): (words.joined(taken), words.joined(profit))
        for number, taken, profit in zip(paying, sized.inputs, sized.profits, strict=True)
        if profit.any()
    }
    return Solved(seconds, found), int((sized.headrooms >= 1).sum())


def best_of(run: Callable[[], Any]) -> tuple[float, Any]:
    """Return the least seconds of this process that `run` takes, of some rounds after a first one, and its answer."""
    answer, seconds = run(), []
    for _ in range(ROUNDS):
        start = time.process_time()
        answer = run()
        seconds.append(time.process_time() - start)
    return min(seconds), answer


def theirs(pairs: Sequence[UniswapV2Pool], cycles: Sequence[Cycle]) -> Solved | None:
    """Have degenbot solve the same cycles, or return None where it cannot be had."""
    places = {pair.address: number for number, pair in enumerate(pairs)}
    said = ask(
        pairs=[(pair.address, pair.tokens, pair.reserves) for pair in pairs],
        cycles=[[(places[edge.pool], edge.i == 0) for edge in cycle.edges] for cycle in cycles],
    )
    if said is None:
        return None
    return Solved(said["seconds"], {place: (amount, profit) for place, amount, profit in said["answers"] if profit > 0})


def beside(pairs: Sequence[UniswapV2Pool], cycles: Sequence[Cycle], our: Answers, their: Answers) -> Beside:
    """Compare what both found, cycle by cycle, each answer reckoned again by the pairs' own arithmetic."""
    states = {pair.address: pair for pair in pairs}
    wins = ties = missed = misstated = 0
    losses = []
    for place in sorted(our.keys() | their.keys()):
        mine, other = (_reckoned(cycles[place], states, answers.get(place)) for answers in (our, their))
        misstated += place in their and other != their[place][1]
        missed += place not in our
        wins += mine > other
        ties += mine == other
        if mine < other:
            losses.append(f"{' > '.join(edge.pool for edge in cycles[place].edges)}: {mine:,} wei, {other:,} theirs")
    return Beside(wins, ties, losses, missed, misstated)


def _reckoned(cycle: Cycle, states: Mapping[str, UniswapV2Pool], answer: tuple[int, int] | None) -> int:
    """Return the profit of an answer's input; 0 for no answer, and for an input that the pairs do not take."""
    amounts = forward(cycle.bind(states), answer[0]) if answer is not None else None
    return amounts[-1] - amounts[0] if amounts is not None else 0
