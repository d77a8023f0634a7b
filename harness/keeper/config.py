"""What an operator may say in keeper.toml. `harness.keeper.configfile` reads it; every key is described here."""

from decimal import Decimal
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from harness.chains import NATIVE_DECIMALS, Address, Chain
from harness.keeper import secrets
from harness.keeper.limits import GWEI, Limits
from harness.market.legs import BPS

MOST = 10**15
"""No amount of anything is larger."""
PORTS = 65_535


def _number(value: Any) -> Any:  # noqa: ANN401 - whatever stands in the file
    """Let numbers be written with and without quotes, and nothing else be a number."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise ValueError("write a decimal number, such as 1.5")
    return value


def _reference(value: str) -> str:
    if wrong := secrets.problem(value):
        raise ValueError(wrong)
    return value


def _endpoint(value: str) -> str:
    """Take a reference, or a URL that has no place for a key."""
    if not secrets.problem(value):
        return value
    try:
        parts = urlsplit(value)
        plain = parts.scheme in ("http", "https", "ws", "wss") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        plain = False
    if not plain or "@" in parts.netloc or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(f"is neither a URL of a host alone nor a reference to a secret; {secrets.WRITE}")
    return value


def _database(value: str) -> str:
    if not value.startswith("sqlite:///") and secrets.problem(value):
        raise ValueError(f"write sqlite:///PATH; for Postgres a reference to its URL: {secrets.WRITE}")
    return value


Amount = Annotated[Decimal, BeforeValidator(_number), Field(strict=False, ge=0, le=MOST)]
"""A decimal number of whole coins, tokens or gwei."""
Reference = Annotated[str, AfterValidator(_reference)]
"""Where a secret stands."""
Endpoint = Annotated[str, AfterValidator(_endpoint)]
"""A URL without a key in it, or a reference to one."""
Bps = Annotated[int, Field(ge=0, le=BPS)]


class Part(BaseModel):
    """A table of the file: frozen, exact types, no further keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Metrics(Part):
    """Where Prometheus asks."""

    host: str = Field(default="127.0.0.1", min_length=1, description="Address to listen on")
    port: int = Field(default=9464, ge=0, le=PORTS, description="TCP port")


class Alerts(Part):
    """Who is told."""

    urls: list[Reference] = Field(default=[], description="References to apprise's URLs")
    repeat_minutes: int = Field(default=60, gt=0, description="Minutes until the same is told again")


class Log(Part):
    """How the log is written."""

    as_json: bool = Field(default=True, alias="json", description="One JSON object a line")
    level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="The least that is written")


class ApeSigner(Part):
    """An account of ape's keystore."""

    kind: Literal["ape"]
    alias: str = Field(min_length=1, description="As `ape accounts list` has it")
    passphrase: Reference | None = Field(default=None, description="Where it stands; without it, it is asked for")


class RemoteSigner(Part):
    """A signer with web3signer's interface."""

    kind: Literal["remote"]
    url: Endpoint = Field(description="Its URL")
    address: Address = Field(description="Whose key it holds")


class Relay(Part):
    """Takes bundles, or private transactions."""

    url: Endpoint = Field(description="Its URL")
    reputation: Reference | None = Field(
        default=None, description="Where the private key stands that it knows us by; not the keeper's. Bundles need one"
    )


class Fees(Part):
    """What gas may cost."""

    tip_gwei: Amount = Field(default=Decimal("0.1"), description="For the block's producer, a unit")
    tip_percentile: int | None = Field(
        default=None, ge=1, le=99, description="Follow what others tip: this percentile of the last blocks' gas"
    )
    access_lists: bool = Field(default=False, description="Send access lists where they save gas")
    max_gas_price_gwei: Amount = Field(default=Decimal(100), gt=0, description="The most, a unit")
    base_fee_factor: Amount = Field(default=Decimal(2), ge=1, description="How much of the next base fee is offered")
    bump_percent: int = Field(default=12, ge=10, le=1000, description="By how much more a replacement pays")
    blocks_to_live: int = Field(default=3, ge=1, le=256, description="After so many blocks it is given up")

    @property
    def tip(self) -> int:
        """Wei a unit for the block's producer."""
        return int(self.tip_gwei * GWEI)

    @property
    def max_gas_price(self) -> int:
        """The most wei a unit."""
        return int(self.max_gas_price_gwei * GWEI)


class LimitsPart(Part):
    """What is never done, whatever was found."""

    loans: dict[str, Amount] = Field(default={}, description="The largest loan by the token's symbol, in tokens")
    slippage_bps: Bps = Field(default=BPS, description="How far below its simulation a trade may end")
    gas_a_day: Amount | None = Field(default=None, description="Native coin that a day's gas may cost")
    failures: int = Field(default=5, ge=1, description="So many failed attempts in a row open the breaker")
    least_balance: Amount = Field(default=Decimal(0), description="Native coin that the account keeps")
    runway_days: int = Field(default=0, ge=0, le=3650, description="For how many days of gas what it keeps has to last")


class Discovery(Part):
    """Which pools are looked for beside those of the chain file."""

    factories: list[str] = Field(default=[], description="Keys of venues of the chain file; without any, none are")
    tokens: list[str] = Field(default=[], description="Addresses, beside the chain file's tokens, that are asked for")
    least_liquidity: Amount = Field(
        default=Decimal(10), description="Worth in native coin that a pool holds of the token that cycles begin in"
    )


class Chores(Part):
    """What is looked after beside trading."""

    kinds: list[str] | None = Field(default=None, description="Kinds that are done; without it, all")
    every: int = Field(default=25, ge=1, description="Blocks from one look to the next")
    gas_share_bps: Bps = Field(default=500, description="The most of what a chore is worth that gas may cost")
    deadline_hours: int | None = Field(default=168, ge=1, description="After so many it is done whatever its gas costs")
    refill_below: Amount | None = Field(
        default=None, description="Native coin below which gas is claimed; a tenth of `terms.lossCap` unless given"
    )


class Bridge(Part):
    """A bridge of the chain file from which is claimed what comes over it; of AggLayer's kind, or of the OP stack's."""

    service: Endpoint | None = Field(
        default=None, description="AggLayer's: a bridge service, which knows what can be claimed, and the proofs"
    )
    rpc: Endpoint | None = Field(
        default=None,
        description="The OP stack's: a node of the rollup that keeps old states; without it the file's variable has it",
    )


class MovePart(Part):
    """A way for reserves to another chain, where a pool of ours may be shallow."""

    token: str = Field(description="Symbol of what is moved")
    pool: str = Field(description="The pool here whose bucket it comes from, by the chain file's name")
    over: str = Field(description="The bridge, by the chain file's name")
    to: str = Field(description="The pool there, by its chain file's name")
    most: Amount = Field(gt=0, description="Tokens that go at once at most")
    a_day: Amount = Field(gt=0, description="Tokens that go in a day at most")
    share_bps: int = Field(default=5_000, ge=1, le=BPS, description="The most of the bucket that goes at once")
    shallow_bps: int = Field(
        default=5_000, ge=1, le=9_000, description="The pool there is helped up to this share of the depth here"
    )
    rest_hours: int = Field(default=6, ge=1, description="From one sending to the next")
    apart_bps: Bps = Field(default=100, description="By how much the price there may be another")


class ChainPart(Part):
    """One chain."""

    rpc: list[Endpoint] = Field(min_length=1, description="Nodes, the preferred one first")
    ws: Endpoint | None = Field(
        default=None, description="A websocket that announces blocks; without it they are asked for"
    )
    private: list[Endpoint] = Field(default=[], description="Endpoints that keep transactions from the public")
    relays: list[Relay] = Field(default=[], description="Relays for bundles")
    public: bool = Field(default=True, description="Whether the public node gets transactions too, beside those")
    signer: Annotated[ApeSigner | RemoteSigner, Field(discriminator="kind")] | None = Field(
        default=None, description="Who signs; without one nothing is sent"
    )
    fees: Fees = Fees()
    limits: LimitsPart = LimitsPart()
    discovery: Discovery = Discovery()
    chores: Chores = Chores()
    bridges: dict[str, Bridge] = Field(
        default={}, description="By the chain file's names; from those that are not here nothing is claimed"
    )
    moves: list[MovePart] = Field(default=[], description="Ways for reserves to other chains; without any, none go")
    parent_hash: bool = Field(default=False, description="Whether routes run on top of one block alone")
    backrun: bool = Field(default=False, description="Whether to trade right behind pending transactions, by bundles")
    margin_bps: int = Field(default=2_000, ge=0, le=1_000_000, description="By how much profit exceeds its gas")
    tip_bps: Bps = Field(default=0, description="Share of the profit for the block's producer")

    def limits_on(self, chain: Chain) -> Limits:
        """Return the limits in wei and units."""
        own = self.limits
        return Limits(
            max_loan={
                chain.token(name).address: units(most, chain.token(name).decimals) for name, most in own.loans.items()
            },
            max_gas_price=self.fees.max_gas_price,
            max_failures=own.failures,
            slippage_bps=own.slippage_bps,
            gas_a_day=None if own.gas_a_day is None else units(own.gas_a_day, NATIVE_DECIMALS),
            least_balance=units(own.least_balance, NATIVE_DECIMALS),
            runway_days=own.runway_days,
        )


class Config(Part):
    """All of keeper.toml."""

    database: Annotated[str, AfterValidator(_database)] = Field(
        default="sqlite:///millrace.db", description="The record: sqlite:///PATH, or a reference to Postgres' URL"
    )
    metrics: Metrics = Metrics()
    alerts: Alerts = Alerts()
    log: Log = Log()
    chains: dict[str, ChainPart] = Field(min_length=1, description="By the names of the chain files")

    @property
    def database_url(self) -> str:
        """The database's URL, a secret.

        Raises:
            SecretError: It is not where it should be.
        """
        return self.database if self.database.startswith("sqlite:///") else secrets.resolve(self.database)

    def may_send(self, name: str, *, send: bool, local: bool) -> str:
        """Say why nothing may be sent on a chain; empty where something may be [K3].

        Args:
            name: The chain's.
            send: Whether it was asked for on the command line.
            local: Whether the node is of one's own making.
        """
        part = self.chains[name]
        if part.signer is None:
            return f"chains.{name}.signer is missing, so nobody signs"
        if local:
            return ""
        if not send:
            return "--send was not given"
        if part.limits.gas_a_day is None or not part.limits.loans:
            return f"chains.{name}.limits has no gas_a_day or no loans; a real chain needs both"
        return ""


def resolved(endpoint: str) -> str:
    """Return an endpoint's URL, a secret where it was a reference.

    Raises:
        SecretError: It is not where it should be.
    """
    return endpoint if secrets.problem(endpoint) else secrets.resolve(endpoint)


def units(amount: Decimal, decimals: int) -> int:
    """Return an amount in units, rounded down."""
    return int(amount.scaleb(decimals))
