"""Where a venue's factory says that a pool is, and where by its init-code hash it has to be."""

from typing import Any, Final

from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from harness import chains
from harness.chains import Chain
from harness.keeper.abi import Call
from harness.keeper.feeds.feed import Steps
from harness.keeper.feeds.place import NOWHERE, PoolMissingError
from harness.keeper.feeds.registry import FEEDS, feed_for
from harness.market.legs import NATIVE

PAIRS: Final = ("uniswap-v2", "pancake-v2")
TIERED: Final = ("uniswap-v3", "pancake-v3")


def located(chain: Chain, pool: chains.Pool) -> Steps[str | None]:
    """Return a pool's address, by what its venue is asked with; None where it knows none."""
    venue = chain.venues[pool.venue]
    if isinstance(venue, chains.Algebra):
        call = Call(venue.factory, "poolByPair(address,address)", _sorted(chain, pool), ("address",))
        [answer] = yield [call]
        return None if answer is None or answer[0] == NOWHERE else to_checksum_address(answer[0])
    if (venue.kind, pool.family) not in FEEDS:
        return None
    try:
        place = yield from feed_for(chain, pool.venue, pool.family).find(pool)
    except PoolMissingError:
        return None
    return place.address


def derived(chain: Chain, pool: chains.Pool) -> str | None:
    """Return the address that CREATE2 gives a pool by its venue's init-code hash; None where the file has no hash."""
    venue: Any = chain.venues[pool.venue]
    code = getattr(venue, "init_code_hash", None)
    if code is None:
        return None
    tokens = _sorted(chain, pool)
    deployer = getattr(venue, "deployer", None) or venue.factory
    if venue.kind in PAIRS:
        salt = keccak(b"".join(bytes.fromhex(token[2:]) for token in tokens))
    elif venue.kind in TIERED:
        salt = keccak(encode(("address", "address", "uint24"), (*tokens, pool.fee)))
    else:
        salt = keccak(encode(("address", "address"), tokens))
    digest = keccak(b"\xff" + bytes.fromhex(deployer[2:]) + salt + bytes.fromhex(code[2:]))
    return to_checksum_address(digest[-20:])


def _sorted(chain: Chain, pool: chains.Pool) -> tuple[str, ...]:
    native = chain.native.symbol
    tokens = (NATIVE if symbol == native else chain.token(symbol).address for symbol in pool.tokens)
    return tuple(sorted(tokens, key=str.lower))
