"""A report's figures, one a row: what it is of, what it is, how much, and what that is worth."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from harness.chains import NATIVE_DECIMALS, Chain
from harness.earnings.ends import End
from harness.earnings.flows import Flows
from harness.earnings.positions import Pair, Yield
from harness.earnings.spent import Spent
from harness.keeper.chores.chore import RATE_OF

BPS = 10_000


@dataclass(frozen=True, slots=True)
class Figure:
    """One row.

    Attributes:
        section: `profit`, `split`, `chains`, `gas`, `trades` or `pools`.
        subject: A token, a pool, an account, or nothing.
        name: What it is.
        token: Symbol of what it is in; empty for a bare number.
        amount: In whole tokens.
        native: What it is worth in whole native coins, at the end of the period; None without a price.
        usd: The same in USD.
    """

    section: str
    subject: str
    name: str
    token: str
    amount: Decimal
    native: Decimal | None
    usd: Decimal | None


class Figures:
    """Makes rows of sums.

    Args:
        chain: For symbols and decimals.
        after: The end of the period, for prices.
        native_usd: USD for a native coin; None without a feed.
        pools: Names of pools, by address.
    """

    def __init__(self, chain: Chain, after: End, native_usd: Decimal | None, pools: Mapping[str, str]) -> None:
        self._tokens = {token.address: (symbol, token.decimals) for symbol, token in chain.tokens.items()}
        self._native, self._wrapped = chain.native.symbol, chain.token(chain.native.wrapped).address
        self._rates, self._native_usd, self._pools = after.rates, native_usd, pools

    def all(self, flows: Flows, spent: Spent, yields: list[Yield]) -> list[Figure]:
        """Return all rows."""
        return [
            *self._profit(flows),
            *self._split(flows),
            *self._across(flows),
            *self._gas(flows, spent),
            *self._trades(spent),
            *self._deep(yields),
        ]

    def _profit(self, flows: Flows) -> Iterator[Figure]:
        for token in sorted(flows.earned):
            yield self._of("profit", "", "earned", token, flows.earned[token])
            yield self._of("profit", "", "tips to builders", token, flows.tips[token])
            yield self._of("profit", "", "to the reserve", token, flows.earned[token] - flows.tips[token])
        yield self._of("profit", "", "mined elsewhere", self._wrapped, flows.mined)

    def _split(self, flows: Flows) -> Iterator[Figure]:
        for token in sorted(flows.booked):
            yield self._of("split", "", "booked", token, flows.booked[token])
            yield self._of("split", "pools", "part", token, flows.pools_part[token])
            yield self._of("split", "vault", "part", token, flows.vault_part[token])
        for who, token in sorted(flows.shares):
            yield self._of("split", who, "part", token, flows.shares[who, token])
        yield self._of("split", "gas budget", "set aside", self._wrapped, flows.aside)
        yield self._of("split", "vault", "paid", self._wrapped, sum(flows.to_vault.values()))

    def _across(self, flows: Flows) -> Iterator[Figure]:
        for name, sums in (("sent to other chains", flows.sent), ("received from other chains", flows.received)):
            for pool, token in sorted(sums):
                yield self._of("chains", self._pools.get(pool, pool), name, token, sums[pool, token])

    def _gas(self, flows: Flows, spent: Spent) -> Iterator[Figure]:
        sums = {"trades": spent.trades_gas, "chores": spent.chores_gas, "reverted": spent.reverted_gas or 0}
        for subject, wei in sums.items():
            yield self._of("gas", subject, "paid", "", wei)
        yield self._of("gas", "", "paid", "", spent.gas)
        yield self._of("gas", "", "refunded by the reserve", "", sum(flows.refunds.values()))

    def _trades(self, spent: Spent) -> Iterator[Figure]:
        for name, count in (("trades", spent.trades), ("chores", spent.chores), ("reverted", spent.reverted)):
            yield self._bare("trades", name, Decimal(count))
        tried = spent.trades + spent.chores + spent.reverted
        if tried:
            yield self._bare("trades", "success rate, percent", Decimal(100 * (tried - spent.reverted)) / tried)

    def _deep(self, yields: list[Yield]) -> Iterator[Figure]:
        for one in yields:
            name = self._pools.get(one.pool.address, one.pool.address)
            sums: dict[str, Pair | None] = {
                "added": one.added,
                "removed": one.removed,
                "position": one.amounts,
                "fees earned": one.fees,
            }
            for what, pair in sums.items():
                for token, units in zip((one.pool.token0, one.pool.token1), pair or (), strict=False):
                    yield self._of("pools", name, what, token, units)
            if one.divergence is not None and one.held:
                yield self._of("pools", name, "divergence", "", one.divergence)
                yield self._bare("pools", "divergence, percent", Decimal(100 * one.divergence) / one.held, name)

    def _of(self, section: str, subject: str, name: str, token: str, units: int) -> Figure:
        """Return a row of units of a token, or of wei where `token` is empty."""
        symbol, decimals = self._tokens.get(token, (token, 0)) if token else (self._native, NATIVE_DECIMALS)
        rate = self._rates.get(token) if token else RATE_OF
        wei = None if rate is None else Decimal(units * rate // RATE_OF)
        native = None if wei is None else wei.scaleb(-NATIVE_DECIMALS)
        usd = None if native is None or self._native_usd is None else native * self._native_usd
        return Figure(section, subject, name, symbol, Decimal(units).scaleb(-decimals), native, usd)

    def _bare(self, section: str, name: str, number: Decimal, subject: str = "") -> Figure:
        return Figure(section, subject, name, "", number, None, None)
