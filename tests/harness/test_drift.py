"""`millrace config` and `millrace roles`: what differs is said and mended by the Safe; who may do what is read."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from drift_stage import DELAY, Stage, settled
from hexbytes import HexBytes
from web3 import Web3

from harness import chains
from harness.chains import Chain
from harness.deploying import configuration, gas, rights, roles_command
from harness.deploying.order import Order
from harness.keeper.abi import calldata
from harness.settings import BUILD, CHAINS, GOVERNANCE, GUARDIAN, KEEPER, ROOT, dev_account

OTHER = dev_account(8).address
GUARDIAN_ROLE, VAULT_KEEPER_ROLE = 1, 4


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A replica of Ethereum, deployed to and handed over."""
    with settled("ethereum", tmp_path_factory.mktemp("records")) as stage:
        yield stage


def test_nothing_differs_after_a_deployment(stage: Stage) -> None:
    assert stage.drift().lines() == []


def test_what_differs_is_said_and_the_safes_batches_mend_it(stage: Stage, tmp_path: Path) -> None:
    manager, reserve, executor = (stage.deployment.address(name) for name in ("manager", "reserve", "executor"))
    weth = stage.served.chain.token("WETH").address
    stage.govern(
        (reserve, calldata("setLossCap(uint112)", 5)),
        (reserve, calldata("listToken(address,bool)", weth, False)),
        (executor, calldata("setKeeper(address,bool)", OTHER, True)),
        (manager, calldata("grantRole(uint64,address,uint32)", GUARDIAN_ROLE, OTHER, 0)),
        (manager, calldata("revokeRole(uint64,address)", VAULT_KEEPER_ROLE, dev_account(KEEPER).address)),
    )
    found = stage.drift()
    assert found.lines() == [
        "ethereum: reserve, lists WETH: is no, would be yes",
        "ethereum: reserve, cap on losses a day: is 5, would be 1000000000000000000",
        f"ethereum: executor, keeper {OTHER}: is yes, would be no",
        f"ethereum: manager, vault keeper {dev_account(KEEPER).address}: is no, would be at once",
        f"ethereum: manager, guardian {OTHER}: is at once, would be no",
    ]
    announce, act = configuration.write_batches(found, tmp_path)
    assert (announce.name, act.name) == ("ethereum-announce.json", "ethereum-act.json")
    stage.send_batch(announce)
    assert stage.drift().lines() == found.lines()  # nothing is done before the delay has passed
    stage.node.mine(DELAY)
    stage.send_batch(act)
    assert stage.drift().lines() == []


@pytest.fixture
def chain(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Chain]:  # noqa: ARG001 - deployed by then
    """Another file of Ethereum, in a folder where forge may read."""
    data = json.loads((CHAINS / "ethereum.json").read_text())
    split = {"poolsBps": 2500, "vaultBps": 7000, "beneficiaries": [{"address": OTHER, "bps": 500}]}
    terms: dict[str, object] = {"lossCap": "0.25", "split": split, "deepening": {"depthBps": 30}, "keepers": [OTHER]}
    terms["sendingCaps"] = {"USDC": {"largest": "1000.5", "perDay": "5000"}}
    with TemporaryDirectory(dir=BUILD) as folder:
        (Path(folder) / "ethereum.json").write_text(json.dumps(data | {"terms": terms}))
        monkeypatch.setenv("MILLRACE_CHAINS", str(Path(folder).relative_to(ROOT)))
        yield chains.load("ethereum", Path(folder))


def test_a_changed_file_is_a_drift_too(stage: Stage, chain: Chain) -> None:
    order = Order(chain, stage.order.url, gas.ROLES, stage.order.sender, local=True, folder=stage.order.folder)
    lines = configuration.drift(order, stage.served.web3, stage.deployment).lines()
    split = f"is pools 2000, stakers 8000, would be pools 2500, stakers 7000, {OTHER} 500"
    assert f"ethereum: reserve, split: {split}" in lines
    assert "ethereum: reserve, cap on losses a day: is 1000000000000000000, would be 250000000000000000" in lines
    sendings = "ethereum: reserve, sendings of USDC: is 0 at once, 0 a day"
    assert f"{sendings}, would be 1000500000 at once, 5000000000 a day" in lines
    keeper = dev_account(KEEPER).address
    assert f"ethereum: executor, keeper {OTHER}: is no, would be yes" in lines
    assert f"ethereum: executor, keeper {keeper}: is yes, would be no" in lines
    assert f"ethereum: manager, vault keeper {keeper}: is at once, would be no" in lines
    assert len([line for line in lines if "depth 20" in line and "depth 30" in line]) == len(chain.pools)


def test_the_roles_are_read_from_the_chain(stage: Stage) -> None:
    found = rights.read(stage.served.web3, stage.deployment)
    parts = {"governance": GOVERNANCE, "guardian": GUARDIAN, "keeper": KEEPER}
    people = {who: dev_account(index).address for who, index in parts.items()}
    holders = {right.name: right.holders for right in found.roles}
    assert holders == {
        "governance": {people["governance"]: DELAY},
        "guardian": {people["guardian"]: 0},
        "reserve": {stage.deployment.address("reserve"): 0},
        "converter": {},
        "vault keeper": {people["keeper"]: 0},
        "withdrawer": {people["governance"]: DELAY},
    }
    assert {function: right.name for right in found.roles for function in right.functions} == told()
    assert {who.split(":")[0]: accounts for who, accounts in found.lists.items()} == {
        "executor": (people["keeper"],),
        "reserve": tuple(sorted([people["keeper"], stage.deployment.address("upkeep")])),
        "upkeep": (people["keeper"],),
    }
    assert found.announced == ()


def told() -> dict[str, str]:
    """Return who may call what, as docs/SPEC.md tells it."""
    rows = re.findall(
        r"^\| (executor|reserve|vault|guard|upkeep) \| (.*?) \| (.*?) \| (?:at once|2 days) \|$",
        (ROOT / "docs" / "SPEC.md").read_text(),
        re.MULTILINE,
    )
    return {
        f"{contract}.{function}": who.split(":")[0]
        for contract, functions, who in rows
        for function in re.findall(r"`(\w+)`", functions)
    }


def test_what_is_announced_is_told_until_it_is_done(stage: Stage) -> None:
    executor, manager = stage.deployment.address("executor"), stage.deployment.address("manager")
    call = calldata("setMaxTip(uint16)", 7)
    stage.send(manager, calldata("schedule(address,bytes,uint48)", executor, call, 0))
    found = rights.read(stage.served.web3, stage.deployment)
    assert [(item.caller, item.target, item.call) for item in found.announced] == [
        (dev_account(GOVERNANCE).address, executor, "0x" + call.hex())
    ]
    said = roles_command.lines(found, stage.deployment)
    assert any(line.startswith("  announced by") and f"{executor} (executor) 0x" in line for line in said)
    stage.send(manager, calldata("cancel(address,address,bytes)", dev_account(GOVERNANCE).address, executor, call))
    assert rights.read(stage.served.web3, stage.deployment).announced == ()


def test_a_function_given_to_another_role_is_told(stage: Stage) -> None:
    web3 = stage.served.web3
    state = web3.provider.make_request("evm_snapshot", [])["result"]  # type: ignore[arg-type]
    manager, guard = stage.deployment.address("manager"), stage.deployment.address("guard")
    selector = HexBytes(Web3.keccak(text="removePool(address)")[:4])
    call = calldata("setTargetFunctionRole(address,bytes4[],uint64)", guard, [bytes(selector)], GUARDIAN_ROLE)
    stage.govern((manager, call))
    guardian = next(right for right in rights.read(web3, stage.deployment).roles if right.name == "guardian")
    assert "guard.removePool" in guardian.functions
    web3.provider.make_request("evm_revert", [state])  # type: ignore[arg-type]
