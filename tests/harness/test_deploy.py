"""Deploying: rehearsed first, paid for, compared with forge's code, recorded once, refused by name."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import click
import pytest
from eth_abi.abi import decode
from eth_account import Account
from eth_typing import ABIFunction
from eth_utils.abi import abi_to_signature
from eth_utils.crypto import keccak
from hexbytes import HexBytes
from web3 import Web3

from harness import artifacts, deploy, replica, settings, signer
from harness.chains import Chain
from harness.deploy import DeployError, Order
from harness.deploying import rights, table
from harness.deployments import CONTRACTS, Deployment, DeploymentError, Roles, load_deployment, save_deployment
from harness.keeper.abi import Call
from harness.replica import Replica
from harness.signer import Sender, SignerError

ROLE_OF = "getTargetFunctionRole(address,bytes4)"
DEPLOYER, GOVERNANCE, GUARDIAN, KEEPER = (settings.dev_account(index).address for index in range(4))
Type = Callable[[str], None]
LEFT_OUT = [
    ("strategy-lido", "there is no code at 0xae7ab96520DE3A18E5e111B5EaAb095312D7fE84"),
    ("bridge-katana", "the chain file calls it unconfirmed"),
]
BRIDGES = ("bridge-base-DAI", "bridge-base-USDC", "bridge-op-mainnet-USDC", "bridge-op-mainnet-USDT")
STEPS = ["factory", "manager", "vault", "reserve", "executor", "guard", "upkeep", "lens"]
STEPS += [*(f"settings {n} of 5" for n in range(1, 6)), "hand-over"]
STEPS += ["bridge-base-USDC", "bridge-base-DAI", "bridge-op-mainnet-USDC", "bridge-op-mainnet-USDT"]
ROLES = Roles(governance=GOVERNANCE, guardian=GUARDIAN, keeper=KEEPER)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Replica, Path]]:
    """A replica and a folder for records, shared by the tests below: the first to ask deploys."""
    with replica.serve("ethereum") as served:
        yield served, tmp_path_factory.mktemp("records")


@pytest.fixture
def order(place: tuple[Replica, Path]) -> Order:
    """An order for that replica."""
    served, folder = place
    return Order(served.chain, served.url, ROLES, Sender(DEPLOYER), local=True, folder=folder)


@pytest.fixture
def web3(place: tuple[Replica, Path]) -> Web3:
    """A connection to that replica."""
    return place[0].web3


@pytest.fixture
def done(order: Order, web3: Web3) -> Deployment:
    """The deployment there."""
    deploy.carry_out(order, web3, sends=True)
    return load_deployment(order.chain.chain_id, local=True, folder=order.folder)


def test_a_rehearsal_sends_nothing(order: Order, web3: Web3) -> None:
    before = web3.eth.block_number
    said = deploy.carry_out(order, web3, sends=False)
    title = rf"ethereum: 18 transactions, at most 0\.\d+ ETH from {DEPLOYER}; nothing was sent yet, --broadcast sends\n"
    assert re.match(title, said)
    assert "\n  governance announces 2 days before it acts\n" in said
    assert set(re.findall(r"^  (\w+) +0x", said, re.MULTILINE)) == set(CONTRACTS)
    assert f"\n  steps: {', '.join(STEPS)}\n" in said
    assert re.findall(r"left out: (\S+): (.*)", said) == LEFT_OUT
    assert (web3.eth.block_number, web3.eth.get_transaction_count(DEPLOYER)) == (before, 0)
    assert list(order.folder.iterdir()) == []


def test_missing_ether_is_named_before_anything_is_sent(order: Order, web3: Web3) -> None:
    poor = Account.create().address
    web3.provider.make_request("anvil_setBalance", [poor, hex(10**15)])  # type: ignore[arg-type]
    asked = Order(order.chain, order.url, order.roles, Sender(poor), local=True, folder=order.folder)
    before = web3.eth.block_number
    said = rf"^ethereum: {poor} holds 0\.001000 ETH and what is left may cost 0\.\d+; send it 0\.\d+ ETH$"
    with pytest.raises(DeployError, match=said):
        deploy.carry_out(asked, web3, sends=True)
    assert web3.eth.block_number == before


def test_what_is_deployed_is_recorded_as_the_chain_has_it(done: Deployment, web3: Web3) -> None:
    assert tuple(done.contracts) == (*CONTRACTS, *BRIDGES)  # a replica has no Lido
    assert done.governance_delay == 2 * 86_400
    assert (done.chain, done.chain_id, done.roles) == ("ethereum", 1, ROLES)
    assert re.fullmatch(r"[0-9a-f]{40}(-dirty)?", done.commit)
    for key, item in done.contracts.items():
        receipt = web3.eth.get_transaction_receipt(item.transaction)  # type: ignore[arg-type]
        assert (receipt["blockNumber"], receipt["from"], receipt["to"]) == (item.block, item.deployer, done.factory)
        code = bytes(web3.eth.get_code(Web3.to_checksum_address(item.address)))
        built = artifacts.artifact(item.name, settings.SCRIPT_OUT)
        assert built.differences(code) == []
        if item.creator == done.factory:
            sent = bytes(web3.eth.get_transaction(item.transaction)["input"])  # type: ignore[arg-type]
            salt, init_code = decode(["bytes32", "bytes"], sent[4:])
            assert salt == keccak(text=f"millrace.{key}.1") == bytes.fromhex(item.salt[2:])
            assert "0x" + keccak(init_code).hex() == item.init_code_hash
            assert init_code.startswith(built.init_code)
    assert done.contracts["injection"].creator == done.address("reserve")
    assert done.contracts["sizer"].creator == done.address("executor")
    assert done.contracts["sizer"].init_code_hash == "0x" + keccak(built_code("Sizer")).hex()
    assert done.contracts["reserve"].arguments[:2] == (done.address("manager"), done.address("vault"))
    assert done.contracts["reserve"].arguments[3:] == ("2000", "8000")


def built_code(name: str) -> bytes:
    """Return a contract's creation code as forge built it."""
    return artifacts.artifact(name, settings.SCRIPT_OUT).init_code


@pytest.mark.usefixtures("built")
def test_what_is_deployed_is_what_is_tested(done: Deployment) -> None:
    for name in ("StakingVault", "LiquidityReserve", "EthereumExecutor"):
        assert name in {item.name for item in done.contracts.values()}
        assert artifacts.artifact(name) == artifacts.artifact(name, settings.SCRIPT_OUT)


def test_a_second_run_changes_nothing_and_says_so(done: Deployment, order: Order, web3: Web3) -> None:
    block, record = web3.eth.block_number, (order.folder / "local" / "1.json").read_text()
    said = deploy.carry_out(order, web3, sends=True)
    assert said.startswith("ethereum is deployed already, nothing was sent:")
    assert all(item.address in said for item in done.contracts.values())
    assert (web3.eth.block_number, (order.folder / "local" / "1.json").read_text()) == (block, record)


def test_governance_alone_is_admin_and_waits(done: Deployment, web3: Web3) -> None:
    assert deploy.unsettled(done, web3) == ""
    hasty = done.model_copy(update={"governance_delay": 0})
    found = f"admins and their delays are {{'{GOVERNANCE}': 172800}}, not "
    assert deploy.unsettled(hasty, web3) == f"{found}{{'{GOVERNANCE}': 0}}"
    usurped = done.model_copy(update={"roles": Roles(governance=KEEPER, guardian=GUARDIAN, keeper=KEEPER)})
    assert deploy.unsettled(usurped, web3) == f"{found}{{'{KEEPER}': 172800}}"


ROLE_IDS = {"governance": 0, "guardian": 1, "reserve": 2, "converter": 3, "vault keeper": 4, "withdrawer": 5}


def told() -> dict[tuple[str, str], str]:
    """Return who may call what, by contract and function, as docs/SPEC.md tells it."""
    rows = re.findall(
        r"^\| (executor|reserve|vault|guard|upkeep) \| (.*?) \| (.*?) \| (?:at once|2 days) \|$",
        (settings.ROOT / "docs" / "SPEC.md").read_text(),
        re.MULTILINE,
    )
    return {
        (contract, function): who.split(":")[0]
        for contract, functions, who in rows
        for function in re.findall(r"`(\w+)`", functions)
    }


def test_the_table_of_the_specification_has_every_restricted_function() -> None:
    pattern = re.compile(r"^    function (\w+)\([^{;]*?\b(?:restricted|onlyConverter)\b(?=[^{;]*\{)", re.MULTILINE)
    found = [
        name for path in (settings.ROOT / "contracts").rglob("*.sol") for name in pattern.findall(path.read_text())
    ]
    assert sorted(found) == sorted(function for _, function in told())


def test_the_table_of_the_threats_is_what_the_chain_says(done: Deployment, web3: Web3) -> None:
    page = table.THREATS.read_text()
    assert table.written(page, table.table(rights.read(web3, done))) == page


def selector_of(item: dict[str, Any]) -> bytes:
    """Return the first four bytes of a call of a function by its ABI."""
    return keccak(text=abi_to_signature(cast(ABIFunction, item)))[:4]


def test_who_may_do_what_is_as_the_specification_says(done: Deployment, web3: Web3) -> None:
    names = {"executor": "IFlashExecutor", "reserve": "ILiquidityReserve", "vault": "IStakingVault"}
    for (contract, function), who in told().items():
        target = done.contracts[contract]
        abi = artifacts.artifact(names.get(contract, target.name), settings.SCRIPT_OUT).abi
        selectors = [selector_of(item) for item in abi if item.get("name") == function]
        assert selectors, f"{contract} has no {function}"
        for selector in selectors:
            call = Call(done.address("manager"), ROLE_OF, (target.address, selector), ("uint64",))
            answer = web3.eth.call({"to": Web3.to_checksum_address(call.to), "data": HexBytes(call.data())})
            assert call.read(bytes(answer)) == (ROLE_IDS[who],), f"{contract}.{function}"


def test_other_roles_are_not_deployed_again(done: Deployment, order: Order, web3: Web3) -> None:
    assert done.roles == ROLES
    other = Roles(governance=GUARDIAN, guardian=GUARDIAN, keeper=KEEPER)
    asked = Order(order.chain, order.url, other, order.sender, local=True, folder=order.folder)
    with pytest.raises(DeployError, match=r"has a deployment with other roles .*; roles are changed by governance$"):
        deploy.carry_out(asked, web3, sends=True)


def test_other_code_on_a_real_chain_is_refused_and_on_a_replica_counts_as_nothing(
    done: Deployment, order: Order, web3: Web3
) -> None:
    vault = Web3.to_checksum_address(done.address("vault"))
    code = web3.eth.get_code(vault)
    web3.provider.make_request("anvil_setCode", [vault, "0x" + (code[:-1] + bytes([code[-1] ^ 1])).hex()])  # type: ignore[arg-type]
    try:
        assert deploy.mismatch(done, web3) == f"vault at {vault} differs from StakingVault in 1 bytes"
        assert deploy.standing(order, web3) is None
        save_deployment(done, local=False, folder=order.folder)
        real = Order(order.chain, order.url, order.roles, order.sender, local=False, folder=order.folder)
        with pytest.raises(
            DeployError, match=rf"^1\.json does not agree with the chain: vault at .* commit {done.commit}$"
        ):
            deploy.standing(real, web3)
    finally:
        web3.provider.make_request("anvil_setCode", [vault, "0x" + code.hex()])  # type: ignore[arg-type]
    assert deploy.standing(order, web3) == done


def test_a_failing_script_is_told_without_the_key(order: Order, web3: Web3) -> None:
    nobody = Roles(governance=GOVERNANCE, guardian="0x" + "00" * 20, keeper=KEEPER)
    url = order.url.replace("//", "//alice:hunter2@")
    asked = Order(order.chain, url, nobody, order.sender, local=True, folder=order.folder / "none")
    with pytest.raises(DeployError, match=r"^ethereum: `forge script` failed: .*RoleMissing") as caught:
        deploy.carry_out(asked, web3, sends=True)
    assert "hunter2" not in str(caught.value)


def test_a_missing_record_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(
        DeploymentError, match=r"^nothing is deployed on chain 1 as far as 1\.json knows; run `millrace"
    ):
        load_deployment(1, local=False, folder=tmp_path)
    with pytest.raises(DeploymentError, match=r"^nothing is deployed on a replica of chain 1"):
        load_deployment(1, local=True, folder=tmp_path)


def test_a_damaged_record_is_named_by_its_key(done: Deployment, tmp_path: Path) -> None:
    path = save_deployment(done, local=False, folder=tmp_path)
    assert load_deployment(1, local=False, folder=tmp_path) == done
    data = json.loads(path.read_text())
    data["contracts"]["vault"].pop("block")
    path.write_text(json.dumps(data))
    with pytest.raises(DeploymentError, match=r"^1\.json is damaged at contracts\.vault\.block: Field required"):
        load_deployment(1, local=False, folder=tmp_path)


@pytest.fixture
def keystore(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Type:
    """An ape data folder with the account `treasury`, and a way to type a password."""
    (tmp_path / "accounts").mkdir()
    key_file = Account.encrypt(settings.dev_account(4).key, "open sesame", iterations=2**10)
    (tmp_path / "accounts" / "treasury.json").write_text(json.dumps(key_file))
    monkeypatch.setenv("APE_DATA_FOLDER", str(tmp_path))
    return lambda typed: monkeypatch.setattr(click, "prompt", lambda *_, **__: typed)


def test_an_account_of_ape_signs(keystore: Type, ethereum: Chain, node: Replica, tmp_path: Path) -> None:
    keystore("open sesame")
    sender = signer.sender_of(node.web3, "treasury", local=False, sign=True)
    assert sender.address == settings.dev_account(4).address
    deploy.carry_out(Order(ethereum, node.url, ROLES, sender, local=True, folder=tmp_path), node.web3, sends=True)
    record = load_deployment(1, local=True, folder=tmp_path)
    assert {item.deployer for item in record.contracts.values()} == {sender.address}


def test_a_rehearsal_asks_for_no_password(keystore: Type, node: Replica) -> None:
    keystore("wrong")
    assert signer.sender_of(node.web3, "treasury", local=False, sign=False).password == ""


def test_a_wrong_password_is_one_sentence(keystore: Type, node: Replica) -> None:
    keystore("open says me")
    with pytest.raises(
        SignerError, match=r"^that is not the password of treasury; run the same command again$"
    ) as caught:
        signer.sender_of(node.web3, "treasury", local=False, sign=True)
    assert "says me" not in str(caught.value)


def test_an_unknown_account_is_refused_with_those_there_are(keystore: Type, node: Replica) -> None:
    keystore("")
    with pytest.raises(SignerError, match=r"^ape has no account 'nobody'; it has treasury$"):
        signer.sender_of(node.web3, "nobody", local=True, sign=True)
    with pytest.raises(SignerError, match=r"^no account signs here; make one with `ape accounts generate ALIAS`"):
        signer.sender_of(node.web3, None, local=False, sign=True)
