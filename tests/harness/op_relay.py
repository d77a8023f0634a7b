"""What the OP stack's nodes do between two replicas, in their stead: deposits are delivered, outputs proposed.

Nothing else is made up: bridges, messengers, portal and oracle are the published contracts, proofs are of the rollup's
own storage.
"""

from dataclasses import dataclass
from typing import Any

from chore_stage import ETHER, Stage
from eth_abi.abi import decode, encode
from eth_abi.packed import encode_packed
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from hexbytes import HexBytes
from two_chains import refusal
from web3.types import TxReceipt

from harness.devchain import DevChain

L2_MESSENGER = to_checksum_address("0x4200000000000000000000000000000000000007")
MESSAGE_PASSER = to_checksum_address("0x4200000000000000000000000000000000000016")
ALIAS = 0x1111000000000000000000000000000000001111
DEPOSITED = keccak(b"TransactionDeposited(address,address,uint256,bytes)")
PASSED = keccak(b"MessagePassed(uint256,address,address,uint256,uint256,bytes,bytes32)")
WITHDRAWAL = "(uint256,address,address,uint256,uint256,bytes)"
OUTPUT = "(bytes32,bytes32,bytes32,bytes32)"
PROVE = f"proveWithdrawalTransaction({WITHDRAWAL},uint256,{OUTPUT},bytes[])"
FINALISE = f"finalizeWithdrawalTransaction({WITHDRAWAL})"
CHALLENGE = 7 * 86_400


def aliased(address: str) -> str:
    """Under which address a contract of the chain below acts on the rollup."""
    return to_checksum_address(f"{(int(address, 16) + ALIAS) % 2**160:#042x}")


@dataclass(frozen=True)
class Deposit:
    """A transaction that the portal has ordered for the rollup."""

    sender: str
    to: str
    gas: int
    data: bytes


def deposits(receipt: TxReceipt) -> list[Deposit]:
    """What a transaction on the chain below has ordered.

    Of what is packed, 64 bytes of coin come first, then the gas, whether something is created, the data.
    """
    logs = [log for log in receipt["logs"] if bytes(log["topics"][0]) == DEPOSITED]
    found = []
    for log in logs:
        (packed,) = decode(["bytes"], bytes(log["data"]))
        sender, to = (to_checksum_address(bytes(topic)[12:]) for topic in log["topics"][1:3])
        found.append(Deposit(sender, to, int.from_bytes(packed[64:72]), packed[73:]))
    return found


def acted(node: DevChain, sender: str, to: str, data: bytes) -> TxReceipt:
    """Have an address without a key act, as a rollup's node does for a deposit; the receipt, whatever became of it."""
    node.rpc("anvil_impersonateAccount", sender)
    node.rpc("anvil_setBalance", sender, hex(ETHER))
    call = {"from": sender, "to": to, "data": "0x" + data.hex(), "gas": hex(3_000_000), "gasPrice": hex(10**9)}
    order = str(node.rpc("eth_sendTransaction", call))
    node.mine()
    node.rpc("anvil_stopImpersonatingAccount", sender)
    return node.web3.eth.get_transaction_receipt(HexBytes(order))


def delivered(node: DevChain, deposit: Deposit) -> TxReceipt:
    """Deliver a deposit."""
    return acted(node, deposit.sender, deposit.to, deposit.data)


@dataclass(frozen=True)
class Withdrawal:
    """What has left the rollup, by its message passer; `fields` in the portal's order."""

    fields: tuple[Any, ...]
    digest: bytes


def withdrawal(receipt: TxReceipt) -> Withdrawal:
    """What a transaction on the rollup has sent down."""
    (log,) = (log for log in receipt["logs"] if bytes(log["topics"][0]) == PASSED)
    value, gas, data, digest = decode(["uint256", "uint256", "bytes", "bytes32"], bytes(log["data"]))
    nonce, sender, target = (int.from_bytes(bytes(topic)) for topic in log["topics"][1:])
    parties = (to_checksum_address(f"{one:#042x}") for one in (sender, target))
    return Withdrawal((nonce, *parties, value, gas, data), digest)


@dataclass(frozen=True)
class Proof:
    """That a withdrawal is in an output: its place at the oracle, what it is the hash of, nodes of the storage."""

    place: int
    output: tuple[bytes, bytes, bytes, bytes]
    nodes: tuple[bytes, ...]


class Portal:
    """A rollup's portal on the chain below.

    Args:
        below: The chain that it is on.
        above: The rollup.
        name: Of the bridge to the rollup, in the chain file.
    """

    def __init__(self, below: Stage, above: Stage, name: str) -> None:
        self._below, self._above = below, above
        extra: dict[str, Any] = below.chain.replica.model_extra or {}
        self.messenger, self.address, self._oracle = (
            extra["portals"][name][key] for key in ("messenger", "portal", "oracle")
        )
        self._proposer = str(extra["holder"])

    def propose(self, sent: Withdrawal) -> Proof:
        """Propose the rollup's state as an output, and prove the withdrawal by it."""
        slot = keccak(encode(["bytes32", "uint256"], [sent.digest, 0]))
        web3 = self._above.node.web3
        found: Any = self._above.node.rpc("eth_getProof", MESSAGE_PASSER, ["0x" + slot.hex()], "latest")
        block = web3.eth.get_block("latest")
        output = (bytes(32), bytes(block["stateRoot"]), bytes(HexBytes(found["storageHash"])), bytes(block["hash"]))
        node = self._below.node
        node.mine(2 * 3600)
        place, number = (node.view(self._oracle, f"{what}()") for what in ("nextOutputIndex", "nextBlockNumber"))
        root = keccak(encode_packed(["bytes32"] * 4, output))
        data = keccak(b"proposeL2Output(bytes32,uint256,bytes32,uint256)")[:4]
        data += encode(["bytes32", "uint256", "bytes32", "uint256"], [root, number, bytes(32), 0])
        assert acted(node, self._proposer, self._oracle, data)["status"] == 1
        return Proof(place, output, tuple(bytes(HexBytes(one)) for one in found["storageProof"][0]["proof"]))

    def prove(self, sent: Withdrawal, proof: Proof) -> bytes:
        """Calldata that proves a withdrawal."""
        types = [WITHDRAWAL, "uint256", OUTPUT, "bytes[]"]
        return keccak(PROVE.encode())[:4] + encode(types, [sent.fields, proof.place, proof.output, proof.nodes])

    def finalise(self, sent: Withdrawal) -> bytes:
        """Calldata that carries out what has been proven."""
        return keccak(FINALISE.encode())[:4] + encode([WITHDRAWAL], [sent.fields])

    def refusal(self, account: LocalAccount, data: bytes) -> str:
        """Why the portal would refuse a call."""
        return refusal(self._below, account.address, self.address, data)

    def do(self, account: LocalAccount, data: bytes) -> TxReceipt:
        """Call the portal."""
        node = self._below.node
        order = node.send(account, self.address, data)
        node.mine()
        return node.receipt(order)
