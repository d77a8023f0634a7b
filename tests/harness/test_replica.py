"""The replica: built once, served at the pinned block, ended with whoever started it, forked by ape."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from web3 import Web3

from harness import chains, replica, replicastate, settings
from harness.chains import Chain
from harness.replica import Replica, ReplicaError

pytestmark = pytest.mark.long

MILLRACE, APE = (str(Path(sys.prefix) / "bin" / name) for name in ("millrace", "ape"))


def alive(pid: int) -> bool:
    """Tell whether a process runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_it_stands_at_the_pinned_block(ethereum: Chain, node: Replica) -> None:
    latest = node.web3.eth.get_block("latest")
    assert node.web3.eth.chain_id == ethereum.chain_id
    assert latest["number"] == ethereum.pinned.block
    assert latest["timestamp"] == ethereum.pinned.timestamp
    assert latest["baseFeePerGas"] == 10**9


def test_block_zero_is_there_for_ape(node: Replica) -> None:
    assert node.web3.eth.get_block(0)["number"] == 0
    assert node.web3.eth.block_number == node.chain.pinned.block


def test_the_first_block_is_not_free(node: Replica) -> None:
    giver, taker = (settings.dev_account(index).address for index in (4, 5))
    sent = node.web3.eth.send_transaction({"from": giver, "to": taker, "value": Web3.to_wei(1, "wei")})
    receipt = node.web3.eth.wait_for_transaction_receipt(sent)
    block = node.web3.eth.get_block(receipt["blockNumber"])
    assert block["number"] == node.chain.pinned.block + 1
    assert block["baseFeePerGas"] == 10**9


def test_the_tokens_have_code_at_their_real_addresses(ethereum: Chain, node: Replica) -> None:
    for token in ethereum.tokens.values():
        assert node.web3.eth.get_code(Web3.to_checksum_address(token.address))


def test_the_accounts_are_ours_and_hold_ether(node: Replica) -> None:
    ours = [settings.dev_account(index).address for index in range(settings.ACCOUNTS)]
    assert list(node.web3.eth.accounts) == ours
    assert len(set(ours)) == settings.ACCOUNTS
    assert {node.web3.eth.get_balance(account) for account in ours} == {settings.BALANCE * 10**18}
    assert all(node.web3.eth.get_code(account) == b"" for account in ours)


def test_ape_has_the_same_mnemonic() -> None:
    config = (settings.ROOT / "ape-config.yaml").read_text()
    assert f"mnemonic: {settings.MNEMONIC}\n" in config
    assert f"number_of_accounts: {settings.ACCOUNTS}\n" in config


def test_a_served_replica_ends_with_the_block(ethereum: Chain) -> None:
    with replica.serve(ethereum.name) as served:
        assert alive(served.process.pid)
    assert served.process.returncode is not None
    with pytest.raises(ZeroDivisionError), replica.serve(ethereum.name) as served:
        1 / 0  # noqa: B018
    assert served.process.returncode is not None


def test_two_replicas_know_nothing_of_each_other(ethereum: Chain, node: Replica) -> None:
    with replica.serve(ethereum.name) as other:
        assert other.url != node.url
        node.web3.provider.make_request("anvil_mine", [])  # type: ignore[arg-type]
        assert node.web3.eth.block_number == other.web3.eth.block_number + 1


def test_a_taken_port_is_one_sentence(ethereum: Chain) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ReplicaError, match=rf"^port {port} is taken; stop what listens there or give another"):
            replica.serve(ethereum.name, port).__enter__()
        result = subprocess.run([MILLRACE, "replica", "--port", str(port)], capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        f"Error: port {port} is taken; stop what listens there or give another with --port"
    ]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 128 + signal.SIGTERM), (signal.SIGINT, 0)])
def test_the_command_tells_where_and_takes_its_anvil_along(ethereum: Chain, number: int, code: int) -> None:
    command = [MILLRACE, "replica", "--chain", "ethereum", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, bufsize=1) as process:
        assert process.stdout is not None
        said: list[str] = []
        while not said or said[-1] != "Ctrl-C ends it\n":
            said.append(process.stdout.readline())
            assert said[-1], "it ended early"
        anvil = children(process.pid)
        process.send_signal(number)
        process.wait(timeout=30)
    text = "".join(said)
    assert re.search(r"replica of ethereum at http://127\.0\.0\.1:\d+\n", text)
    assert f"chain id {ethereum.chain_id}, block {ethereum.pinned.block}, rules of {ethereum.hard_fork}\n" in text
    assert f"  3 {settings.dev_account(3).address} keeper\n" in text
    assert process.returncode == code
    assert len(anvil) == 1
    assert not alive(anvil[0])


def children(pid: int) -> list[int]:
    """Return the processes that `pid` started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_anvil_that_dies_is_told_with_its_reason(monkeypatch: pytest.MonkeyPatch, ethereum: Chain) -> None:
    replica.build(ethereum.name)
    monkeypatch.setattr(replica, "build", lambda _: settings.BUILD / "replica/ethereum/genesis.json")
    bent = ethereum.model_copy(update={"hard_fork": "nonsense"})
    monkeypatch.setattr(chains, "load", lambda _: bent)
    with pytest.raises(ReplicaError, match=r"^anvil did not start: .+; see build/replica/ethereum/anvil-\d+\.log$"):
        replica.serve(ethereum.name).__enter__()


def test_a_state_is_built_once(monkeypatch: pytest.MonkeyPatch, ethereum: Chain) -> None:
    replica.build(ethereum.name)
    monkeypatch.setattr(replicastate, "_compile", lambda *_: pytest.fail("built again"))
    monkeypatch.setattr(replicastate, "_dump", lambda *_: pytest.fail("built again"))
    assert replica.build(ethereum.name).is_file()


INPUTS = (
    "script/Replica.s.sol",
    "tests/mocks/x/y.sol",
    "chains/toy.json",
    "foundry.toml",
    "package-lock.json",
    "genesis.py",
)


@pytest.mark.parametrize("place", INPUTS)
def test_every_input_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: str) -> None:
    for name in (*INPUTS, "replicastate.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("before")
    (tmp_path / "chains/other.json").write_text("before")
    monkeypatch.setattr(replicastate, "ROOT", tmp_path)
    monkeypatch.setattr(replicastate, "CHAINS", tmp_path / "chains")
    monkeypatch.setattr(replicastate, "__file__", str(tmp_path / "replicastate.py"))
    before = replicastate.digest("toy")
    (tmp_path / "chains/other.json").write_text("after")
    assert replicastate.digest("toy") == before
    (tmp_path / place).write_text("after!")
    assert replicastate.digest("toy") != before


def test_a_failed_build_names_its_log_and_leaves_no_stamp(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ethereum: Chain
) -> None:
    monkeypatch.setattr(replicastate, "BUILD", tmp_path)
    monkeypatch.setattr(replicastate, "ROOT", tmp_path)
    monkeypatch.setattr(replicastate, "digest", lambda _: "digest")
    monkeypatch.setattr(replicastate, "tool", lambda _: "false")
    with pytest.raises(ReplicaError, match=r"^what replicas are built with does not compile; see replica/build.log$"):
        replica.build(ethereum.name)
    monkeypatch.setattr(replicastate, "_compile", lambda _: None)
    said = r"^the replica of ethereum could not be built; see replica/ethereum/build.log$"
    with pytest.raises(ReplicaError, match=said):
        replica.build(ethereum.name)
    assert not (tmp_path / "replica" / "ethereum" / "stamp").exists()


def test_the_genesis_carries_the_state(ethereum: Chain) -> None:
    genesis = json.loads(replica.build(ethereum.name).read_text())
    alloc = json.loads((settings.BUILD / "replica" / "ethereum" / "alloc.json").read_text())
    assert genesis["alloc"] == alloc
    assert int(genesis["number"], 16) == ethereum.pinned.block
    assert int(genesis["timestamp"], 16) == ethereum.pinned.timestamp
    assert genesis["config"]["chainId"] == ethereum.chain_id


def ape_test(url: str | None) -> subprocess.CompletedProcess[str]:
    """Run the tests of ape_fork.py through ape, with the chain's variable set to `url` or not at all."""
    command = [APE, "test", "tests/harness/ape_fork.py", "-q"]
    env = {name: value for name, value in os.environ.items() if name != "ETHEREUM_RPC_URL"}
    env |= {"ETHEREUM_RPC_URL": url} if url else {}
    fork = ["--network", "ethereum:mainnet-fork:foundry"]
    return subprocess.run([*command, *fork], cwd=settings.ROOT, env=env, capture_output=True, text=True, check=False)


@pytest.mark.usefixtures("built")
def test_ape_forks_a_replica_of_its_own_where_no_endpoint_is_set() -> None:
    result = ape_test(None)
    assert (result.returncode, "3 passed" in result.stdout) == (0, True), result.stdout + result.stderr


@pytest.mark.usefixtures("built")
def test_ape_forks_the_endpoint_that_is_set_at_the_pinned_block(node: Replica) -> None:
    node.web3.provider.make_request("anvil_mine", ["0x5"])  # type: ignore[arg-type]
    assert "eth_getCode" not in node.log.read_text()
    result = ape_test(node.url)
    assert (result.returncode, "3 passed" in result.stdout) == (0, True), result.stdout + result.stderr
    assert "eth_getCode" in node.log.read_text(), "the tests passed without asking this node for a contract"
