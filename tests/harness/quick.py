"""Which tests `make quick` runs: those that take a moment and need neither node nor database."""

import ast
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from harness.settings import ROOT

STARTERS = frozenset(("harness.replica", "pgserver"))
"""Modules that start nodes and databases; who imports one of them, or somebody who does, is not quick."""
FIXTURES = frozenset(("node", "both_chains", "moving_chains", "postgres", "database"))
"""Fixtures of conftest.py that do."""
PROGRAMS = frozenset(("anvil", "postgres", "pg_ctl", "initdb"))
"""What a quick test may not start."""


def is_quick(item: pytest.Item) -> bool:
    """Tell whether a test is."""
    starts = reaches(item.path) or FIXTURES.intersection(getattr(item, "fixturenames", ()))
    return not starts and item.get_closest_marker("long") is None


@cache
def reaches(path: Path) -> bool:
    """Tell whether a file imports what starts nodes or databases, directly or through files of the clone."""
    seen, left = {path}, [path]
    while left:
        names = imported(left.pop())
        if names & STARTERS:
            return True
        files = {file for name in names if (file := file_of(name, path.parent))} - seen
        seen |= files
        left += files
    return False


@cache
def imported(path: Path) -> set[str]:
    """Return the modules that a file imports, anywhere; what comes from a package may be a module as well."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def file_of(name: str, beside: Path) -> Path | None:
    """Return the file of a module in harness/ or beside another, None for those of others."""
    path = name.replace(".", "/")
    places = (beside / f"{path}.py", ROOT / f"{path}.py", ROOT / path / "__init__.py")
    return next((place for place in places if place.is_file()), None)


def refuse_programs() -> None:
    """Have whoever starts a node or a database fail from now on, in this process."""
    sys.addaudithook(refuse)


def refuse(event: str, given: tuple[Any, ...]) -> None:
    """Refuse to start one of the programs."""
    if event == "subprocess.Popen":
        command = given[1]
        program = Path(str(given[0] or (command[0] if isinstance(command, list | tuple) else command))).name
        if program in PROGRAMS and "--version" not in command:
            raise RuntimeError(f"a quick test starts {program}; mark it with pytest.mark.long")
