"""Creation code for tests in an EVM: artifacts of packages, and what `make peers` and forge have built."""

import json
from pathlib import Path
from typing import Any

from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from market_evm import MODULES, OWNER, Chain

ROOT = Path(__file__).parents[2]
PEERS = ROOT / "build/peers"
OUT = ROOT / "out"


def creation(path: Path, *arguments: tuple[str, Any]) -> bytes:
    """Return the code that creates an artifact's contract; arguments as (type, value)."""
    code = json.loads(path.read_text())["bytecode"]
    code = code if isinstance(code, str) else code["object"]
    return bytes.fromhex(code.removeprefix("0x")) + encode(
        [kind for kind, _ in arguments], [value for _, value in arguments]
    )


def create(chain: Chain, code: bytes) -> str:
    """Create a contract as the owner; return its checksummed address."""
    return str(to_checksum_address(chain.evm.deploy(OWNER, code)))


def tokens(chain: Chain) -> tuple[str, str]:
    """Deploy two ERC-20s of which the owner has 2**255 each; return their addresses, the lower first."""
    path = MODULES / "@uniswap/v2-core/build/ERC20.json"
    low, high = sorted((create(chain, creation(path, ("uint256", 1 << 255))) for _ in range(2)), key=str.lower)
    return low, high


def word(value: int) -> bytes:
    """Return a number as a word of the chain, two's complement if negative."""
    return (value % (1 << 256)).to_bytes(32, "big")
