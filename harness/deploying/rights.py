"""Who may do what, with which delay, as the chain itself says: the access manager's events and the contracts' lists."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from eth_abi.abi import decode
from eth_typing import ABIFunction
from eth_utils.abi import abi_to_signature
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from hexbytes import HexBytes
from web3 import Web3
from web3.types import LogReceipt

from harness import artifacts
from harness.deploying import events
from harness.deployments import Deployment
from harness.keeper.abi import Call
from harness.settings import ROOT, SCRIPT_OUT

ADMIN: Final = 0
PUBLIC: Final = 2**64 - 1
NAMES: Final = {ADMIN: "governance", PUBLIC: "everyone"}
CODES: Final = {
    "executor": ("executor",),
    "reserve": ("reserve", "injection"),
    "vault": ("vault",),
    "guard": ("guard",),
    "upkeep": ("upkeep",),
}
"""Contracts that ask the manager who calls, and the codes that their functions are in."""

RESTRICTED: Final = re.compile(
    r"^    function (\w+)\([^{;]*?\b(?:restricted|onlyConverter)\b(?=[^{;]*\{)", re.MULTILINE
)

INTERFACES: Final = {"executor": "IFlashExecutor", "reserve": "ILiquidityReserve", "vault": "IStakingVault"}
"""By what contracts are called that have their functions from several codes."""

LISTS: Final = {
    "executor": ("KeeperSet(address,bool)", "keepers, who execute"),
    "reserve": ("InjectorSet(address,bool)", "keepers, who add liquidity and send"),
    "upkeep": ("PerformerSet(address,bool)", "performers of the upkeep"),
}
"""Lists that contracts keep themselves: the event of a change, and who is on it."""


def _topic(signature: str) -> HexBytes:
    return HexBytes(keccak(text=signature))


GRANTED: Final = _topic("RoleGranted(uint64,address,uint32,uint48,bool)")
LABELLED: Final = _topic("RoleLabel(uint64,string)")
ASSIGNED: Final = _topic("TargetFunctionRoleUpdated(address,bytes4,uint64)")
SCHEDULED: Final = _topic("OperationScheduled(bytes32,uint32,uint48,address,address,bytes)")


@dataclass(frozen=True)
class Right:
    """What one role may do.

    Attributes:
        role: Its number at the manager.
        name: Its label.
        holders: Seconds that each waits after announcing what it does.
        functions: `contract.function`, those of `restricted` functions alone.
    """

    role: int
    name: str
    holders: dict[str, int]
    functions: tuple[str, ...]


@dataclass(frozen=True)
class Announcement:
    """Something that was announced and neither done nor taken back."""

    caller: str
    target: str
    call: str
    ready_at: int


@dataclass(frozen=True)
class Rights:
    """All of it.

    Attributes:
        roles: Each role of the manager.
        lists: By what is said of those on it, who is on a contract's own list.
        announced: What governance has announced.
    """

    roles: tuple[Right, ...]
    lists: dict[str, tuple[str, ...]]
    announced: tuple[Announcement, ...]


def members(web3: Web3, manager: str, first: int) -> dict[int, dict[str, int]]:
    """Return who holds each role now, and the seconds that they wait, by all who were ever granted it."""
    return _members(web3, manager, events.everything(web3, manager, first, [[GRANTED]]))


def read(web3: Web3, deployment: Deployment) -> Rights:
    """Read everything from the chain."""
    manager, first = deployment.contracts["manager"].address, deployment.contracts["manager"].block
    logs = events.everything(web3, manager, first)
    holders, labels, functions = _members(web3, manager, logs), _labels(logs), _functions(web3, deployment)
    known = sorted(set(holders) | set(functions), key=lambda role: (role != ADMIN, role))
    roles = tuple(
        Right(role, labels.get(role, str(role)), holders.get(role, {}), tuple(functions.get(role, ())))
        for role in known
    )
    return Rights(roles, _lists(web3, deployment, first), _announced(web3, manager, logs))


def restricted(deployment: Deployment) -> list[tuple[str, str, bytes]]:
    """Return every function that asks the manager who calls: contract, signature, selector."""
    return restricted_in({role: contract.name for role, contract in deployment.contracts.items()})


def restricted_in(names: Mapping[str, str]) -> list[tuple[str, str, bytes]]:
    """Return the same of contracts by their names, which are given by their roles."""
    found = []
    for contract, codes in CODES.items():
        asking = {function for code in codes for function in _asking(names[code])}
        interface = artifacts.artifact(INTERFACES.get(contract, names[contract]), SCRIPT_OUT)
        for item in interface.abi:
            if item["type"] == "function" and item["name"] in asking:
                signature = abi_to_signature(cast(ABIFunction, item))
                found.append((contract, signature, keccak(text=signature)[:4]))
    return found


def _asking(name: str) -> set[str]:
    """Return the names of a contract's functions that are restricted, as its sources have them."""
    sources = [path for path in artifacts.artifact(name, SCRIPT_OUT).sources if path.startswith("contracts/")]
    return {function for path in sources for function in RESTRICTED.findall((ROOT / path).read_text())}


def _members(web3: Web3, manager: str, logs: list[LogReceipt]) -> dict[int, dict[str, int]]:
    granted = {
        (int(log["topics"][1].hex(), 16), events.address_in(log["topics"][2]))
        for log in logs
        if log["topics"][0] == GRANTED
    }
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for role, account in sorted(granted):
        member, delay = _ask(web3, Call(manager, "hasRole(uint64,address)", (role, account), ("bool", "uint32")))
        if member:
            found[role][account] = delay
    return dict(found)


def _labels(logs: list[LogReceipt]) -> dict[int, str]:
    said = {
        int(log["topics"][1].hex(), 16): str(decode(["string"], log["data"])[0])
        for log in logs
        if log["topics"][0] == LABELLED
    }
    return said | NAMES


def _functions(web3: Web3, deployment: Deployment) -> dict[int, list[str]]:
    """Return the functions that a role may call, by what the manager answers for each that asks it."""
    manager, found = deployment.address("manager"), defaultdict(list)
    for contract, signature, selector in restricted(deployment):
        target = deployment.address(contract)
        call = Call(manager, "getTargetFunctionRole(address,bytes4)", (target, selector), ("uint64",))
        found[_ask(web3, call)[0]].append(f"{contract}.{signature.split('(')[0]}")
    return found


def _lists(web3: Web3, deployment: Deployment, first: int) -> dict[str, tuple[str, ...]]:
    found = {}
    for contract, (signature, who) in LISTS.items():
        logs = events.everything(web3, deployment.address(contract), first)
        now: dict[str, bool] = {}
        for log in logs:
            if log["topics"][0] == _topic(signature):
                now[events.address_in(log["topics"][1])] = bool(int(log["data"].hex() or "0", 16))
        found[f"{contract}: {who}"] = tuple(sorted(account for account, listed in now.items() if listed))
    return found


def _announced(web3: Web3, manager: str, logs: list[LogReceipt]) -> tuple[Announcement, ...]:
    found = []
    for log in logs:
        if log["topics"][0] != SCHEDULED:
            continue
        _, caller, target, call = decode(["uint48", "address", "address", "bytes"], log["data"])
        (ready_at,) = _ask(web3, Call(manager, "getSchedule(bytes32)", (bytes(log["topics"][1]),), ("uint48",)))
        if ready_at:
            found.append(
                Announcement(to_checksum_address(caller), to_checksum_address(target), "0x" + call.hex(), ready_at)
            )
    return tuple(dict.fromkeys(found))


def _ask(web3: Web3, call: Call) -> tuple[Any, ...]:
    answer = web3.eth.call({"to": to_checksum_address(call.to), "data": HexBytes(call.data())})
    return call.read(bytes(answer)) or (0,) * len(call.returns)
