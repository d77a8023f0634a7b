"""Payouts that anyone may set going: to the vault, to beneficiaries, to the keepers for gas."""

from harness.keeper.abi import Call, calldata
from harness.keeper.chores.chore import Chore, Group, Task, View
from harness.keeper.chores.known import GAS, Known
from harness.keeper.chores.look import single

REFILL_GAS, URGENT = 120_000, 4
"""What paying the keepers takes, and how many times its price must be set aside before a low balance is urgent."""


class PayVault(Chore):
    """Sends the stakers' bucket into the vault's stream.

    Args:
        reserve: Its address.
        vault: Its address.
        asset: The vault's asset, the wrapped native coin.
    """

    kind = "pay-vault"

    def __init__(self, reserve: str, vault: str, asset: str) -> None:
        self._reserve, self._vault, self._asset = reserve, vault, asset
        self._bucket = single(reserve, "vaultBucket(address)", asset)

    def asks(self, known: Known) -> list[Group]:  # noqa: ARG002
        """Ask what the stakers' bucket holds."""
        return [(self._bucket,)]

    def due(self, view: View, now: int) -> list[Task]:  # noqa: ARG002
        """Return a task where there is something to pay."""
        amount = view.number(self._bucket)
        if not amount:
            return []
        late = view.known.waits_too_long((self._vault, self._asset), amount)
        reason = f"{amount} wei lie in the stakers' bucket"
        return [Task(self.kind, "vault", self._reserve, calldata("payVault()"), reason, amount, anyway=late)]


class PayBeneficiaries(Chore):
    """Sends beneficiaries what they have been credited, token by token.

    Args:
        reserve: Its address.
    """

    kind = "pay-beneficiary"

    def __init__(self, reserve: str) -> None:
        self._reserve = reserve

    def asks(self, known: Known) -> list[Group]:
        """Ask what every beneficiary there ever was has, in every token."""
        return [(self._bucket(*pair),) for pair in _pairs(known)]

    def due(self, view: View, now: int) -> list[Task]:  # noqa: ARG002
        """Return a task for every bucket that holds something."""
        amounts = ((who, token, view.number(self._bucket(who, token))) for who, token in _pairs(view.known))
        return [self._task(view, who, token, amount) for who, token, amount in amounts if amount]

    def _task(self, view: View, who: str, token: str, amount: int) -> Task:
        return Task(
            kind=self.kind,
            target=f"{who} in {token}",
            to=self._reserve,
            data=calldata("payBeneficiary(address,address)", token, who),
            reason=f"{amount} units of {token} are credited",
            worth_wei=view.worth(token, amount),
            anyway=view.known.waits_too_long((who, token), amount),
        )

    def _bucket(self, who: str, token: str) -> Call:
        return single(self._reserve, "beneficiaryBucket(address,address)", who, token)


class PayKeepers(Chore):
    """Sends the keepers what the reserve has set aside for gas, at once where one of them runs low.

    Args:
        reserve: Its address.
        multicall: Address of Multicall3, which says what an account holds.
    """

    kind = "pay-keepers"

    def __init__(self, reserve: str, multicall: str) -> None:
        self._reserve, self._multicall = reserve, multicall
        self._bucket = single(reserve, "gasBucket()")

    def asks(self, known: Known) -> list[Group]:
        """Ask what is set aside, and what each keeper holds."""
        return [(self._bucket,), *((self._balance(keeper),) for keeper in sorted(known.keepers))]

    def due(self, view: View, now: int) -> list[Task]:  # noqa: ARG002
        """Return a task where something is set aside."""
        amount = view.number(self._bucket)
        if not amount:
            return []
        least = min((view.number(self._balance(keeper)) for keeper in view.known.keepers), default=0)
        low = least < view.policy.refill_below and amount > URGENT * REFILL_GAS * view.gas_price
        late = view.known.waits_too_long(GAS, amount)
        reason = f"{amount} wei are set aside for gas, and a keeper holds {least} wei"
        data = calldata("payKeepers()")
        return [Task(self.kind, "keepers", self._reserve, data, reason, amount, anyway=low or late)]

    def _balance(self, keeper: str) -> Call:
        return single(self._multicall, "getEthBalance(address)", keeper)


def _pairs(known: Known) -> list[tuple[str, str]]:
    return [(who, token) for who in sorted(known.beneficiaries) for token in sorted(known.listed)]
