"""Runs any number of steps at once, so that what all of them ask in a round is one question."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from harness.keeper.abi import Call, Word
from harness.keeper.feeds.feed import Answer, Steps, UnreadableError

Key = TypeVar("Key")
Made = TypeVar("Made")
Ask = Callable[[Sequence[Call | Word]], Sequence[Answer]]
"""Asks the chain many calls at one block; None for one that failed."""


def walk(jobs: Mapping[Key, Steps[Made]], ask: Ask) -> dict[Key, Made | UnreadableError]:
    """Run steps to their ends; return what each has made, or what it could not read."""
    done: dict[Key, Made | UnreadableError] = {}
    waiting = [(key, job, calls) for key, job in jobs.items() if (calls := _started(key, job, done)) is not None]
    while waiting:
        answers = ask([call for _, _, calls in waiting for call in calls])
        at, still = 0, []
        for key, job, calls in waiting:
            following = _sent(key, job, answers[at : at + len(calls)], done)
            at += len(calls)
            if following is not None:
                still.append((key, job, following))
        waiting = still
    return {key: done[key] for key in jobs}


def _started(key: Key, job: Steps[Made], done: dict[Key, Made | UnreadableError]) -> Sequence[Call | Word] | None:
    return _advanced(key, lambda: next(job), done)


def _sent(
    key: Key, job: Steps[Made], answers: Sequence[Answer], done: dict[Key, Made | UnreadableError]
) -> Sequence[Call | Word] | None:
    return _advanced(key, lambda: job.send(answers), done)


def _advanced(
    key: Key, step: Callable[[], Sequence[Call | Word]], done: dict[Key, Made | UnreadableError]
) -> Sequence[Call | Word] | None:
    """Return what a job asks next, or None where it has ended."""
    try:
        return step()
    except StopIteration as ended:
        done[key] = ended.value
    except UnreadableError as error:
        done[key] = error
    except (ValueError, TypeError, LookupError, ArithmeticError) as error:
        done[key] = UnreadableError(f"its answers make no sense: {error}")
    return None
