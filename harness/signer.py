"""Who signs a deployment: an account of ape's keystore, or on a replica the node itself."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from eth_account import Account
from eth_utils.address import to_checksum_address
from web3 import Web3

from harness.errors import MillraceError
from harness.settings import DEPLOYER, dev_account


class SignerError(MillraceError):
    """Nobody can sign: no such account, a wrong password, or none named where one is needed."""


@dataclass(frozen=True)
class Sender:
    """Who pays for the deployment and signs it.

    Attributes:
        address: Checksummed.
        keystore: An encrypted key file; None where the node signs.
        password: Of the key file; empty as long as nothing is signed.
    """

    address: str
    keystore: Path | None = None
    password: str = ""


def sender_of(web3: Web3, alias: str | None, *, local: bool, sign: bool) -> Sender:
    """Find out who signs: the ape account `alias`, or on a replica of ours its first development account.

    Raises:
        SignerError: There is no such account, its password is wrong, or none is named where one is needed.
    """
    if alias is None:
        developer = dev_account(DEPLOYER).address
        if local and developer in web3.eth.accounts:
            return Sender(developer)
        raise SignerError("no account signs here; make one with `ape accounts generate ALIAS` and give --account ALIAS")
    path = keystore(alias)
    key_file = json.loads(path.read_text())
    address = to_checksum_address("0x" + key_file["address"].removeprefix("0x"))
    return Sender(address, path, _password(alias, key_file) if sign else "")


def keystore(alias: str) -> Path:
    """Return the encrypted key file of the ape account `alias`.

    Raises:
        SignerError: There is no such account.
    """
    folder = Path(os.environ.get("APE_DATA_FOLDER") or Path.home() / ".ape") / "accounts"
    known = sorted(path.stem for path in folder.glob("*.json"))
    if alias not in known:
        raise SignerError(f"ape has no account {alias!r}; it has {', '.join(known) or 'none'}")
    return folder / f"{alias}.json"


def _password(alias: str, key_file: dict[str, Any]) -> str:
    password: str = click.prompt(f"password of {alias}", hide_input=True, err=True)
    try:
        Account.decrypt(key_file, password)
    except ValueError:
        raise SignerError(f"that is not the password of {alias}; run the same command again") from None
    return password
