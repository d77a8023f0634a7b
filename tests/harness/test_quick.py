"""What `make quick` runs: whatever needs neither node nor database comes along by itself, and nothing else does."""

import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import quick

from harness.settings import ROOT

HERE = Path(__file__).parent


def a_test(path: Path, *fixtures: str, mark: str = "") -> pytest.Item:
    """A test as pytest has it, as far as it is looked at."""
    found = {mark: mark}
    return cast(pytest.Item, SimpleNamespace(path=path, fixturenames=fixtures, get_closest_marker=found.get))


def file(folder: Path, *lines: str) -> Path:
    """A new file of tests."""
    path = folder / "test_new.py"
    path.write_text("\n".join(lines))
    return path


@pytest.mark.parametrize(
    ("line", "starts"),
    [
        ("from harness.market.pools import uniswap_v2", False),
        ("import json", False),
        ("from harness import chains, replica", True),
        ("from harness import replica as it", True),
        ("import pgserver", True),
        ("from harness.demo import deploy_to", True),
        ("import harness.demo", True),
        ("from stage import Stage", True),
        ("from bystander import Stage", False),
        ("def test() -> None:\n    from stage import Stage", True),
    ],
)
def test_a_file_reaches_a_node_by_what_it_imports(line: str, starts: bool, tmp_path: Path) -> None:
    (tmp_path / "stage.py").write_text("import bystander\nfrom further import served")
    (tmp_path / "further.py").write_text("import stage\nfrom harness.replica import serve")
    (tmp_path / "bystander.py").write_text("import bystander, json")
    assert quick.reaches(file(tmp_path, line)) is starts


@pytest.mark.parametrize("name", ["sizing", "route", "alerts", "quick"])
def test_what_only_reckons_is_quick(name: str) -> None:
    assert quick.is_quick(a_test(HERE / f"test_{name}.py", "tmp_path"))


@pytest.mark.parametrize("name", ["keeper", "discover", "store", "weather"])
def test_what_has_a_node_or_a_database_is_not(name: str) -> None:
    assert not quick.is_quick(a_test(HERE / f"test_{name}.py"))


@pytest.mark.parametrize("fixture", sorted(quick.FIXTURES))
def test_who_uses_a_node_or_a_database_by_a_fixture_is_not(fixture: str, tmp_path: Path) -> None:
    assert not quick.is_quick(a_test(file(tmp_path), "tmp_path", fixture))


def test_what_is_marked_as_long_is_not(tmp_path: Path) -> None:
    assert not quick.is_quick(a_test(file(tmp_path), mark="long"))
    assert quick.is_quick(a_test(file(tmp_path), mark="skip"))


@pytest.mark.parametrize("program", sorted(quick.PROGRAMS))
def test_who_starts_a_node_or_a_database_all_the_same_fails(program: str) -> None:
    for given in ((f"/bin/{program}", [program]), (None, [f"/bin/{program}", "--port", "0"]), (None, program)):
        with pytest.raises(RuntimeError, match=rf"^a quick test starts {program}; mark it with pytest.mark.long$"):
            quick.refuse("subprocess.Popen", given)


@pytest.mark.parametrize(
    "given", [(None, ["git", "anvil"]), ("/bin/sh", ["sh"]), (None, ["anvil", "--version"]), (None, "ls")]
)
def test_other_programs_are_started(given: tuple[Any, ...]) -> None:
    quick.refuse("subprocess.Popen", given)
    quick.refuse("open", ("anvil",))


@pytest.mark.parametrize(
    ("command", "said"), [(["/nowhere/anvil"], "RuntimeError: a quick test starts anvil"), (["true"], "")]
)
def test_the_refusal_holds_for_a_whole_process(command: list[str], said: str) -> None:
    code = f"import subprocess, quick; quick.refuse_programs(); subprocess.run({command})"
    run = [sys.executable, "-c", code]
    env = {"PYTHONPATH": f"{HERE}:{ROOT}", "PATH": os.environ["PATH"]}
    done = subprocess.run(run, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode == 0, said in done.stderr) == (said == "", True)


def suites_left_out(target: str) -> set[str]:
    """The folders of forge's tests that a target of the Makefile leaves out."""
    told = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    (line,) = (line for line in told.splitlines() if "forge test" in line)
    return set(re.findall(r"--skip 'tests/(\w+)/", line))


def test_forge_leaves_out_only_what_it_is_meant_to() -> None:
    suites = {path.relative_to(ROOT / "tests").parts[0] for path in (ROOT / "tests").rglob("*.t.sol")}
    assert suites_left_out("test") == suites_left_out("test-long") == {"benchmark"}
    assert suites - suites_left_out("quick") == {"unit", "attacks"}
