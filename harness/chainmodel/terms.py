"""What a deployment is set to; what the file does not say is as script/deployment/Plan.sol has it."""

from typing import Annotated

from pydantic import Field

from harness.chainmodel.base import Address, Model
from harness.chainmodel.governed import Bounds, MeanPrice, Outpost, PairFeed, Worth

DAY = 24 * 3600
BPS = 10_000

Coins = Annotated[str, Field(pattern=r"^[0-9]{1,9}(\.[0-9]{1,18})?$")]
"""An amount of native coin, in whole coins."""

Tokens = Annotated[str, Field(pattern=r"^[0-9]{1,15}(\.[0-9]{1,18})?$")]
"""An amount of a token, in whole tokens."""


class Beneficiary(Model):
    """Who gets a part of every profit."""

    address: Address
    bps: int = Field(gt=0, le=BPS, description="Basis points of it")


class Split(Model):
    """How a profit is divided; together it is all of it."""

    pools_bps: int = Field(ge=0, le=BPS, description="Basis points to the buckets of the pools that it came from")
    vault_bps: int = Field(ge=0, le=BPS, description="Basis points to the stakers")
    beneficiaries: tuple[Beneficiary, ...] = Field(default=(), strict=False)


class Deepening(Model):
    """On which terms the reserve deepens the traded pools."""

    max_deviation_bps: int = Field(
        default=200, ge=0, le=BPS, description="How far from the guard's price a pool may be"
    )
    slippage_bps: int = Field(default=150, ge=0, le=BPS, description="How much less a conversion may bring")
    depth_bps: int = Field(
        default=20, ge=0, le=BPS, description="The most that one injection adds to a pool's liquidity"
    )
    cool_down: int = Field(default=3600, ge=0, le=30 * DAY, description="Seconds from one injection to the next")


class SendingCap(Model):
    """How much of a token the reserve may send to other chains [R7]."""

    largest: Tokens = Field(description="At once, in whole tokens")
    per_day: Tokens = Field(description="A day, in whole tokens")


class DeploymentTerms(Model):
    """What a deployment is set to: by the deployer until the hand-over, afterwards by governance."""

    governance_delay: int = Field(
        default=2 * DAY, ge=2 * DAY, le=30 * DAY, description="Seconds from governance's announcements to its acts"
    )
    yield_share_bps: int = Field(
        default=1000, ge=0, le=5000, description="Basis points of the vault's yield, to the reserve"
    )
    keepers: tuple[Address, ...] | None = Field(
        default=None, strict=False, min_length=1, max_length=8, description="All of them; else the one given to deploy"
    )
    guardians: tuple[Address, ...] | None = Field(
        default=None, strict=False, min_length=1, description="All of them; else the one given to deploy"
    )
    split: Split | None = None
    max_tip_bps: int = Field(default=0, ge=0, le=BPS, description="The most of a profit that a block's builder is paid")
    stakers_slippage_bps: int = Field(
        default=150, ge=0, le=BPS, description="How much less than the guard's price a conversion for stakers may bring"
    )
    loss_cap: Coins = Field(default="1", description="What injections and conversions may lose a day, in native coins")
    gas_budget: Coins = Field(default="0", description="What is kept a day for keepers' gas, in native coins")
    deposit_cap: Coins | None = Field(default=None, description="The most that the vault takes, in native coins")
    sending_caps: dict[str, SendingCap] = Field(
        default={}, description="What may go to other chains, by token; of one that is not named, nothing"
    )
    pool_bound_bps: int = Field(
        default=300, ge=0, le=BPS, description="How far from the references a pool may be that is traded with a guard"
    )
    deepening: Deepening = Deepening()
    guarded_tokens: tuple[str, ...] = Field(
        default=(), strict=False, description="Profit in these wants a price-guard check [E7]"
    )
    restrict_pools: bool = Field(default=False, description="Whether routes go through listed pools alone [E2]")
    allowed_pools: tuple[Address, ...] = Field(
        default=(), strict=False, description="Listed beside the file's own, where routes are restricted"
    )
    converters: tuple[Address, ...] = Field(
        default=(), strict=False, description="Who converts through the executor beside the reserve"
    )
    mined_weights: dict[str, Annotated[int, Field(gt=0, lt=1 << 96)]] = Field(
        default={}, max_length=32, description="What pools get of mined funds, by name; with none the common pot has it"
    )
    strategies: dict[str, Coins] = Field(
        default={}, max_length=4, description="What the vault may lend, in native coins, by the names in `strategies`"
    )
    outposts: dict[str, Outpost] = Field(default={}, description="By the names in `bridges`")
    wrapped: dict[Address, str] = Field(
        default={}, description="What arrives in the place of a token: its address, and the token's symbol"
    )
    predecessor: Address | None = Field(default=None, description="The reserve whose buckets this one takes over")
    upkeep: Worth = Worth()
    feed_bounds: dict[str, Bounds] = Field(default={}, description="By the names in `feeds`")
    pair_feeds: tuple[PairFeed, ...] = Field(default=(), strict=False)
    mean_prices: tuple[MeanPrice, ...] = Field(default=(), strict=False)
