"""Set-up: each step once, and for whatever is missing one sentence that says what to do."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from harness import bootstrap, settings

Fake = Callable[..., None]


@pytest.fixture
def clone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A clone with the files that set-up reads and nothing installed; set-up is pointed at it."""
    for name in ("requirements.txt", "pyproject.toml", "package-lock.json", "package.json", ".npmrc"):
        shutil.copy(settings.ROOT / name, tmp_path / name)
    (tmp_path / "harness").mkdir()
    shutil.copy(bootstrap.__file__, tmp_path / "harness" / "bootstrap.py")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "MODULES", tmp_path / "node_modules")
    monkeypatch.setattr(bootstrap, "STAMPS", tmp_path / "build" / "setup")
    return tmp_path


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Fake:
    """Put commands that print a line and end with a code on an otherwise empty PATH."""
    folder = tmp_path / "tools"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def fake(name: str, says: str = "", code: int = 0) -> None:
        (folder / name).write_text(f"#!/bin/sh\necho '{says}'\nexit {code}\n")
        (folder / name).chmod(0o755)

    return fake


@pytest.fixture
def machine(tools: Fake) -> Fake:
    """A machine with git, Node.js 20 and npm."""
    tools("git")
    tools("node", "v20.11.0")
    tools("npm")
    return tools


def refusal() -> str:
    """Return what set-up exits with."""
    with pytest.raises(SystemExit) as caught:
        bootstrap.main()
    assert isinstance(caught.value.code, str), "a sentence, which makes the exit code 1"
    return caught.value.code


@pytest.mark.parametrize("version", [(3, 8), (3, 10), (3, 13)])
def test_another_python_is_refused(monkeypatch: pytest.MonkeyPatch, clone: Path, version: tuple[int, int]) -> None:
    assert clone.is_dir()
    monkeypatch.setattr(sys, "version_info", (*version, 1, "final", 0))
    found = f"{version[0]}.{version[1]}"
    asked = "install Python 3.11 or 3.12 and run `make PYTHON=python3.11 ...`."
    assert refusal() == f"set-up: this is Python {found}; {asked}"


@pytest.mark.usefixtures("clone")
@pytest.mark.parametrize(
    ("there", "said"),
    [
        ([], "git is missing; install git and run the same command again."),
        (["git"], "node is missing; install Node.js 20 or newer and run the same command again."),
        (["git", "node"], "npm is missing; install npm, which comes with Node.js, and run the same command again."),
    ],
)
def test_a_missing_tool_is_named(tools: Fake, there: list[str], said: str) -> None:
    for name in there:
        tools(name)
    assert refusal() == f"set-up: {said}"


@pytest.mark.usefixtures("clone")
@pytest.mark.parametrize(("version", "found"), [("v18.20.1", "v18.20.1"), ("", "without a version"), ("v9", "v9")])
def test_an_old_node_is_refused(machine: Fake, version: str, found: str) -> None:
    machine("node", version)
    assert refusal() == f"set-up: this is Node.js {found}; install Node.js 20 or newer and run the same command again."


@pytest.mark.usefixtures("machine")
def test_little_disk_is_refused_before_anything_is_fetched(monkeypatch: pytest.MonkeyPatch, clone: Path) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=bootstrap.DISK - 1))
    said = f"set-up: less than 2 GB of disk is free in {clone}; free some and run the same command again."
    assert refusal() == said
    assert not (clone / ".venv").exists()


@pytest.mark.usefixtures("machine", "clone")
@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(28, "No space left on device"), "the disk is full; free 2 GB and run the same command again."),
        (PermissionError(13, "Permission denied"), "[Errno 13] Permission denied; mend that and run the same command"),
        (KeyboardInterrupt(), "interrupted; run the same command again to go on."),
    ],
)
def test_what_goes_wrong_on_the_way_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, error: BaseException, said: str
) -> None:
    def install_python() -> None:
        raise error

    monkeypatch.setattr(bootstrap, "install_python", install_python)
    assert refusal().startswith(f"set-up: {said}")


@pytest.mark.usefixtures("clone")
@pytest.mark.parametrize(("free", "said"), [(10**12, "`npm ci --no-progress` failed;"), (0, "the disk is full")])
def test_a_failed_step_is_named(
    machine: Fake, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], free: int, said: str
) -> None:
    machine("npm", "no such host", 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    with pytest.raises(bootstrap.RefusedError, match=f"^{said}"):
        bootstrap.install_npm()
    assert "no such host" in capfd.readouterr().out


def test_a_step_runs_once_and_again_when_its_sources_or_product_change(
    clone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    product, runs = clone / "product", []

    def make_product() -> None:
        runs.append(1)
        product.touch()

    def due() -> bool:
        before = len(runs)
        bootstrap.step("a thing", [".npmrc"], product, make_product)
        return len(runs) > before

    assert (due(), due()) == (True, False)
    assert "set-up: a thing, done in 0 s" in capsys.readouterr().err
    (clone / ".npmrc").write_text("changed")
    assert (due(), due()) == (True, False)
    product.unlink()
    assert (due(), due()) == (True, False)


def test_a_step_that_failed_is_tried_again(clone: Path) -> None:
    def fails() -> None:
        raise bootstrap.RefusedError

    for _ in range(2):
        with pytest.raises(bootstrap.RefusedError):
            bootstrap.step("a thing", [".npmrc"], clone, fails)


def test_the_tools_of_npm_are_linked(clone: Path) -> None:
    (clone / ".venv" / "bin").mkdir(parents=True)
    for tool in ("forge", "anvil", "cast"):
        path = clone / "node_modules" / "@foundry-rs" / f"{tool}-linux-amd64" / "bin" / tool
        path.parent.mkdir(parents=True)
        path.touch()
    (clone / ".venv" / "bin" / "anvil").symlink_to("nowhere")
    for _ in range(2):
        bootstrap.link_tools()
        assert all((clone / ".venv" / "bin" / tool).resolve().is_file() for tool in ("forge", "anvil", "cast"))


def test_elsewhere_foundry_of_the_same_version_is_taken_or_asked_for(clone: Path, tools: Fake) -> None:
    (clone / ".venv" / "bin").mkdir(parents=True)
    for tool in ("forge", "anvil", "cast"):
        tools(tool, f"{tool} Version: 1.7.1")
    bootstrap.link_tools()
    assert (clone / ".venv" / "bin" / "cast").readlink() == clone / "tools" / "cast"
    tools("cast", "cast Version: 0.2.0")
    said = (
        r"^npm has no cast for this machine; install Foundry 1\.7\.1 \(foundryup -i 1\.7\.1\) and run the same command"
    )
    with pytest.raises(bootstrap.RefusedError, match=said):
        bootstrap.link_tools()


def test_the_lock_files_carry_hashes_and_no_addresses() -> None:
    python = (settings.ROOT / "requirements.txt").read_text()
    packages = [line for line in python.replace("\\\n", "").splitlines() if "==" in line]
    assert len(packages) > 100
    assert all("--hash=sha256:" in package for package in packages)
    npm = (settings.ROOT / "package-lock.json").read_text()
    assert npm.count('"integrity": "sha512-') > 0
    assert "://" not in python
    assert '"resolved": "http' not in npm


def test_a_set_up_clone_needs_a_moment() -> None:
    result = subprocess.run(["make", "setup"], cwd=settings.ROOT, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")


def test_make_without_python_is_one_sentence() -> None:
    command = ["make", "setup", "PYTHON=python-that-is-not-there"]
    env = {**os.environ, "MAKEFLAGS": ""}
    result = subprocess.run(command, cwd=settings.ROOT, env=env, capture_output=True, text=True, check=False)
    assert result.returncode != 0
    first = "set-up: Python is missing; install Python 3.11 and run the same command again."
    assert result.stderr.splitlines()[0] == first


def test_what_python_compiles_is_kept_whatever_the_environment_says() -> None:
    names = ("PYTHONPYCACHEPREFIX", "MAKEFLAGS")
    told = {name: value for name, value in os.environ.items() if name not in names} | {"PYTHONDONTWRITEBYTECODE": "1"}
    command = ["make", "--no-print-directory", "--eval", "shown: ; @env", "shown"]
    shown = subprocess.run(command, cwd=settings.ROOT, env=told, capture_output=True, text=True, check=True).stdout
    seen = dict(line.partition("=")[::2] for line in shown.splitlines())
    assert "PYTHONDONTWRITEBYTECODE" not in seen
    assert seen["PYTHONPYCACHEPREFIX"] == str(settings.ROOT / "build/pycache")
