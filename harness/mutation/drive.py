"""Many mutants in one run of forge: what most of them take is a moment, and starting forge takes longer.

A driver deploys the tests' contracts as forge would, and calls their functions one after the other until one fails.
A test that fails so without any change, as those that count calls do beside each other, has a run to itself; one that
fails even then is left out. Forge's fuzzing at length it does not do: so a mutant that the driver lets pass has not
survived, but is tried again by forge itself. Of the matrix it takes the cross, which takes a moment.
"""

import hashlib
import json
import re
import subprocess
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from eth_abi.abi import encode

from harness.mutation.areas import MATRIX, Stage, paths
from harness.mutation.mutants import Mutant
from harness.mutation.project import CROSS, PROJECT, MutateError, forge, surroundings

BATCH: Final = 64
RUNS: Final = 3
"""Of a test that takes arguments."""

TIMEOUT: Final = 1200
"""Seconds for a batch; one that takes longer is left to forge."""

COUNTED: Final = "expected call to"
"""How forge says that calls were not as many as a test counts, which tests beside each other cannot know."""

DRIVER: Final = """// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

{imports}
import {{Test}} from "forge-std/Test.sol";

contract Drive_Test is Test {{
    bytes32 private constant ASSUMED = keccak256("FOUNDRY::ASSUME");
    Cleaner private _cleaner = new Cleaner();

{functions}

    function _drive(uint256 at, uint256 lane) private {{
        uint256[] memory mutants = vm.envUint("MUTANTS", ",");
        if (at >= mutants.length) return;
        vm.prevrandao(mutants[at]);
        string[] memory suites = vm.envString("SUITES", ",");
        uint256[] memory lanes = vm.envUint("LANES", ",");
        for (uint256 i; i < suites.length; ++i) {{
            if (lanes[i] == lane) _driveSuite(i, vm.deployCode(suites[i]));
        }}
    }}

    function _driveSuite(uint256 at, address suite) private {{
        bytes[] memory calls = vm.envBytes(string.concat("CALLS_", vm.toString(at)), ",");
        uint256 fresh;
        for (uint256 i; i < calls.length; ++i) {{
            (bool done, bytes memory reason) = suite.call{{gas: 2 ** 32}}(calls[i]);
            _cleaner.clean();
            bool passed = done || keccak256(reason) == ASSUMED;
            require(passed, string.concat("by ", vm.toString(at), " ", vm.toString(i)));
            if (i == 0) fresh = vm.snapshotState();
            else vm.revertToState(fresh);
        }}
    }}
}}

contract Cleaner is Test {{
    function clean() external {{
        vm.stopPrank();
        vm.clearMockedCalls();
    }}
}}
"""


def driver(sources: Sequence[str], lanes: int) -> str:
    """A driver of the tests of sources, which it imports so that forge knows them; a function a mutant and lane."""
    calls = ((at, lane) for at in range(BATCH) for lane in range(lanes))
    text = DRIVER.format(
        imports="\n".join(f'import * as Suite{at} from "../{one}";' for at, one in enumerate(sources)),
        functions="\n".join(f"    function test_{at}_{on}() external {{ _drive({at}, {on}); }}" for at, on in calls),
    )
    name = f"tests/Drive{hashlib.sha256(text.encode()).hexdigest()[:8]}.t.sol"
    (PROJECT / name).write_text(text)
    return name


@dataclass(frozen=True)
class Suite:
    """A contract of tests: how its artifact is called, and the calls to make, the first of them its set-up."""

    artifact: str
    calls: tuple[tuple[str, bytes], ...]


Lane = tuple[Suite, ...]
"""Suites one after the other, in one test of forge's."""


def driven(stages: Iterable[Stage]) -> tuple[Stage, ...]:
    """The stages as they are driven: of the matrix the cross."""
    return tuple(dict.fromkeys((str(CROSS), "") if stage[0] == MATRIX else stage for stage in stages))


@cache
def lanes(stages: tuple[Stage, ...]) -> tuple[Lane, ...]:
    """The tests of stages that can be driven: most of them together, and each of the others apart.

    The cross is apart too: it goes back to its beginning again and again, at a cost that grows with what stands there.
    """
    if stages == ((str(CROSS), ""),):
        return ((), *((one,) for one in suites_of(stages[0])))
    parts = [lanes((stage,)) if len(stages) > 1 else divided(stage) for stage in stages]
    together, apart = [one for part in parts for one in part[0]], [lane for part in parts for lane in part[1:]]
    while failed := drive([tuple(together)], [0]).get(0):
        suite, name = failed
        left, lane = without(suite, {name})
        together = [left if one is suite else one for one in together if one is not suite or name != suite.calls[0][0]]
        if name != suite.calls[0][0] and not drive(lane, [0]):
            apart += lane
    return (tuple(together), *apart)


def divided(stage: Stage) -> tuple[Lane, ...]:
    """The tests of a stage, those that count calls apart."""
    together, apart = list[Suite](), list[Lane]()
    for suite in suites_of(stage):
        left, counted = without(suite, counting((PROJECT / suite.artifact.split(":")[0]).read_text()))
        together.append(left)
        apart += [lane for lane in counted if not drive([lane], [0])]
    return (tuple(together), *apart)


def without(suite: Suite, names: Container[str]) -> tuple[Suite, list[Lane]]:
    """The suite but for tests of these names; and each of them by itself."""
    first, *tests = suite.calls
    left = Suite(suite.artifact, (first, *(call for call in tests if call[0] not in names)))
    named = dict.fromkeys(name for name, _ in tests if name in names)
    return left, [(Suite(suite.artifact, (first, *(call for call in tests if call[0] == name))),) for name in named]


def counting(source: str) -> set[str]:
    """The functions of a source that count calls, or call one that does."""
    bodies = dict(re.findall(r"\n    function (\w+)\((.*?)\n    }\n", source, re.DOTALL))
    counters = {name for name, body in bodies.items() if "vm.expectCall(" in body}
    return {name for name, body in bodies.items() if name in counters or any(f"{one}(" in body for one in counters)}


def suites_of(stage: Stage) -> Iterator[Suite]:
    """The contracts of a stage's tests."""
    for source in paths(stage, PROJECT):
        for path, artifact in artifacts_of(source):
            tests = [one for one in artifact["abi"] if one["type"] == "function" and one["name"].startswith("test")]
            known = dict(artifact["methodIdentifiers"])
            if tests and "IS_TEST()" in known and artifact["bytecode"]["object"] != "0x":
                first = ("setUp", bytes.fromhex(known["setUp()" if "setUp()" in known else "IS_TEST()"]))
                calls = [(one["name"], call) for one in tests for call in calls_of(one, known)]
                yield Suite(f"{source}:{path.stem}", (first, *calls))


def artifacts_of(source: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The artifacts of a source alone: forge lays those of sources of one name into one folder, or apart if need be."""
    for path in sorted((PROJECT / "out").rglob(f"{Path(source).name}/*.json")):
        artifact = json.loads(path.read_text())
        if source in artifact.get("metadata", {}).get("settings", {}).get("compilationTarget", {}):
            yield path, artifact


def calls_of(test: dict[str, Any], known: dict[str, str]) -> Iterator[bytes]:
    """Calls of a test, with arguments that are the same every time; none where it takes more than words."""
    kinds = [one["type"] for one in test["inputs"]]
    if not all(re.fullmatch(r"u?int\d+|bool|address", kind) for kind in kinds):
        return
    selector = bytes.fromhex(known[f"{test['name']}({','.join(kinds)})"])
    for run in range(RUNS if kinds else 1):
        yield selector + encode(kinds, [word(kind, f"{test['name']} {at} {run}") for at, kind in enumerate(kinds)])


def word(kind: str, seed: str) -> int | bool | str:
    """Any word of a kind, of any size."""
    drawn = int.from_bytes(hashlib.sha256(seed.encode()).digest())
    if kind == "bool":
        return drawn % 2 == 1
    bits = int(kind.lstrip("uint") or 160) if kind != "address" else 160
    value = drawn % (1 << bits) >> (drawn >> 200) % (bits - 7)
    if kind == "address":
        return f"0x{value:040x}"
    return value - (1 << (bits - 1)) if kind.startswith("int") else value


def drive(tests: Sequence[Lane], mutants: Iterable[int]) -> dict[int, tuple[Suite, str]]:
    """The tests that notice mutants, and where they stand, by the mutants' numbers."""
    numbers, listed = list(mutants), [(one, at) for at, lane in enumerate(tests) for one in lane]
    file = driver(sorted({one.artifact.split(":")[0] for one, _ in listed}), len(tests))
    calls = {f"CALLS_{at}": ",".join("0x" + call.hex() for _, call in one.calls) for at, (one, _) in enumerate(listed)}
    environment = {
        **surroundings("drive"),
        "FOUNDRY_GAS_LIMIT": str(2**60),
        "MUTANTS": ",".join(map(str, numbers)),
        "SUITES": ",".join(one.artifact for one, _ in listed),
        "LANES": ",".join(str(lane) for _, lane in listed),
        **calls,
    }
    try:
        done = forge("test", "--match-path", file, env=environment, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        if numbers == [0]:
            raise MutateError("The tests take too long without any change.") from None
        return {}
    found = dict[int, tuple[Suite, str]]()
    for reason, at, lane in re.findall(r"\[FAIL: (.*)\] test_(\d+)_(\d+)\(", done.stdout):
        if place := re.fullmatch(r"by (\d+) (\d+)", reason):
            suite = listed[int(place[1])][0]
            found[numbers[int(at)]] = (suite, suite.calls[int(place[2])][0])
        elif len(tests[int(lane)]) == 1 == len(tests[int(lane)][0].calls) - 1:
            found[numbers[int(at)]] = (tests[int(lane)][0], tests[int(lane)][0].calls[1][0])
        elif numbers == [0] and not reason.startswith(COUNTED):
            raise MutateError(f"The tests cannot be driven: {reason}")
    return found


def noticed(batch: Sequence[Mutant], stages: Sequence[Stage]) -> dict[int, str]:
    """The tests that notice mutants of a batch."""
    together, *apart = lanes(driven(stages))
    found = drive([together], [one.id for one in batch])
    left = [one.id for one in batch if one.id not in found]
    if apart and left:
        found |= drive(apart, left)
    return {number: name for number, (_, name) in found.items()}
