"""Which trades to make, of all that the strategies offer."""

from collections.abc import Iterable
from typing import Final, Protocol

from harness.market.costs import Policy
from harness.market.cyclic import Cyclic
from harness.market.market import Market
from harness.market.opportunity import Opportunity


class Strategy(Protocol):
    """Market in, trades out."""

    def trades(self, market: Market, policy: Policy) -> list[Opportunity]:
        """Return trades in the order in which to execute them, each on the state that those before it leave."""


STRATEGIES: Final[tuple[Strategy, ...]] = (Cyclic(),)


def decide(market: Market, policy: Policy, strategies: Iterable[Strategy] = STRATEGIES) -> list[Opportunity]:
    """Return the trades of the strategy whose trades are worth most together: those of two could spoil each other."""
    offered = (strategy.trades(market, policy) for strategy in strategies)
    return max(offered, key=lambda trades: sum(one.worth for one in trades), default=[])
