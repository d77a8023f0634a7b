"""One end of a move between chains: a pool of ours as it stands at the newest block, and what speaks against it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from eth_utils.address import to_checksum_address

from harness.chains import Chain, Token
from harness.crossings import Effort
from harness.errors import MillraceError
from harness.keeper.abi import Call, error_name
from harness.keeper.chores.chore import RATE_OF
from harness.keeper.chores.look import single
from harness.keeper.datafee import DataFee, DataFees
from harness.keeper.feeds.place import Place
from harness.keeper.multicall import Multicall
from harness.keeper.rpc import Rpc, RpcError
from harness.keeper.simulate import revert_data
from harness.quotes import Reading
from harness.says import POOL_TERMS

TOKEN0, KIND, MAX_DEVIATION, TOKEN1, ACTIVE, GUARD = 0, 1, 3, 7, 10, 12
"""Where they stand in a pool's terms, types/Pool.sol."""


class UnfitError(MillraceError):
    """Nothing is moved as things stand; says why."""


@dataclass(frozen=True, slots=True)
class Side:
    """A pool at one end, all at one block.

    Attributes:
        place: Where it is.
        token: What is moved, as this chain has it.
        other: Checksummed address of the pool's other token.
        guard: Who says what they are worth.
        price: USD for a whole token, by the pool.
        depth: Units that the pool takes until it pays one percent less.
        rate: Wei of native coin for `RATE_OF` units, by the guard.
        gas_price: Wei a unit of gas.
        data: What the chain takes for data, where it is a rollup.
    """

    place: Place
    token: Token
    other: str
    guard: str
    price: Decimal
    depth: int
    rate: int
    gas_price: int
    data: DataFee

    def cost(self, effort: Effort) -> int:
        """Return what it costs to do something here, in units of the token, rounded up."""
        return -(-effort.wei(self.gas_price, self.data) * RATE_OF // self.rate)

    def as_of(self, units: int, other: Token) -> int:
        """Return units of this end's token in those of the other end's, rounded up."""
        return -(-units * int(10**other.decimals) // int(10**self.token.decimals))


class Shore:
    """A chain at its newest block, and the reserve there.

    Args:
        chain: The chain file.
        rpc: Its nodes.
        reserve: Address of the reserve, the same on every chain.

    Raises:
        RpcError: The node refuses.
        NodeError: No node has answered.
    """

    def __init__(self, chain: Chain, rpc: Rpc, reserve: str) -> None:
        self._chain, self._rpc, self._reserve = chain, rpc, reserve
        self._reading = Reading(chain, rpc)
        self._multicall = Multicall(rpc, chain.contracts["multicall3"])
        self.time = self._reading.time

    def side(self, pool: str, symbol: str) -> Side:
        """Return a pool with terms, whose price is near its guard's.

        Args:
            pool: By its name in the chain file.
            symbol: The token's.

        Raises:
            UnfitError: It is not fit for a move.
            NodeError: No node has answered.
        """
        chain, token = self._chain, self._chain.token(symbol)
        self._require_reserve()
        found = self._reading.by(symbol, pool)
        if found is None:
            raise UnfitError(f"{pool} on {chain.name} tells no price of {symbol}: unreadable, or no feed speaks there")
        place, quote = found
        terms = self._terms(place)
        guard = to_checksum_address(terms[GUARD])
        others = {to_checksum_address(terms[at]) for at in (TOKEN0, TOKEN1)} - {token.address}
        if len(others) != 1:
            raise UnfitError(f"the reserve's terms of {pool} on {chain.name} are of other tokens than {symbol}")
        wrapped = chain.token(chain.native.wrapped).address
        self._view(single(guard, "requireNear(address,uint256)", place.address, terms[MAX_DEVIATION]))
        rate = self._view(single(guard, "quote(address,uint256,address)", token.address, RATE_OF, wrapped))
        if not rate:
            raise UnfitError(f"the guard on {chain.name} finds {symbol} worth nothing")
        return Side(
            place=place,
            token=token,
            other=others.pop(),
            guard=guard,
            price=quote.price,
            depth=int((quote.depth / quote.price).scaleb(token.decimals)),
            rate=rate,
            gas_price=int(self._rpc.ask("eth_gasPrice"), 16),
            data=DataFees(chain, self._multicall).at(self._reading.number),
        )

    def waiting(self, side: Side) -> int:
        """Return the units that wait to become liquidity of a pool: its bucket in both tokens, and what has arrived.

        Raises:
            UnfitError: What arrives could not become liquidity.
            NodeError: No node has answered.
        """
        reserve, pool, token = self._reserve, side.place.address, side.token.address
        asked = [
            single(reserve, "isListed(address)", token, returns=("bool",)),
            single(reserve, "lossLeft()"),
            single(reserve, "inboxOf(address)", pool, returns=("address",)),
            single(reserve, "poolBucket(address,address)", pool, token),
            single(reserve, "poolBucket(address,address)", pool, side.other),
        ]
        (listed,), (losses,), (inbox,), (bucket,), (beside,) = self._read(asked)
        if not listed:
            raise UnfitError(f"the reserve on {self._chain.name} does not list {token}, so that it would wait there")
        if not losses:
            raise UnfitError(f"nothing is injected on {self._chain.name} today: its cap on losses is 0 or used up")
        ((arrived,),) = self._read([single(token, "balanceOf(address)", inbox)])
        worth = single(side.guard, "quote(address,uint256,address)", side.other, beside, token)
        return int(bucket) + int(arrived) + (self._view(worth) if beside else 0)

    def allowed(self, token: str, chain_id: int, pool: str) -> tuple[int, int]:
        """Return the units that the reserve lets go to a pool elsewhere now, and those under way to that chain.

        Raises:
            UnfitError: Governance has not let anything go there, or somebody has stopped it.
            NodeError: No node has answered.
        """
        reserve, where = self._reserve, f"{pool} on chain {chain_id}"
        asked = [
            single(reserve, "isConfirmed(uint256,address)", chain_id, pool, returns=("bool",)),
            single(reserve, "bridgeOf(uint256,address)", chain_id, token, returns=("address",)),
            single(reserve, "sendingCap(address)", token, returns=("uint256", "uint256")),
            single(reserve, "inFlight(uint256,address)", chain_id, token),
        ]
        (confirmed,), (bridge,), (largest, left), (flying,) = self._read(asked)
        if not confirmed:
            raise UnfitError(f"governance has not confirmed {where} as a destination; see confirmDestination")
        if not int(bridge, 16):
            raise UnfitError(f"governance has set no bridge to {where} for {token}; see setBridge")
        if not largest:
            raise UnfitError(f"nothing of {token} may leave: its sending cap is 0; see setSendingCap")
        return min(int(largest), int(left)), int(flying)

    def _require_reserve(self) -> None:
        code = self._rpc.ask("eth_getCode", self._reserve, hex(self._reading.number))
        if len(str(code)) <= len("0x"):
            raise UnfitError(f"there is no code at the reserve's address on {self._chain.name}")

    def _terms(self, place: Place) -> tuple[Any, ...]:
        ((terms,),) = self._read([single(self._reserve, "poolOf(address)", place.address, returns=(POOL_TERMS,))])
        if not terms[ACTIVE] or not terms[KIND]:
            raise UnfitError(f"{place.name} is not registered with the reserve on {self._chain.name}, or has no terms")
        return tuple(terms)

    def _read(self, calls: list[Call]) -> list[tuple[Any, ...]]:
        return self._multicall.read(calls, self._reading.number)

    def _view(self, call: Call) -> int:
        """Return the number that the guard answers with.

        Raises:
            UnfitError: It refuses; says by which error.
        """
        asked = {"to": call.to, "data": "0x" + call.data().hex()}
        try:
            answer = self._rpc.ask("eth_call", asked, hex(self._reading.number))
        except RpcError as error:
            revert = revert_data({"code": error.code, "data": error.data, "message": error.message})
            raise UnfitError(
                f"the guard on {self._chain.name} refuses {call.signature}: {error_name(revert)}"
            ) from None
        return int.from_bytes(bytes.fromhex(str(answer).removeprefix("0x"))[:32])
