"""Trying mutants one after the other, and what has become of them."""

import json
import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

from harness.mutation.areas import Stage, every_stage, stages
from harness.mutation.drive import BATCH, noticed
from harness.mutation.mutants import Mutant
from harness.mutation.project import HOME, PROJECT, MutateError, Written, digest, run_stage, scope
from harness.settings import ROOT

STATE: Final = HOME / "state.json"
EXPLAINED: Final = ROOT / "tests" / "mutants.toml"
WORKERS: Final = 2


@dataclass
class Tries:
    """Attempts, which learn: what noticed the last mutant of a function often notices the next."""

    noticed: dict[tuple[str, str], Stage] = field(default_factory=dict)

    def attempt(self, mutant: Mutant) -> str:
        """The test that notices a mutant, or nothing."""
        place, usual = (mutant.file, mutant.function), stages(mutant.file)
        likely = [self.noticed[place]] if place in self.noticed else []
        for path, name in [*likely, *usual]:
            test = run_stage((path, name), mutant.id)
            if test:
                self.noticed[place] = (path, rf"^{test}\(")
                return test
        return ""


@dataclass
class State:
    """What has been found, by the mutants' keys: the test that noticed it, or nothing. Kept in build/mutate."""

    files: dict[str, str]
    tests: str
    found: dict[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls) -> "State":
        """What still holds: all of a file that is as it was, but for survivors once there are other tests."""
        tests = digest([*PROJECT.glob("tests/**/*.sol"), *PROJECT.glob("script/**/*.sol")])
        now = cls({path: digest([PROJECT / path]) for path in scope()}, tests)
        none: dict[str, Any] = {"files": {}, "tests": "", "found": {}}
        before = json.loads(STATE.read_text()) if STATE.exists() else none
        for key, test in before["found"].items():
            file = key.split(" ", 1)[0]
            if now.files.get(file) == before["files"].get(file) and (test or now.tests == before["tests"]):
                now.found[key] = test
        return now

    def save(self) -> None:
        """Writes it, whole or not at all."""
        fresh = STATE.with_suffix(".new")
        fresh.write_text(json.dumps({"files": self.files, "tests": self.tests, "found": self.found}, indent=1))
        fresh.replace(STATE)


def explained(mutants: Iterable[Mutant]) -> dict[str, str]:
    """Reasons by key, of the survivors that change nothing that matters; a name that ends in * is of many."""
    listed = tomllib.loads(EXPLAINED.read_text())["equivalent"] if EXPLAINED.exists() else []
    keys, reasons = [one.key for one in mutants], dict[str, str]()
    for one in listed:
        name = one["mutant"]
        named = [key for key in keys if key == name or (name.endswith("*") and key.startswith(name[:-1]))]
        if not named:
            raise MutateError(f"tests/mutants.toml names what is no mutant any more: {name}")
        reasons |= dict.fromkeys(named, one["reason"])
    return reasons


def campaign(waiting: Sequence[Mutant], state: State, quick: bool) -> None:
    """Tries what has not been tried, and says so as it goes: many at once, and what that lets pass one by one."""
    start = time.monotonic()
    passed = [one for batch in batches(waiting) for one in drive(batch, state, start)]
    if quick:
        return
    for stage in every_stage(one.file for one in passed):
        print(f"The original, by {stage[0]} {stage[1]}", flush=True)
        failed = run_stage(stage, 0)
        if failed:
            raise MutateError(f"{failed} fails without any change.")
    tries = Tries()
    with ThreadPoolExecutor(WORKERS) as pool:
        running = {pool.submit(tries.attempt, mutant): mutant for mutant in passed}
        try:
            for count, done in enumerate(as_completed(running), 1):
                mutant, test = running[done], done.result()
                state.found[mutant.key] = test
                state.save()
                outcome = f"killed by {test}" if test else "SURVIVED"
                spent = time.monotonic() - start
                print(f"{count}/{len(passed)} {spent:.0f}s {outcome}: {mutant.line} {mutant.key}", flush=True)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def batches(waiting: Sequence[Mutant]) -> Iterator[list[Mutant]]:
    """Mutants in the same tests' reach, not too many at once."""
    for _, group in groupby(waiting, key=lambda one: stages(one.file)):
        mutants = list(group)
        yield from (mutants[at : at + BATCH] for at in range(0, len(mutants), BATCH))


def drive(batch: Sequence[Mutant], state: State, start: float) -> list[Mutant]:
    """Tries a batch at once; what it lets pass."""
    found = noticed(batch, stages(batch[0].file))
    state.found |= {one.key: found[one.id] for one in batch if one.id in found}
    state.save()
    passed = [one for one in batch if one.id not in found]
    print(f"{time.monotonic() - start:.0f}s {len(found)} of {len(batch)} killed: {batch[0].file}", flush=True)
    for one in passed:
        print(f"  passed: {one.line} {one.key}", flush=True)
    return passed


def summary(written: Written, state: State, reasons: Mapping[str, str]) -> Iterable[str]:
    """A line a file, and the totals."""
    columns = ("mutants", "refused", "killed", "explained", "survived", "not run")
    yield f"{'':40}" + "".join(f"{one:>10}" for one in columns)
    totals = Counter[str]()
    for source in written.sources:
        counts = Counter(outcome(one, written.without, state.found, reasons) for one in source.mutants)
        counts["mutants"] = len(source.mutants)
        totals += counts
        yield f"{source.file:40}" + "".join(f"{counts[one]:>10,}" for one in columns)
    yield f"{'':40}" + "".join(f"{totals[one]:>10,}" for one in columns)


def outcome(mutant: Mutant, refused: set[int], found: Mapping[str, str], reasons: Mapping[str, str]) -> str:
    """What has become of a mutant; refused is what does not compile."""
    if mutant.id in refused:
        return "refused"
    if mutant.key in reasons:
        return "explained"
    if mutant.key not in found:
        return "not run"
    return "killed" if found[mutant.key] else "survived"
