"""What the OP stack's nodes do between two replicas, in their stead: deposits are delivered, outputs proposed.

Nothing else is made up: bridges, messengers, portal and oracle are the published contracts, proofs are of the rollup's
own storage, and reckoned by the keeper's code.
"""

from dataclasses import dataclass
from typing import Any

from chore_stage import ETHER, Stage
from eth_abi.abi import decode
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from hexbytes import HexBytes
from two_chains import AMOUNT, HERE, THERE, Two, flushed, opened, refusal, sent
from web3.types import TxReceipt

from harness.devchain import DevChain
from harness.history import Log
from harness.keeper.abi import calldata
from harness.keeper.chores.portal import Portal
from harness.keeper.chores.portal_oracle import FINALISE
from harness.keeper.chores.rollup import Evidence, Origin, Output, Rollup
from harness.keeper.chores.withdrawals import PASSED, PASSER, Withdrawal
from harness.keeper.multicall import Multicall
from harness.settings import KEEPER, dev_account

ALIAS = 0x1111000000000000000000000000000000001111
DEPOSITED = keccak(b"TransactionDeposited(address,address,uint256,bytes)")
DAY = 86_400
CHALLENGE = 7 * DAY


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


def acted(node: DevChain, sender: str, to: str | None, data: bytes, value: int = 0) -> TxReceipt:
    """Have an address without a key act, as a rollup's node does for a deposit; the receipt, whatever became of it."""
    node.rpc("anvil_impersonateAccount", sender)
    node.rpc("anvil_setBalance", sender, hex(ETHER + value))
    call = {"from": sender, "data": "0x" + data.hex(), "gas": hex(12_000_000), "gasPrice": hex(10**9)}
    call |= {"value": hex(value)} | ({"to": to} if to else {})
    order = str(node.rpc("eth_sendTransaction", call))
    node.mine()
    node.rpc("anvil_stopImpersonatingAccount", sender)
    return node.web3.eth.get_transaction_receipt(HexBytes(order))


def delivered(node: DevChain, deposit: Deposit) -> TxReceipt:
    """Deliver a deposit."""
    return acted(node, deposit.sender, deposit.to, deposit.data)


def gone_up(two: Two, amount: int = AMOUNT) -> None:
    """An amount of dai has gone from the pool below to that above, and has been credited."""
    receipt = sent(two.below, HERE, two.below.token("DAI"), amount, (two.above, THERE))
    (deposit,) = deposits(receipt)
    assert delivered(two.above.node, deposit)["status"] == 1
    flushed(two.above, opened(two.above, THERE), two.above.token("DAI"))


def gone_down(two: Two, amount: int = AMOUNT) -> Withdrawal:
    """An amount of dai has left the pool above for that below."""
    return withdrawal(sent(two.above, THERE, two.above.token("DAI"), amount, (two.below, HERE)))


def withdrawal(receipt: TxReceipt) -> Withdrawal:
    """What a transaction on the rollup has sent down."""
    (log,) = (log for log in receipt["logs"] if log["address"] == PASSER)
    topics = tuple(bytes(topic) for topic in log["topics"])
    *fields, _ = PASSED.read(Log(PASSER, topics, bytes(log["data"]), 0, 0, ""))
    return Withdrawal(*fields)


def origin(above: Stage, url: str = "") -> Origin:
    """Where a keeper of the chain below learns of what has left the rollup."""
    reserve = above.deployment.contracts["reserve"]
    return Origin(above.chain, url or above.url, reserve.address, reserve.block)


def portal_of(below: Stage, name: str) -> Portal:
    """A portal as the keeper knows it."""
    multicall = Multicall(below.rpc(), below.chain.contracts["multicall3"])
    return Portal(below.chain.bridges[name].address, multicall, dev_account(KEEPER).address)


class Proposer:
    """Proposes outputs to the oracle of a rollup, and deletes them; the portal is that of the replica.

    Args:
        below: The chain that the portal is on.
        above: The rollup.
        name: Of the bridge to the rollup, in the chain file.
    """

    def __init__(self, below: Stage, above: Stage, name: str) -> None:
        self.below, self.above = below, above
        extra: dict[str, Any] = below.chain.replica.model_extra or {}
        self.messenger, self.address, self.oracle = (
            extra["portals"][name][key] for key in ("messenger", "portal", "oracle")
        )
        self.holder = str(extra["holder"])
        self.rollup = Rollup(origin(above), below.chain.chain_id)
        self._portal = portal_of(below, name)

    def root(self) -> tuple[bytes, int]:
        """The output root of the rollup's newest block, and its number."""
        node = self.above.node
        node.mine()
        block = node.web3.eth.get_block("latest")
        found: Any = node.rpc("eth_getProof", PASSER, [], hex(block["number"]))
        return keccak(
            bytes(32)
            + b"".join(
                bytes(HexBytes(one))
                for one in (
                    block["stateRoot"],
                    found["storageHash"],
                    block["hash"],
                )
            )
        ), int(block["number"])

    def propose(self, root: bytes = b"") -> Output:
        """Propose the rollup's state, or something else; the oracle expects just this block."""
        true, number = self.root()
        node, said = self.below.node, root or true
        count = node.view(self.oracle, "nextOutputIndex()")
        first = number - 1 if count == 0 else node.view(self.oracle, "startingBlockNumber()")
        last = node.view(self.oracle, "latestBlockNumber()") if count else first
        for slot, value in ((1, first), (4, number - last)):
            node.rpc("anvil_setStorageAt", self.oracle, f"{slot:#066x}", f"{value:#066x}")
        node.mine()
        data = calldata("proposeL2Output(bytes32,uint256,bytes32,uint256)", said, number, bytes(32), 0)
        assert acted(node, self.holder, self.oracle, data)["status"] == 1
        return Output(count, said, number)

    def undo(self, output: Output) -> None:
        """The challenger deletes an output."""
        data = calldata("deleteL2Outputs(uint256)", output.place)
        assert acted(self.below.node, self.holder, self.oracle, data)["status"] == 1

    def age(self) -> None:
        """The time of the challenge passes; the feeds go on."""
        self.below.node.mine(CHALLENGE + 60)
        self.below.feeds()

    def evidence(self, output: Output, *sent: Withdrawal) -> Evidence:
        """The proofs of withdrawals."""
        return self.rollup.evidence([output], sent)

    def prove(self, sent: Withdrawal, evidence: Evidence) -> bytes:
        """Calldata that proves a withdrawal."""
        return self._portal.prove(sent, evidence)

    def finalise(self, sent: Withdrawal) -> bytes:
        """Calldata that carries out what the caller has proven."""
        return calldata(FINALISE, sent.fields)

    def refusal(self, account: LocalAccount, data: bytes) -> str:
        """Why the portal would refuse a call."""
        return refusal(self.below, account.address, self.address, data)

    def do(self, account: LocalAccount, data: bytes) -> TxReceipt:
        """Call the portal."""
        node = self.below.node
        order = node.send(account, self.address, data)
        node.mine()
        return node.receipt(order)
