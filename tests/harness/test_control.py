"""Pausing, resuming, asking, and the guardian's stop."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import records
from click.testing import CliRunner, Result
from rich.console import Console

from harness import guardian, replica
from harness.chains import Chain
from harness.cli import main
from harness.demo import deploy_to
from harness.deployments import Deployment, save_deployment
from harness.devchain import DevChain
from harness.guardian import GuardianError, Step, carry_out, tried
from harness.keeper.control import status_of, table
from harness.keeper.stop import plan
from harness.node import free_port
from harness.settings import GUARDIAN, KEEPER, dev_account
from harness.store import Store

ETHER = 10**18


@pytest.fixture
def database(tmp_path: Path) -> str:
    """SQLite will do: the two kinds are compared elsewhere."""
    return f"sqlite:///{tmp_path / 'record.db'}"


@pytest.fixture
def config(database: str, tmp_path: Path) -> str:
    file = tmp_path / "keeper.toml"
    file.write_text(f'database = "{database}"\n[chains.ethereum]\nrpc = ["http://127.0.0.1:8545"]\n')
    return str(file)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


# pause, resume, status


def test_a_pause_stays_until_somebody_resumes(store: Store, config: str) -> None:
    assert run("pause", "--config", config, "--reason", "odd prices").output == "ethereum: paused\n"
    assert run("pause", "--config", config, "--reason", "again").output == "ethereum: was paused already\n"
    [halt] = store.halts(1)
    assert (halt.kind, halt.reason) == ("pause", "odd prices")
    assert "@" in halt.by
    store.halt(1, "breaker", "5 attempts in a row have failed", "keeper")
    said = run("resume", "--config", config, "--chain", "ethereum").output
    assert said.startswith("ethereum: resumed; it was halted: pause by ")
    assert said.endswith(": 5 attempts in a row have failed\n")
    assert store.halts(1) == []
    assert run("resume", "--config", config).output == "ethereum: was not halted\n"


def test_of_several_chains_the_one_that_is_named_is_paused(store: Store, config: str) -> None:
    with Path(config).open("a") as file:
        file.write('[chains.base]\nrpc = ["http://127.0.0.1:8546"]\n')
    assert run("pause", "--config", config, "--reason", "odd", "--chain", "base").output == "base: paused\n"
    assert (store.halts(1), len(store.halts(8453))) == ([], 1)


@pytest.mark.parametrize("command", [["pause", "--reason", "x"], ["resume"], ["status"]])
def test_what_cannot_be_reached_is_said(command: list[str], config: str) -> None:
    result = run(*command, "--config", config, "--chain", "goerli")
    assert (result.exit_code, result.output) == (1, "Error: keeper.toml has no chain 'goerli'; it has ethereum\n")
    result = run(*command, "--config", config)
    assert result.exit_code == 1
    assert "has tables of revision none, which are older than this version's" in result.output


def story(store: Store, ethereum: Chain) -> datetime:
    """Write a keeper's day into the record, after an older one and beside another chain's; return its end."""
    now = datetime(2026, 3, 1, tzinfo=UTC)
    weth = ethereum.token("WETH").address
    store.hold_lease(1, "me", 60)
    store._clock = lambda: now - timedelta(days=1, seconds=1)
    older = records.transaction(9, records.attempt(store, chain_id=1), chain_id=1)
    store.signed(older, 1)
    store.included(older.hash, 5, "0xb", True, 10**6, 10**9, (weth, 5 * ETHER))
    store.incident(1, "node", "timeout", "is over")
    store.incident_over(1, "node")
    store._clock = lambda: now
    store.pulse(8453, "base", block=7, lag=0.1, day_blocks=43_200, failures=2, balance=1)
    store.pulse(1, "ethereum", block=9000, lag=0.5, day_blocks=7200, failures=5, gas_a_day=ETHER, balance=2 * ETHER)
    for nonce, block in enumerate([1800, 1801]):
        number = records.attempt(store, chain_id=1)
        made = records.transaction(nonce, number, chain_id=1)
        store.signed(made, 1)
        store.included(made.hash, block, "0xb", True, 10**6, 10**9, (weth, 3 * ETHER))
    dollars = records.transaction(8, records.attempt(store, chain_id=1), chain_id=1)
    store.signed(dollars, 1)
    store.included(dollars.hash, 1801, "0xb", True, 0, 0, (ethereum.token("USDC").address, 7 * 10**6))
    records.attempt(store, "NotProfitable()", chain_id=1)
    store.signed(records.transaction(2, chain_id=1), 1)
    store.incident(1, "relay", "no answer", "timeout")
    store.halt(1, "pause", "lunch", "op")
    return now


def test_the_status_has_the_days_figures(store: Store, ethereum: Chain) -> None:
    found = status_of(store, ethereum, story(store, ethereum))
    assert (found.leader, found.block, found.lag, found.age) == ("me", 9000, 0.5, 0)
    assert found.halted == ("pause by op since 2026-03-01 00:00 UTC: lunch",)
    assert (found.out, str(found.gas), str(found.gas_limit), str(found.balance)) == (1, "0.001", "1", "2")
    assert (found.failures, found.failures_limit, found.runway_days) == (0, 5, None)
    assert ({name: int(most) for name, most in found.profit.items()}, found.incidents) == (
        {"WETH": 6, "USDC": 7},
        ("relay: timeout (1)",),
    )


def test_the_status_is_a_table_or_json(store: Store, ethereum: Chain, config: str) -> None:
    story(store, ethereum)
    console = Console(width=120, record=True, file=None)
    with console.capture() as shown:
        console.print(table([status_of(store, ethereum)]))
    assert all(text in shown.get() for text in ("pause by op", "0.001 of 1", "0 of 5", "9000", "relay: timeout (1)"))
    assert "pause by op" in run("status", "--config", config).output
    [found] = json.loads(run("status", "--config", config, "--json").output)
    assert (found["chain"], found["gas"], found["out"]) == ("ethereum", "0.001", 1)


def test_the_status_of_a_keeper_that_never_ran(store: Store, config: str) -> None:
    assert store.pulses() == []
    output = run("status", "--config", config).output
    assert "none was seen" in output
    assert "nobody" in output


# the contracts' stop


@dataclass(frozen=True)
class Stage:
    """A replica with everything deployed."""

    chain: Chain
    node: DevChain
    url: str
    deployment: Deployment

    def number(self, contract: str, signature: str, *arguments: object) -> int:
        """What a view of one of the contracts answers."""
        return self.node.view(self.deployment.address(contract), signature, *arguments)

    def plan(self, account: int = GUARDIAN) -> list[Step]:
        """What a development account would do."""
        steps = plan(self.node.web3, self.chain, self.deployment)
        return tried(self.node.web3, dev_account(account).address, steps)


@pytest.fixture(scope="module")
def deployed(built: None) -> Iterator[Stage]:  # noqa: ARG001 - errors are named after the artifacts
    with replica.serve("ethereum") as served:
        deployment = deploy_to(served)
        node = DevChain(served.web3, 12)
        node.rpc("evm_setAutomine", True)
        yield Stage(served.chain, node, served.url, deployment)


@pytest.fixture
def stage(deployed: Stage) -> Iterator[Stage]:
    """The same for every test: what a test does is undone."""
    before = deployed.node.rpc("evm_snapshot")
    yield deployed
    deployed.node.rpc("evm_revert", before)


def test_the_guardian_stops_the_contracts(stage: Stage) -> None:
    executor, vault = stage.deployment.address("executor"), stage.deployment.address("vault")
    steps = stage.plan()
    assert [(step.to, step.problem) for step in steps] == [
        (executor, ""),
        (vault, ""),
        (stage.deployment.address("reserve"), ""),
    ]
    said = carry_out(stage.node.web3, dev_account(GUARDIAN), steps)
    assert [line.split(": ")[-1].split(",")[0] for line in said] == ["done"] * 3
    assert stage.number("executor", "paused()") == 1
    assert stage.number("executor", "canExecute(address)", dev_account(KEEPER).address) == 0
    assert stage.number("vault", "depositsStopped()") == 1
    assert stage.number("reserve", "lossLeft()") == 0
    assert [step.what for step in stage.plan()] == ["reserve: stop adding liquidity"]


def test_nobody_else_can(stage: Stage) -> None:
    steps = stage.plan(KEEPER)
    assert all(step.problem.endswith("the guardian?") for step in steps)
    with pytest.raises(GuardianError, match="NOT SENT"):
        carry_out(stage.node.web3, dev_account(KEEPER), steps)
    assert stage.number("executor", "paused()") == 0


def test_one_step_that_fails_holds_no_other_up(stage: Stage) -> None:
    first, *rest = stage.plan()
    broken = Step("broken", stage.deployment.address("vault"), b"\x01\x02\x03\x04", "no such function")
    with pytest.raises(GuardianError, match=r"broken: NOT SENT, no such function"):
        carry_out(stage.node.web3, dev_account(GUARDIAN), [first, broken, *rest])
    assert [stage.number("executor", "paused()"), stage.number("vault", "depositsStopped()")] == [1, 1]


def test_the_command_shows_its_plan_and_sends_when_told(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_deployment(stage.deployment, local=True, folder=tmp_path)
    monkeypatch.setattr(guardian, "load_deployment", lambda *_, **__: stage.deployment)
    arguments = ("stop", "--chain", "ethereum", "--rpc", stage.url)
    result = run(*arguments)
    address = dev_account(GUARDIAN).address
    assert result.output.endswith(f"3 calls by {address}; nothing was sent, --broadcast sends\n")
    assert stage.number("executor", "paused()") == 0
    result = run(*arguments, "--broadcast")
    assert (result.exit_code, result.output.count("done, 0x")) == (0, 3)
    assert stage.number("executor", "paused()") == 1


def test_a_real_chain_wants_the_guardians_own_account(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guardian, "load_deployment", lambda *_, **__: stage.deployment)
    monkeypatch.setattr(guardian, "is_development", lambda _: False)
    arguments = ("stop", "--chain", "ethereum", "--rpc", stage.url)
    assert "nothing was sent" in run(*arguments).output
    result = run(*arguments, "--broadcast")
    assert (result.exit_code, result.output) == (
        1,
        "Error: --broadcast needs the guardian's account; give --account, see `ape accounts list`\n",
    )
    assert stage.number("executor", "paused()") == 0


def test_the_stop_wants_an_endpoint_that_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ETHEREUM_RPC_URL", raising=False)
    assert "no endpoint of ethereum is given" in run("stop", "--chain", "ethereum").output
    dead = f"http://127.0.0.1:{free_port()}"
    assert f"Error: {dead} did not answer" in run("stop", "--chain", "ethereum", "--rpc", dead).output
