"""degenbot in an environment of its own, asked over a pipe."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from harness.settings import BUILD, ROOT

PEER: Final = BUILD / "degenbot"
LOCKED: Final = ROOT / "requirements-bench.txt"
PYTHON: Final = "3.13"
SCRIPT: Final = Path(__file__).with_name("bench_degenbot.py")


def ask(**given: object) -> dict[str, Any] | None:
    """Return what degenbot answers, as bench_degenbot.py has it, or None where no Python here runs it."""
    python = _peer()
    if python is None:
        return None
    run = subprocess.run([python, SCRIPT], input=json.dumps(given), text=True, stdout=subprocess.PIPE, check=True)
    answer: dict[str, Any] = json.loads(run.stdout)
    return answer


def _peer() -> Path | None:
    """Return the interpreter of degenbot's environment, made anew where its requirements have changed."""
    python, stamp = PEER / "bin" / "python", PEER / LOCKED.name
    if stamp.exists() and stamp.read_bytes() == LOCKED.read_bytes():
        return python
    base = _interpreter()
    if base is None:
        return None
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, "venv", "--quiet", "--clear", "--python", base, PEER], check=True)
    subprocess.run([uv, "pip", "sync", "--quiet", "--require-hashes", "--python", python, LOCKED], check=True)
    shutil.copy(LOCKED, stamp)
    return python


def _interpreter() -> Path | None:
    """Return a Python that degenbot runs on: on the path, or one that pyenv has; a shim of pyenv's may be neither."""
    name = f"python{PYTHON}"
    candidates = [Path(found) for found in [shutil.which(name)] if found]
    candidates += sorted((Path.home() / ".pyenv" / "versions").glob(f"{PYTHON}*/bin/{name}"))
    for candidate in candidates:
        if subprocess.run([candidate, "--version"], capture_output=True, check=False).returncode == 0:
            return candidate
    return None
