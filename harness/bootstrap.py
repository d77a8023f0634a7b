"""Set-up of a fresh clone: the virtual environment, locked packages, forge and solc, each step once.

Runs on whatever `python3` there is, before anything is installed, hence the standard library alone and a syntax that
an old interpreter can still read far enough to be told that it is too old: annotations of newer forms are quoted. A
step runs again only when the files that it was made from have changed, or what it made is gone.
"""

import errno
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
MODULES = ROOT / "node_modules"
STAMPS = ROOT / "build" / "setup"
PYTHON, TOO_NEW = (3, 11), (3, 13)
NODE = 20
DISK = 2 * 1024**3
FULL = 64 * 1024**2
AGAIN = "and run the same command again."
NETWORK = "see what it says above; most often the package registry cannot be reached"
NO_SPACE = f"the disk is full; free 2 GB {AGAIN}"


class RefusedError(Exception):
    """A prerequisite is missing; the message is the one sentence that says what to do."""


def main() -> None:
    """Run every step that is due; exit 1 with one sentence where something is missing."""
    try:
        check_machine()
        python_sources = ["requirements.txt", "pyproject.toml", "harness/bootstrap.py"]
        step("Python packages", python_sources, VENV / "bin" / "uv", install_python)
        npm_sources = ["package-lock.json", ".npmrc"]
        step("contracts' packages, forge, anvil, solc", npm_sources, MODULES / "solc", install_npm)
        link_tools()
    except RefusedError as refusal:
        sys.exit(f"set-up: {refusal}")
    except KeyboardInterrupt:
        sys.exit("set-up: interrupted; run the same command again to go on.")
    except OSError as error:
        sys.exit(f"set-up: {NO_SPACE}" if error.errno == errno.ENOSPC else f"set-up: {error}; mend that {AGAIN}")


def check_machine() -> None:
    """Refuse a machine that lacks what the README asks for."""
    if not PYTHON <= sys.version_info[:2] < TOO_NEW:
        found = "{}.{}".format(*sys.version_info[:2])
        raise RefusedError(f"this is Python {found}; install Python 3.11 or 3.12 and run `make PYTHON=python3.11 ...`.")
    for tool, source in (("git", "git"), ("node", "Node.js 20 or newer"), ("npm", "npm, which comes with Node.js,")):
        if shutil.which(tool) is None:
            raise RefusedError(f"{tool} is missing; install {source} {AGAIN}")
    version = output(["node", "--version"])
    major = re.match(r"v(\d+)", version)
    if major is None or int(major.group(1)) < NODE:
        found = version or "without a version"
        raise RefusedError(f"this is Node.js {found}; install Node.js 20 or newer {AGAIN}")
    if not MODULES.is_dir() and shutil.disk_usage(ROOT).free < DISK:
        raise RefusedError(f"less than 2 GB of disk is free in {ROOT}; free some {AGAIN}")


def step(title: str, sources: "list[str]", product: Path, action: "Callable[[], None]") -> None:
    """Run `action` unless its stamp says that it ran with these very `sources`, and its `product` is still there."""
    digest = hashlib.sha256((sys.version + str(ROOT)).encode())
    for source in sources:
        digest.update((ROOT / source).read_bytes())
    stamp = STAMPS / action.__name__
    if product.exists() and stamp.is_file() and stamp.read_text() == digest.hexdigest():
        return
    sys.stderr.write(f"set-up: {title} ...\n")
    start = time.time()
    action()
    STAMPS.mkdir(parents=True, exist_ok=True)
    stamp.write_text(digest.hexdigest())
    sys.stderr.write(f"set-up: {title}, done in {time.time() - start:.0f} s\n")


def install_python() -> None:
    """Make the virtual environment and put exactly the locked packages there."""
    run([sys.executable, "-m", "venv", "--clear", str(VENV)], "install Python's venv module (Debian: python3-venv)")
    locked = re.search(r"^uv==(?:.*\\\n)+.*\n?", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    if locked is None:
        raise RefusedError("requirements.txt does not lock uv; restore it from git.")
    STAMPS.mkdir(parents=True, exist_ok=True)
    pin = STAMPS / "uv.txt"
    pin.write_text(locked.group(0))
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    run([*pip, "--require-hashes", "--no-deps", "-r", str(pin)], NETWORK)
    uv = [str(VENV / "bin" / "uv"), "pip"]
    run([*uv, "sync", "--quiet", "--require-hashes", "requirements.txt"], NETWORK)
    run([*uv, "install", "--quiet", "--no-deps", "--no-build-isolation", "--editable", "."], NETWORK)


def install_npm() -> None:
    """Install the contracts' packages and Foundry's binaries as package-lock.json has them."""
    run(["npm", "ci", "--no-progress", "--loglevel=error"], NETWORK)


def link_tools() -> None:
    """Put forge, anvil and cast beside `millrace` and `ape`, so that an activated environment has them all.

    npm carries them for Linux on x86-64; elsewhere the same version is taken from the PATH.
    """
    locked = re.search(r'"@foundry-rs/forge-linux-amd64": "([^"]+)"', (ROOT / "package.json").read_text())
    if locked is None:
        raise RefusedError("package.json does not name forge; restore it from git.")
    for tool in ("forge", "anvil", "cast"):
        link = VENV / "bin" / tool
        target = MODULES / "@foundry-rs" / f"{tool}-linux-amd64" / "bin" / tool
        if not target.is_file():
            target = foundry_on_path(tool, locked.group(1))
        if not link.is_symlink() or link.readlink() != target:
            link.unlink(missing_ok=True)
            link.symlink_to(target)


def foundry_on_path(tool: str, version: str) -> Path:
    """Find `tool` of exactly `version` outside the virtual environment."""
    outside = os.pathsep.join(part for part in os.environ["PATH"].split(os.pathsep) if not part.startswith(str(VENV)))
    found = shutil.which(tool, path=outside)
    if found is None or version not in output([found, "--version"]):
        foundry = f"install Foundry {version} (foundryup -i {version})"
        raise RefusedError(f"npm has no {tool} for this machine; {foundry} {AGAIN}")
    return Path(found)


def output(command: "list[str]") -> str:
    """Return what a command says; nothing where it fails."""
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def run(command: "list[str]", advice: str) -> None:
    """Run one command of the set-up, or refuse with `advice`."""
    result = subprocess.run(command, cwd=ROOT, env=dict(os.environ, VIRTUAL_ENV=str(VENV)), check=False)
    if result.returncode != 0:
        if shutil.disk_usage(ROOT).free < FULL:
            raise RefusedError(NO_SPACE)
        name = " ".join([Path(command[0]).name, *command[1:3]])
        raise RefusedError(f"`{name}` failed; {advice}.")


if __name__ == "__main__":
    main()
