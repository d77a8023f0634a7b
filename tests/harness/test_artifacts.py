"""One compiler, one bytecode: what ape deploys is forge's to the byte, immutables aside."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ape
import pytest
from ape.api import AccountAPI
from ape.contracts import ContractInstance
from ape.managers.accounts import TestAccountManager
from ape.managers.project import LocalProject

from harness import artifacts, settings
from harness.artifacts import Artifact, ArtifactError

ZERO_CODE_ASSET = "0x" + "11" * 20
SOURCES = {
    "EthereumExecutor": "contracts/executors/EthereumExecutor.sol",
    "LiquidityReserve": "contracts/LiquidityReserve.sol",
    "StakingVault": "contracts/StakingVault.sol",
}
NAMES = tuple(SOURCES)

pytestmark = pytest.mark.usefixtures("built")


@pytest.fixture(scope="module")
def accounts() -> Iterator[TestAccountManager]:
    """Ape's test accounts on a node that it starts."""
    with ape.networks.ethereum.local.use_provider("foundry"):
        yield ape.accounts.test_accounts


@pytest.fixture
def project() -> LocalProject:
    """What ape takes the clone for."""
    return ape.project


def deployed(name: str, owner: AccountAPI) -> ContractInstance:
    """Deploy one of the three contracts through ape."""
    arguments: dict[str, tuple[Any, ...]] = {
        "EthereumExecutor": (owner.address, owner.address, ZERO_CODE_ASSET),
        "LiquidityReserve": (owner.address, owner.address, ZERO_CODE_ASSET, 2_000, 8_000),
        "StakingVault": (owner.address, ZERO_CODE_ASSET, "Vault", "V", (86_400, 3_600, 10**12, 10**23, 0, True)),
    }
    return owner.deploy(artifacts.container(name), *arguments[name])


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_ape_deploys_the_bytes_of_forge(name: str, accounts: TestAccountManager) -> None:
    item = artifacts.artifact(name)
    code = bytes(deployed(name, accounts[0]).code)
    assert len(code) == len(item.runtime_code) > 0
    assert item.differences(code) == []
    assert code != item.runtime_code, "the immutables are zero in the artifact and filled on chain"


@pytest.mark.parametrize("name", NAMES)
def test_the_mask_is_the_immutables_and_nothing_else(name: str) -> None:
    item = artifacts.artifact(name)
    raw = json.loads((settings.OUT / f"{name}.sol" / f"{name}.json").read_text())
    spans = [span for spans in raw["deployedBytecode"]["immutableReferences"].values() for span in spans]
    masked = {span["start"] + index for span in spans for index in range(span["length"])}
    everywhere = range(len(item.runtime_code))
    assert item.differences(bytes(byte ^ 1 for byte in item.runtime_code)) == [
        at for at in everywhere if at not in masked
    ]
    borders = {at + step for at in masked for step in (-1, 0, 1)} | {0, everywhere[-1]}
    for at in borders if name == "StakingVault" else ():
        code = bytearray(item.runtime_code)
        code[at] ^= 0xFF
        assert item.differences(bytes(code)) == ([] if at in masked else [at])


@pytest.mark.parametrize("name", NAMES)
def test_missing_or_further_bytes_are_differences(name: str) -> None:
    item = artifacts.artifact(name)
    size = len(item.runtime_code)
    assert item.differences(item.runtime_code[:-1]) == [size - 1]
    assert item.differences(item.runtime_code + b"\0\0") == [size, size + 1]
    assert item.differences(b"") == list(range(size))


@pytest.mark.parametrize("name", NAMES)
def test_containers_carry_the_artifact(name: str) -> None:
    kind = artifacts.container(name).contract_type
    raw = json.loads((settings.OUT / f"{name}.sol" / f"{name}.json").read_text())
    assert (kind.name, kind.source_id) == (name, SOURCES[name])
    assert str(kind.deployment_bytecode.bytecode) == raw["bytecode"]["object"]
    assert str(kind.runtime_bytecode.bytecode) == raw["deployedBytecode"]["object"]
    assert [entry.get("name") for entry in json.loads(kind.model_dump_json())["abi"]] == [
        e.get("name") for e in raw["abi"]
    ]


def test_everything_under_contracts_has_a_container() -> None:
    found = artifacts.contracts()
    assert set(NAMES) <= set(found)
    assert all(str(item.contract_type.source_id).startswith("contracts/") for item in found.values())


def test_ape_finds_the_contracts_in_its_project(project: LocalProject) -> None:
    project.load_manifest()
    for name in NAMES:
        assert project.get_contract(name).contract_type.deployment_bytecode == (
            artifacts.container(name).contract_type.deployment_bytecode
        )


@pytest.mark.parametrize("for_tests", ["StakingVault.json", "StakingVault.tests.json"])
def test_what_is_compiled_for_tests_is_not_what_is_deployed(for_tests: str, tmp_path: Path) -> None:
    folder = tmp_path / "StakingVault.sol"
    folder.mkdir()
    raw = json.loads((settings.OUT / "StakingVault.sol" / "StakingVault.json").read_text())
    (folder / "StakingVault.default.json").write_text(json.dumps(raw))
    raw["metadata"]["settings"]["optimizer"]["enabled"] = False
    (folder / for_tests).write_text(json.dumps(raw))
    assert artifacts.artifact("StakingVault", tmp_path).optimized
    assert artifacts.artifacts(tmp_path)["StakingVault"].optimized


def test_no_contract_is_compiled_for_tests() -> None:
    """What a test gets of a contract by its artifact is what goes to a chain. Libraries are parts of what uses them."""
    cache = json.loads((settings.ROOT / "build" / "forge" / "solidity-files-cache.json").read_text())
    deployed = {item.source_id: item.name for item in artifacts.artifacts().values() if item.init_code}
    for source, name in deployed.items():
        [profiles] = cache["files"][source]["artifacts"][name].values()
        is_library = f"library {name} " in (settings.ROOT / source).read_text()
        assert is_library or "tests" not in profiles, f"{source}: bind it to its settings in foundry.toml"


def test_an_unbuilt_contract_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"^Nothing is not built; run `make build`"):
        artifacts.artifact("Nothing")
    with pytest.raises(ArtifactError, match=r"^no contract is built; run `make build`$"):
        artifacts.contracts(tmp_path)


def test_an_artifact_of_other_sources_is_stale(tmp_path: Path) -> None:
    raw = json.loads((settings.OUT / "StakingVault.sol" / "StakingVault.json").read_text())
    raw["metadata"]["sources"]["contracts/StakingVault.sol"]["keccak256"] = "0x" + "00" * 32
    (tmp_path / "StakingVault.sol").mkdir()
    (tmp_path / "StakingVault.sol" / "StakingVault.json").write_text(json.dumps(raw))
    said = "^StakingVault was built from another contracts/StakingVault.sol; run `make build`$"
    for read in (artifacts.container, artifacts.artifact):
        with pytest.raises(ArtifactError, match=said):
            read("StakingVault", tmp_path)
    with pytest.raises(ArtifactError, match=said):
        artifacts.publish(tmp_path, tmp_path / "manifest.json")
    assert not (tmp_path / "manifest.json").exists()


def test_every_source_of_a_contract_counts() -> None:
    item = artifacts.artifact("StakingVault")
    assert "contracts/StakingVault.sol" in item.sources
    assert any(path.startswith("node_modules/@openzeppelin/") for path in item.sources)
    assert item.stale() == []


def test_without_immutables_every_byte_counts() -> None:
    item = Artifact("X", "contracts/X.sol", [], b"", b"\1\2\3", (), {})
    assert item.differences(b"\1\2\3") == []
    assert item.differences(b"\1\0\3") == [1]
