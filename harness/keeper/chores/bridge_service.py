"""What a bridge service of AggLayer's tells: which exits wait to be claimed, and their proofs."""

from collections.abc import Collection, Iterator, Sequence
from typing import Annotated, Any

import requests
from eth_abi.exceptions import DecodingError
from eth_utils.address import to_checksum_address
from pydantic import AfterValidator, BaseModel, Field, ValidationError

from harness.errors import MillraceError
from harness.keeper.abi import Call
from harness.keeper.chores.claims import Claim
from harness.keeper.chores.look import single
from harness.keeper.events import ChoreFailed, Emit
from harness.keeper.rpc import Rpc
from harness.node import redact

ASSET, DEPTH, PAGE, PAGES = 0, 32, 100, 5
"""Kind of an exit that carries a token; height of the trees; exits asked for at once, and how often, for an inbox."""


class BridgeServiceError(MillraceError):
    """A bridge service does not answer, or not as one; names its host and never its key."""


def _bytes(text: str) -> str:
    bytes.fromhex(text.removeprefix("0x"))
    return text


def _address(text: str) -> str:
    return to_checksum_address(text)


Hex = Annotated[str, AfterValidator(_bytes)]
Account = Annotated[str, AfterValidator(_address)]


class Exit(BaseModel):
    """Something that has left a network, in the service's own words; numbers may be written as text."""

    leaf_type: int
    orig_net: int = Field(ge=0, lt=2**32)
    orig_addr: Account
    amount: int = Field(ge=0, lt=2**256)
    dest_net: int
    dest_addr: Account
    network_id: int = Field(ge=0, lt=2**32)
    deposit_cnt: int = Field(ge=0, lt=2**32)
    global_index: int = Field(ge=0, lt=2**256)
    metadata: Hex = ""
    claim_tx_hash: str = ""
    ready_for_claim: bool


class Exits(BaseModel):
    """A page of them."""

    deposits: list[Exit] = []


class Proof(BaseModel):
    """Nodes from the exit to the root of its network's exits, and from there to the root of all rollups'."""

    merkle_proof: list[Hex] = Field(min_length=DEPTH, max_length=DEPTH)
    rollup_merkle_proof: list[Hex] = Field(min_length=DEPTH, max_length=DEPTH)
    main_exit_root: Hex
    rollup_exit_root: Hex


class Proven(BaseModel):
    """A proof as it is answered."""

    proof: Proof


class BridgeService:
    """Asks one; nothing of what it says is believed, for the bridge itself checks each claim before it is sent.

    Args:
        url: Where it is, possibly with a key in it.
        bridge: Address of the unified bridge on this chain.
        rpc: This chain's nodes.
        emit: Hears when it does not answer.
        timeout: Seconds that it may take.
    """

    def __init__(self, url: str, bridge: str, rpc: Rpc, emit: Emit, timeout: float = 10.0) -> None:
        self._url, self._bridge, self._rpc, self._emit = url.rstrip("/"), bridge, rpc, emit
        self._timeout, self._network = timeout, -1
        self._session = requests.Session()
        self._session.trust_env = False

    def ready(self, inboxes: Collection[str]) -> Sequence[Claim]:
        """Return what can be claimed here for these addresses; nothing, and an event, where that is not known."""
        try:
            return [claim for inbox in sorted(inboxes) for claim in self._claims(inbox)]
        except (MillraceError, ValidationError, DecodingError) as error:
            said = str(error) if isinstance(error, MillraceError) else f"{redact(self._url)} answers with nonsense"
            self._emit(ChoreFailed("claim", "bridge service", said))
            return []

    def _claims(self, inbox: str) -> Iterator[Claim]:
        for one in self._exits(inbox):
            here = one.dest_net == self._number() and one.dest_addr == inbox
            if here and one.leaf_type == ASSET and one.ready_for_claim and not one.claim_tx_hash:
                yield self._claim(one, self._proof(one))

    def _exits(self, inbox: str) -> Iterator[Exit]:
        for page in range(PAGES):
            answer = self._get(f"/bridges/{inbox}", {"limit": PAGE, "offset": page * PAGE})
            found = Exits.model_validate(answer).deposits
            yield from found
            if len(found) < PAGE:
                return

    def _proof(self, one: Exit) -> Proof:
        parameters = {"deposit_cnt": one.deposit_cnt, "net_id": one.network_id}
        return Proven.model_validate(self._get("/merkle-proof", parameters)).proof

    def _claim(self, one: Exit, proof: Proof) -> Claim:
        return Claim(
            token=self._arrives_as(one),
            local_proof=tuple(_word(node) for node in proof.merkle_proof),
            rollup_proof=tuple(_word(node) for node in proof.rollup_merkle_proof),
            global_index=one.global_index,
            mainnet_root=_word(proof.main_exit_root),
            rollup_root=_word(proof.rollup_exit_root),
            origin_network=one.orig_net,
            origin_token=one.orig_addr,
            network=one.dest_net,
            inbox=one.dest_addr,
            amount=one.amount,
            metadata=bytes.fromhex(one.metadata.removeprefix("0x")),
        )

    def _arrives_as(self, one: Exit) -> str:
        """Return the token's address here: its own where it comes home, else that of what stands for it."""
        if one.orig_net == self._number():
            return one.orig_addr
        arguments = (one.orig_net, one.orig_addr)
        wrapped = single(self._bridge, "getTokenWrappedAddress(uint32,address)", *arguments, returns=("address",))
        return to_checksum_address(self._view(wrapped))

    def _number(self) -> int:
        """Return this chain's number by AggLayer's count."""
        if self._network < 0:
            self._network = int(self._view(single(self._bridge, "networkID()", returns=("uint32",))))
        return self._network

    def _view(self, call: Call) -> Any:  # noqa: ANN401 - an address or a number
        answer = self._rpc.ask("eth_call", {"to": call.to, "data": "0x" + call.data().hex()}, "latest")
        values = call.read(bytes.fromhex(str(answer).removeprefix("0x")))
        if values is None:
            raise BridgeServiceError(f"{call.to} does not answer {call.signature}; is it AggLayer's bridge?")
        return values[0]

    def _get(self, path: str, parameters: dict[str, int]) -> Any:  # noqa: ANN401 - whatever it answers
        try:
            response = self._session.get(
                self._url + path, params=parameters, timeout=self._timeout, allow_redirects=False
            )
            said, found = f"HTTP {response.status_code}", response.json() if response.ok else None
        except (requests.RequestException, OSError, ValueError) as error:
            said, found = type(error).__name__, None
        if found is None:
            shown = redact(self._url)
            raise BridgeServiceError(f"the bridge service at {shown} does not tell what can be claimed ({said})")
        return found


def _word(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x")).rjust(32, b"\0")[-32:]
