"""What is to be deployed where, and by whom."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from web3 import Web3

from harness.chains import Chain
from harness.deployments import Roles
from harness.errors import MillraceError
from harness.settings import DEPLOYMENTS
from harness.signer import Sender

CREATE2: Final = "0x4e59b44847b379578588920cA78FbF26c0B4956C"
"""The deterministic deployment proxy, which script/deployment/Creating.sol counts on."""


class DeployError(MillraceError):
    """The deployment cannot be made, or is not what it should be; the message says why and what to do."""


@dataclass(frozen=True)
class Order:
    """What is to be deployed where.

    Attributes:
        chain: The chain.
        url: Its endpoint.
        roles: Who holds which role afterwards.
        sender: Who signs; the addresses are theirs.
        local: Whether it is a development node.
        folder: Where the records lie.
        account_governs: Whether governance may be an account without code on a real chain.
    """

    chain: Chain
    url: str
    roles: Roles
    sender: Sender
    local: bool
    folder: Path = DEPLOYMENTS
    account_governs: bool = False


@dataclass(frozen=True)
class Site:
    """An order and a connection to its chain."""

    order: Order
    web3: Web3

    @property
    def name(self) -> str:
        """The chain's."""
        return self.order.chain.name


def listed(problems: list[str]) -> str:
    """Return problems as one message."""
    return problems[0] if len(problems) == 1 else f"{len(problems)} problems:\n  " + "\n  ".join(problems)
