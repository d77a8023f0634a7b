"""Asks a node about every fact of a chain file, and says of each what came of it."""

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any, Final, NamedTuple

from eth_typing import ChecksumAddress
from web3 import Web3

from harness import chains
from harness.chains import Chain
from harness.keeper.abi import Call, Word
from harness.keeper.feeds.feed import UnreadableError
from harness.keeper.feeds.steps import walk
from harness.keeper.multicall import Multicall
from harness.node import is_development
from harness.verify.facts import facts, sites
from harness.verify.pools import derived, located

SLACK: Final = 300
"""Seconds that an answer which is due at its heartbeat may take to come."""
ROUND: Final = ("uint80", "int256", "uint256", "uint256", "uint80")


class Verdict(Enum):
    """What came of asking."""

    CONFIRMED = "confirmed"
    DIFFERS = "differs"
    UNASKED = "could not be asked"


class Finding(NamedTuple):
    """What came of asking about one fact.

    Attributes:
        path: Where it stands in the chain file.
        verdict: What came of it.
        said: What is there, or why it could not be asked.
    """

    path: str
    verdict: Verdict
    said: str


def verify(chain: Chain, web3: Web3) -> list[Finding]:
    """Ask a node, which is known to serve the chain, about all that its file says.

    Raises:
        NodeError: It has not answered.
        CallFailedError: There is no Multicall3 where the file has it, so that nothing can be asked.
    """
    replica, bare = is_development(web3), set[str]()
    found = [Finding("chainId", Verdict.CONFIRMED, str(chain.chain_id)), *_code_findings(chain, web3, replica, bare)]
    number = web3.eth.block_number
    reads = _Reads(Multicall(web3, chain.contracts["multicall3"]), number)
    found += _view_findings(chain, reads, bare)
    found += _pool_findings(chain, reads, replica)
    found += _wrapping_findings(chain, web3, reads)
    if not replica:
        found += _heartbeat_findings(chain, reads, web3.eth.get_block(number)["timestamp"])
    return found


def settled(chain: Chain, found: Sequence[Finding]) -> list[str]:
    """Return the paths that the file calls unconfirmed, and of which all that was asked has been confirmed."""
    paths = []
    for path in chain.unconfirmed:
        asked = [one.verdict for one in found if one.path == path or one.path.startswith(path + ".")]
        if asked and all(verdict is Verdict.CONFIRMED for verdict in asked):
            paths.append(path)
    return paths


class _Reads:
    """Views at one block."""

    def __init__(self, multicall: Multicall, block: int) -> None:
        self._multicall, self._block = multicall, block

    def __call__(self, calls: Sequence[Call | Word]) -> list[tuple[Any, ...] | None]:
        return self._multicall.try_read(calls, self._block)


def _code_findings(chain: Chain, web3: Web3, replica: bool, bare: set[str]) -> Iterator[Finding]:
    """Say of every address whether there is code; note in `bare` those without."""
    for site in sites(chain):
        size = len(web3.eth.get_code(ChecksumAddress(site.address)))  # type: ignore[arg-type]
        if size:
            yield Finding(site.path, Verdict.CONFIRMED, f"{site.address}, {size} bytes")
            continue
        bare.add(site.address)
        if replica and not site.needed:
            yield Finding(site.path, Verdict.UNASKED, f"{site.address} is not on the replica")
        else:
            yield Finding(site.path, Verdict.DIFFERS, f"there is no code at {site.address}")


def _view_findings(chain: Chain, reads: _Reads, bare: set[str]) -> Iterator[Finding]:
    asked = list(facts(chain))
    for fact, answer in zip(asked, reads([fact.call for fact in asked]), strict=True):
        if fact.call.to in bare:
            yield Finding(fact.path, Verdict.UNASKED, f"there is no code at {fact.call.to}")
        elif answer is None:
            yield Finding(fact.path, Verdict.DIFFERS, f"{fact.call.to} does not answer {fact.call.signature}")
        else:
            yield _compared(fact.path, fact.expected, answer[0])


def _pool_findings(chain: Chain, reads: _Reads, replica: bool) -> Iterator[Finding]:
    pools = {f"pools.{at}": pool for at, pool in enumerate(chain.pools)}
    pools |= {f"untraded.{at}": pool for at, pool in enumerate(chain.untraded)}
    found = walk({path: located(chain, pool) for path, pool in pools.items()}, reads)
    hashes: dict[str, Finding] = {}
    for path, pool in pools.items():
        address = found[path]
        if address is None or isinstance(address, UnreadableError):
            yield Finding(path, Verdict.DIFFERS, f"{pool.name}: its venue knows no such pool")
            continue
        yield Finding(path, Verdict.CONFIRMED, f"{pool.name}: {address}")
        if (expected := derived(chain, pool)) is not None:
            key = f"venues.{pool.venue}.initCodeHash"
            hashes.setdefault(key, _hash_finding(key, pool, (expected, address), replica))
    yield from hashes.values()


def _hash_finding(path: str, pool: chains.Pool, addresses: tuple[str, str], replica: bool) -> Finding:
    expected, address = addresses
    if expected == address:
        return Finding(path, Verdict.CONFIRMED, f"{pool.name} is where it says")
    if replica:
        return Finding(path, Verdict.UNASKED, "the replica's pools are of other bytecode")
    return Finding(path, Verdict.DIFFERS, f"{pool.name} is at {address}, by the hash it would be at {expected}")


def _wrapping_findings(chain: Chain, web3: Web3, reads: _Reads) -> Iterator[Finding]:
    """What wraps the native coin has as much of it as there is of the token."""
    wrapped = chain.token(chain.native.wrapped).address
    [supply] = reads([Call(wrapped, "totalSupply()", (), ("uint256",))])
    held = web3.eth.get_balance(ChecksumAddress(wrapped))  # type: ignore[arg-type]
    backed = supply is not None and 0 < supply[0] <= held
    verdict = Verdict.CONFIRMED if backed else Verdict.DIFFERS
    yield Finding("native.wrapped", verdict, f"{wrapped} holds {held} wei for a supply of {supply and supply[0]}")


def _heartbeat_findings(chain: Chain, reads: _Reads, now: int) -> Iterator[Finding]:
    calls = [Call(feed.address, "latestRoundData()", (), ROUND) for feed in chain.feeds.values()]
    for (name, feed), answer in zip(chain.feeds.items(), reads(calls), strict=True):
        if answer is not None:
            age = now - answer[3]
            verdict = Verdict.CONFIRMED if age <= feed.heartbeat + SLACK else Verdict.DIFFERS
            yield Finding(f"feeds.{name}.heartbeat", verdict, f"answered {age} s ago, due every {feed.heartbeat} s")


def _compared(path: str, expected: object, answer: object) -> Finding:
    same = answer == expected or (str(answer).lower() == str(expected).lower() and str(expected).startswith("0x"))
    if same:
        return Finding(path, Verdict.CONFIRMED, str(expected))
    return Finding(path, Verdict.DIFFERS, f"the file says {expected}, the chain says {answer}")
