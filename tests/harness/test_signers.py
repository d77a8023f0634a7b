"""Signers: the very transaction, by the very account, and nothing else is believed."""

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_account.typed_transactions.typed_transaction import TypedTransaction
from hexbytes import HexBytes
from hypothesis import given, settings
from hypothesis import strategies as st
from stubs import Reply, serving

from harness.keeper.signers import ApeSigner, LocalSigner, RemoteSigner
from harness.keeper.transaction import Transaction, hash_of, target_of
from harness.settings import KEEPER, dev_account
from harness.signer import SignerError

KEY, STRANGER = dev_account(KEEPER), dev_account(5)
SLOT = "0x" + "12" * 32
WANTED = Transaction(1, 7, STRANGER.address, b"\x01\x02", 210_000, 5 * 10**9, 10**8)
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141

TRANSACTIONS = st.builds(
    Transaction,
    chain_id=st.integers(1, 2**40),
    nonce=st.integers(0, 2**32),
    to=st.just(STRANGER.address),
    data=st.binary(max_size=200),
    gas=st.integers(21_000, 2**30),
    max_fee=st.integers(10**9, 10**14),
    tip=st.integers(0, 10**9),
    value=st.integers(0, 10**20),
    access_list=st.sampled_from([(), ((KEY.address, (SLOT,)), (STRANGER.address, ()))]),
)


@given(TRANSACTIONS)
def test_a_signed_transaction_is_the_one_asked_for(transaction: Transaction) -> None:
    raw = LocalSigner(KEY).sign(transaction)
    assert Account.recover_transaction(HexBytes(raw)) == KEY.address
    assert target_of(raw) == (transaction.to, transaction.data)
    read = TypedTransaction.from_bytes(HexBytes(raw)).as_dict()
    assert read["chainId"] == transaction.chain_id
    assert (read["nonce"], read["gas"], read["value"]) == (transaction.nonce, transaction.gas, transaction.value)
    assert (read["maxFeePerGas"], read["maxPriorityFeePerGas"]) == (transaction.max_fee, transaction.tip)
    assert hash_of(raw) == KEY.sign_transaction(transaction.fields()).hash.to_0x_hex()


# ape's accounts


@pytest.fixture
def accounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of ape's with one account."""
    monkeypatch.setenv("APE_DATA_FOLDER", str(tmp_path))
    (tmp_path / "accounts").mkdir()
    keyfile = json.dumps(Account.encrypt(KEY.key, "open sesame", iterations=2))
    (tmp_path / "accounts" / "keeper.json").write_text(keyfile)
    return tmp_path


@pytest.mark.usefixtures("accounts")
def test_an_ape_account_opens_once_without_a_person_and_without_a_word(capfd: pytest.CaptureFixture[str]) -> None:
    asked: list[int] = []

    def passphrase() -> str:
        asked.append(1)
        return "open sesame"

    signer = ApeSigner("keeper", passphrase)
    assert signer.address == KEY.address
    assert signer.sign(WANTED) == signer.sign(WANTED) == LocalSigner(KEY).sign(WANTED)
    assert asked == [1]
    assert capfd.readouterr() == ("", "")


@pytest.mark.usefixtures("accounts")
def test_a_wrong_passphrase_or_account_is_refused_without_showing_either() -> None:
    with pytest.raises(SignerError, match="keeper") as refused:
        ApeSigner("keeper", lambda: "hunter2")
    assert "hunter2" not in str(refused.value)
    assert refused.value.__cause__ is refused.value.__context__ is None
    with pytest.raises(SignerError, match="it has keeper"):
        ApeSigner("nobody", lambda: "")


# a signer on another machine


def signed_by(account: LocalAccount, changes: dict[str, object] | None = None) -> Reply:
    """A fake of web3signer, which may change what it signs."""

    def reply(method: str, parameters: list[Any]) -> object:
        if method != "eth_signTransaction":
            raise ValueError("Method not found")
        (asked,) = parameters
        assert asked.pop("from") == KEY.address
        fields = {
            key: int(value, 16) if key != "to" and isinstance(value, str) and key != "data" else value
            for key, value in asked.items()
        }
        return account.sign_transaction(fields | {"type": 2} | (changes or {})).raw_transaction.to_0x_hex()

    return reply


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_a_remote_signer_signs_the_same_as_a_local_one(data: st.DataObject) -> None:
    with serving(signed_by(KEY)) as stub:
        signer = RemoteSigner(stub.url, KEY.address)
        for transaction in (WANTED, data.draw(TRANSACTIONS)):
            assert signer.sign(transaction) == LocalSigner(KEY).sign(transaction)


def test_a_signer_may_answer_as_nodes_do() -> None:
    with serving(lambda *asked: {"raw": signed_by(KEY)(*asked), "tx": {}}) as stub:
        assert RemoteSigner(stub.url, KEY.address).sign(WANTED) == LocalSigner(KEY).sign(WANTED)


@pytest.mark.parametrize(
    "changes",
    [
        {"to": KEY.address},
        {"value": 1},
        {"data": "0x01"},
        {"nonce": 8},
        {"gas": 210_001},
        {"maxFeePerGas": 5 * 10**9 + 1},
        {"maxPriorityFeePerGas": 0},
        {"chainId": 10},
        {"accessList": [{"address": KEY.address, "storageKeys": []}]},
    ],
)
def test_a_changed_field_is_refused(changes: dict[str, object]) -> None:
    with serving(signed_by(KEY, changes)) as stub, pytest.raises(SignerError, match="another transaction"):
        RemoteSigner(stub.url, KEY.address).sign(WANTED)


def test_an_access_list_that_was_left_out_is_refused() -> None:
    with serving(signed_by(KEY, {"accessList": []})) as stub, pytest.raises(SignerError, match="another transaction"):
        RemoteSigner(stub.url, KEY.address).sign(replace(WANTED, access_list=((KEY.address, (SLOT,)),)))


def test_another_key_is_refused() -> None:
    with serving(signed_by(STRANGER)) as stub, pytest.raises(SignerError, match="another key"):
        RemoteSigner(stub.url, KEY.address).sign(WANTED)


def legacy(*_: object) -> str:
    fields: Any = {
        "nonce": 7,
        "to": STRANGER.address,
        "value": 0,
        "data": b"\x01\x02",
        "gas": 210_000,
        "gasPrice": 5,
        "chainId": 1,
    }
    return KEY.sign_transaction(fields).raw_transaction.to_0x_hex()


def with_more(method: str, parameters: list[Any]) -> str:
    return str(signed_by(KEY)(method, parameters)) + "00"


def turned_over(*_: object) -> str:
    """The other signature of the same transaction, which nodes refuse."""
    read = TypedTransaction.from_bytes(HexBytes(LocalSigner(KEY).sign(WANTED))).as_dict()
    return "0x" + WANTED.signed_with(1 - read["v"], read["r"], ORDER - read["s"]).hex()


@pytest.mark.parametrize(
    "reply", [legacy, with_more, turned_over, lambda *_: "0x02", lambda *_: "0x", lambda *_: "0x02c0"]
)
def test_bytes_that_are_not_the_transaction_are_refused(reply: Reply) -> None:
    with serving(reply) as stub, pytest.raises(SignerError, match="nothing was sent"):
        RemoteSigner(stub.url, KEY.address).sign(WANTED)


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=120))
def test_no_bytes_at_all_get_through_or_break_it(noise: bytes) -> None:
    with serving(lambda *_: "0x02" + noise.hex()) as stub, pytest.raises(SignerError):
        RemoteSigner(stub.url, KEY.address).sign(WANTED)


def hanging(*_: object) -> bytes:
    time.sleep(0.5)
    return b"{}"


def refusing(*_: object) -> object:
    raise ValueError("no key at http://user:secret-key@vault/")


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (lambda *_: b"<html>secret-key</html>", "HTTP 502"),
        (lambda *_: b"{}", "no answer"),
        (lambda *_: 5, "nothing was sent"),
        (lambda *_: None, "nothing was sent"),
        (lambda *_: {"raw": ["0x02"]}, "nothing was sent"),
        (refusing, "refuses: no key"),
        (hanging, "Timeout"),
    ],
)
def test_a_signer_that_does_not_sign_is_named_asked_once_and_its_url_hidden(reply: Reply, said: str) -> None:
    with serving(reply) as stub:
        with pytest.raises(SignerError, match=said) as refused:
            RemoteSigner(stub.url, KEY.address, timeout=0.2).sign(WANTED)
        assert len(stub.requests) == 1
    assert "secret" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_signer_that_is_not_there_is_named() -> None:
    with pytest.raises(SignerError, match=r"127\.0\.0\.1:1 gives no answer"):
        RemoteSigner("http://127.0.0.1:1/secret-key", KEY.address).sign(WANTED)
