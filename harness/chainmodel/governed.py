"""What governance sets beyond what a deployment begins with; what the file does not name is not set."""

from typing import Annotated

from pydantic import Field

from harness.chainmodel.base import Address, Model

BPS = 10_000
Answer = Annotated[str, Field(pattern=r"^[0-9]{1,15}(\.[0-9]{1,18})?$")]
"""What a feed answers, in whole units of what it quotes in."""


class Worth(Model):
    """When an injection is worth its gas, for the networks that ask the upkeep."""

    gas: int = Field(default=300_000, ge=0, lt=1 << 128, description="Units of gas that an injection takes")
    multiple: int = Field(default=20, gt=0, lt=1 << 128, description="How many times their price it must be worth")


class Outpost(Model):
    """What may go over one of `bridges`, and where to."""

    tokens: tuple[str, ...] = Field(default=(), strict=False, description="By their symbols here: their bridge is this")
    pools: tuple[Address, ...] = Field(default=(), strict=False, description="Confirmed pools of ours over there")


class Bounds(Model):
    """Answers of a feed outside of which are refused; what is left out bounds nothing."""

    least: Answer | None = None
    most: Answer | None = None


class PairFeed(Model):
    """A feed that prices one token in another, in place of their own."""

    base: str = Field(description="Symbol of the token that is priced")
    quoted: str = Field(description="Symbol of what it is priced in")
    address: Address
    heartbeat: int = Field(gt=0, lt=1 << 32, description="Seconds after which an answer is stale")


class MeanPrice(Model):
    """The mean price of one of `pools` over a window, for its two tokens."""

    pool: str = Field(description="By its name")
    window: int = Field(gt=0, lt=1 << 32, description="Seconds, at least")
    max_age: int = Field(default=0, ge=0, lt=1 << 32, description="Seconds; where the guard keeps observations itself")
    max_disagreement_bps: int = Field(default=0, ge=0, le=BPS, description="Of the feeds; 0: there are none")
    multiple: int = Field(default=0, ge=0, lt=1 << 16, description="How many times deeper than the exposure; alone")
    exposure: str = Field(default="0", pattern=r"^[0-9]{1,38}$", description="Most liquidity added at it, √(a·b)")
