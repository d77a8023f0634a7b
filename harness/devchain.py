"""A development node whose blocks come when they are told to, at a steady price of gas, and its transactions."""

from typing import Any, cast

from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress
from hexbytes import HexBytes
from web3 import Web3
from web3.types import BlockIdentifier, RPCEndpoint, TxParams, TxReceipt, Wei

from harness.errors import MillraceError
from harness.keeper.abi import Call, calldata

GAS = 1_000_000
BASE_FEE = 10**9
"""Wei a unit of gas that every block burns where nothing else is said; always the same, so that a story repeats to the
wei."""


class DevChainError(MillraceError):
    """A development node does not do as it is told."""


class DevChain:
    """An anvil that mines a block when asked and at no other time, each a fixed number of seconds after the last.

    Args:
        web3: Connected to it.
        block_time: Seconds between two blocks; less than one where several bear the same time.
        base_fee: Wei a unit of gas that every block burns, however full the one before was.
    """

    def __init__(self, web3: Web3, block_time: float, base_fee: int = BASE_FEE) -> None:
        self.web3, self._block_time, self._base_fee = web3, block_time, base_fee
        self._time = 0.0
        self.rpc("evm_setAutomine", False)

    def mine(self, seconds: int = 0) -> int:
        """Mine one block, `seconds` after the last or as usual; return its number."""
        latest = int(self.web3.eth.get_block("latest")["timestamp"])
        if int(self._time) != latest:  # the chain was taken back, or somebody else has mined
            self._time = float(latest)
        self._time += seconds or self._block_time
        self.rpc("anvil_setNextBlockBaseFeePerGas", hex(self._base_fee))
        self.rpc("evm_mine", int(self._time))
        return int(self.web3.eth.block_number)

    def send(self, account: LocalAccount, to: str, data: bytes, value: int = 0, tip: int = 0) -> str:
        """Sign and send a transaction that waits for the next block; return its hash.

        Args:
            account: Whose.
            to: Checksummed address.
            data: Calldata.
            value: Wei of native coin.
            tip: Wei a unit of gas; transactions enter a block in the order of their tips.
        """
        address: ChecksumAddress = account.address
        transaction: TxParams = {
            "chainId": self.web3.eth.chain_id,
            "nonce": self.web3.eth.get_transaction_count(address, "pending"),
            "to": Web3.to_checksum_address(to),
            "data": HexBytes(data),
            "value": Wei(value),
            "gas": GAS,
            "maxFeePerGas": Wei(self._base_fee + tip),
            "maxPriorityFeePerGas": Wei(tip),
        }
        signed = account.sign_transaction(cast(dict[str, Any], transaction))
        return self.web3.eth.send_raw_transaction(signed.raw_transaction).to_0x_hex()

    def receipt(self, sent: str) -> TxReceipt:
        """Return the receipt of a transaction that is in a block and has succeeded.

        Raises:
            DevChainError: It reverted.
        """
        receipt = self.web3.eth.get_transaction_receipt(HexBytes(sent))
        if receipt["status"] != 1:
            raise DevChainError(f"transaction {sent} from {receipt['from']} to {receipt['to']} reverted")
        return receipt

    def do(self, account: LocalAccount, to: str, signature: str, *arguments: object, value: int = 0) -> TxReceipt:
        """Call a function in a block of its own; return the receipt.

        Raises:
            DevChainError: It reverted.
        """
        sent = self.send(account, to, calldata(signature, *arguments), value)
        self.mine()
        return self.receipt(sent)

    def grant(self, token: str, holder: str, recipients: dict[str, int]) -> None:
        """Let an account without a key here transfer units of a token to each recipient."""
        self.rpc("anvil_impersonateAccount", holder)
        order: dict[str, object] = {"from": holder, "to": token, "gas": hex(GAS), "gasPrice": hex(self._base_fee)}
        sent = []
        for recipient, amount in recipients.items():
            data = "0x" + calldata("transfer(address,uint256)", recipient, amount).hex()
            sent.append(str(self.rpc("eth_sendTransaction", {**order, "data": data})))
        self.mine()
        for one in sent:
            self.receipt(one)
        self.rpc("anvil_stopImpersonatingAccount", holder)

    def view(self, to: str, signature: str, *arguments: object, block: BlockIdentifier = "latest") -> int:
        """Return the number that a view answers with."""
        call = Call(to, signature, arguments, ("uint256",))
        answer = self.web3.eth.call({"to": Web3.to_checksum_address(to), "data": HexBytes(call.data())}, block)
        values = call.read(bytes(answer))
        if values is None:
            raise DevChainError(f"{to} does not answer {signature}; is it deployed here?")
        return int(values[0])

    def rpc(self, method: str, *parameters: object) -> object:
        """Ask the node for something that only development nodes do.

        Raises:
            DevChainError: It refuses.
        """
        answer = self.web3.provider.make_request(RPCEndpoint(method), list(parameters))
        if "error" in answer:
            raise DevChainError(f"the node refuses {method}: {answer['error']}; is it an anvil?")
        return answer["result"]
