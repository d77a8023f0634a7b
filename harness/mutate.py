"""Mutation testing of the executor: `make mutate`.

Every small change to the executor's sources is tried against its tests, the cheapest first, until one fails; a change
that none notices survives, and is either a missing test or, with the reason, in tests/mutants.toml. All of it happens
in build/mutate, on a copy; what has been tried is kept there, so that it can be interrupted and continued.

All mutants are compiled at once, each behind a question (see harness.mutants): what it costs to try one is a test run.
The tests themselves are compiled from the sources as they are.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from harness.errors import MillraceError
from harness.mutants import SWITCH, Mutant, Source, culprits, imported, sample, sparing
from harness.settings import BUILD, ROOT, tool

HOME: Final = BUILD / "mutate"
PROJECT: Final = HOME / "project"
STATE: Final = HOME / "state.json"
PREPARED: Final = HOME / "prepared.json"
EXPLAINED: Final = ROOT / "tests" / "mutants.toml"
EXECUTOR: Final = "contracts/executors/EveryExecutor.sol"
SWITCH_FILE: Final = "contracts/Mutant.sol"

SCOPE: Final = (
    *("contracts/libraries/Commitment.sol", "contracts/venues/Venue.sol", "contracts/venues/Runner.sol"),
    *("contracts/venues/Planner.sol", "contracts/FlashExecutor.sol", "contracts/lenders/Loan.sol"),
    *("contracts/venues/UniswapV2.sol", "contracts/venues/UniswapV3.sol", "contracts/venues/UniswapV4.sol"),
    *("contracts/libraries/SizingLib.sol", "contracts/libraries/RouteLib.sol", "contracts/lenders/*.sol"),
    *("contracts/venues/*.sol", "contracts/libraries/CalldataLib.sol", "contracts/types/PackedLeg.sol"),
    *("contracts/libraries/UniswapV4Lib.sol", "contracts/libraries/ConcentratedLib.sol"),
    *("contracts/libraries/TickLib.sol", "contracts/Sizer.sol", "contracts/libraries/RouteEncoder.sol"),
)
"""What is changed, the most dangerous first."""

COPIED: Final = ("contracts", "script", "tests")
LINKED: Final = ("node_modules", "chains", "snapshots", "build/peers")

COMPILER: Final = """#!/usr/bin/env node
// The compiler of script/solc, with a memory: forge asks it much the same before every run of tests.
const { createHash } = require("node:crypto");
const { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const version = process.argv.includes("--version");
const request = version ? "version" : readFileSync(0, "utf8");
const memory = `${__dirname}/../build/solc`;
const known = `${memory}/${createHash("sha256").update(request).digest("hex")}`;
if (!existsSync(known)) {
  const solc = require("solc");
  const name = solc.version().replace("Emscripten.clang", "Linux.g++");
  const dressed = () => `solc, the solidity compiler commandline interface\\nVersion: ${name}\\n`;
  mkdirSync(memory, { recursive: true });
  writeFileSync(`${known}.${process.pid}`, version ? dressed() : solc.compile(request));
  renameSync(`${known}.${process.pid}`, known);
}
process.stdout.write(readFileSync(known));
"""

UNIT: Final = {
    "SizingLib": "Sizing",
    "RouteLib": "Route",
    "RouteEncoder": "Route",
    "CalldataLib": "Route",
    "PackedLeg": "Route",
    "ConcentratedLib": "Concentrated",
    "TickLib": "Tick",
}
"""A library's own tests, which carry its code in themselves."""

CYCLES: Final = "tests/integration/{Cycles,Locks}.t.sol"
SIZED: Final = "tests/integration/Sized.t.sol"
MATRIX: Final = "tests/integration/Matrix.t.sol"
MATRIX_TESTS: Final = {
    "AaveV3Loan": "AaveV3",
    "AlgebraLoan": "Algebra",
    "BalancerV2Loan": "BalancerV2",
    "BalancerV3": "BalancerV3",
    "BalancerV3Loan": "BalancerV3",
    "ERC3156Loan": "(ERC3156|DssFlash)",
    "MorphoLoan": "Morpho",
    "PancakeV3Loan": "PancakeV3",
    "UniswapV3Loan": "UniswapV3",
    "UniswapV4": "UniswapV4",
    "UniswapV4Loan": "UniswapV4",
}
"""Of the matrix, the lender by which a file's code is reached; for others, flash swaps and a plain loan."""

FUZZ_RUNS: Final = 32
CODE_SIZE: Final = 1_000_000
GAS: Final = 2**32
"""What the executor with all its mutants may need: bytes of code, and gas for a test."""

TIMEOUT: Final = 600
"""Seconds for a stage of tests; a mutant that takes longer counts as noticed."""

WORKERS: Final = 2

Stage = tuple[str, str]
"""The tests of a path, and among them those of a name."""


class MutateError(MillraceError):
    """The tests do not pass as they are, or tests/mutants.toml names what there is not."""


def stages(file: str) -> list[Stage]:
    """The tests that might notice a change to a file, the cheapest first."""
    name = Path(file).stem
    unit = [(f"tests/unit/{UNIT[name]}.t.sol", "")] if name in UNIT else []
    if name == "RouteEncoder":
        return unit
    integration = [(SIZED, "")] if name in ("Sizer", "SizingLib", "ConcentratedLib", "TickLib") else [(CYCLES, "")]
    lender = MATRIX_TESTS.get(name, "(FlashSwap|UniswapV3)")
    matrix = [(MATRIX, rf"test_{lender}\(")] if "/venues/" in file or "/lenders/" in file else []
    return [*unit, ("tests/unit/executor/*", ""), *integration, *matrix]


def every_stage() -> list[Stage]:
    """Those of all files, each once."""
    return list(dict.fromkeys(stage for path in scope() for stage in stages(path)))


def paths(stage: Stage) -> list[str]:
    """The sources of a stage's tests."""
    head, _, rest = stage[0].partition("{")
    names, _, tail = rest.partition("}")
    found = (path for name in names.split(",") for path in PROJECT.glob(f"{head}{name}{tail}"))
    return sorted(str(path.relative_to(PROJECT)) for path in found if path.suffix == ".sol")


def scope() -> list[str]:
    """The files of `SCOPE`, each once."""
    found = (path for pattern in SCOPE for path in sorted(PROJECT.glob(pattern)))
    return list(dict.fromkeys(str(path.relative_to(PROJECT)) for path in found))


def digest(paths: Iterable[Path]) -> str:
    """Of the contents of files."""
    whole = hashlib.sha256()
    for path in sorted(paths):
        whole.update(path.read_bytes())
    return whole.hexdigest()


# The project's copy, and what is compiled in it.


def lay_out() -> None:
    """Copies what the executor's tests need, and builds it as it is."""
    for folder in COPIED:
        shutil.rmtree(PROJECT / folder, ignore_errors=True)
        shutil.copytree(ROOT / folder, PROJECT / folder)
    shutil.copy(ROOT / "foundry.toml", PROJECT)
    for name in LINKED:
        shutil.rmtree(PROJECT / name, ignore_errors=True)
        shutil.copytree(ROOT / name, PROJECT / name, symlinks=True, copy_function=os.link)
    (PROJECT / "script/solc").write_text(COMPILER)
    tests = dict.fromkeys(path for stage in every_stage() for path in paths(stage))
    forge("build", "--quiet", "contracts", *tests, env={}, check=True)


def forge(*arguments: str, env: Mapping[str, str], check: bool = False) -> subprocess.CompletedProcess[str]:
    """Runs forge in the copy."""
    environment = {**os.environ, "FOUNDRY_LINT_LINT_ON_BUILD": "false", **env}
    return subprocess.run(
        [tool("forge"), *arguments],
        cwd=PROJECT,
        env=environment,
        check=check,
        stdout=subprocess.PIPE if not check else None,
        text=True,
        timeout=None if check else TIMEOUT,
    )


def remappings() -> dict[str, str]:
    """foundry.toml's."""
    config = tomllib.loads((PROJECT / "foundry.toml").read_text())
    return dict(one.split("=") for one in config["profile"]["default"]["remappings"])


def closure(entries: Iterable[str]) -> dict[str, str]:
    """Sources by path, with all that they import."""
    waiting, found, mapped = list(entries), dict[str, str](), remappings()
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found[path] = (PROJECT / path).read_text()
        for name in re.findall(r'(?:import|from)\s+"([^"]+)"', found[path]):
            prefix = max((one for one in mapped if name.startswith(one)), key=len, default="")
            local = os.path.normpath(Path(path).parent / name)
            waiting.append(mapped[prefix] + name.removeprefix(prefix) if prefix else local)
    return found


def solc(sources: Mapping[str, str], output: Mapping[str, Any], via_ir: bool) -> dict[str, Any]:
    """The compiler's answer. Via the IR without its optimiser's steps: nothing here is measured in gas."""
    steps = {"yul": True, "yulDetails": {"stackAllocation": True, "optimizerSteps": "u:"}}
    settings = {
        "remappings": [f"{key}={value}" for key, value in remappings().items()],
        "evmVersion": "cancun",
        "viaIR": via_ir,
        "optimizer": {"enabled": True, "runs": 200, **({"details": steps} if via_ir else {})},
        "metadata": {"bytecodeHash": "none", "appendCBOR": False},
        "outputSelection": output,
    }
    files = {path: {"content": text} for path, text in sources.items()}
    request = json.dumps({"language": "Solidity", "sources": files, "settings": settings})
    command = [str(PROJECT / "script/solc"), "--standard-json"]
    answer = subprocess.run(command, input=request, cwd=PROJECT, capture_output=True, text=True, check=True)
    return dict(json.loads(answer.stdout))


def errors(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the compiler refuses."""
    return [one for one in answer.get("errors", []) if one["severity"] == "error"]


@dataclass
class Written:
    """All sources with the mutants in them, without those that the compiler refuses."""

    originals: dict[str, str]
    sources: list[Source]
    without: set[int] = field(default_factory=set)

    @property
    def mutants(self) -> list[Mutant]:
        """All of them, those that are refused too."""
        return [one for source in self.sources for one in source.mutants]

    def texts(self) -> dict[str, str]:
        """As the compiler is to see them."""
        texts = {path: self._spared(path, text) for path, text in self.originals.items()}
        for source in self.sources:
            source.without = frozenset(self.without)
            texts[source.file] = source.written()
        return {**texts, SWITCH_FILE: SWITCH}

    def _spared(self, path: str, text: str) -> str:
        changed = sparing(text) if path.startswith("node_modules/@openzeppelin") else text
        return text if changed == text else imported(changed, switch_from(path))

    def settle(self) -> dict[str, str]:
        """Leaves out, round after round, what the compiler refuses; the texts that it takes."""
        while True:
            texts = self.texts()
            wrong = errors(solc(texts, {"*": {"*": ["abi"]}}, via_ir=True))
            if not wrong:
                return texts
            found = {mutant for one in wrong for mutant in self._culprits(one, texts)}
            if found <= self.without:
                raise MutateError(f"The compiler refuses what no mutant explains: {wrong[0]['formattedMessage']}")
            self.without |= found

    def _culprits(self, error: Mapping[str, Any], texts: Mapping[str, str]) -> list[int]:
        place = error["sourceLocation"]
        raw = texts[place["file"]].encode()
        start, end = (len(raw[: place[at]].decode(errors="ignore")) for at in ("start", "end"))
        return culprits(texts[place["file"]], start, end)


def switch_from(path: str) -> str:
    """The switch as a source at `path` imports it."""
    relative = os.path.relpath(SWITCH_FILE, Path(path).parent)
    return relative if relative.startswith(".") else f"./{relative}"


def write() -> Written:
    """Every mutant of every file in scope."""
    tests = [f"tests/unit/{name}.t.sol" for name in sorted(set(UNIT.values()))]
    originals = closure([EXECUTOR, *scope(), *tests])
    trees = solc(originals, {"*": {"": ["ast"]}}, via_ir=True)["sources"]
    sources, first = list[Source](), 1
    for path in scope():
        source = Source(path, originals[path].encode(), trees[path]["ast"], switch_from(path), first)
        source.written()
        sources.append(source)
        first += len(source.mutants)
    return Written(originals, sources)


def put(texts: Mapping[str, str], entry: str, via_ir: bool) -> None:
    """Compiles `entry` and puts the bytecode in the place of forge's."""
    answer = solc(texts, {entry: {"*": ["evm.bytecode.object", "evm.deployedBytecode.object"]}}, via_ir)
    if errors(answer):
        raise MutateError(errors(answer)[0]["formattedMessage"])
    for name, contract in answer["contracts"][entry].items():
        path = PROJECT / "out" / Path(entry).name / f"{name}.json"
        artifact = json.loads(path.read_text())
        for part in ("bytecode", "deployedBytecode"):
            artifact[part] = {"object": "0x" + contract["evm"][part]["object"], "linkReferences": {}}
        path.write_text(json.dumps(artifact))


# The runs.


def run_stage(stage: Stage, mutant: int) -> str:
    """The first test that fails, or nothing where all pass."""
    path, name = stage
    environment = {
        "FOUNDRY_BLOCK_PREVRANDAO": f"0x{mutant:064x}",
        "FOUNDRY_CODE_SIZE_LIMIT": str(CODE_SIZE),
        "FOUNDRY_GAS_LIMIT": str(GAS),
        "FOUNDRY_FUZZ_RUNS": str(FUZZ_RUNS),
        "FOUNDRY_FUZZ_FAILURE_PERSIST_DIR": str(HOME / "failures" / str(mutant)),
        "FOUNDRY_TEST_FAILURES_FILE": str(HOME / "failures" / f"{mutant}.txt"),
    }
    arguments = ["--match-path", path, "--fail-fast", *(["--match-test", name] if name else [])]
    try:
        done = forge("test", *arguments, env=environment)
    except subprocess.TimeoutExpired:
        return "(too long)"
    if done.returncode == 0 and "No tests" not in done.stdout:
        return ""
    failed = re.search(r"\[FAIL.*?\] (\w+)\(", done.stdout, re.DOTALL)
    if failed is None:
        raise MutateError(f"forge did not run {path}: {done.stdout[-2000:]}")
    return failed[1]


def attempt(mutant: Mutant) -> str:
    """The test that notices a mutant, or nothing."""
    return next((test for stage in stages(mutant.file) if (test := run_stage(stage, mutant.id))), "")


@dataclass
class State:
    """What has been found, by the mutants' keys: the test that noticed it, or nothing. Kept in build/mutate."""

    files: dict[str, str]
    tests: str
    found: dict[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls) -> "State":
        """What still holds: all of a file that is as it was, but for survivors once there are other tests."""
        now = cls({path: digest([PROJECT / path]) for path in scope()}, digest(PROJECT.glob("tests/**/*.sol")))
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


def prepare() -> Written:
    """The copy, with the mutants compiled into it, and its tests green for the original."""
    PROJECT.mkdir(parents=True, exist_ok=True)
    now = digest([*ROOT.glob("contracts/**/*.sol"), *ROOT.glob("tests/**/*.sol"), ROOT / "harness/mutants.py"])
    prepared = json.loads(PREPARED.read_text()) if PREPARED.exists() else {}
    if prepared.get("digest") == now:
        written = write()
        written.without = set(prepared["refused"])
        return written
    lay_out()
    written = write()
    fill(written)
    PREPARED.write_text(json.dumps({"digest": now, "refused": sorted(written.without)}))
    return written


def fill(written: Written) -> None:
    """Compiles the mutants into the copy, and runs its tests on the original."""
    texts = written.settle()
    put(texts, EXECUTOR, via_ir=True)
    for name in sorted(set(UNIT.values())):
        put(texts, f"tests/unit/{name}.t.sol", via_ir=False)
    for stage in every_stage():
        print(f"The original, by {stage[0]}", flush=True)
        failed = run_stage(stage, 0)
        if failed:
            raise MutateError(f"{failed} fails without any change.")


def campaign(waiting: list[Mutant], state: State) -> None:
    """Tries what has not been tried, and says so as it goes."""
    start = time.monotonic()
    with ThreadPoolExecutor(WORKERS) as pool:
        running = {pool.submit(attempt, mutant): mutant for mutant in waiting}
        try:
            for count, done in enumerate(as_completed(running), 1):
                mutant, test = running[done], done.result()
                state.found[mutant.key] = test
                state.save()
                outcome = f"killed by {test}" if test else "SURVIVED"
                print(
                    f"{count}/{len(waiting)} {time.monotonic() - start:.0f}s {outcome}: {mutant.line} {mutant.key}",
                    flush=True,
                )
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


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


def main() -> int:
    """Runs it; 1 where something survives unexplained."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", default="", help="only files whose path contains one of these, separated by commas")
    parser.add_argument("--sample", type=int, default=100, help="per cent of the mutants, the same every time")
    arguments = parser.parse_args()
    written = prepare()
    state = State.load()
    reasons = explained(written.mutants)
    chosen = [one for one in written.mutants if any(part in one.file for part in arguments.files.split(","))]
    chosen = sample(chosen, arguments.sample)
    waiting = [one for one in chosen if outcome(one, written.without, state.found, reasons) == "not run"]
    campaign(waiting, state)
    print("\n".join(summary(written, state, reasons)))
    survivors = [one for one in chosen if outcome(one, written.without, state.found, reasons) == "survived"]
    for one in survivors:
        print(f"survived: {one.file}:{one.line} {one.key}")
    return 1 if survivors else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except MutateError as problem:
        sys.exit(f"mutate: {problem}")
