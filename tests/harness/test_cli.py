"""The command line: quick, and every refusal one sentence with exit code 1."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from harness import chains, cli, settings
from harness.errors import MillraceError
from harness.replica import Replica

MILLRACE = str(Path(sys.prefix) / "bin" / "millrace")
KEY = "s3cretkey"


def run(*arguments: str) -> Result:
    """Run `millrace` in this process."""
    return CliRunner().invoke(cli.main, arguments)


def raising(error: Exception) -> click.Command:
    """Return a command that fails."""

    def fail() -> None:
        raise error

    return click.Command("fail", callback=fail)


def test_the_help_imports_no_command() -> None:
    script = "import sys; from harness.cli import main; main(['--help'], standalone_mode=False); print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    listed, modules = said.rsplit("\n", 2)[0], said.split("\n")[-2].split()
    assert all(name in listed for name in cli.COMMANDS)
    assert not {"web3", "ape", "pydantic", "harness.replica", "harness.deploy"} & set(modules)


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_is_there(name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    assert result.output.startswith(f"Usage: main {name}")


def test_an_error_of_ours_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli.LazyGroup, "get_command", lambda *_: raising(MillraceError("the wheel is stuck; free it")))
    result = run("fail")
    assert (result.exit_code, result.output) == (1, "Error: the wheel is stuck; free it\n")


def test_a_full_disk_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    monkeypatch.setattr(cli.LazyGroup, "get_command", lambda *_: raising(full))
    result = run("fail")
    assert (result.exit_code, result.output) == (
        1,
        "Error: the disk is full; free some and run the same command again\n",
    )


def test_a_defect_shows_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli.LazyGroup, "get_command", lambda *_: raising(PermissionError("x")))
    assert isinstance(run("fail").exception, PermissionError)


def test_an_unknown_command_is_refused() -> None:
    result = run("nonsense")
    assert result.exit_code == 2
    assert "No such command 'nonsense'" in result.output


@pytest.mark.parametrize("command", [["replica"], ["deploy", "--rpc", "http://127.0.0.1:1"]])
def test_an_unknown_chain_is_refused_by_name(command: list[str]) -> None:
    result = run(*command, "--chain", "goerli")
    assert result.exit_code == 1
    assert result.output == f"Error: unknown chain 'goerli'; there are: {', '.join(chains.names())}\n"


def test_deploy_refuses_another_chain(node: Replica) -> None:
    node.web3.provider.make_request("anvil_setChainId", [5])  # type: ignore[arg-type]
    before = node.web3.eth.block_number
    result = run("deploy", "--chain", "ethereum", "--rpc", node.url.replace("//", f"//me:{KEY}@"), "--broadcast")
    assert result.exit_code == 1
    said = "answers with chain id 5, but ethereum has 1; give an endpoint of ethereum"
    assert result.output == f"Error: {node.url} {said}\n"
    assert node.web3.eth.block_number == before


def test_a_dead_endpoint_is_named_without_its_key() -> None:
    process = subprocess.run(
        [MILLRACE, "deploy", "--chain", "ethereum", "--rpc", f"http://127.0.0.1:1/v2/{KEY}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (process.returncode, process.stdout) == (1, "")
    assert process.stderr.startswith("Error: http://127.0.0.1:1 did not answer eth_chainId")
    assert KEY not in process.stderr


def test_deploy_wants_an_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ETHEREUM_RPC_URL", raising=False)
    result = run("deploy", "--chain", "ethereum")
    assert (result.exit_code, result.output) == (
        1,
        "Error: no endpoint of ethereum is given; give --rpc or set ETHEREUM_RPC_URL\n",
    )


def test_deploy_wants_roles_with_checksums(node: Replica) -> None:
    address = settings.dev_account(0).address.lower()
    result = run("deploy", "--chain", "ethereum", "--rpc", node.url, "--keeper", address)
    assert result.output == f"Error: keeper is {address}; give --keeper a checksummed address\n"


def test_the_chain_files_are_checked() -> None:
    result = run("chains", "check")
    assert result.exit_code == 0
    assert [line.split(":")[0] for line in result.output.splitlines()] == chains.names()
