"""The reserve's ways to other chains against the chain file: bridges, confirmed pools, what arrives as what."""

import os
from collections.abc import Iterator
from typing import Final

from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from web3 import Web3

from harness import chains
from harness.chains import Chain, OptimismBridge
from harness.deploying import events, record
from harness.deploying.compare.ground import NONE, Ground, yes
from harness.deploying.script import Change
from harness.errors import MillraceError
from harness.keeper.abi import calldata
from harness.node import connect

CONFIRM: Final = "confirmDestination(uint256,address,address,bytes32,bytes32)"
CONFIRMED: Final = "DestinationConfirmed(uint256,address,bytes32,bytes32)"

Way = tuple[int, str]
"""Id of the other chain, and a token here or a pool there."""


def compared(ground: Ground) -> Iterator[Change]:
    """Yield what differs."""
    yield from _bridges(ground)
    yield from _destinations(ground)
    wanted = {wrapped: ground.token(symbol) for wrapped, symbol in ground.chain.terms.wrapped.items()}
    for one in dict.fromkeys([*wanted, *ground.addresses_ever("reserve", "WrappedMapped(address,address)")]):
        found, token = ground.ask("reserve", "originOf(address)", one, returns=("address",)), wanted.get(one, NONE)
        call = calldata("mapWrapped(address,address)", one, token)
        yield from ground.differ("reserve", f"{one} arrives as", _or_none(found), _or_none(token), call)


def _bridges(ground: Ground) -> Iterator[Change]:
    wanted = {way: role for name in ground.chain.terms.outposts for way, role in _ways(ground, name)}
    known = {address: role for role, address in ground.addresses.items()}
    for way in dict.fromkeys([*wanted, *_ever(ground, "BridgeSet(uint256,address,address)")]):
        chain_id, token = way
        found = ground.ask("reserve", "bridgeOf(uint256,address)", chain_id, token, returns=("address",))
        bridge = ground.addresses.get(wanted.get(way, ""), NONE)
        left = "" if way not in wanted or bridge != NONE else "it is not deployed: `millrace deploy` says why"
        call = calldata("setBridge(uint256,address,address)", chain_id, token, bridge)
        shown, what = known.get(found, _or_none(found)), f"bridge of {token} to {_named(chain_id)}"
        yield from ground.differ("reserve", what, shown, wanted.get(way, "none"), call, left=left)


def _ways(ground: Ground, name: str) -> Iterator[tuple[Way, str]]:
    """Yield each token's way over a bridge of the file, and the role of the contract that it goes by."""
    bridge = ground.chain.bridges[name]
    for symbol in ground.chain.terms.outposts[name].tokens:
        role = f"bridge-{name}-{symbol}" if isinstance(bridge, OptimismBridge) else f"bridge-{name}"
        yield (bridge.chain_id, ground.token(symbol)), role


def _destinations(ground: Ground) -> Iterator[Change]:
    outposts, bridges = ground.chain.terms.outposts, ground.chain.bridges
    wanted = [(bridges[name].chain_id, pool) for name, outpost in outposts.items() for pool in outpost.pools]
    for chain_id, pool in dict.fromkeys([*wanted, *_ever(ground, CONFIRMED)]):
        is_one = ground.ask("reserve", "isConfirmed(uint256,address)", chain_id, pool, returns=("bool",))
        would_be = (chain_id, pool) in wanted
        call, left = calldata("revokeDestination(uint256,address)", chain_id, pool), ""
        if would_be and not is_one:
            call, left = _confirming(ground, chain_id, pool)
        what = f"destination {pool} on {_named(chain_id)}"
        yield from ground.differ("reserve", what, yes(is_one), yes(would_be), call, left=left)


def _confirming(ground: Ground, chain_id: int, pool: str) -> tuple[bytes, str]:
    """Return the call that confirms a pool over there, with the code that has been read there; or why there is none."""
    there = chains.by_id(chain_id)
    url = os.environ.get(there.rpc_variable) if there else None
    if there is None or not url:
        where = f"set {there.rpc_variable}" if there else f"no chain file is of {chain_id}"
        return b"", f"the code there has to be read first: {where}"
    reserve = to_checksum_address(ground.addresses["reserve"])
    inbox = to_checksum_address(ground.ask("reserve", "inboxOf(address)", pool, returns=("address",)))
    try:
        codes = _codes(there, url, reserve, inbox)
    except MillraceError as error:
        return b"", f"the code there cannot be read: {error}"
    if not codes[0] or record.built("LiquidityReserve").differences(codes[0]):
        return b"", f"at {reserve} on {there.name} there is no reserve as forge built it; deploy there first"
    if not codes[1]:  # whatever is there, that reserve has put it there: the address is of its code and the inbox's
        return b"", f"on {there.name} the pool has no inbox yet; anybody may open it: openInbox({pool})"
    return calldata(CONFIRM, chain_id, pool, reserve, keccak(codes[0]), keccak(codes[1])), ""


def _codes(there: Chain, url: str, *addresses: str) -> list[bytes]:
    web3: Web3 = connect(there, url)
    return [bytes(web3.eth.get_code(to_checksum_address(address))) for address in addresses]


def _ever(ground: Ground, event: str) -> list[Way]:
    return [(int(topics[0].hex(), 16), events.address_in(topics[1])) for topics in ground.ever("reserve", event)]


def _named(chain_id: int) -> str:
    known = chains.by_id(chain_id)
    return known.name if known else str(chain_id)


def _or_none(address: str) -> str:
    return address if address and int(address, 16) else "none"
