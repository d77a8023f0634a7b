"""What a chain is before anything is traded on it: its coins, its fees, its blocks, and what watches over it."""

from typing import Literal

from pydantic import Field

from harness.chainmodel.base import Address, Model


class Token(Model):
    """An ERC-20."""

    address: Address
    decimals: int = Field(ge=0, le=36)
    symbol: str | None = Field(default=None, description="On the chain, where it is another than the key here")
    project: str = Field(
        default="",
        pattern=r"^[a-z0-9-]*$",
        description="Whose it is, where tokens of several projects bear the key: each chain that has it says so",
    )


class Native(Model):
    """The chain's own coin."""

    symbol: str
    wrapped: str = Field(description="Symbol of the token that wraps it")


class Pinned(Model):
    """The block that fork tests run at; the replica's genesis has this very number and time."""

    block: int = Field(gt=0)
    timestamp: int = Field(gt=0, description="Unix seconds")


class FeeModel(Model):
    """How the chain prices a transaction."""

    model: Literal["eip1559", "op-stack", "arbitrum"] = Field(
        description="Gas alone; gas and a part for data that the OP stack's oracle tells; or gas that has the part for "
        "data in it, as Arbitrum counts"
    )
    least_tip: int = Field(default=0, ge=0, description="Wei for a unit of gas below which nothing is included")
    elasticity: int = Field(default=2, gt=0, description="A block's gas limit over its target")
    denominator: int = Field(
        default=8,
        ge=0,
        description="The base fee changes by at most one part in so many a block; 0 where it follows another rule",
    )

    @property
    def is_rollup(self) -> bool:
        """Whether another chain orders what happens here, by a sequencer that may be down."""
        return self.model != "eip1559"


class Sequencer(Model):
    """Who orders a rollup's transactions, as Chainlink tells of it."""

    feed: Address = Field(description="Answers 0 while the sequencer is up")
    grace: int = Field(ge=600, le=86_400, description="Seconds after it is back for which no price is taken")


class Deployers(Model):
    """What puts code at addresses that can be told beforehand."""

    create2: Address = Field(description="The deterministic deployment proxy")


class Explorer(Model):
    """Where people look an address up."""

    url: str = Field(pattern=r"^https://[^/]+$", description="An address is at /address/ below it")
    api: str | None = Field(default=None, pattern=r"^https://", description="What takes sources, where anything does")


HardFork = Literal["cancun", "prague", "osaka"]
"""Rules by the names that anvil has for them."""
