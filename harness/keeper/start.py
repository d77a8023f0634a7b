"""A keeper put together from its parts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from web3 import Web3

from harness.chains import Chain
from harness.deployments import Deployment
from harness.errors import MillraceError
from harness.keeper.abi import Call
from harness.keeper.access import AccessLists
from harness.keeper.backrun import Backrun
from harness.keeper.chores.bridge_service import BridgeService
from harness.keeper.chores.chore import Chore
from harness.keeper.chores.chore import Policy as ChorePolicy
from harness.keeper.chores.chores import Chores
from harness.keeper.chores.claims import ClaimSendings
from harness.keeper.chores.convert import ways
from harness.keeper.chores.moves import Move, MoveReserves
from harness.keeper.chores.portal import Portal
from harness.keeper.chores.portal_claims import ClaimWithdrawals
from harness.keeper.chores.rollup import Origin, Rollup
from harness.keeper.datafee import DataFees
from harness.keeper.events import Emit, Listener, emitter
from harness.keeper.feeds.place import Place
from harness.keeper.fees import Tips
from harness.keeper.gate import Gate
from harness.keeper.heads import Heads
from harness.keeper.incidents import Incidents
from harness.keeper.lease import Lease, own_name
from harness.keeper.limits import Limits
from harness.keeper.loop import Keeper
from harness.keeper.multicall import Multicall
from harness.keeper.pending import Mempool
from harness.keeper.picture import Picture
from harness.keeper.report import Tell
from harness.keeper.rpc import Rpc
from harness.keeper.run import Runner
from harness.keeper.scout import Scout, Search
from harness.keeper.send import Sender
from harness.keeper.settings import Settings
from harness.keeper.signers import Signer
from harness.keeper.simulate import Simulator
from harness.keeper.tend import Tending
from harness.keeper.troubles import Troubles
from harness.keeper.ways import Way, Ways
from harness.store import LeaseLostError, Store

MOST_OUT = 4
"""Nonces in use at once."""


class NotKeeperError(MillraceError):
    """The executor would refuse the account, or is not an executor."""


@dataclass(frozen=True)
class Plan:
    """What the keeper of one chain is to be.

    Attributes:
        chain: The chain file.
        deployment: Of the contracts.
        nodes: Connections, the preferred one first.
        ws: A websocket that announces blocks, a secret; None to ask for them.
        signer: Whoever signs; None for paper trading.
        ways: Where transactions go.
        limits: What is never done.
        settings: Manners.
        chores: When what is due between trades is worth its gas; None to leave it to others.
        search: Which pools are looked for beside those of the chain file; None for none.
        backrun: Whether to trade behind pending transactions; the websocket has to show them.
        services: URLs of bridge services, secrets, by the names of bridges in the chain file.
        origins: Rollups whose withdrawals are proven here, by the names of bridges in the chain file.
        moves: Ways for reserves to other chains.
        most_out: How many nonces may be in use at once.
        lease: Seconds that a lease lasts which nobody renews.
        places: Pools to follow beside those of the chain file.
    """

    chain: Chain
    deployment: Deployment
    nodes: Sequence[Web3]
    ws: str | None = field(default=None, repr=False)
    signer: Signer | None = None
    ways: tuple[Way, ...] = ()
    limits: Limits = field(default_factory=Limits)
    settings: Settings = field(default_factory=Settings)
    chores: ChorePolicy | None = None
    search: Search | None = None
    backrun: bool = False
    services: Mapping[str, str] = field(default_factory=dict, repr=False)
    origins: Mapping[str, Origin] = field(default_factory=dict)
    moves: tuple[Move, ...] = ()
    most_out: int = MOST_OUT
    lease: float = 6.0
    places: tuple[Place, ...] = ()


def assembled(plan: Plan, store: Store, listeners: Sequence[Listener] = (), tell: Tell | None = None) -> Runner:
    """Return a keeper, ready to run.

    Args:
        plan: What it is to be.
        store: The record, migrated.
        listeners: Whoever wants to hear what it says.
        tell: Is told of each attempt once it is known what became of it.

    Raises:
        NotKeeperError: The executor would refuse the account.
    """
    chain, executor = plan.chain, plan.deployment.address("executor")
    heard: list[Listener] = [*listeners, Incidents(store, chain.chain_id)]
    emit = emitter(chain.name, heard)
    troubles = Troubles(emit)
    rpc = Rpc(plan.nodes, emit)
    multicall = Multicall(rpc, chain.contracts["multicall3"])
    address = plan.signer.address if plan.signer else watched(multicall, executor)
    require_keeper(multicall, executor, address)
    lease = Lease(store, chain.chain_id, own_name(), plan.lease, emit) if plan.signer else None
    gate = Gate(plan.limits, store, chain, executor, lease.holder if lease else "paper", emit)
    simulator = Simulator(rpc, address, executor, chain.block_time)
    keeper = Keeper(
        chain,
        executor,
        picture=Picture(chain, rpc, emit, plan.places),
        simulator=simulator,
        store=store,
        gate=gate,
        sender=_sender(plan, rpc, store, gate=gate, lease=lease, emit=emit, troubles=troubles),
        settings=plan.settings,
        emit=emit,
        tell=tell,
        tips=Tips(rpc, plan.settings.fees),
        data_fees=DataFees(chain, multicall) if chain.fees.is_rollup else None,
        access=AccessLists(rpc, address) if plan.settings.access_lists else None,
    )
    tending = Tending(keeper, address, store, _chores(plan, rpc, keeper, emit), emit, troubles)
    heard += [keeper.hear, tending.hear]
    scout = Scout(keeper, rpc, store, address=address, search=plan.search, emit=emit) if plan.search else None
    heads = Heads(chain, rpc, plan.ws, emit, troubles)
    return Runner(
        keeper,
        tending,
        rpc=rpc,
        heads=heads,
        store=store,
        lease=lease,
        scout=scout,
        backrun=Backrun(keeper, simulator, Mempool(plan.ws), troubles) if plan.backrun and plan.ws else None,
        emit=emit,
        troubles=troubles,
    )


def watched(multicall: Multicall, executor: str) -> str:
    """Return a registered keeper, in whose name a keeper without a signer simulates.

    Raises:
        NotKeeperError: The executor has none.
    """
    registered = _view(multicall, Call(executor, "keepers()", (), ("address[]",)))
    if not registered:
        raise NotKeeperError(f"the executor {executor} has no keeper; register one with setKeeper")
    return Web3.to_checksum_address(registered[0])


def require_keeper(multicall: Multicall, executor: str, address: str) -> None:
    """Refuse an account that the executor would refuse.

    Raises:
        NotKeeperError: It is not registered, or the executor is paused.
    """
    if not _view(multicall, Call(executor, "canExecute(address)", (address,), ("bool",))):
        raise NotKeeperError(f"{address} cannot execute on {executor}: not a keeper there, or paused; see setKeeper")


def _chores(plan: Plan, rpc: Rpc, keeper: Keeper, emit: Emit) -> Chores | None:
    if plan.chores is None or plan.signer is None:
        return None
    wrapped = plan.chain.token(plan.chain.native.wrapped).address

    def through(sold: str, bought: str) -> Sequence[bytes]:
        return ways(keeper.picture.places, wrapped)(sold, bought)

    claims = list(_claims(plan, rpc, plan.signer.address, emit))
    reserve = plan.deployment.address("reserve")
    moves = [MoveReserves(plan.chain, rpc, reserve, plan.moves, lambda: keeper.picture.places)] if plan.moves else []
    return Chores(plan.chain, rpc, plan.deployment, plan.chores, emit, through=through, moves=moves, further=claims)


def _claims(plan: Plan, rpc: Rpc, keeper: str, emit: Emit) -> Iterator[Chore]:
    """Yield what claims at the bridges that are configured."""
    chain = plan.chain
    for name, url in plan.services.items():
        bridge = chain.bridges[name].address
        yield ClaimSendings(bridge, BridgeService(url, bridge, rpc, emit))
    multicall = Multicall(rpc, chain.contracts["multicall3"])
    for name, origin in plan.origins.items():
        portal = Portal(chain.bridges[name].address, multicall, keeper)
        yield ClaimWithdrawals(name, Rollup(origin, chain.chain_id), portal, emit, chain.finality)


def _sender(
    plan: Plan, rpc: Rpc, store: Store, *, gate: Gate, lease: Lease | None, emit: Emit, troubles: Troubles
) -> Sender | None:
    if plan.signer is None or lease is None:
        return None
    return Sender(
        plan.chain.chain_id,
        rpc,
        plan.signer,
        Ways(plan.ways, emit, troubles=troubles),
        store,
        fees=plan.settings.fees,
        lease=_number(lease),
        emit=emit,
        check=gate,
        most=plan.most_out,
        troubles=troubles,
    )


def _number(lease: Lease) -> Callable[[], int]:
    def number() -> int:
        held = lease.current()
        if held is None:
            raise LeaseLostError("another keeper sends on this chain; nothing is signed here")
        return held

    return number


def _view(multicall: Multicall, call: Call) -> Any:  # noqa: ANN401 - as many types as there are views
    values = multicall.try_read([call], "latest")[0]
    if values is None:
        raise NotKeeperError(f"{call.to} does not answer {call.signature}; is it this chain's executor?")
    return values[0]
