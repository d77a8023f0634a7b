"""Where things lie in a clone, and the development accounts of every node that Millrace starts itself."""

import os
import shutil
import sys
from functools import cache
from pathlib import Path
from typing import Final

from eth_account import Account
from eth_account.signers.local import LocalAccount

from harness.errors import MillraceError

ROOT: Final = Path(__file__).resolve().parent.parent
OUT: Final = ROOT / "out"
BUILD: Final = ROOT / "build"
SCRIPT_OUT: Final = BUILD / "script" / "out"
CHAINS: Final = ROOT / os.environ.get("MILLRACE_CHAINS", "chains")
"""Where the chain files lie; scripts read the same variable."""
DEPLOYMENTS: Final = ROOT / "deployments"

MNEMONIC: Final = "number umbrella sail october film choose assault physical midnight bag mushroom sugar"
"""Of the development accounts. Public, hence worthless; our own, because the well-known one carries EIP-7702
delegations on real chains and so on forks of them. ape-config.yaml repeats it."""

ACCOUNTS: Final = 10
"""How many development accounts a node of ours holds."""

BALANCE: Final = 10_000
"""Ether that each of them starts with."""

DEPLOYER, GOVERNANCE, GUARDIAN, KEEPER = range(4)
"""Which development account plays which part on a replica; the others are ordinary traders."""

PARTS: Final = {DEPLOYER: "deployer", GOVERNANCE: "governance", GUARDIAN: "guardian", KEEPER: "keeper"}


@cache
def dev_account(index: int) -> LocalAccount:
    """Return the development account at `index` of the derivation path m/44'/60'/0'/0, with its key.

    Args:
        index: From 0 to `ACCOUNTS` - 1.
    """
    Account.enable_unaudited_hdwallet_features()
    account: LocalAccount = Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{index}")
    return account


def script_environment() -> dict[str, str]:
    """Return the environment to run forge scripts in: with artifacts and a cache of their own, in `SCRIPT_OUT`.

    Tests link their contracts dynamically and scripts cannot; in one cache each would throw the other's work away. Nor
    is the network asked what functions are called: without one that takes longer than all the rest.
    """
    own = {"OUT": str(SCRIPT_OUT), "CACHE_PATH": str(SCRIPT_OUT.with_name("cache"))}
    own |= {"DYNAMIC_TEST_LINKING": "false", "OFFLINE": "true"}
    return {**os.environ, **{f"FOUNDRY_{name}": value for name, value in own.items()}}


class ToolMissingError(MillraceError):
    """forge or anvil is not there."""


def tool(name: str) -> str:
    """Return the path of forge, anvil or cast: the one beside this Python, as set-up leaves it, else the one on PATH.

    Raises:
        ToolMissingError: There is none.
    """
    beside = Path(sys.prefix) / "bin" / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise ToolMissingError(f"{name} is missing; run `make setup`")
    return found
