"""Signing and sending a call of the executor, and what came of it."""

from dataclasses import dataclass

from eth_abi.abi import decode
from eth_utils.crypto import keccak
from hexbytes import HexBytes
from web3 import Web3
from web3.exceptions import TimeExhausted
from web3.types import TxReceipt

from harness.errors import MillraceError
from harness.keeper.signers import Signer
from harness.keeper.simulate import simulate
from harness.keeper.transaction import Transaction

EXECUTED = keccak(b"Executed(bytes32,address,address,uint256,uint256,uint256)")
HEADROOM = 130
"""Percent of the estimated gas that a transaction may use: the state can move between the estimate and the block."""
PATIENCE = 120
"""Seconds until a transaction counts as lost."""


class NotIncludedError(MillraceError):
    """A transaction did not enter a block in time; it may still."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a transaction did.

    Attributes:
        block: Number of the block that it is in.
        profit: Units paid to the reserve, from the event `Executed`; None where it reverted.
        gas_used: Units of gas.
        gas_price: Wei paid for each.
        error: The contract's error where it reverted, else empty.
    """

    block: int
    profit: int | None
    gas_used: int
    gas_price: int
    error: str = ""

    @property
    def gas_cost(self) -> int:
        """Wei of native coin paid for gas."""
        return self.gas_used * self.gas_price


class Submitter:
    """Sends calls of one executor from one account.

    Args:
        web3: Connected to the chain.
        executor: Checksummed address of the executor.
        signer: Whoever signs.
    """

    def __init__(self, web3: Web3, executor: str, signer: Signer) -> None:
        self._web3, self._executor, self._signer = web3, executor, signer

    def send(self, data: bytes, gas: int, max_fee: int, tip: int) -> str:
        """Sign and send one EIP-1559 transaction; return its hash.

        Args:
            data: Calldata.
            gas: Estimated units of gas; `HEADROOM` percent of it are allowed.
            max_fee: The most to pay for a unit of gas, in wei.
            tip: Of that, the most to the block's producer, in wei.
        """
        sender = Web3.to_checksum_address(self._signer.address)
        transaction = Transaction(
            chain_id=self._web3.eth.chain_id,
            nonce=self._web3.eth.get_transaction_count(sender, "pending"),
            to=self._executor,
            data=data,
            gas=gas * HEADROOM // 100,
            max_fee=max_fee,
            tip=tip,
        )
        return self._web3.eth.send_raw_transaction(self._signer.sign(transaction)).to_0x_hex()

    def outcome(self, sent: str, data: bytes) -> Outcome:
        """Wait for a transaction's receipt and read it.

        Raises:
            NotIncludedError: No receipt in time.
        """
        try:
            receipt = self._web3.eth.wait_for_transaction_receipt(HexBytes(sent), PATIENCE, 0.1)
        except TimeExhausted:
            raise NotIncludedError(
                f"{sent} is in no block after {PATIENCE} s; look it up before sending more"
            ) from None
        number, paid = receipt["blockNumber"], receipt["effectiveGasPrice"]
        if receipt["status"] == 1:
            return Outcome(number, executed_profit(receipt, self._executor), receipt["gasUsed"], paid)
        why = simulate(self._web3, self._signer.address, self._executor, data, hex(number)).error
        return Outcome(number, None, receipt["gasUsed"], paid, why or "reverted, and would not at the block's end")


def executed_profit(receipt: TxReceipt, executor: str) -> int:
    """Return what the event `Executed` of a receipt says that the reserve was paid, in units of the route's token.

    Raises:
        NotIncludedError: There is no such event.
    """
    for log in receipt["logs"]:
        if log["address"] == executor and log["topics"][0] == EXECUTED:
            _, profit, tip = decode(["uint256"] * 3, log["data"])
            return int(profit - tip)
    raise NotIncludedError(f"transaction {receipt['transactionHash'].to_0x_hex()} succeeded without executing a route")
