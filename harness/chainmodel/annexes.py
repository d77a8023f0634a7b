"""What stands beside a deployment: strategies of the vault, bridges of the reserve."""

from typing import Annotated, Literal

from pydantic import Field

from harness.chainmodel.base import Address, Model


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
    seconds: int | None = Field(default=None, gt=0, description="Roughly how long a crossing takes")
    tokens: dict[str, Address] = Field(min_length=1, description="Counterparts there, by the symbol here")
    unconfirmed: bool = Field(default=False, description="Not deployed until it has been confirmed")


class AggLayerBridge(Model):
    """AggLayer's unified bridge on this chain, towards one network."""

    kind: Literal["agglayer"]
    address: Address
    chain_id: int = Field(gt=0, description="The other chain's")
    seconds: int | None = Field(default=None, gt=0, description="Roughly how long a crossing takes")
    network: int = Field(ge=0, lt=2**32, description="The other chain's number by AggLayer's count")
    unconfirmed: bool = Field(default=False, description="Not deployed until it has been confirmed")


Bridge = Annotated[OptimismBridge | AggLayerBridge, Field(discriminator="kind")]
