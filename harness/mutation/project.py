"""The copy that mutants are tried on: laid out, compiled with all mutants in it, and run.

All mutants are compiled at once, each behind a question (see harness.mutation.mutants): what it costs to try one is a
test run. The tests themselves are compiled from the sources as they are, and deploy by artifact, so that theirs are
put in place; of a library that a test carries in itself the whole test is.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from harness.errors import MillraceError
from harness.mutation.areas import AREAS, UNIT, Area, Stage, every_stage, files_of, paths
from harness.mutation.mutants import SWITCH, Mutant, Source, culprits, imported, sparing
from harness.settings import BUILD, ROOT, tool

HOME: Final = BUILD / "mutate"
PROJECT: Final = HOME / "project"
PREPARED: Final = HOME / "prepared.json"
SWITCH_FILE: Final = "contracts/Mutant.sol"

COPIED: Final = ("contracts", "script", "tests")
SEEDED: Final = ("out", "build/forge")
LINKED: Final = ("node_modules", "chains", "snapshots", "build/peers")

COMPILER: Final = """#!/bin/sh
# The compiler of script/solc, with a memory: forge asks it much the same before every run of tests.
memory=$(dirname "$0")/../build/solc
request=$(mktemp) || exit 1
trap 'rm -f "$request"' EXIT
case " $* " in *--version*) echo version ;; *) cat ;; esac > "$request"
known=$memory/$(sha256sum < "$request" | cut -d " " -f 1)
if [ ! -e "$known" ]; then
  mkdir -p "$memory"
  node "$(dirname "$0")/npm/solc" "$@" < "$request" > "$known.$$" && mv "$known.$$" "$known" || exit 1
fi
cat "$known"
"""

CROSS: Final = Path("tests/integration/Cross.t.sol")
"""Where a part of the matrix lies in the copy, which takes a moment."""

FUZZ_RUNS: Final = 32
CODE_SIZE: Final = 4_000_000
GAS: Final = 2**32
"""What a contract with all its mutants may need: bytes of code, and gas for a test."""

TIMEOUT: Final = 600
"""Seconds for a stage of tests; a mutant that takes longer counts as noticed."""

APART: Final = 10_000
"""How far apart the numbers of two files' mutants begin: so a file's stay what they are when another changes."""


class MutateError(MillraceError):
    """The tests do not pass as they are, or tests/mutants.toml names what there is not."""


def scope() -> list[str]:
    """All that is changed."""
    return files_of(AREAS, PROJECT)


def digest(paths: Iterable[Path]) -> str:
    """Of the contents of files."""
    whole = hashlib.sha256()
    for path in sorted(paths):
        whole.update(path.read_bytes())
    return whole.hexdigest()


# The project's copy, and what is compiled in it.


def lay_out() -> None:
    """Copies what the tests need, and builds it as it is."""
    for folder in COPIED:
        shutil.rmtree(PROJECT / folder, ignore_errors=True)
        shutil.copytree(ROOT / folder, PROJECT / folder)
    shutil.copy(ROOT / "foundry.toml", PROJECT)
    shutil.copy(Path(__file__).with_name(CROSS.name), PROJECT / CROSS)
    for name in LINKED:
        shutil.rmtree(PROJECT / name, ignore_errors=True)
        shutil.copytree(ROOT / name, PROJECT / name, symlinks=True, copy_function=os.link)
    compiler = PROJECT / "script/solc"
    (compiler.parent / "npm").mkdir()
    compiler.rename(compiler.parent / "npm/solc")
    compiler.write_text(COMPILER)
    compiler.chmod(0o755)
    for name in SEEDED:
        if not (PROJECT / name).exists():
            shutil.copytree(ROOT / name, PROJECT / name)
    tests = dict.fromkeys([str(CROSS), *(path for stage in every_stage(scope()) for path in paths(stage, PROJECT))])
    forge("build", "--quiet", "contracts", *tests, env={}, check=True)


def forge(
    *arguments: str, env: Mapping[str, str], check: bool = False, timeout: int = TIMEOUT
) -> subprocess.CompletedProcess[str]:
    """Runs forge in the copy."""
    environment = {**os.environ, "FOUNDRY_LINT_LINT_ON_BUILD": "false", **env}
    return subprocess.run(
        [tool("forge"), *arguments],
        cwd=PROJECT,
        env=environment,
        check=check,
        stdout=subprocess.PIPE if not check else None,
        text=True,
        timeout=None if check else timeout,
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
        changed = sparing(text) if path.startswith("node_modules/") else text
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
    originals = closure([*scope(), *entries(AREAS), *set(UNIT.values())])
    trees = solc(originals, {"*": {"": ["ast"]}}, via_ir=True)["sources"]
    sources = list[Source]()
    for index, path in enumerate(scope()):
        first = 1 + APART * index
        source = Source(path, originals[path].encode(), trees[path]["ast"], switch_from(path), first)
        source.written()
        sources.append(source)
    return Written(originals, sources)


def entries(areas: Iterable[Area]) -> list[str]:
    """What is put in place for areas, but for tests."""
    return list(dict.fromkeys(entry for area in areas for entry in area.entries))


def put(texts: Mapping[str, str], entry: str, via_ir: bool) -> None:
    """Compiles `entry` and puts the bytecode in the place of forge's."""
    needed = {path: texts[path] for path in [*closure([entry]), SWITCH_FILE]}
    answer = solc(needed, {entry: {"*": ["evm.bytecode.object", "evm.deployedBytecode.object"]}}, via_ir)
    if errors(answer):
        raise MutateError(errors(answer)[0]["formattedMessage"])
    for name, contract in answer["contracts"][entry].items():
        path = PROJECT / "out" / Path(entry).name / f"{name}.json"
        artifact = json.loads(path.read_text())
        for part in ("bytecode", "deployedBytecode"):
            artifact[part] = {"object": "0x" + contract["evm"][part]["object"], "linkReferences": {}}
        path.write_text(json.dumps(artifact))


def prepare(areas: Sequence[Area]) -> Written:
    """The copy, with the mutants of areas compiled into it."""
    PROJECT.mkdir(parents=True, exist_ok=True)
    sources = (*ROOT.glob("contracts/**/*.sol"), *ROOT.glob("tests/**/*.sol"), *ROOT.glob("script/**/*.sol"))
    own = (Path(__file__).with_name(name) for name in ("mutants.py", "areas.py"))
    now = digest([*sources, ROOT / "foundry.toml", *own])
    prepared = json.loads(PREPARED.read_text()) if PREPARED.exists() else {}
    if prepared.get("digest") != now:
        lay_out()
        written = write()
        written.settle()
        prepared = {"digest": now, "refused": sorted(written.without), "areas": []}
    else:
        written = write()
        written.without = set(prepared["refused"])
    for area in areas:
        if area.name not in prepared["areas"]:
            fill(written, area)
            prepared["areas"].append(area.name)
            PREPARED.write_text(json.dumps(prepared))
    return written


def fill(written: Written, area: Area) -> None:
    """Compiles an area's mutants into the copy."""
    texts, files = written.texts(), files_of([area], PROJECT)
    for entry in area.entries:
        put(texts, entry, via_ir=True)
    for test in sorted({UNIT[Path(file).stem] for file in files if Path(file).stem in UNIT}):
        put(texts, test, via_ir=False)


def surroundings(name: str) -> dict[str, str]:
    """The settings of a run, which has a name of its own so that it shares no files with others."""
    return {
        "FOUNDRY_CODE_SIZE_LIMIT": str(CODE_SIZE),
        "FOUNDRY_GAS_LIMIT": str(GAS),
        "FOUNDRY_FUZZ_RUNS": str(FUZZ_RUNS),
        "FOUNDRY_FUZZ_FAILURE_PERSIST_DIR": str(HOME / "failures" / name),
        "FOUNDRY_TEST_FAILURES_FILE": str(HOME / "failures" / f"{name}.txt"),
    }


def run_stage(stage: Stage, mutant: int) -> str:
    """The first test that fails, or nothing where all pass."""
    path, name = stage
    environment = {**surroundings(str(mutant)), "FOUNDRY_BLOCK_PREVRANDAO": f"0x{mutant:064x}"}
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
