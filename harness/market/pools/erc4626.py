"""ERC-4626 vaults, whose shares are bought by depositing and sold by redeeming, at one rate and without a curve.

Source: the standard (EIP-4626), whose roundings favour the vault, and the virtual shares and assets that OpenZeppelin's
and Solady's vaults document. A vault that takes a fee of deposits or redemptions is none of these.
"""

from dataclasses import dataclass, replace
from typing import ClassVar

from harness.market import legs
from harness.market.legs import Leg, Venue
from harness.market.pools.checks import pair_problem
from harness.market.pools.errors import LiquidityExhaustedError
from harness.market.pools.pool import Product

MAX_UINT = (1 << 256) - 1


@dataclass(frozen=True, slots=True)
class ERC4626Vault:
    """State of a vault at one block; what it has can grow by the second, and is to be that of the swap.

    Virtual shares are 10 to the vault's offset of decimals, 1 in OpenZeppelin's and Solady's vaults as they come and a
    million in ours. A rate such as that of wrapped staked ether has none: both are 0.

    Attributes:
        address: Checksummed address of the vault, which is its share.
        tokens: Checksummed addresses of the asset and of the share.
        assets: What `totalAssets` answers, in units of the asset.
        shares: What `totalSupply` answers, in units of the share.
        virtual_assets: Units that count as assets beside those.
        virtual_shares: Units that count as shares beside those.
        max_deposit: The most that can be deposited, in units of the asset; `MAX_UINT` for anything.
        max_redeem: The most that can be redeemed, whoever owns it, in units of the share; `MAX_UINT` for anything.
    """

    VENUE: ClassVar[Venue] = Venue.ERC4626
    GAS: ClassVar[int] = 90_000

    address: str
    tokens: tuple[str, str]
    assets: int
    shares: int
    virtual_assets: int = 1
    virtual_shares: int = 1
    max_deposit: int = MAX_UINT
    max_redeem: int = MAX_UINT

    def problem(self) -> str | None:
        """Return why the state cannot be traded on, or None."""
        if self.tokens[1] != self.address:
            return f"the share {self.tokens[1]} is not the vault"
        if not (0 < self.assets <= MAX_UINT and 0 < self.shares <= MAX_UINT):
            return (
                f"{self.assets} assets for {self.shares} shares: the vault is empty, or counts more than there can be"
            )
        if not all(0 <= amount <= MAX_UINT for amount in (self.virtual_assets, self.virtual_shares)):
            return "what is virtual is no amount"
        if self.max_deposit < 0 or self.max_redeem < 0:
            return "the most that can be deposited or redeemed is no amount"
        return pair_problem(self.tokens)

    def amount_out(self, i: int, j: int, amount_in: int) -> int | None:
        """Return the shares issued or the assets paid for `amount_in`, rounded down; None beyond the vault's limits.

        Args:
            i: 0 to deposit assets, 1 to redeem shares.
            j: The other one.
            amount_in: Units of what is given.
        """
        if amount_in <= 0:
            return 0
        given, got = self._rate(i)
        paid = amount_in * got // given
        return paid if amount_in <= self._limit(i) and self._holds(j, paid) else None

    def amount_in(self, i: int, j: int, amount_out: int) -> int | None:
        """Return the least input for which at least `amount_out` is paid, or None where there is none."""
        if amount_out <= 0:
            return 0
        given, got = self._rate(i)
        least = -(-amount_out * given // got)
        return least if self.amount_out(i, j, least) is not None else None

    def rate(self, i: int, j: int, amount_in: int = 0) -> float:
        """Return what a unit brings, whatever the amount; 0 where the vault takes no more."""
        given, got = self._rate(i)
        return got / given if self.amount_out(i, j, amount_in + 1) is not None else 0.0

    def product(self, i: int, j: int) -> Product | None:  # noqa: ARG002 - it is none
        """Return None: the rate does not move."""
        return None

    def after(self, i: int, j: int, amount_in: int) -> "ERC4626Vault":
        """Return the state that depositing or redeeming `amount_in` leaves behind.

        What can still be redeemed is not raised by a deposit, nor what can be deposited by a redemption, though it may
        be so on chain.

        Raises:
            LiquidityExhaustedError: The vault takes less.
        """
        paid = self.amount_out(i, j, amount_in)
        if paid is None:
            raise LiquidityExhaustedError(f"the vault {self.address} does not take {amount_in}; trade less")
        if i == 0:
            left = _less(self.max_deposit, amount_in)
            return replace(self, assets=self.assets + amount_in, shares=self.shares + paid, max_deposit=left)
        left = _less(self.max_redeem, amount_in)
        return replace(self, assets=self.assets - paid, shares=self.shares - amount_in, max_redeem=left)

    def leg(self, i: int, j: int) -> Leg:  # noqa: ARG002 - what is given is what the leg before it pays
        """Return the executor's leg, a deposit or a redemption."""
        return legs.erc4626(self.address, self.tokens[j])

    def _rate(self, i: int) -> tuple[int, int]:
        """Return for how many units of what is given there are how many of the other."""
        assets, shares = self.assets + self.virtual_assets, self.shares + self.virtual_shares
        return (assets, shares) if i == 0 else (shares, assets)

    def _limit(self, i: int) -> int:
        """Return the most of what is given: what the vault says, what is left of a word, or the shares there are."""
        return min(self.max_deposit, MAX_UINT - self.assets) if i == 0 else min(self.max_redeem, self.shares)

    def _holds(self, j: int, paid: int) -> bool:
        return paid <= (self.assets if j == 0 else MAX_UINT - self.shares)


def _less(limit: int, used: int) -> int:
    return limit if limit == MAX_UINT else limit - max(0, used)
