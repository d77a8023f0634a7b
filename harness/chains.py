"""The chain files, chains/<name>.json: read, checked to the last key, and handed out as frozen models.

Solidity scripts read the same files. `python -m harness.chains` writes chains/schema.json from the models here, so that
an editor can check a chain file as it is written.
"""

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import click
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from harness.chainfile import pool_name, reference_problems
from harness.errors import MillraceError
from harness.market.legs import BPS
from harness.market.pools.registry import Terms
from harness.settings import CHAINS

SCHEMA = "schema.json"
NATIVE_DECIMALS = 18
DAY = 24 * 3600
Thing = TypeVar("Thing")


class UnknownChainError(MillraceError):
    """No chain file of that name; names those that there are."""


class ChainFileError(MillraceError):
    """A chain file is wrong; every problem with its key path and what would be right.

    Attributes:
        problems: One line each.
    """

    def __init__(self, path: Path, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(f"{path.name} is not a valid chain file:\n  " + "\n  ".join(problems))


class UnknownKeyError(MillraceError):
    """A chain has no token, pool, venue, lender or feed of that name; names those that it has."""


Address = Annotated[str, Field(pattern=r"^0x[0-9a-fA-F]{40}$")]
"""0x and 40 hexadecimal digits; that they are checksummed is checked for the whole file at once."""


class Model(BaseModel):
    """A frozen part of a chain file; keys are camelCase there and snake_case here. Further keys are kept."""

    model_config = ConfigDict(frozen=True, extra="allow", strict=True, alias_generator=to_camel, populate_by_name=True)


class Token(Model):
    """An ERC-20."""

    address: Address
    decimals: int = Field(ge=0, le=36)


class Native(Model):
    """The chain's own coin."""

    symbol: str
    wrapped: str = Field(description="Symbol of the token that wraps it")


class Pinned(Model):
    """The block that fork tests run at; the replica's genesis has this very number and time."""

    block: int = Field(gt=0)
    timestamp: int = Field(gt=0, description="Unix seconds")


class Trading(Model):
    """What the keeper may trade at a venue."""

    model_config = ConfigDict(extra="forbid")

    enabled: bool | None = Field(
        default=None,
        description="Whether at all; where absent, only what is checked against the protocol's own code",
    )
    least_liquidity: str = Field(
        default="0",
        pattern=r"^[0-9]{1,12}(\.[0-9]{1,18})?$",
        description="What a pool must be able to pay out of each of its tokens, in whole native coins: by these "
        "the market prices a token from the pools themselves, while USD would need a feed, which may be stale",
    )
    most_slippage_bps: int = Field(
        default=BPS,
        gt=0,
        le=BPS,
        description="How far a leg may move a pool's rate, in basis points; 10000 is no bound",
    )
    priority: int = Field(
        default=0, ge=0, le=100, description="Of two trades worth the same, that with the higher one goes first"
    )

    def terms(self) -> Terms:
        """Return the same as the market takes it, amounts in wei."""
        least = int(Decimal(self.least_liquidity) * 10**NATIVE_DECIMALS)
        return Terms(self.enabled, least, self.most_slippage_bps, self.priority)


class Tradable(Model):
    """A venue; each kind adds what it is found by."""

    trading: Trading = Trading()


class UniswapV2(Tradable):
    """Constant product pairs; Sushi and the other forks too."""

    kind: Literal["uniswap-v2"]
    factory: Address
    router: Address | None = None
    fee_bps: int = Field(ge=0, lt=10_000, description="Basis points of the input")


class UniswapV3(Tradable):
    """Concentrated liquidity, and forks with its callback."""

    kind: Literal["uniswap-v3"]
    factory: Address
    router: Address | None = None
    quoter: Address | None = None
    position_manager: Address | None = None


class UniswapV4(Tradable):
    """Singleton with hooks."""

    kind: Literal["uniswap-v4"]
    pool_manager: Address
    state_view: Address | None = None
    quoter: Address | None = None


class PancakeV3(Tradable):
    """A fork of Uniswap V3 with its own callback, whose pools come from a deployer."""

    kind: Literal["pancake-v3"]
    factory: Address
    deployer: Address


class BalancerV2(Tradable):
    """One vault for all pools."""

    kind: Literal["balancer-v2"]
    vault: Address
    authorizer: Address | None = None
    weighted_pool_factory: Address | None = None


class Curve(Tradable):
    """Stableswap pools, named one by one."""

    kind: Literal["curve"]


class PancakeV2(Tradable):
    """Constant product pairs with PancakeSwap's callback."""

    kind: Literal["pancake-v2"]
    factory: Address
    fee_bps: int = Field(default=25, ge=0, lt=10_000, description="Basis points of the input")


class Solidly(Tradable):
    """Pools volatile and stable: Solidly, Velodrome V2, Aerodrome."""

    kind: Literal["solidly"]
    factory: Address


class Algebra(Tradable):
    """Concentrated liquidity with Algebra's callback and a fee of the pool's own finding."""

    kind: Literal["algebra"]
    factory: Address


class BalancerV3(Tradable):
    """One vault for all pools, unlocked."""

    kind: Literal["balancer-v3"]
    vault: Address


class DodoV2(Tradable):
    """Pools of the proactive market maker; a factory for each of its three kinds that the chain has."""

    kind: Literal["dodo-v2"]
    dvm_factory: Address | None = None
    dpp_factory: Address | None = None
    dsp_factory: Address | None = None


class WooFi(Tradable):
    """One pool for all tokens, priced by its own oracle."""

    kind: Literal["woofi"]
    pool: Address


class LiquidityBook(Tradable):
    """Pairs of bins."""

    kind: Literal["liquidity-book"]
    factory: Address


class ERC4626(Tradable):
    """Vaults, each a token of the chain file."""

    kind: Literal["erc4626"]


class WrappedNative(Tradable):
    """The chain's own coin against the token that wraps it."""

    kind: Literal["wrapped-native"]


Venue = Annotated[
    UniswapV2
    | PancakeV2
    | Solidly
    | UniswapV3
    | PancakeV3
    | Algebra
    | UniswapV4
    | BalancerV2
    | BalancerV3
    | Curve
    | DodoV2
    | WooFi
    | LiquidityBook
    | ERC4626
    | WrappedNative,
    Field(discriminator="kind"),
]


class Lender(Model):
    """A contract that lends for the length of a transaction."""

    kind: Literal["balancer-v2", "aave-v3", "morpho"]
    address: Address


class Executor(Model):
    """What the chain's executor is composed of, by harness/compose.py: kinds that there is code for."""

    contract: str = Field(pattern=r"^[A-Z][A-Za-z0-9]*$", description="Name; its source stands in contracts/executors/")
    venues: tuple[str, ...] = Field(strict=False, min_length=1)
    lenders: tuple[str, ...] = Field(strict=False)


class Feed(Model):
    """A Chainlink feed against USD."""

    address: Address
    decimals: int = Field(ge=0, le=36)
    heartbeat: int = Field(gt=0, description="Seconds after which an answer is stale")
    tokens: tuple[str, ...] = Field(strict=False, description="What the price guard prices by it")


class Pool(Model):
    """A pool by what its venue's factory is asked with; the address is written down only where there is none to ask."""

    venue: str
    tokens: tuple[str, ...] = Field(min_length=2, strict=False)
    fee: int | None = Field(default=None, ge=0, lt=1_000_000, description="Hundredths of a basis point")
    family: str = Field(default="", description="Which family of the venue's kind, as harness/keeper/feeds names it")
    tick_spacing: int | None = Field(default=None, gt=0, lt=1 << 15, description="Where it is part of the pool's key")
    pool_id: str | None = Field(default=None, pattern=r"^0x[0-9a-fA-F]{64}$", description="By which a vault knows it")
    address: Address | None = Field(default=None, description="Of a pool that no factory is asked for")

    @property
    def name(self) -> str:
        """`<venue>:<A>/<B>`, with `:<fee>` where there is a fee."""
        return pool_name(self.venue, self.tokens, self.fee)


class DeploymentTerms(Model):
    """What a deployment begins with; governance changes it."""

    governance_delay: int = Field(
        default=2 * DAY, ge=2 * DAY, le=30 * DAY, description="Seconds from governance's announcements to its acts"
    )
    yield_share_bps: int = Field(
        default=1000, ge=0, le=5000, description="Basis points of the vault's yield, to the reserve"
    )


class Lido(Model):
    """Where ether is staked as wstETH, and left through the queue."""

    kind: Literal["lido"]
    token: str = Field(description="Symbol of wstETH")
    staked: Address
    queue: Address
    unconfirmed: bool = Field(default=False, description="Not deployed until it has been confirmed")


class OptimismBridge(Model):
    """The OP stack's standard bridge on this chain, towards another."""

    kind: Literal["optimism"]
    address: Address
    chain_id: int = Field(gt=0, description="The other chain's")
    tokens: dict[str, Address] = Field(min_length=1, description="Counterparts there, by the symbol here")
    unconfirmed: bool = Field(default=False, description="Not deployed until it has been confirmed")


class AggLayerBridge(Model):
    """AggLayer's unified bridge on this chain, towards one network."""

    kind: Literal["agglayer"]
    address: Address
    chain_id: int = Field(gt=0, description="The other chain's")
    network: int = Field(ge=0, lt=2**32, description="The other chain's number by AggLayer's count")
    unconfirmed: bool = Field(default=False, description="Not deployed until it has been confirmed")


Bridge = Annotated[OptimismBridge | AggLayerBridge, Field(discriminator="kind")]


class Replica(Model):
    """What the replica is seeded with."""

    prices: dict[str, Annotated[str, Field(pattern=r"^[0-9]+$")]] = Field(description="USD with 8 decimals, by token")
    depths: dict[str, int] = Field(description="USD on each side, by pool name")


class Chain(Model):
    """Every fact about one chain."""

    name: str
    chain_id: int = Field(gt=0)
    block_time: float = Field(gt=0, strict=False, description="Seconds between blocks")
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
    strategies: dict[str, Lido] = {}
    bridges: dict[str, Bridge] = {}
    replica: Replica

    def token(self, symbol: str) -> Token:
        """Return the token called `symbol`.

        Raises:
            UnknownKeyError: There is none.
        """
        return _named(self.tokens, symbol, f"{self.name} has no token")

    def pool(self, name: str) -> Pool:
        """Return the pool called `name`, for instance `uniswap-v3:USDC/WETH:500`.

        Raises:
            UnknownKeyError: There is none.
        """
        return _named({pool.name: pool for pool in self.pools}, name, f"{self.name} has no pool")


def names(folder: Path = CHAINS) -> list[str]:
    """Return the chains that there are files of."""
    return sorted(path.stem for path in folder.glob("*.json") if path.name != SCHEMA)


def load(name: str, folder: Path = CHAINS) -> Chain:
    """Read and check one chain file.

    Args:
        name: The file's name without `.json`.
        folder: Where the chain files lie.

    Raises:
        UnknownChainError: There is no such file.
        ChainFileError: Something in it is wrong; all problems at once.
    """
    if name not in names(folder):
        raise UnknownChainError(f"unknown chain {name!r}; there are: {', '.join(names(folder)) or 'none'}")
    path = folder / f"{name}.json"
    repeated: list[str] = []
    try:
        data = json.loads(path.read_text(), object_pairs_hook=lambda pairs: _object(pairs, repeated))
    except ValueError as error:
        raise ChainFileError(path, [f"not JSON: {error}"]) from None
    chain, problems = _validated(data)
    problems = repeated + problems + list(reference_problems(data, name))
    if problems or chain is None:
        raise ChainFileError(path, problems)
    return chain


def schema() -> str:
    """Return the JSON schema of a chain file, as it stands in chains/schema.json."""
    body = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Chain.model_json_schema(by_alias=True)}
    return json.dumps(body, indent=2) + "\n"


def write_schema(folder: Path = CHAINS) -> Path:
    """Write chains/schema.json anew."""
    path = folder / SCHEMA
    path.write_text(schema())
    return path


def _named(things: dict[str, Thing], name: str, complaint: str) -> Thing:
    if name not in things:
        raise UnknownKeyError(f"{complaint} {name!r}; it has {', '.join(things)}")
    return things[name]


def _object(pairs: list[tuple[str, Any]], repeated: list[str]) -> dict[str, Any]:
    """Build one JSON object and note the keys that stand in it twice, of which JSON would silently drop the first."""
    counts = Counter(key for key, _ in pairs)
    repeated.extend(f"{key}: stands twice in one object; keep one" for key, count in counts.items() if count > 1)
    return dict(pairs)


def _validated(data: object) -> tuple[Chain | None, list[str]]:
    """Check the shape of a chain file: keys, types, ranges, checksums."""
    try:
        return Chain.model_validate(data), []
    except ValidationError as error:
        return None, [_explained(problem["loc"], problem["type"], problem["msg"]) for problem in error.errors()]


def _explained(location: tuple[int | str, ...], kind: str, message: str) -> str:
    """Turn one complaint of pydantic into a line with the key path as it stands in the file."""
    if location[:1] in (("venues",), ("bridges",)):
        location = location[:2] + location[3:]  # pydantic puts the kind between a name and its keys
    path = ".".join(str(part) for part in location)
    said = "is missing; add it" if kind == "missing" else message.removeprefix("Value error, ")
    return f"{path or 'the file'}: {said}"


@click.group()
def command() -> None:
    """Look after the chain files."""


@command.command("schema")
def schema_command() -> None:
    """Write chains/schema.json from the models."""
    click.echo(f"wrote {write_schema().name}")


@command.command("check")
@click.argument("given", nargs=-1)
def check_command(given: tuple[str, ...]) -> None:
    """Check chain files; all of them when none is named."""
    for name in given or names():
        chain = load(name)
        click.echo(f"{name}: chain id {chain.chain_id}, {len(chain.tokens)} tokens, {len(chain.pools)} pools")


if __name__ == "__main__":
    write_schema()
