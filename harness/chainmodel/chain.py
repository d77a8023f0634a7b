"""A chain file as a whole."""

from typing import Annotated, TypeVar

from pydantic import Field

from harness.chainmodel.annexes import Bridge, Lido
from harness.chainmodel.base import Address, Model
from harness.chainmodel.network import Deployers, Explorer, FeeModel, HardFork, Native, Pinned, Sequencer, Token
from harness.chainmodel.pools import Feed, Pool
from harness.chainmodel.terms import DeploymentTerms
from harness.chainmodel.venues import Executor, Lender, Venue
from harness.errors import MillraceError

Thing = TypeVar("Thing")
Sources = Annotated[tuple[str, ...], Field(strict=False, min_length=1)]


class UnknownKeyError(MillraceError):
    """A chain has no token, pool, venue, lender or feed of that name; names those that it has."""


class Replica(Model):
    """What the replica is seeded with."""

    prices: dict[str, Annotated[str, Field(pattern=r"^[0-9]+$")]] = Field(description="USD with 8 decimals, by token")
    depths: dict[str, int] = Field(description="USD on each side, by pool name")
    base_fee: int = Field(default=10**9, ge=0, description="Wei for a unit of gas, of the genesis block")
    seed: int = Field(default=2, description="Of the demo's order flow: one in which all there is to show comes early")


class Chain(Model):
    """Every fact about one chain."""

    name: str
    chain_id: int = Field(gt=0)
    block_time: float = Field(gt=0, strict=False, description="Seconds between blocks")
    fees: FeeModel
    hard_fork: HardFork
    finality: int = Field(gt=0, description="Blocks after which nothing is taken back in practice")
    sequencer: Sequencer | None = Field(default=None, description="A rollup must have one")
    deployers: Deployers
    explorer: Explorer | None = None
    sources: dict[str, Sources] = Field(
        default={}, description="By the part of this file: the packages its facts are from, with versions"
    )
    unconfirmed: tuple[str, ...] = Field(
        default=(),
        strict=False,
        description="Paths of what no package confirms; it is neither traded nor deployed against",
    )
    rpc_variable: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$", description="Environment variable that holds an endpoint")
    pinned: Pinned
    native: Native
    tokens: dict[str, Token]
    venues: dict[str, Venue]
    lenders: dict[str, Lender]
    executor: Executor
    feeds: dict[str, Feed]
    contracts: dict[str, Address]
    pools: tuple[Pool, ...] = Field(strict=False)
    untraded: tuple[Pool, ...] = Field(default=(), strict=False, description="Pools to test with that no route uses")
    profit_tokens: tuple[str, ...] = Field(strict=False)
    terms: DeploymentTerms = DeploymentTerms()
    strategies: dict[str, Lido] = Field(default={})
    bridges: dict[str, Bridge] = Field(default={})
    replica: Replica

    def due(self, timestamp: int) -> int:
        """Return when the block after one of that time is expected, Unix seconds."""
        return timestamp + max(int(self.block_time), 1)

    def token(self, symbol: str) -> Token:
        """Return the token called `symbol`.

        Raises:
            UnknownKeyError: There is none.
        """
        return named(self.tokens, symbol, f"{self.name} has no token")

    def pool(self, name: str) -> Pool:
        """Return the pool called `name`, for instance `uniswap-v3:USDC/WETH:500`.

        Raises:
            UnknownKeyError: There is none.
        """
        return named({pool.name: pool for pool in self.pools}, name, f"{self.name} has no pool")


def named(things: dict[str, Thing], name: str, complaint: str) -> Thing:
    """Return the thing of that name.

    Raises:
        UnknownKeyError: There is none.
    """
    if name not in things:
        raise UnknownKeyError(f"{complaint} {name!r}; it has {', '.join(things)}")
    return things[name]
