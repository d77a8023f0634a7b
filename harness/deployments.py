"""The record of what was deployed: deployments/<chainId>.json, for replicas deployments/local/<chainId>.json."""

from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from harness.errors import MillraceError
from harness.settings import DEPLOYMENTS

CONTRACTS: Final = ("manager", "vault", "reserve", "injection", "guard", "upkeep", "lens", "executor", "sizer")
"""The contracts of every deployment; strategies and bridges follow, by the names that the chain file gives them."""

CREATED_INSIDE: Final = {"injection": "Injection", "sizer": "Sizer"}
"""Those that another one's constructor creates, and the contract's name."""


class DeploymentError(MillraceError):
    """There is no record of a deployment, or it cannot be read."""


class Model(BaseModel):
    """A frozen part of the record; keys are camelCase in the file."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


class Roles(Model):
    """Who may do what once the deployer is out."""

    governance: str
    guardian: str
    keeper: str


class DeployedContract(Model):
    """One contract on chain.

    Attributes:
        name: The contract's in its source.
        address: Checksummed.
        transaction: Hash of the transaction that created it.
        block: Number of the block of that transaction.
        deployer: Who sent it.
        creator: The factory, or the contract whose constructor created it.
        salt: That the factory was given; empty where a constructor created it.
        arguments: The constructor's, as people read them.
        init_code_hash: keccak256 of deployment bytecode and encoded arguments.
    """

    name: str
    address: str
    transaction: str
    block: int
    deployer: str
    creator: str
    salt: str
    arguments: tuple[str, ...]
    init_code_hash: str


class Deployment(Model):
    """All contracts of Millrace on one chain.

    Attributes:
        chain: The chain's name.
        chain_id: Its id.
        commit: Of the sources; ends with `-dirty` where they were not all committed.
        roles: As they were handed to the deploy script.
        governance_delay: Seconds from governance's announcements to its acts, to begin with.
        factory: By which the contracts got their addresses.
        contracts: By the names in `CONTRACTS`, then strategies and bridges.
    """

    chain: str
    chain_id: int
    commit: str
    roles: Roles
    governance_delay: int
    factory: str
    contracts: dict[str, DeployedContract]

    def address(self, contract: str) -> str:
        """Return the address of one of `contracts`.

        Raises:
            DeploymentError: It is not in the record.
        """
        if contract not in self.contracts:
            raise DeploymentError(f"the deployment on {self.chain} has no {contract}; run `millrace deploy`")
        return self.contracts[contract].address


def record_path(chain_id: int, *, local: bool, folder: Path = DEPLOYMENTS) -> Path:
    """Return where the record of a chain stands, or of a replica of it where `local`."""
    return (folder / "local" if local else folder) / f"{chain_id}.json"


def load_deployment(chain_id: int, *, local: bool, folder: Path = DEPLOYMENTS) -> Deployment:
    """Read the record of one chain.

    Args:
        chain_id: The chain's.
        local: Of a replica rather than of the real chain.
        folder: Where the records lie.

    Raises:
        DeploymentError: There is none, or it is damaged.
    """
    path = record_path(chain_id, local=local, folder=folder)
    if not path.is_file():
        where = "on a replica of chain" if local else "on chain"
        raise DeploymentError(
            f"nothing is deployed {where} {chain_id} as far as {path.name} knows; run `millrace deploy`"
        )
    try:
        return Deployment.model_validate_json(path.read_text())
    except ValidationError as error:
        problem = error.errors()[0]
        key = ".".join(str(part) for part in problem["loc"])
        raise DeploymentError(f"{path.name} is damaged at {key}: {problem['msg']}; restore it from git") from None


def save_deployment(deployment: Deployment, *, local: bool, folder: Path = DEPLOYMENTS) -> Path:
    """Write the record of one chain, whole or not at all."""
    path = record_path(deployment.chain_id, local=local, folder=folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(deployment.model_dump_json(by_alias=True, indent=2) + "\n")
    draft.replace(path)
    return path
