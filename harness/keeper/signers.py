"""Who signs: a development key, an account of ape's keystore, or a signer on another machine [K7]."""

import json
from collections.abc import Callable
from typing import Any, Protocol

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_account.typed_transactions.typed_transaction import TypedTransaction
from hexbytes import HexBytes

from harness.keeper.endpoint import Endpoint, EndpointError
from harness.keeper.transaction import Transaction
from harness.signer import SignerError, keystore

TIMEOUT = 2.0
"""Seconds that a signer on another machine may take."""
HALF_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141 // 2
"""Of secp256k1: of a signature's two forms the chain takes the one with the smaller `s` (EIP-2)."""


class Signer(Protocol):
    """Whoever holds the keeper's key."""

    @property
    def address(self) -> str:
        """Checksummed address."""

    def sign(self, transaction: Transaction) -> bytes:
        """Return the signed transaction, ready to be sent.

        Raises:
            SignerError: It cannot be signed.
        """


class LocalSigner:
    """A key in this process's memory."""

    def __init__(self, account: LocalAccount) -> None:
        self._account, self.address = account, str(account.address)

    def sign(self, transaction: Transaction) -> bytes:
        """Return the signed transaction."""
        return bytes(self._account.sign_transaction(transaction.fields()).raw_transaction)


class ApeSigner(LocalSigner):
    """An account of ape's encrypted keystore; decrypted once, and nobody is asked afterwards.

    Args:
        alias: As `ape accounts list` shows it.
        passphrase: Returns its passphrase; called once.

    Raises:
        SignerError: There is no such account, or that is not its passphrase.
    """

    def __init__(self, alias: str, passphrase: Callable[[], str]) -> None:
        super().__init__(_unlocked(alias, passphrase()))


class RemoteSigner:
    """A signer on another machine, which speaks as web3signer does: `eth_signTransaction` over HTTP.

    What comes back is believed in nothing: it has to be the very transaction asked for, signed by the very account.
    A request is never repeated.

    Args:
        url: Its endpoint; shown to nobody.
        address: Checksummed address of the account that it signs for.
        timeout: Seconds that it may take.
    """

    def __init__(self, url: str, address: str, timeout: float = TIMEOUT) -> None:
        self._endpoint, self.address = Endpoint(url, timeout), address

    def sign(self, transaction: Transaction) -> bytes:
        """Return the signed transaction.

        Raises:
            SignerError: The signer does not answer, refuses, or has signed something else or with another key.
        """
        try:
            answer = self._endpoint.ask("eth_signTransaction", self._asked(transaction))
        except EndpointError as error:
            raise SignerError(f"the signer {error}; nothing was sent") from None
        raw = _bytes_of(answer)
        _require_same(transaction, raw)
        if Account.recover_transaction(HexBytes(raw)) != self.address:
            raise SignerError(f"the signer signed with another key than that of {self.address}; nothing was sent")
        return raw

    def _asked(self, transaction: Transaction) -> dict[str, object]:
        fields = transaction.fields()
        asked: dict[str, object] = {
            key: hex(value) for key, value in fields.items() if isinstance(value, int) and key != "type"
        }
        if transaction.access_list:
            asked["accessList"] = fields["accessList"]
        return asked | {"from": self.address, "to": transaction.to, "data": "0x" + transaction.data.hex()}


def _bytes_of(answer: Any) -> bytes:  # noqa: ANN401 - whatever a signer says
    """Read what a signer returns: the bytes, or as nodes do an object that holds them."""
    text = answer.get("raw") if isinstance(answer, dict) else answer
    try:
        return bytes.fromhex(str(text).removeprefix("0x"))
    except ValueError:
        raise SignerError("the signer answered with something that is no transaction; nothing was sent") from None


def _require_same(wanted: Transaction, raw: bytes) -> None:
    """Refuse bytes that are not the transaction with some signature in its only valid form.

    Raises:
        SignerError: A field differs, is missing or is spelled otherwise.
    """
    try:
        found = TypedTransaction.from_bytes(HexBytes(raw)).as_dict()
        same = found["s"] <= HALF_ORDER and wanted.signed_with(found["v"], found["r"], found["s"]) == raw
    except Exception:
        same = False
    if not same:
        raise SignerError("the signer signed another transaction than the one asked for; nothing was sent")


def _unlocked(alias: str, passphrase: str) -> LocalAccount:
    """Decrypt an account of ape's."""
    try:
        key = Account.decrypt(json.loads(keystore(alias).read_text()), passphrase)
    except ValueError:
        key = None
    if key is None:  # out of the handler, so that nothing of the decryption hangs on the error
        raise SignerError(f"ape's account {alias!r} does not open with that passphrase; check where it comes from")
    account: LocalAccount = Account.from_key(key)
    return account
