"""What a deployment begins with."""

from pydantic import Field

from harness.chainmodel.base import Model

DAY = 24 * 3600


class DeploymentTerms(Model):
    """What a deployment begins with; governance changes it."""

    governance_delay: int = Field(
        default=2 * DAY, ge=2 * DAY, le=30 * DAY, description="Seconds from governance's announcements to its acts"
    )
    yield_share_bps: int = Field(
        default=1000, ge=0, le=5000, description="Basis points of the vault's yield, to the reserve"
    )
