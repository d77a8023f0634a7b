"""What a keeper does with the pools' buckets: the calls of the reserve that turn them into liquidity.

The reserve holds whoever calls to its own terms: near the guard's price before and after, a set part of the pool, a cap
on what a day may lose. Here is only what to ask for. Nothing is sent that was not simulated.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from eth_abi.abi import decode
from eth_utils.crypto import keccak
from web3 import Web3
from web3.types import TxReceipt

from harness.keeper.abi import calldata
from harness.keeper.feeds.place import Place
from harness.keeper.simulate import simulate
from harness.market.legs import Leg, pack, uniswap_v2, uniswap_v3

PROVIDE = "provideLiquidity(address,uint256,uint256,uint256)"
CONVERT = "convertBucket(address,address,uint256,address,bytes)"
CONVERT_STAKERS = "convertVaultBucket(address,uint256,bytes)"
PROVIDED = keccak(b"LiquidityProvided(address,uint256,int256,int256)")
TOO_MUCH = "LiquidityTooMuch("
HALVINGS = 12
"""Of an injection that is more than the pool's terms allow at a time."""
SLACK = 200
"""The least liquidity to accept is less by this part than what was simulated."""

Buckets = Mapping[str, int]
Send = Callable[[bytes], TxReceipt]


@dataclass(frozen=True, slots=True)
class Provided:
    """An injection.

    Attributes:
        place: The pool.
        liquidity: In the pool's own units.
        change0: Units of the pool's token0 that its bucket has changed by: less than zero where they were used.
        change1: The same of token1.
    """

    place: Place
    liquidity: int
    change0: int
    change1: int


@dataclass(slots=True)
class Deepening:
    """What came of the attempt to deepen a pool.

    Attributes:
        provided: The injection; None where there was none.
        refusal: Why there was none: the contract's error, or empty where there was nothing to do.
    """

    provided: Provided | None = None
    refusal: str = field(default="")


class Deepener:
    """Turns buckets into liquidity, a pool at a time.

    Args:
        web3: Connected to the chain.
        keeper: Checksummed address that governance has named as injector.
        reserve: Checksummed address of the reserve.
        places: The traded pools, through which a token that a pool lacks is bought.
    """

    def __init__(self, web3: Web3, keeper: str, reserve: str, places: Sequence[Place]) -> None:
        self._web3, self._keeper, self._reserve = web3, keeper, reserve
        self._places = tuple(places)

    def deepen(self, place: Place, buckets: Buckets, send: Send) -> Deepening:
        """Convert what a pool cannot take, and add the rest to it as far as its terms allow.

        Args:
            place: The pool.
            buckets: Units in the pool's bucket, by token.
            send: Sends calldata to the reserve as the keeper, and returns the receipt once it is in a block.
        """
        held = dict(buckets)
        for token_in, amount, token_out in self._conversions(place, held):
            data, refusal = self._conversion(place, token_in, amount, token_out)
            if data is None:
                return Deepening(refusal=refusal)
            bought = simulate(self._web3, self._keeper, self._reserve, data).profit or 0
            send(data)
            held[token_in] -= amount
            held[token_out] = held.get(token_out, 0) + bought
        return self._provide(place, held.get(place.token0, 0), held.get(place.token1, 0), send)

    def for_stakers(self, token: str, amount: int, asset: str, send: Send) -> str:
        """Convert the stakers' bucket of a token into the vault's asset.

        Returns:
            The contract's error where that is refused, else empty.
        """

        def call(legs: bytes) -> bytes:
            return calldata(CONVERT_STAKERS, token, amount, legs)

        data, refusal = self._cheapest(token, asset, call)
        if data is not None:
            send(data)
        return refusal

    def _conversions(self, place: Place, held: Buckets) -> list[tuple[str, int, str]]:
        """Return what to convert first: foreign tokens, and half of what a concentrated pool has on one side alone."""
        own = (place.token0, place.token1)
        foreign = [(token, amount, own[0]) for token, amount in held.items() if token not in own and amount]
        if foreign or not place.tick_spacing:
            return foreign
        one = [token for token in own if held.get(token, 0)]
        if len(one) != 1:
            return []
        return [(one[0], held[one[0]] // 2, own[1] if one[0] == own[0] else own[0])]

    def _conversion(self, place: Place, token_in: str, amount: int, token_out: str) -> tuple[bytes | None, str]:

        def call(legs: bytes) -> bytes:
            return calldata(CONVERT, place.address, token_in, amount, token_out, legs)

        return self._cheapest(token_in, token_out, call)

    def _cheapest(self, token_in: str, token_out: str, call: Callable[[bytes], bytes]) -> tuple[bytes | None, str]:
        """Return the call that brings most, through any one pool, or why there is none."""
        best, best_data, refusal = 0, None, f"no pool trades {token_in} for {token_out}"
        for through in self._places:
            if {through.token0, through.token1} != {token_in, token_out}:
                continue
            data = call(pack(leg(through, token_out)))
            outcome = simulate(self._web3, self._keeper, self._reserve, data)
            if (outcome.profit or 0) > best:
                best, best_data = outcome.profit or 0, data
            elif outcome.error:
                refusal = outcome.error
        return best_data, "" if best_data else refusal

    def _provide(self, place: Place, amount0: int, amount1: int, send: Send) -> Deepening:
        refusal = ""
        for _ in range(HALVINGS):
            if not amount0 and not amount1:
                break
            wanted = simulate(
                self._web3, self._keeper, self._reserve, calldata(PROVIDE, place.address, amount0, amount1, 0)
            )
            if wanted.profit:
                least = wanted.profit - wanted.profit // SLACK
                receipt = send(calldata(PROVIDE, place.address, amount0, amount1, least))
                return Deepening(_provided(place, receipt))
            refusal = wanted.error
            if not refusal.startswith(TOO_MUCH):
                break
            amount0, amount1 = amount0 // 2, amount1 // 2
        return Deepening(refusal=refusal)


def leg(place: Place, token_out: str) -> Leg:
    """Return the leg that buys a token at a traded pool."""
    if place.tick_spacing:
        return uniswap_v3(place.address, token_out)
    return uniswap_v2(place.address, token_out, place.fee_bps)


def _provided(place: Place, receipt: TxReceipt) -> Provided:
    """Read the reserve's event."""
    log = next(log for log in receipt["logs"] if bytes(log["topics"][0]) == PROVIDED)
    liquidity, change0, change1 = decode(["uint256", "int256", "int256"], bytes(log["data"]))
    return Provided(place, liquidity, change0, change1)
