"""`millrace reserve`: what the reserve holds, where each unit of it lies, and the guardian's exit of one pool."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal

import click
from rich.console import Console
from rich.table import Table
from web3 import Web3

from harness import chains
from harness.chains import NATIVE_DECIMALS, Chain
from harness.deployments import Deployment, load_deployment
from harness.earnings.ends import End, Ends
from harness.earnings.report import known_at
from harness.errors import MillraceError
from harness.guardian import Step, options, post
from harness.keeper.abi import calldata
from harness.keeper.chores.chore import RATE_OF
from harness.keeper.chores.known import DeepPool, Known
from harness.keeper.command import endpoint
from harness.keeper.feeds.place import Place
from harness.keeper.feeds.registry import find
from harness.keeper.multicall import Multicall
from harness.keeper.rpc import Rpc
from harness.node import connect, is_development

BUCKETS = {"vault": "stakers", "pot": "common pot", "gas": "keepers' gas", "beneficiary": "beneficiary"}
"""What the buckets are called that are no pool's."""


class ReserveError(MillraceError):
    """A pool is not the reserve's, or more is accounted than is held."""


@dataclass(frozen=True, slots=True)
class Holding:
    """A sum in one place.

    Attributes:
        of: A pool's name, or whose bucket.
        what: `bucket`, `liquidity`, `fees at the pool`, `journal` or `in flight`.
        token: Its symbol, or its address where the chain file has none.
        amount: In whole tokens.
        native: What it is worth in whole native coins by the guard; None without a price.
    """

    of: str
    what: str
    token: str
    amount: Decimal
    native: Decimal | None


@click.group()
def command() -> None:
    """Show what the reserve holds, and take a pool's liquidity out."""


@command.command()
@click.option("--chain", "name", required=True, help="Which of chains/*.json.")
@click.option("--rpc", default="", help="Endpoint; else the chain's variable, such as ETHEREUM_RPC_URL.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def show(name: str, rpc: str, as_json: bool) -> None:
    """Show where every unit lies: buckets, liquidity, fees at pools, the journal, under way to other chains."""
    chain = chains.load(name)
    web3 = connect(chain, endpoint(chain, rpc))
    deployment = load_deployment(chain.chain_id, local=is_development(web3))
    names = {place.address: place.name for place in _places(chain, web3)}
    end, known = read(chain, Rpc([web3]), deployment)
    found = list(holdings(chain, end, known, names))
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], default=str, indent=2))
    else:
        Console(soft_wrap=True).print(_table(chain, found))
    for token, accounted in end.accounted.items():
        if accounted > end.held[token]:
            raise ReserveError(
                f"{accounted} units of {token} are accounted for and {end.held[token]} held: R2 is broken; "
                "`millrace stop` and look into it"
            )


@command.command("exit")
@click.argument("pool")
@options
def exit_command(pool: str, name: str, url: str, alias: str | None, broadcast: bool) -> None:
    """Take a pool's liquidity out, all of it, into that pool's own bucket. POOL as the chain file names it.

    For the guardian. Nothing leaves the reserve; governance decides what becomes of it.
    """
    guardian = post(name, url, alias, broadcast=broadcast)
    address = guardian.chain.pool(pool) and _address(pool, _places(guardian.chain, guardian.web3))
    data = calldata("exitPool(address)", address)
    guardian.act([Step(f"reserve: take all liquidity out of {pool}", guardian.deployment.address("reserve"), data)])


def read(chain: Chain, rpc: Rpc, deployment: Deployment) -> tuple[End, Known]:
    """Read how the reserve stands at the newest block, and what there is.

    Raises:
        HistoryError: The node hands out no logs.
        NodeError: It does not answer.
    """
    newest = int(rpc.ask("eth_blockNumber"), 16)
    known = known_at(rpc, deployment, newest)
    wrapped = chain.token(chain.native.wrapped).address
    return Ends(rpc, chain.contracts["multicall3"], deployment, wrapped, known).read(newest), known


def holdings(chain: Chain, end: End, known: Known, names: Mapping[str, str]) -> Iterator[Holding]:
    """Return every sum that is not nothing: the pools' first, and last what has left and is in flight."""
    for pool in known.pools.values():
        yield from _of_pool(chain, end, pool, names.get(pool.address, pool.address))
    for (kind, owner, token), units in end.buckets.items():
        if units and (kind != "pool" or owner not in known.pools):
            of = names.get(owner, owner) if kind == "pool" else f"{BUCKETS[kind]} {owner}".rstrip()
            yield Holding(of, "bucket", *_sum(chain, end, token, units))
    for token, units in end.journal.items():
        if units:
            yield Holding("not yet booked", "journal", *_sum(chain, end, token, units))
    for (chain_id, token), units in end.flying.items():
        if units:
            there = chains.by_id(chain_id)
            of = f"under way to {there.name if there else f'chain {chain_id}'}"
            yield Holding(of, "in flight", *_sum(chain, end, token, units))


def _of_pool(chain: Chain, end: End, pool: DeepPool, name: str) -> Iterator[Holding]:
    position = end.positions[pool.address]
    for (kind, owner, token), units in end.buckets.items():
        if units and (kind, owner) == ("pool", pool.address):
            yield Holding(name, "bucket", *_sum(chain, end, token, units))
    for what, pair in (("liquidity", position.amounts), ("fees at the pool", position.fees)):
        for token, units in zip((pool.token0, pool.token1), pair, strict=True):
            if units:
                yield Holding(name, what, *_sum(chain, end, token, units))


def _sum(chain: Chain, end: End, token: str, units: int) -> tuple[str, Decimal, Decimal | None]:
    """Return a sum's symbol, its whole tokens, and its worth in whole native coins."""
    symbols = {known.address: (symbol, known.decimals) for symbol, known in chain.tokens.items()}
    symbol, decimals = symbols.get(token, (token, 0))
    rate = end.rates.get(token)
    native = None if rate is None else Decimal(units * rate // RATE_OF).scaleb(-NATIVE_DECIMALS)
    return symbol, Decimal(units).scaleb(-decimals), native


def _table(chain: Chain, found: list[Holding]) -> Table:
    table = Table(title=f"the reserve on {chain.name}", title_justify="left")
    for column in ("of", "what"):
        table.add_column(column)
    for column in ("amount", f"worth in {chain.native.symbol}"):
        table.add_column(column, justify="right")
    last = ""
    for one in found:
        worth = "" if one.native is None else f"{one.native:,.6f}"
        table.add_row("" if one.of == last else one.of, one.what, f"{one.amount:,.6f} {one.token}", worth)
        last = one.of
    return table


def _places(chain: Chain, web3: Web3) -> tuple[Place, ...]:
    multicall = Multicall(web3, chain.contracts["multicall3"])
    return tuple(find(chain, chain.pools, lambda calls: multicall.try_read(calls, "latest")))


def _address(pool: str, places: tuple[Place, ...]) -> str:
    for place in places:
        if place.name == pool:
            return place.address
    raise ReserveError(f"the factory of {pool} knows no such pool; `millrace reserve show` names those that there are")
