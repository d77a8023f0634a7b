"""Runs script/Deploy.s.sol, which says what is missing on a chain and what differs there, and sends nothing."""

import fcntl
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from harness.chains import Chain
from harness.deploying.order import DeployError, Order
from harness.node import redacted
from harness.settings import BUILD, ROOT, script_environment, tool

SCRIPT: Final = "script/Deploy.s.sol"
SIGNATURE: Final = "run(string,address,address,address,address,string)"
FOLDER: Final = BUILD / "deploy"


class Part(BaseModel):
    """A part of what the script says."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


class Step(Part):
    """One transaction that is missing.

    Attributes:
        what: What it does, in words.
        to: Checksummed address.
        data: Calldata, hex.
        gas: Units that the call took in the script, without what a transaction costs before it begins.
    """

    what: str
    to: str
    data: str
    gas: int


class Change(Part):
    """What differs from the chain file.

    Attributes:
        contract: The role of the contract that it is about.
        what: What of it.
        found: As the chain has it.
        wanted: As the file has it.
        to: Whom the call that mends it is for.
        call: That call, hex; governance's to make.
        left: Why there is no such call, or not yet; else empty.
    """

    contract: str
    what: str
    found: str
    wanted: str
    to: str
    call: str
    left: str = ""


class Made(Part):
    """A contract of the deployment, there or not yet.

    Attributes:
        role: What it is to the deployment.
        name: The contract's in its source.
        address: By the deployer and the role.
        salt: That the factory is given.
        init_code_hash: keccak256 of creation code and arguments.
        arguments: The constructor's, encoded.
    """

    role: str
    name: str
    address: str
    salt: str
    init_code_hash: str
    arguments: str


class Script(Part):
    """All that the script says of a chain.

    Attributes:
        factory: By which contracts get their addresses.
        injection: What the reserve's constructor creates.
        sizer: What the executor's constructor creates.
        governance_delay: Seconds.
        left_out: Strategies and bridges that are not deployed, and why.
        pools: Addresses, in the order of the chain file.
        contracts: All, in the order in which they are created.
        steps: What is missing.
        changes: What differed before any step; the steps mend it as long as the deployer is admin.
    """

    factory: str
    injection: str
    sizer: str
    governance_delay: int
    left_out: tuple[str, ...]
    pools: tuple[str, ...]
    contracts: tuple[Made, ...] = Field(min_length=1)
    steps: tuple[Step, ...]
    changes: tuple[Change, ...]

    def addresses(self) -> dict[str, str]:
        """Return every contract's address by its role, those included that constructors create."""
        found = {made.role: made.address for made in self.contracts}
        return found | {"injection": self.injection, "sizer": self.sizer}


def compile_for(chains: Iterable[Chain]) -> None:
    """Compile the script and what it reads as artifacts; one process at a time.

    Raises:
        DeployError: It does not compile.
    """
    executors = sorted({f"contracts/executors/{chain.executor.contract}.sol" for chain in chains})
    with _alone():
        _run([tool("forge"), "build", SCRIPT, *executors, "contracts/PriceGuard.sol"], "", "")


def run(order: Order) -> Script:
    """Ask what is missing on a chain.

    Raises:
        DeployError: The script fails; says by what.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    roles = (order.roles.governance, order.roles.guardian, order.roles.keeper)
    with tempfile.NamedTemporaryFile(dir=FOLDER, suffix=".json") as file:
        path = Path(file.name).relative_to(ROOT)
        arguments = [order.chain.name, order.sender.address, *roles, str(path)]
        hint = f"is {order.chain.name}'s file right, and its endpoint up?"
        _run([tool("forge"), "script", SCRIPT, "--sig", SIGNATURE, *arguments], order.url, hint)
        return Script.model_validate_json(Path(file.name).read_text())


def _run(command: list[str], url: str, hint: str) -> None:
    """Run forge; the endpoint goes through the environment, where the list of processes does not show it."""
    env = {**script_environment(), "NO_COLOR": "1"} | ({"FOUNDRY_ETH_RPC_URL": url} if url else {})
    result = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        said = re.findall(r"^Error: *(.+(?:\n\S.*)*)", result.stdout + result.stderr, re.MULTILINE)
        reason = redacted(said[-1].strip() if said else f"exit code {result.returncode}")
        raise DeployError(f"`forge {command[1]}` failed: {reason}" + (f"; {hint}" if hint else ""))


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process compile at a time: forge's cache is one."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
