"""Ten thousand pairs on a replica, as many as a busy chain has, to measure a keeper against.

They are stand-ins: a few bytes of code answer `getReserves()` and, told new reserves by anybody, log them as `Sync`, as
Uniswap V2's pairs do. They trade nothing. Each token that is made up for them has a pair with every profit token of the
chain, all at one price.
"""

import gzip
import json
from collections.abc import Iterable
from itertools import cycle, islice
from random import Random
from typing import Final

from eth_utils.address import to_checksum_address

from harness.chains import Chain, UniswapV2
from harness.devchain import DevChain
from harness.keeper.feeds.place import Place
from harness.keeper.feeds.uniswap_v2 import SYNC
from harness.market.pools.uniswap_v2 import UniswapV2Pool
from harness.orderflow import units
from harness.replica import Replica
from harness.settings import dev_account

VENUE: Final = "uniswap-v2"
DOLLARS: Final = 100_000
"""On each side of a pair."""

SHARE: Final = 0.001
"""By which part of its reserves a pair moves at most when it is stirred: less than its fee, so that no gap opens."""

TRADER: Final = 5
AT_ONCE: Final = 400
"""Pairs that one transaction tells."""

TELLER: Final = to_checksum_address("0x" + "7e" * 20)
FIRST_PAIR, FIRST_TOKEN = 0xC0 << 152, 0x70 << 152
HALF = "6d" + "ff" * 14
PAIR: Final = (
    "36604014603e57"  # told two words: below; else answer both halves of the slot, and its end
    f"60085480{HALF}165f528060701c{HALF}1660205260e01c60405260605ff3"
    f"5b60203560701b5f351760085560405f5f377f{SYNC[2:]}60405fa100"
)
TELLS: Final = "5f5b368110156022576040816020015f375f5f60405f5f85355af1506060016001565b00"
"""Code that calls address after address of its calldata, each followed by the two words that it is to hear."""


def crowd(served: Replica, n: int) -> tuple[Place, ...]:
    """Put `n` pairs on a replica, and who tells them; return where they are."""
    chain = served.chain
    places = tuple(islice(_places(chain), n))
    accounts: dict[str, object] = {TELLER: _account(TELLS, {})}
    for place in places:
        reserve0, reserve1 = (_reserve(chain, token) for token in (place.token0, place.token1))
        accounts[place.address] = _account(PAIR, {f"0x{8:064x}": f"0x{reserve0 | reserve1 << 112:064x}"})
    nothing: dict[str, object] = {
        "block": None,
        "best_block_number": None,
        "historical_states": None,
        "transactions": [],
        "blocks": [],
    }
    state = gzip.compress(json.dumps({**nothing, "accounts": accounts}).encode(), mtime=0)
    node = DevChain(served.web3, int(chain.block_time))
    node.rpc("anvil_loadState", "0x" + state.hex())
    node.mine()
    return places


def stir(node: DevChain, pools: Iterable[UniswapV2Pool], seed: int) -> None:
    """Have some of the pairs move a little in the next block."""
    random = Random(seed)  # noqa: S311 - repeatable is what it has to be, and nothing secret hangs on it
    words = [_told(pool, random) for pool in pools]
    for first in range(0, len(words), AT_ONCE):
        data = b"".join(words[first : first + AT_ONCE])
        transaction = {
            "from": dev_account(TRADER).address,
            "to": TELLER,
            "data": "0x" + data.hex(),
            "gas": hex(2 * 10**7),
        }
        node.rpc("eth_sendTransaction", transaction)


def _told(pool: UniswapV2Pool, random: Random) -> bytes:
    """Return what tells a pair new reserves of the same product."""
    left, right = pool.reserves
    moved = left + int(left * random.uniform(-SHARE, SHARE))
    numbers = int(pool.address, 16), moved, left * right // moved
    return b"".join(number.to_bytes(32) for number in numbers)


def _places(chain: Chain) -> Iterable[Place]:
    """Yield pairs without end: of token after token with each of the profit tokens."""
    venue = chain.venues[VENUE]
    fee = venue.fee_bps if isinstance(venue, UniswapV2) else 0
    for number, symbol in enumerate(cycle(chain.profit_tokens)):
        token = _address(FIRST_TOKEN + number // len(chain.profit_tokens))
        token0, token1 = sorted((token, chain.token(symbol).address), key=str.lower)
        yield Place(f"{VENUE}:{symbol}/{number}", VENUE, _address(FIRST_PAIR + number), token0, token1, fee)


def _reserve(chain: Chain, token: str) -> int:
    """Return what a pair holds of a token; one made up is worth a dollar and has 18 decimals."""
    symbol = next((symbol for symbol, known in chain.tokens.items() if known.address == token), "")
    return units(chain, symbol, DOLLARS) if symbol else DOLLARS * 10**18


def _address(number: int) -> str:
    return str(to_checksum_address(f"0x{number:040x}"))


def _account(code: str, storage: dict[str, str]) -> dict[str, object]:
    return {"nonce": 1, "balance": "0x0", "code": "0x" + code, "storage": storage}
