"""Pools and the feeds that price what is in them."""

from pydantic import Field

from harness.chainfile import pool_name
from harness.chainmodel.base import Address, Hash, Model


class Feed(Model):
    """A Chainlink feed against USD."""

    address: Address
    decimals: int = Field(ge=0, le=36)
    heartbeat: int = Field(gt=0, description="Seconds after which an answer is stale")
    tokens: tuple[str, ...] = Field(strict=False, description="What the price guard prices by it")
    description: str | None = Field(default=None, description="What the feed says of itself, where not `<key> / USD`")


class Pool(Model):
    """A pool by what its venue's factory is asked with; the address is written down only where there is none to ask."""

    venue: str
    tokens: tuple[str, ...] = Field(min_length=2, strict=False)
    fee: int | None = Field(default=None, ge=0, lt=1_000_000, description="Hundredths of a basis point")
    family: str = Field(default="", description="Which family of the venue's kind, as harness/keeper/feeds names it")
    tick_spacing: int | None = Field(default=None, gt=0, lt=1 << 15, description="Where it is part of the pool's key")
    pool_id: Hash | None = Field(default=None, description="By which a vault knows it")
    address: Address | None = Field(default=None, description="Of a pool that no factory is asked for")

    @property
    def name(self) -> str:
        """`<venue>:<A>/<B>`, with `:` and what tells it from others of the same tokens there, if anything does."""
        return pool_name(self.venue, self.tokens, self.fee, self.tick_spacing, self.family)
