"""What tests of the record write into it."""

from dataclasses import replace
from typing import Any

from eth_utils.crypto import keccak

from harness.store import Found, SignedTransaction, Store

CHAIN = 31337
SENDER = "0x" + "5E" * 20
TOKEN = "0x" + "70" * 20
GWEI = 10**9
MOST = 2**256 - 1


def found(chain_id: int = CHAIN, **changed: Any) -> Found:  # noqa: ANN401 - any of the columns
    made = Found(chain_id, 100, "0xb10c", "a > b", TOKEN, MOST, 5, -3, 200_000, b"\x01\x02", 7)
    return replace(made, **changed)


def attempt(store: Store, refusal: str = "", chain_id: int = CHAIN, **changed: Any) -> int:  # noqa: ANN401
    return store.tried(found(chain_id, simulated=None if refusal else 7, refusal=refusal, **changed))


def signed(store: Store, nonce: int, attempt_id: int | None = None, **changed: Any) -> SignedTransaction:  # noqa: ANN401
    """Note a transaction under a lease that is taken for it; its hash is of its bytes."""
    made = transaction(nonce, attempt_id, **changed)
    store.signed(made, lead(store, made.chain_id))
    return made


def transaction(nonce: int, attempt_id: int | None = None, raw: bytes = b"", **changed: Any) -> SignedTransaction:  # noqa: ANN401
    raw = raw or f"{nonce} {attempt_id} {sorted(changed.items())}".encode()
    made = SignedTransaction(
        CHAIN, SENDER, nonce, "0x" + keccak(raw).hex(), raw, 30 * GWEI, GWEI, 300_000, 110, attempt_id
    )
    return replace(made, **changed)


def lead(store: Store, chain_id: int = CHAIN) -> int:
    number = store.hold_lease(chain_id, "the only keeper", 60)
    assert number is not None
    return number


def lapsed(store: Store, chain_id: int) -> None:
    """Whoever led is no more: its lease ends now, as it does by itself after some seconds."""
    leader = store.leader(chain_id)
    if leader is not None:
        store.release_lease(chain_id, leader)
