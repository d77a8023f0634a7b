"""Many mutants in one run of forge: what most of them take is a moment, and starting forge takes longer.

A driver deploys the tests' contracts as forge would, and calls their functions one after the other until one fails.
What forge alone does, fuzzing at length and counting calls, it does not; so a mutant that the driver lets pass has not
survived, but is tried again by forge itself. And a test that fails so without any change is left out.
"""

import hashlib
import json
import re
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from eth_abi.abi import encode

from harness.mutation.areas import MATRIX, Stage, paths
from harness.mutation.mutants import Mutant
from harness.mutation.project import PROJECT, MutateError, forge, surroundings

BATCH: Final = 64
RUNS: Final = 3
"""Of a test that takes arguments."""

TIMEOUT: Final = 300
"""Seconds for a batch; one that takes longer is left to forge."""

DRIVER: Final = """// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

{imports}
import {{Test}} from "forge-std/Test.sol";

contract Drive_Test is Test {{
    bytes32 private constant ASSUMED = keccak256("FOUNDRY::ASSUME");
    Cleaner private _cleaner = new Cleaner();

{functions}

    function _drive(uint256 at) private {{
        uint256[] memory mutants = vm.envUint("MUTANTS", ",");
        if (at >= mutants.length) return;
        vm.prevrandao(mutants[at]);
        string[] memory suites = vm.envString("SUITES", ",");
        for (uint256 i; i < suites.length; ++i) {{
            _driveSuite(i, vm.deployCode(suites[i]));
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


def driver(sources: Sequence[str]) -> str:
    """A driver of the tests of sources, which it imports so that forge knows them."""
    text = DRIVER.format(
        imports="\n".join(f'import * as Suite{at} from "../{one}";' for at, one in enumerate(sources)),
        functions="\n".join(f"    function test_{at}() external {{ _drive({at}); }}" for at in range(BATCH)),
    )
    name = f"tests/Drive{hashlib.sha256(text.encode()).hexdigest()[:8]}.t.sol"
    (PROJECT / name).write_text(text)
    return name


@dataclass(frozen=True)
class Suite:
    """A contract of tests: how its artifact is called, and the calls to make, the first of them its set-up."""

    artifact: str
    calls: tuple[tuple[str, bytes], ...]


@cache
def suites(stages: tuple[Stage, ...]) -> tuple[Suite, ...]:
    """The tests of stages, but those that fail when they are called so."""
    found = [one for stage in dict.fromkeys(stages) if stage[0] != MATRIX for one in suites_of(stage)]
    while failed := drive(found, [0]).get(0):
        suite, name = failed
        left = Suite(suite.artifact, tuple(call for call in suite.calls if call[0] != name))
        found = [left if one is suite else one for one in found if one is not suite or name != suite.calls[0][0]]
    return tuple(found)


def suites_of(stage: Stage) -> Iterator[Suite]:
    """The contracts of a stage's tests."""
    for source in paths(stage, PROJECT):
        for path in sorted((PROJECT / "out" / Path(source).name).glob("*.json")):
            artifact = json.loads(path.read_text())
            tests = [one for one in artifact["abi"] if one["type"] == "function" and one["name"].startswith("test")]
            known = dict(artifact["methodIdentifiers"])
            if tests and "IS_TEST()" in known and artifact["bytecode"]["object"] != "0x":
                first = ("setUp", bytes.fromhex(known["setUp()" if "setUp()" in known else "IS_TEST()"]))
                calls = [(one["name"], call) for one in tests for call in calls_of(one, known)]
                yield Suite(f"{source}:{path.stem}", (first, *calls))


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


def drive(tests: Sequence[Suite], mutants: Iterable[int]) -> dict[int, tuple[Suite, str]]:
    """The tests that notice mutants, and where they stand, by the mutants' numbers."""
    numbers = list(mutants)
    file = driver(sorted({one.artifact.split(":")[0] for one in tests}))
    calls = {f"CALLS_{at}": ",".join("0x" + call.hex() for _, call in one.calls) for at, one in enumerate(tests)}
    environment = {
        **surroundings("drive"),
        "FOUNDRY_GAS_LIMIT": str(2**60),
        "MUTANTS": ",".join(map(str, numbers)),
        "SUITES": ",".join(one.artifact for one in tests),
        **calls,
    }
    try:
        done = forge("test", "--match-path", file, env=environment, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        if numbers == [0]:
            raise MutateError("The tests take too long without any change.") from None
        return {}
    failed = re.findall(r"\[FAIL: by (\d+) (\d+)\] test_(\d+)\(", done.stdout)
    places = {numbers[int(at)]: (tests[int(suite)], int(call)) for suite, call, at in failed}
    return {number: (suite, suite.calls[call][0]) for number, (suite, call) in places.items()}


def noticed(batch: Sequence[Mutant], stages: Sequence[Stage]) -> dict[int, str]:
    """The tests that notice mutants of a batch."""
    found = drive(suites(tuple(stages)), [one.id for one in batch])
    return {number: name for number, (_, name) in found.items()}
