"""What things cost a keeper at a block: gas, what others tip, data on rollups; learnt while there is time."""

from collections.abc import Mapping, Sequence

from harness.keeper.datafee import NOTHING, DataFees
from harness.keeper.fees import Fees, Tips, next_base_fee, price
from harness.keeper.heads import Head
from harness.keeper.settings import Settings
from harness.market.costs import Offer, Policy


class Costs:
    """What is known of them.

    Args:
        native: Checksummed address of the wrapped native coin.
        settings: How the keeper works.
        caps: The largest loan, in units, by token.
        tips: What others tip; without it the policy's tip is paid.
        data_fees: What data costs; without it nothing, as on a chain that is no rollup.
    """

    def __init__(
        self,
        native: str,
        settings: Settings,
        caps: Mapping[str, int],
        tips: Tips | None = None,
        data_fees: DataFees | None = None,
    ) -> None:
        self._native, self._settings, self._caps = native, settings, caps
        self._tips, self._data_fees = tips, data_fees
        self._tip = settings.fees.tip

    def learn(self, head: Head) -> None:
        """Find out what others tip and what data costs, where that is known no more."""
        if self._data_fees is not None:
            self._data_fees.at(head.number)
        if self._tips is not None:
            self._tip = self._tips.tip(head.number)

    def fees(self, head: Head) -> Fees:
        """Return what to offer for a unit of gas in the block after `head`.

        Raises:
            GasPriceTooHighError: That is above the limit.
        """
        return price(self._settings.fees, head, self._tip)

    def policy(self, head: Head, offers: Sequence[Offer]) -> Policy:
        """Return by what trades are decided on, with these ways to borrow."""
        data = self._data_fees.last(head.number) if self._data_fees is not None else NOTHING
        return Policy(
            native=self._native,
            gas_price=next_base_fee(self._settings.fees, head) + self._tip,
            offers=tuple(offers),
            caps=self._caps,
            margin_bps=self._settings.margin_bps,
            data_price=data.byte,
            data_cost=data.transaction,
            tip_bps=self._settings.tip_bps,
        )
