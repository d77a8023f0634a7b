"""What the keeper never does, whatever it has found."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from harness.errors import MillraceError
from harness.market.legs import BPS
from harness.market.route import Route

GWEI = 10**9


class LimitError(MillraceError):
    """Something is not done because of a limit.

    Attributes:
        limit: The limit's key in the configuration; `halted` where somebody has to resume first.
    """

    limit = "limits"


class UnknownPoolError(LimitError):
    """A route leads through a pool that the chain file does not list."""

    limit = "pools"


class LoanTooLargeError(LimitError):
    """A route borrows more than the configured limit."""

    limit = "limits.loans"


class GasPriceTooHighError(LimitError):
    """Gas costs more than the configured limit."""

    limit = "fees.max_gas_price_gwei"


class SlippageError(LimitError):
    """A route could end too far below what it has simulated."""

    limit = "limits.slippage_bps"


class NotSimulatedError(LimitError):
    """A route's very calldata was not seen to succeed on the newest state [K3]."""

    limit = "simulation"


class GasBudgetError(LimitError):
    """A day's gas is spent, or would be by this."""

    limit = "limits.gas_a_day"


class BalanceTooLowError(LimitError):
    """The account holds too little native coin, or would by this."""

    limit = "limits.least_balance"


class BreakerOpenError(LimitError):
    """Too many attempts in a row have failed; someone has to look, and resume."""

    limit = "limits.failures"


class HaltedError(LimitError):
    """Somebody has paused the keeper, or its breaker is open, until somebody resumes."""

    limit = "halted"


class Outlay(Protocol):
    """What a transaction can cost: units of gas, wei a unit, and wei that go along."""

    @property
    def gas(self) -> int: ...  # noqa: D102
    @property
    def max_fee(self) -> int: ...  # noqa: D102
    @property
    def value(self) -> int: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand when something is about to be signed; money in wei of native coin.

    Attributes:
        halts: Why nothing may be sent; empty where something may be.
        failures: Attempts that have failed in a row.
        gas_spent: Paid for gas within a day.
        gas_out: The most that what is out may still cost.
        balance: What the account holds.
    """

    halts: tuple[str, ...] = ()
    failures: int = 0
    gas_spent: int = 0
    gas_out: int = 0
    balance: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """The configured limits.

    Attributes:
        max_loan: The largest loan, in units, by checksummed token address; a token without an entry has no limit.
        max_gas_price: The most to pay for a unit of gas, in wei.
        max_failures: After so many failed attempts in a row the breaker opens.
        slippage_bps: How far below its simulation a trade may end, in basis points of it; it reverts below that.
        gas_a_day: The most to pay for gas in a day, in wei; None for no limit.
        least_balance: What the account has to keep, in wei.
        runway_days: For how many days of gas, at the pace of the last one, what it keeps has to last.
    """

    max_loan: Mapping[str, int] = field(default_factory=dict)
    max_gas_price: int = 100 * GWEI
    max_failures: int = 5
    slippage_bps: int = BPS
    gas_a_day: int | None = None
    least_balance: int = 0
    runway_days: int = 0

    def check_transaction(self, outlay: Outlay, standing: Standing) -> None:
        """Refuse a transaction, of whatever kind, before it is signed.

        Args:
            outlay: What it can cost.
            standing: How things stand without it, and without what it replaces.

        Raises:
            HaltedError: Nothing may be sent.
            BreakerOpenError: Too many attempts in a row have failed.
            GasPriceTooHighError: Gas is above the limit.
            GasBudgetError: With it a day could cost more than its limit.
            BalanceTooLowError: With it the account could hold too little.
        """
        if standing.halts:
            raise HaltedError(f"nothing is sent: {'; '.join(standing.halts)}; `millrace resume` when it is mended")
        self.check_standing(standing)
        self.check_gas_price(outlay.max_fee)
        most = outlay.gas * outlay.max_fee
        could = standing.gas_spent + standing.gas_out + most
        if self.gas_a_day is not None and could > self.gas_a_day:
            raise GasBudgetError(f"a day's gas could come to {could} wei by this, above the limit of {self.gas_a_day}")
        left, least = standing.balance - standing.gas_out - most - outlay.value, self._least(standing)
        if left < least:
            raise BalanceTooLowError(f"{left} wei could be left by this, below the least of {least}; add native coin")

    def check_standing(self, standing: Standing) -> None:
        """Refuse to go on, whatever is to be done: what this raises opens the breaker.

        Raises:
            BreakerOpenError: Too many attempts in a row have failed.
            GasBudgetError: A day's gas is spent.
            BalanceTooLowError: The account holds too little.
        """
        if standing.failures >= self.max_failures:
            raise BreakerOpenError(f"{standing.failures} attempts in a row have failed; find out why, then resume")
        if self.gas_a_day is not None and standing.gas_spent >= self.gas_a_day:
            raise GasBudgetError(f"{standing.gas_spent} wei of gas in a day reach the limit of {self.gas_a_day}")
        if standing.balance < self._least(standing):
            least = self._least(standing)
            raise BalanceTooLowError(f"the account holds {standing.balance} wei, below the least of {least}; add some")

    def check_slippage(self, route: Route, simulated: int) -> None:
        """Refuse a route that could end too far below its simulation.

        Args:
            route: As decoded from the very bytes to be sent.
            simulated: Units of profit that it has simulated.

        Raises:
            SlippageError: What it demands is less.
        """
        least = -(-simulated * (BPS - self.slippage_bps) // BPS)
        if route.min_profit < least:
            raise SlippageError(
                f"a route demands {route.min_profit} units where {simulated} were simulated; the limit is {least}"
            )

    def _least(self, standing: Standing) -> int:
        return max(self.least_balance, self.runway_days * standing.gas_spent)

    def check(self, route: Route, known: Container[str], gas_price: int) -> None:
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
        for pool in route.pools():
            if pool not in known:
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
