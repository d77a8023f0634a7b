"""Sends what is missing, step by step: each is in a block before the next goes out."""

from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from typing import Final

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address
from hexbytes import HexBytes
from web3.exceptions import TimeExhausted, Web3Exception
from web3.types import TxParams, Wei

from harness.deploying import proxy
from harness.deploying.checks import Prospect
from harness.deploying.configuration import EXECUTE, beyond, ground_of
from harness.deploying.order import DeployError, Site
from harness.deploying.record import creations
from harness.deploying.script import Change
from harness.keeper.abi import calldata, error_name
from harness.keeper.transaction import Transaction, hash_of
from harness.node import NodeError
from harness.settings import ACCOUNTS, dev_account
from harness.signer import Sender

PATIENCE: Final = 300
"""Seconds until a transaction counts as late."""
HEADROOM: Final = 125
"""Percent of the estimated gas that a step may use."""
BATCH: Final = 24
"""Settings a transaction, as in script/deployment/Deployment.sol."""
HAND_OVER: Final = "hand-over"
AGAIN: Final = "nothing is lost: run the same command again, and it goes on where it stopped"

Say = Callable[[str], None]


def account_of(sender: Sender) -> LocalAccount:
    """Return whoever signs: an account of the keystore, or on a replica the development account.

    Raises:
        DeployError: It is neither.
    """
    if sender.keystore is not None:
        account: LocalAccount = Account.from_key(Account.decrypt(sender.keystore.read_text(), sender.password))
        return account
    for index in range(ACCOUNTS):
        if dev_account(index).address == sender.address:
            return dev_account(index)
    raise DeployError(f"nobody here signs for {sender.address}; give --account")


def send(prospect: Prospect, say: Say) -> None:
    """Send every step of a prospect, and wait for each.

    Raises:
        DeployError: One was refused, failed, or was not included in time; says which and what to do.
    """
    site, steps = prospect.site, prospect.script.steps
    if not steps:
        return
    courier = Courier(site, account_of(site.order.sender))
    _place_proxy(prospect, courier)
    for index, step in enumerate(steps, 1):
        if step.what == HAND_OVER:
            _settle(prospect, courier, say)
        place = f"{site.name}, step {index} of {len(steps)}, {step.what}"
        say(f"{place}: {courier.bring(place, step.to, HexBytes(step.data))}")


def _settle(prospect: Prospect, courier: "Courier", say: Say) -> None:
    """Set what the script does not, as long as the deployer can: the file has it before governance does.

    Raises:
        DeployError: A setting was refused, or is not as it was set.
    """
    site, said = prospect.site, prospect.script
    changes = iter(_unsettled(prospect))
    while batch := list(islice(changes, BATCH)):
        calls = [HexBytes(calldata(EXECUTE, change.to, HexBytes(change.call))) for change in batch]
        place = f"{site.name}, settings beyond the script's"
        data = HexBytes(calldata("multicall(bytes[])", calls))
        say(f"{place}: {courier.bring(place, said.addresses()['manager'], data)}")
    if left := _unsettled(prospect):
        change = left[0]
        raise DeployError(f"{site.name}: {change.contract}, {change.what} is {change.found} and not {change.wanted}")


def _unsettled(prospect: Prospect) -> list[Change]:
    """Return what could be set now, of contracts that stand already."""
    site, web3 = prospect.site, prospect.site.web3
    standing = {
        role: address
        for role, address in prospect.script.addresses().items()
        if web3.eth.get_code(to_checksum_address(address))
    }
    first = creations(site, prospect.script)["manager"].block
    ground = replace(ground_of(site.order, web3, prospect.script, standing, first), founder=site.order.sender.address)
    return [change for change in beyond(ground) if not change.left]


def _place_proxy(prospect: Prospect, courier: "Courier") -> None:
    """Give the keyless sender what its transaction costs, and send that transaction, where the proxy is absent."""
    web3 = prospect.site.web3
    if proxy.is_placed(web3):
        return
    if lent := proxy.missing(web3):
        courier.bring(f"{prospect.site.name}, coin for the deployment proxy", proxy.PLACER, HexBytes(""), lent)
    proxy.place(web3)


class Courier:
    """Brings one transaction after the other into a block.

    Args:
        site: Where to.
        account: Who signs and pays.
    """

    def __init__(self, site: Site, account: LocalAccount) -> None:
        self._site, self._account = site, account

    def bring(self, place: str, to: str, data: HexBytes, value: int = 0) -> str:
        """Send a transaction and wait until it is in a block; return its hash.

        Raises:
            DeployError: It was refused, failed, or was not included in time; begins with `place`.
        """
        try:
            raw = bytes(self._account.sign_transaction(self._priced(to, data, value).fields()).raw_transaction)
            self._site.web3.eth.send_raw_transaction(HexBytes(raw))
            status = self._status(raw)
        except TimeExhausted:
            raise DeployError(f"{place}: was sent, and is in no block after {PATIENCE} s; {AGAIN}") from None
        except (Web3Exception, NodeError, ValueError) as error:
            reason = _reason(error)
        else:
            if status == 1:
                return hash_of(raw)
            reason = f"{hash_of(raw)} failed"
        raise DeployError(f"{place}: {reason}; {AGAIN}")

    def _status(self, raw: bytes) -> int:
        pause = 0.05 if self._site.order.local else 1
        receipt = self._site.web3.eth.wait_for_transaction_receipt(HexBytes(hash_of(raw)), PATIENCE, pause)
        return int(receipt["status"])

    def _priced(self, to: str, data: HexBytes, value: int) -> Transaction:
        """Return a transaction with the gas that the node estimates, at up to twice the base fee."""
        web3, chain = self._site.web3, self._site.order.chain
        base = int(web3.eth.get_block("latest").get("baseFeePerGas", 0))
        tip = max(int(web3.eth.max_priority_fee), chain.fees.least_tip)
        asked: TxParams = {
            "from": self._account.address,
            "to": to_checksum_address(to),
            "data": data,
            "value": Wei(value),
        }
        gas = web3.eth.estimate_gas(asked) * HEADROOM // 100
        nonce = web3.eth.get_transaction_count(self._account.address)
        return Transaction(chain.chain_id, nonce, to_checksum_address(to), bytes(data), gas, 2 * base + tip, tip, value)


def _reason(error: Exception) -> str:
    data = getattr(error, "data", None)
    if isinstance(data, str) and data.startswith("0x") and data != "0x":
        return f"it would revert, {error_name(bytes.fromhex(data[2:]))}"
    return str(getattr(error, "message", None) or error)
