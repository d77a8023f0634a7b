"""Executor, vault and upkeep against the chain file."""

from collections.abc import Iterator
from decimal import Decimal

from eth_utils.address import to_checksum_address

from harness.chains import NATIVE_DECIMALS
from harness.deploying.compare.ground import Ground, listed, yes
from harness.deploying.script import Change
from harness.keeper.abi import calldata


def compared(ground: Ground) -> Iterator[Change]:
    """Yield what differs and the script does not look at."""
    yield from _executor(ground)
    yield from _deposits(ground)
    yield from _strategies(ground)
    yield from _upkeep(ground)


def _executor(ground: Ground) -> Iterator[Change]:
    terms = ground.chain.terms
    wanted = [*ground.pools.values(), *terms.allowed_pools] if terms.restrict_pools else []
    ever = dict.fromkeys([*wanted, *ground.addresses_ever("executor", "PoolAllowed(address,bool)")])
    found = {pool: ground.ask("executor", "isPoolAllowed(address)", pool, returns=("bool",)) for pool in ever}
    states = {pool: (found[pool], pool in wanted) for pool in ever}
    yield from listed(ground, "executor", "allows", states, "allowPools(address[],bool)")
    restricts = yes(ground.ask("executor", "poolsRestricted()", returns=("bool",)))
    call = calldata("restrictPools(bool)", terms.restrict_pools)
    yield from ground.differ("executor", "listed pools alone", restricts, yes(terms.restrict_pools), call)
    paused = yes(ground.ask("executor", "paused()", returns=("bool",)))
    yield from ground.differ("executor", "paused", paused, "no", calldata("unpause()"))


def _deposits(ground: Ground) -> Iterator[Change]:
    shut, said = ground.said("vault", "ShutDown()"), ground.said("vault", "DepositsStopped(bool)")
    stopped = bool(said) and int(said[-1]["data"].hex(), 16) == 1
    found = "shut down" if shut else "stopped" if stopped else "open"
    left = "a vault that is shut down stays so" if shut else "the guardian opens them: `stopDeposits(false)`"
    yield from ground.differ("vault", "deposits", found, "open", left=left)


def _strategies(ground: Ground) -> Iterator[Change]:
    caps = ground.chain.terms.strategies.items()
    wanted = {f"strategy-{name}": int(Decimal(cap).scaleb(NATIVE_DECIMALS)) for name, cap in caps}
    known = {address: role for role, address in ground.addresses.items()}
    on_it = ground.ask("vault", "strategies()", returns=("address[]",)) or ()
    for address in map(to_checksum_address, on_it):
        debt, cap, _ = ground.ask("vault", "strategyOf(address)", address, returns=("uint256", "uint256", "uint256"))
        role = known.get(address, address)
        if role in wanted:
            call = calldata("setStrategy(address,uint256)", address, wanted[role])
            yield from ground.differ("vault", f"cap of {role}", str(cap), str(wanted.pop(role)), call)
        else:
            yield from _unnamed(ground, role, address, cap, debt)
    for role, cap in wanted.items():
        at = ground.addresses.get(role, "")
        call = calldata("setStrategy(address,uint256)", at, cap) if at else b""
        left = "" if at else "it is not deployed: `millrace deploy` says why"
        yield from ground.differ("vault", f"cap of {role}", "none", str(cap), call, left=left)


def _unnamed(ground: Ground, role: str, address: str, cap: int, debt: int) -> Iterator[Change]:
    """Yield how a strategy that the file does not name ends.

    One that owes is first lent no more: what a strategy owes when it is removed is lost.
    """
    if not debt:
        call = calldata("removeStrategy(address)", address)
        yield from ground.differ("vault", f"cap of {role}", str(cap), "none", call)
        return
    call = calldata("setStrategy(address,uint256)", address, 0)
    left = f"it owes {debt}: a keeper has to recall that before it can be removed" if cap == 0 else ""
    yield from ground.differ("vault", f"cap of {role}", f"{cap}, owes {debt}", "none", call, left=left)


def _upkeep(ground: Ground) -> Iterator[Change]:
    own = ground.chain.terms.keepers or [ground.roles.keeper]
    ever = ground.addresses_ever("upkeep", "PerformerSet(address,bool)")
    strangers = [who for who in ever if who not in own]
    found = {who: (ground.ask("upkeep", "isPerformer(address)", who, returns=("bool",)), False) for who in strangers}
    yield from listed(ground, "upkeep", "performer", found, "setPerformer(address,bool)")
    worth = ground.chain.terms.upkeep
    gas, multiple = ground.ask("upkeep", "gas()"), ground.ask("upkeep", "multiple()")
    call = calldata("setWorth(uint128,uint128)", worth.gas, worth.multiple)
    wanted = f"{worth.multiple} times {worth.gas} gas"
    yield from ground.differ("upkeep", "least worth of an injection", f"{multiple} times {gas} gas", wanted, call)
