"""Where tokens are traded and borrowed."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from harness.chainmodel.base import Address, Hash, Model
from harness.market.legs import BPS
from harness.market.pools.registry import Terms

NATIVE_DECIMALS = 18


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

    callback: str | None = Field(
        default=None,
        pattern=r"^[a-z][A-Za-z0-9]*$",
        description="What its pools call back; the kind's, or it has no code",
    )

    trading: Trading = Trading()

    @property
    def family(self) -> str:
        """Of the kind's families of pools that which its are of where nothing else tells; empty for the first."""
        return ""


class UniswapV2(Tradable):
    """Constant product pairs; Sushi and the other forks too, and Camelot V2's, which say their own fees."""

    kind: Literal["uniswap-v2"]
    factory: Address
    init_code_hash: Hash | None = Field(default=None, description="Of its pools, by which CREATE2 has placed them")
    router: Address | None = None
    fee_bps: int = Field(ge=0, lt=10_000, description="Basis points of the input; at Camelot, of a new pair")
    fork: Literal["camelot"] | None = Field(
        default=None, description="Where a pair has a fee each way and perhaps the stable curve, and says so itself"
    )

    @property
    def family(self) -> str:
        """The fork's."""
        return self.fork or ""


class UniswapV3(Tradable):
    """Concentrated liquidity, and forks with its callback; Slipstream too, whose pools name their family."""

    kind: Literal["uniswap-v3"]
    factory: Address
    init_code_hash: Hash | None = Field(default=None, description="Of its pools, by which CREATE2 has placed them")
    router: Address | None = None
    quoter: Address | None = None
    position_manager: Address | None = None
    router02: Address | None = Field(default=None, description="The second router, where the first is not")
    implementation: Address | None = Field(default=None, description="What its pools are clones of, as Slipstream's")


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
    init_code_hash: Hash | None = Field(default=None, description="Of its pools, by which CREATE2 has placed them")
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
    router: Address | None = None
    init_code_hash: Hash | None = Field(default=None, description="Of its pools, by which CREATE2 has placed them")
    fee_bps: int = Field(default=25, ge=0, lt=10_000, description="Basis points of the input")


class Solidly(Tradable):
    """Pools volatile and stable: Solidly, Velodrome V2, Aerodrome. The factory says what a pool takes."""

    kind: Literal["solidly"]
    factory: Address
    implementation: Address | None = Field(default=None, description="What its pools are clones of")
    router: Address | None = None


class Algebra(Tradable):
    """Concentrated liquidity with Algebra's callback and a fee of the pool's own finding."""

    kind: Literal["algebra"]
    factory: Address
    deployer: Address | None = Field(default=None, description="Creates the pools for the factory")
    generation: Literal["1.9", "camelot", "integral"] = "1.9"
    init_code_hash: Hash | None = Field(default=None, description="Of its pools, by which CREATE2 has placed them")

    @property
    def family(self) -> str:
        """The generation's."""
        return "" if self.generation == "1.9" else self.generation


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
