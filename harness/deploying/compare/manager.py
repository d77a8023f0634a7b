"""The access manager against the plan: members that nobody named, functions that went to another role, delays."""

from collections.abc import Iterator
from typing import Final

from eth_utils.address import to_checksum_address

from harness.deploying import rights
from harness.deploying.compare.ground import Ground, yes
from harness.deploying.rights import ADMIN, CODES
from harness.deploying.script import Change
from harness.keeper.abi import calldata

GUARDIAN, RESERVE, CONVERTER, VAULT_KEEPER, WITHDRAWER = 1, 2, 3, 4, 5
ROLES: Final = {
    ADMIN: "governance",
    GUARDIAN: "guardian",
    RESERVE: "reserve",
    CONVERTER: "converter",
    VAULT_KEEPER: "vault keeper",
    WITHDRAWER: "withdrawer",
}
HAS_ROLE: Final = "hasRole(uint64,address)"
GIVEN: Final = {
    "executor.pause",
    "executor.convert",
    "reserve.exitPool",
    "reserve.stopInjections",
    "reserve.stopSending",
    "reserve.withdrawLiquidity",
    "reserve.migrate",
    "vault.stopDeposits",
    "vault.emergencyExit",
    "vault.addProfit",
    "vault.allocate",
    "vault.recall",
    "vault.report",
}
"""Functions that are another role's than governance's: those the script compares."""


def compared(ground: Ground) -> Iterator[Change]:
    """Yield what differs and the script does not look at."""
    yield from _contracts(ground)
    yield from _functions(ground)
    yield from _roles(ground)
    yield from _members(ground)


def _contracts(ground: Ground) -> Iterator[Change]:
    manager = to_checksum_address(ground.addresses["manager"])
    for contract in CODES:
        at, own = ground.addresses[contract], ground.ask(contract, "authority()", returns=("address",))
        left = "only whom it obeys now can give it back"
        yield from ground.differ(contract, "obeys", own, manager, left=left)
        closed = yes(ground.ask("manager", "isTargetClosed(address)", at, returns=("bool",)))
        call = calldata("setTargetClosed(address,bool)", at, False)
        yield from ground.differ("manager", f"{contract} is closed", closed, "no", call)
        delay = ground.ask("manager", "getTargetAdminDelay(address)", at)
        call = calldata("setTargetAdminDelay(address,uint32)", at, 0)
        yield from ground.differ("manager", f"more delay for {contract}'s rights", f"{delay} s", "0 s", call)


def _functions(ground: Ground) -> Iterator[Change]:
    for contract, signature, selector in rights.restricted_in(ground.names):
        name = f"{contract}.{signature.split('(')[0]}"
        if name in GIVEN:
            continue
        at = ground.addresses[contract]
        found = ground.ask("manager", "getTargetFunctionRole(address,bytes4)", at, selector)
        call = calldata("setTargetFunctionRole(address,bytes4[],uint64)", at, [selector], ADMIN)
        yield from ground.differ("manager", f"role for {name}", str(found), str(ADMIN), call)


def _roles(ground: Ground) -> Iterator[Change]:
    for role, name in ROLES.items():
        if role == ADMIN:
            continue
        for what, view, setter in (
            ("admin", "getRoleAdmin(uint64)", "setRoleAdmin(uint64,uint64)"),
            ("guardian", "getRoleGuardian(uint64)", "setRoleGuardian(uint64,uint64)"),
            ("delay of grants", "getRoleGrantDelay(uint64)", "setGrantDelay(uint64,uint32)"),
        ):
            found = ground.ask("manager", view, role)
            yield from ground.differ("manager", f"{what} of role {name}", str(found), "0", calldata(setter, role, 0))


def _members(ground: Ground) -> Iterator[Change]:
    """Yield who holds a role and should not: that the script cannot ask, for the manager has no list."""
    manager, wanted = ground.addresses["manager"], _wanted(ground)
    found = rights.members(ground.web3, manager, ground.first)
    delay = found.get(ADMIN, {}).get(ground.roles.governance)
    if delay is not None:
        call = calldata("grantRole(uint64,address,uint32)", ADMIN, ground.roles.governance, ground.delay)
        yield from ground.differ("manager", "governance's delay", f"{delay} s", f"{ground.delay} s", call)
    for converter in ground.chain.terms.converters:
        is_one, waits = ground.ask("manager", HAS_ROLE, CONVERTER, converter, returns=("bool", "uint32"))
        call = calldata("grantRole(uint64,address,uint32)", CONVERTER, converter, 0)
        yield from ground.differ(
            "manager", f"converter {converter}", _after(waits) if is_one else "no", "at once", call
        )
    for role, name in ROLES.items():
        for account, waits in found.get(role, {}).items():
            if account not in wanted[role]:
                call = calldata("revokeRole(uint64,address)", role, account)
                yield from ground.differ("manager", f"{name} {account}", _after(waits), "no", call)


def _wanted(ground: Ground) -> dict[int, set[str]]:
    terms, roles = ground.chain.terms, ground.roles
    return {
        ADMIN: {roles.governance, ground.founder},
        GUARDIAN: set(terms.guardians or [roles.guardian]),
        RESERVE: {ground.addresses["reserve"]},
        CONVERTER: set(terms.converters),
        VAULT_KEEPER: set(terms.keepers or [roles.keeper]),
        WITHDRAWER: {roles.governance},
    }


def _after(delay: int) -> str:
    return f"after {delay} s" if delay else "at once"
