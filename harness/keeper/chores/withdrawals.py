"""What leaves a rollup of the OP stack by its standard bridge, in the words of the contracts on the chain below."""

from dataclasses import dataclass
from typing import Final

from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from harness.history import Kind
from harness.keeper.abi import arguments, calldata

MESSENGER: Final = to_checksum_address("0x4200000000000000000000000000000000000007")
BRIDGE: Final = to_checksum_address("0x4200000000000000000000000000000000000010")
PASSER: Final = to_checksum_address("0x4200000000000000000000000000000000000016")
"""The message passer, whose storage proves what has left; these three have one address on every rollup."""

PASSED: Final = Kind("MessagePassed", ("uint256", "address", "address"), ("uint256", "uint256", "bytes", "bytes32"))
FIELDS: Final = ("uint256", "address", "address", "uint256", "uint256", "bytes")
WITHDRAWAL: Final = f"({','.join(FIELDS)})"
RELAY: Final = "relayMessage(uint256,address,address,uint256,uint256,bytes)"
ARRIVE: Final = "finalizeBridgeERC20(address,address,address,address,uint256,bytes)"


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A message that has left a rollup.

    Attributes:
        nonce: The message passer's, with its version.
        sender: Who sent it there, checksummed.
        target: Whom it calls here, checksummed.
        value: Wei that the call carries.
        gas: Units that the call is given at least.
        data: The call's.
    """

    nonce: int
    sender: str
    target: str
    value: int
    gas: int
    data: bytes

    @property
    def fields(self) -> tuple[int, str, str, int, int, bytes]:
        """In the portal's order."""
        return self.nonce, self.sender, self.target, self.value, self.gas, self.data

    @property
    def digest(self) -> bytes:
        """The hash by which passer and portal know it."""
        return keccak(encode(FIELDS, self.fields))

    @property
    def slot(self) -> bytes:
        """Where in the passer's storage a 1 stands for it."""
        return keccak(self.digest + bytes(32))


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a withdrawal brings.

    Attributes:
        token: Checksummed address here.
        inbox: To whom.
        amount: In units of the token.
        message: The hash by which the messenger here knows it.
    """

    token: str
    inbox: str
    amount: int
    message: bytes


def arrival(withdrawal: Withdrawal, messenger: str, bridge: str) -> Arrival | None:
    """Return what a withdrawal brings by the standard bridge; None for any other message.

    Native coin is none of it: an inbox takes none.

    Args:
        withdrawal: As the message passer has it.
        messenger: Address of the messenger on this chain.
        bridge: Of the standard bridge on this chain.
    """
    relayed = arguments(RELAY, withdrawal.data)
    if relayed is None or (withdrawal.sender, withdrawal.target, withdrawal.value) != (MESSENGER, messenger, 0):
        return None
    _, sender, target, value, _, message = relayed
    brought = arguments(ARRIVE, message)
    if brought is None or (sender, target, value) != (BRIDGE, bridge, 0):
        return None
    token, _, _, inbox, amount, _ = brought
    return Arrival(token, inbox, amount, keccak(calldata(RELAY, *relayed)))
