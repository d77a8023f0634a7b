"""The whole report of a chain and a period."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from harness.chains import Chain
from harness.deployments import Deployment
from harness.earnings.checks import problems
from harness.earnings.ends import Ends
from harness.earnings.figures import Figure, Figures
from harness.earnings.flows import KINDS, Flows
from harness.earnings.period import Period, period_of
from harness.earnings.positions import yield_of
from harness.earnings.spent import Record, noted_in, spent_on
from harness.history import Progress, history
from harness.keeper.chores.known import Known
from harness.keeper.chores.look import ask, single
from harness.keeper.rpc import Rpc


@dataclass(frozen=True, slots=True)
class Report:
    """What a deployment has earned.

    Attributes:
        chain: The chain's name.
        period: The days and blocks.
        figures: One a row.
        problems: What does not add up, a sentence each.
    """

    chain: str
    period: Period
    figures: list[Figure]
    problems: list[str]


def report_on(
    chain: Chain,
    rpc: Rpc,
    deployment: Deployment,
    days: tuple[date, date],
    *,
    record: Record | None = None,
    names: Mapping[str, str] | None = None,
    progress: Progress = lambda _: None,
) -> Report:
    """Read events and both ends of a period, and check the ones against the others.

    Args:
        chain: The chain file.
        rpc: Its nodes, with the state of both ends.
        deployment: Of the contracts.
        days: The first and the last.
        record: What the keeper has noted; without it what no contract has logged is told by the accounts' nonces alone.
        names: Of pools, by address.
        progress: Told how many blocks have been read.

    Raises:
        PeriodError: There is nothing to report of.
        EndError: The node does not know how the contracts stood.
        HistoryError: It hands out no logs.
        NodeError: It does not answer.
    """
    deployed = min(contract.block for contract in deployment.contracts.values())
    period = period_of(rpc, *days, deployed)
    blocks = period.first, period.last
    wrapped = chain.token(chain.native.wrapped).address
    known = known_at(rpc, deployment, period.last)
    flows = _flowless(deployment, known, wrapped)
    addresses = [deployment.address(contract) for contract in ("reserve", "vault", "executor")]
    for log in history(rpc, addresses, KINDS, blocks, progress):
        flows.take(log)
    ends = Ends(rpc, chain.contracts["multicall3"], deployment, wrapped, known)
    before, after = ends.read(period.first - 1), ends.read(period.last)
    noted = None if record is None else noted_in(record, chain.chain_id, blocks, flows.transactions)
    spent = spent_on(rpc, known.keepers | set(flows.refunds), flows, blocks, noted)
    yields = [
        yield_of(pool, before, after, [one for one in flows.changes if one.pool == pool.address], ends.growth)
        for pool in known.pools.values()
        if any(after.positions[pool.address].amounts) or any(one.pool == pool.address for one in flows.changes)
    ]
    rows = Figures(chain, after, _native_usd(chain, rpc, period.last), names or {}).all(flows, spent, yields)
    return Report(chain.name, period, rows, problems(flows, before, after, spent))


def known_at(rpc: Rpc, deployment: Deployment, last: int) -> Known:
    """Return what there is to look after as the logs tell it, from the deployment to a block.

    Raises:
        HistoryError: The node hands out no logs.
        NodeError: It does not answer.
    """
    addresses = tuple(deployment.address(name) for name in ("vault", "reserve", "executor", "guard"))
    known = Known(rpc, addresses, min(contract.block for contract in deployment.contracts.values()), 0)
    while not known.follow(last):
        pass
    return known


def _flowless(deployment: Deployment, known: Known, wrapped: str) -> Flows:
    entries = {entry.id: entry.token for entry in known.entries.values()}
    pools = {pool.address: (pool.token0, pool.token1) for pool in known.pools.values()}
    return Flows(wrapped, deployment.address("vault"), entries, pools)


def _native_usd(chain: Chain, rpc: Rpc, block: int) -> Decimal | None:
    """Return USD for a native coin, by its feed at the end of a block; None without one."""
    feed = next((one for one in chain.feeds.values() if chain.native.wrapped in one.tokens), None)
    if feed is None:
        return None
    call = single(feed.address, "latestRoundData()", returns=("uint80", "int256", "uint256", "uint256", "uint80"))
    answer = ask(rpc, chain.contracts["multicall3"], [(call,)], block)[(call,)][0]
    return Decimal(answer[1]).scaleb(-feed.decimals) if answer else None
