"""A chain as it is compared with its file: its views, and the events that tell what was ever set."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from hexbytes import HexBytes
from web3 import Web3
from web3.types import LogReceipt

from harness.chains import Chain
from harness.deploying import events
from harness.deploying.script import Change
from harness.deployments import Roles
from harness.keeper.abi import Call, calldata

NONE: Final = "0x" + "00" * 20
TWAP: Final = "(address,uint32,uint32,uint16,uint16,uint128)"
EVENTS: Final = {
    "executor": ("PoolAllowed(address,bool)",),
    "reserve": (
        "TokenListed(address,bool)",
        "TokenGuarded(address,bool)",
        "PoolRegistered(address,bool)",
        "InjectorSet(address,bool)",
        "SendingCapSet(address,uint256,uint256)",
        "BridgeSet(uint256,address,address)",
        "DestinationConfirmed(uint256,address,bytes32,bytes32)",
        "WrappedMapped(address,address)",
        "PredecessorSet(address)",
    ),
    "vault": ("DepositsStopped(bool)", "ShutDown()"),
    "guard": (
        "FeedSet(address,address,uint256)",
        "PairFeedSet(address,address,address,uint256)",
        f"TwapSet(address,address,{TWAP})",
        "PoolSet(address,(uint8,uint16,address,address,address,bytes32))",
    ),
    "upkeep": ("PerformerSet(address,bool)",),
}
"""By which contracts tell what was ever set, where no view lists it."""

Topics = tuple[HexBytes, ...]


@dataclass(frozen=True)
class Ground:
    """A chain and what stands on it.

    Attributes:
        chain: Its file.
        web3: A connection.
        addresses: Of every contract, by its role in the deployment.
        names: Of those of the plan, by the same roles, as their sources have them.
        pools: Addresses of the file's pools, by their names.
        roles: Who holds which role, where the file does not say.
        delay: Governance's, seconds.
        first: Block of the deployment.
        founder: Who deploys and is admin still, before the hand-over.
    """

    chain: Chain
    web3: Web3
    addresses: Mapping[str, str]
    names: Mapping[str, str]
    pools: Mapping[str, str]
    roles: Roles
    delay: int
    first: int
    founder: str = ""

    def token(self, symbol: str) -> str:
        """Return the address of a token of the file."""
        return self.chain.token(symbol).address

    def ask(self, contract: str, view: str, *arguments: object, returns: tuple[str, ...] = ("uint256",)) -> Any:  # noqa: ANN401
        """Return what a view answers; its one value, or all of them. Addresses that stand alone are checksummed."""
        call = Call(self.addresses[contract], view, arguments, returns)
        answer = self.web3.eth.call({"to": to_checksum_address(call.to), "data": HexBytes(call.data())})
        values = call.read(bytes(answer)) or (0,) * len(returns)
        read = tuple(
            to_checksum_address(value) if kind == "address" and value else value
            for kind, value in zip(returns, values, strict=True)
        )
        return read[0] if len(read) == 1 else read

    def ever(self, contract: str, event: str) -> list[Topics]:
        """Return what an event was ever said of: its indexed arguments, each set of them once."""
        return list(dict.fromkeys(tuple(log["topics"][1:]) for log in self.said(contract, event)))

    def addresses_ever(self, contract: str, event: str) -> list[str]:
        """Return the addresses that come first in an event, each once."""
        return list(dict.fromkeys(events.address_in(topics[0]) for topics in self.ever(contract, event)))

    def said(self, contract: str, event: str) -> list[LogReceipt]:
        """Return the logs of an event, the oldest first."""
        wanted = HexBytes(keccak(text=event))
        return [log for log in self._logs[contract] if log["topics"][0] == wanted]

    def differ(
        self, contract: str, what: str, found: str, wanted: str, call: bytes = b"", *, left: str = ""
    ) -> Iterator[Change]:
        """Yield the change where what is found is not what is wanted."""
        if found != wanted:
            to = self.addresses[contract]
            data = "" if left else "0x" + call.hex()
            yield Change(contract=contract, what=what, found=found, wanted=wanted, to=to, call=data, left=left)

    @cached_property
    def _logs(self) -> dict[str, list[LogReceipt]]:
        return {
            contract: events.everything(
                self.web3, self.addresses[contract], self.first, [[HexBytes(keccak(text=name)) for name in names]]
            )
            for contract, names in EVENTS.items()
        }


def yes(value: object) -> str:
    """Return whether it is so, as people say it."""
    return "yes" if value else "no"


def listed(
    ground: Ground, contract: str, what: str, states: Mapping[str, tuple[bool, bool]], setter: str
) -> Iterator[Change]:
    """Compare a list of addresses that a contract keeps, each of which is on it or not.

    Args:
        ground: Where.
        contract: Whose list.
        what: Before the address, in what is said.
        states: By address whether it is on the list, and whether it would be.
        setter: Signature of what puts one address on it, or takes it off.
    """
    for one, (is_on, would_be) in states.items():
        call = calldata(setter, [one] if "[]" in setter else one, would_be)
        yield from ground.differ(contract, f"{what} {one}", yes(is_on), yes(would_be), call)
