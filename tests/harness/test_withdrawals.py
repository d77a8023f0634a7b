"""Withdrawals in the keeper's words are those of the OP stack's own contracts."""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest
from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from evm_code import creation
from hypothesis import given
from hypothesis import strategies as st
from market_evm import MODULES, OWNER, Chain
from pyrevm import EVM

from harness.keeper.abi import arguments, calldata
from harness.keeper.chores.withdrawals import ARRIVE, BRIDGE, MESSENGER, RELAY, Arrival, Withdrawal, arrival

BEDROCK = MODULES / "@eth-optimism/contracts-bedrock/forge-artifacts"
ADDRESSES = st.binary(min_size=20, max_size=20).map(to_checksum_address)
WORDS = st.integers(0, 2**256 - 1)
INBOX, TOKEN, HERE, BELOW = (to_checksum_address(bytes([digit]) * 20) for digit in (0x11, 0x22, 0x33, 0x44))
"""An inbox, a token, the bridge and the messenger on this chain."""


@cache
def passer() -> tuple[Chain, str]:
    """The published message passer."""
    chain = Chain(EVM())
    path = BEDROCK / "L2ToL1MessagePasser.sol/L2ToL1MessagePasser.json"
    return chain, to_checksum_address(chain.evm.deploy(OWNER, creation(path)))


@given(ADDRESSES, st.integers(0, 2**64), st.binary(max_size=400))
def test_the_message_passer_knows_it_by_our_hash_and_in_our_slot(target: str, gas: int, data: bytes) -> None:
    chain, at = passer()
    (nonce,) = chain.call(at, "messageNonce()", returns=("uint256",))
    ours = Withdrawal(nonce, OWNER, target, 0, gas, data)
    assert chain.call(at, "sentMessages(bytes32)", ours.digest, returns=("bool",)) == (False,)
    chain.call(at, "initiateWithdrawal(address,uint256,bytes)", target, gas, data)
    assert chain.call(at, "sentMessages(bytes32)", ours.digest, returns=("bool",)) == (True,)
    assert chain.evm.storage(at, int.from_bytes(ours.slot)) == 1
    other = replace(ours, gas=gas + 1)
    assert chain.call(at, "sentMessages(bytes32)", other.digest, returns=("bool",)) == (False,)


def sent(inbox: str = INBOX, amount: int = 7, extra: bytes = b"") -> Withdrawal:
    """What the standard bridge of a rollup has sent down."""
    brought = calldata(ARRIVE, TOKEN, OWNER, OWNER, inbox, amount, extra)
    return Withdrawal(5, MESSENGER, BELOW, 0, 400_000, calldata(RELAY, 9, BRIDGE, HERE, 0, 200_000, brought))


@given(ADDRESSES, WORDS, st.binary(max_size=100))
def test_what_it_brings_is_read_from_its_message(inbox: str, amount: int, extra: bytes) -> None:
    one = sent(inbox, amount, extra)
    assert arrival(one, BELOW, HERE) == Arrival(TOKEN, inbox, amount, keccak(one.data))


def _others() -> Iterator[Withdrawal]:
    one, stranger = sent(), INBOX
    relayed = arguments(RELAY, one.data)
    assert relayed is not None
    nonce, _, _, _, gas, brought = relayed
    coin = calldata("finalizeBridgeETH(address,address,uint256,bytes)", OWNER, INBOX, 7, b"")
    yield replace(one, sender=stranger)
    yield replace(one, target=stranger)
    yield replace(one, value=1)
    yield replace(one, data=one.data[:-32])
    yield replace(one, data=b"\0" + one.data[1:])
    yield replace(one, data=b"")
    for wrong in (
        (nonce, stranger, HERE, 0, gas, brought),
        (nonce, BRIDGE, stranger, 0, gas, brought),
        (nonce, BRIDGE, HERE, 1, gas, brought),
        (nonce, BRIDGE, HERE, 0, gas, brought[:-32]),
        (nonce, BRIDGE, HERE, 0, gas, b""),
        (nonce, BRIDGE, HERE, 0, gas, coin),
    ):
        yield replace(one, data=calldata(RELAY, *wrong))


@pytest.mark.parametrize("other", _others())
def test_any_other_message_brings_nothing(other: Withdrawal) -> None:
    assert arrival(other, BELOW, HERE) is None


@given(st.binary(max_size=300))
def test_nonsense_brings_nothing(data: bytes) -> None:
    assert arrival(replace(sent(), data=data), BELOW, HERE) is None
    assert arrival(replace(sent(), data=calldata(RELAY, 9, BRIDGE, HERE, 0, 1, data)), BELOW, HERE) is None


def test_our_words_are_the_contracts_own() -> None:
    """The selectors are in the published interfaces."""
    for contract, signature in (("L1CrossDomainMessenger", RELAY), ("L1StandardBridge", ARRIVE)):
        known = json.loads((BEDROCK / f"{contract}.sol/{contract}.json").read_text())["methodIdentifiers"]
        assert bytes.fromhex(known[signature]) == keccak(signature.encode())[:4]


@given(st.lists(st.tuples(WORDS, st.booleans()), max_size=3), st.binary(max_size=40))
def test_calldata_takes_tuples(pairs: list[tuple[int, bool]], rest: bytes) -> None:
    data = calldata("act((uint256,bool)[],bytes,uint256[2])", pairs, rest, (1, 2))
    assert data[:4] == keccak(b"act((uint256,bool)[],bytes,uint256[2])")[:4]
    assert data[4:] == encode(["(uint256,bool)[]", "bytes", "uint256[2]"], [pairs, rest, (1, 2)])
    assert arguments("act((uint256,bool)[],bytes,uint256[2])", data) == (tuple(pairs), rest, (1, 2))
    assert arguments("act()", calldata("act()")) == ()
    assert arguments("act(uint256)", calldata("act()")) is None
