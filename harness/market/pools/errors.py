"""What a pool refuses."""

from harness.errors import MillraceError


class LiquidityExhaustedError(MillraceError):
    """A swap asks for more than the pool has, or than is known of it."""
