"""What the keeper never does, whatever it has found."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from harness.errors import MillraceError
from harness.market.route import Route

GWEI = 10**9


class UnknownPoolError(MillraceError):
    """A route leads through a pool that the chain file does not list."""


class LoanTooLargeError(MillraceError):
    """A route borrows more than the configured limit."""


class GasPriceTooHighError(MillraceError):
    """Gas costs more than the configured limit."""


class BreakerOpenError(MillraceError):
    """Too many attempts in a row have failed; someone has to look, and start the keeper again."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The configured limits.

    Attributes:
        max_loan: The largest loan, in units, by checksummed token address; a token without an entry has no limit.
        max_gas_price: The most to pay for a unit of gas, in wei.
        max_failures: After so many failed attempts in a row the breaker opens.
    """

    max_loan: Mapping[str, int] = field(default_factory=dict)
    max_gas_price: int = 100 * GWEI
    max_failures: int = 5

    def check(self, route: Route, known: Iterable[str], gas_price: int) -> None:
        """Refuse a route before it is sent.

        Args:
            route: As decoded from the very bytes to be sent.
            known: Addresses of the pools that the chain file lists.
            gas_price: The most that the transaction may pay for a unit of gas, in wei.

        Raises:
            UnknownPoolError: A leg's pool is not listed.
            LoanTooLargeError: The loan, or the most that the executor may make of it, is above the limit.
            GasPriceTooHighError: Gas is above the limit.
        """
        listed = set(known)
        for pool in route.pools():
            if pool not in listed:
                raise UnknownPoolError(f"pool {pool} is not in the chain file; list it there or drop the route")
        loan = route.amount_in or route.cap
        most = self.max_loan.get(route.token, loan)
        if loan > most:
            raise LoanTooLargeError(f"a loan of {loan} of {route.token} is above the limit of {most}")
        self.check_gas_price(gas_price)

    def check_gas_price(self, gas_price: int) -> None:
        """Refuse gas above the limit.

        Raises:
            GasPriceTooHighError: It is.
        """
        if gas_price > self.max_gas_price:
            raise GasPriceTooHighError(f"gas at {gas_price} wei is above the limit of {self.max_gas_price}; wait")


class Breaker:
    """Counts failures in a row and opens at the limit; once open it stays open.

    Args:
        limit: How many failures in a row open it.
    """

    def __init__(self, limit: int) -> None:
        self._limit, self.failures = limit, 0

    def check(self) -> None:
        """Refuse to go on.

        Raises:
            BreakerOpenError: It has opened.
        """
        if self.failures >= self._limit:
            raise BreakerOpenError(f"{self.failures} attempts in a row have failed; find out why, then start again")

    def count(self, succeeded: bool) -> None:
        """Take one attempt's outcome in; an open breaker does not close by it."""
        if self.failures < self._limit:
            self.failures = 0 if succeeded else self.failures + 1
