"""One line for every attempt, in words and money."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from rich.console import Console
from rich.text import Text

from harness.chains import Chain
from harness.keeper.events import Included
from harness.keeper.feeds.place import Place
from harness.market.opportunity import Opportunity
from harness.market.route import Lender

LENDERS = {
    Lender.NONE: "flash swap",
    Lender.BALANCER_V2: "Balancer V2",
    Lender.AAVE_V3: "Aave V3",
    Lender.UNISWAP_V4: "Uniswap V4",
    Lender.BALANCER_V3: "Balancer V3",
    Lender.UNISWAP_V3: "Uniswap V3",
    Lender.PANCAKE_V3: "Pancake V3",
    Lender.ALGEBRA: "Algebra",
    Lender.MORPHO: "Morpho",
    Lender.ERC3156: "ERC-3156",
}
"""How a route borrows, in words."""

STYLES = {"earned": "green", "paper": "cyan", "refused": "yellow", "sent": "white"}


@dataclass(slots=True)
class Attempt:
    """One opportunity and how far it got.

    Attributes:
        block: The block on whose state it was found and simulated.
        opportunity: What was found.
        data: The very calldata simulated and sent.
        simulated: Profit in the simulation, units of the token; None where it would have reverted.
        refusal: Why it was not sent, or what it reverted with; empty if it went through.
        sent: Hash of the transaction; empty where none was sent.
        outcome: What the transaction did; None until it is in a block.
        id: In the record.
        gas: Units of gas that it takes, by its simulation or the estimate.
    """

    block: int
    opportunity: Opportunity
    data: bytes
    simulated: int | None = None
    refusal: str = ""
    sent: str = ""
    outcome: Included | None = None
    id: int = 0
    gas: int = 0

    @property
    def state(self) -> str:
        """`earned`, `refused`, `sent` and not yet in a block, or `paper`: simulated, and not sent."""
        if self.refusal:
            return "refused"
        if self.outcome is not None:
            return "earned"
        return "sent" if self.sent else "paper"


Tell = Callable[[Attempt], None]
"""Is told of an attempt once it is known what became of it."""


class Reporter:
    """Prints attempts.

    Args:
        chain: For symbols and decimals.
        places: For the names of the pools.
        console: Where to.
    """

    def __init__(self, chain: Chain, places: tuple[Place, ...], console: Console) -> None:
        self._symbols = {token.address: symbol for symbol, token in chain.tokens.items()}
        self._decimals = {token.address: token.decimals for token in chain.tokens.values()}
        self._places = {place.address: place for place in places}
        self._native = chain.native.symbol
        self.console = console

    def show(self, attempt: Attempt) -> None:
        """Print one line."""
        self.console.print(self.line(attempt), soft_wrap=True)

    def line(self, attempt: Attempt) -> Text:
        """Return an attempt as a line."""
        found = attempt.opportunity
        token = found.cycle.token
        profit = attempt.outcome.profit if attempt.outcome else attempt.simulated
        words = [
            f"block {attempt.block}",
            self.route(found),
            f"gap {found.gap_bps:.0f} bps",
            f"by {lender_name(found)}",
            f"{self.money(found.sizing.amount_in, token)} in",
            f"{self.money(profit or 0, token)} profit" if not attempt.refusal else attempt.refusal,
        ]
        if attempt.outcome:
            words.append(f"{Decimal(attempt.outcome.gas_cost).scaleb(-18):.6f} {self._native} gas")
        return Text(f"{attempt.state:8}", style=STYLES[attempt.state]) + Text("  ".join(words))

    def route(self, found: Opportunity) -> str:
        """Return the venues of a route, with the fee tier where there is one, and its tokens."""
        venues = [self._place(hop.pool.address) for hop in found.path]
        symbols = [self._symbols[edge.token_in] for edge in found.cycle.edges]
        return f"{' > '.join(venues)} ({'/'.join(symbols)})"

    def money(self, units: int, token: str) -> str:
        """Return units of a token as a decimal number with its symbol."""
        return f"{self.number(units, token)} {self._symbols[token]}"

    def number(self, units: int, token: str) -> str:
        """Return units of a token as a decimal number, six digits after the point."""
        return f"{Decimal(units).scaleb(-self._decimals[token]):,.6f}"

    def _place(self, address: str) -> str:
        place = self._places[address]
        return f"{place.venue}:{place.fee}" if place.fee else place.venue


def lender_name(found: Opportunity) -> str:
    """Return how an opportunity borrows, in words."""
    return LENDERS[found.offer.lender]
