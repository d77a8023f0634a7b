"""The first blocks of a replica, in the forms that anvil takes."""

import gzip
import json
from pathlib import Path

from harness.chains import Chain

BLOCK_ZERO = {
    "parentHash": "0x" + "00" * 32,
    "sha3Uncles": "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
    "miner": "0x" + "00" * 20,
    "stateRoot": "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
    "transactionsRoot": "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
    "receiptsRoot": "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
    "logsBloom": "0x" + "00" * 256,
    "difficulty": "0x0",
    "number": "0x0",
    "gasLimit": "0x1c9c380",
    "gasUsed": "0x0",
    "timestamp": "0x0",
    "extraData": "0x",
    "mixHash": "0x" + "00" * 32,
    "nonce": "0x" + "00" * 8,
}
"""An empty first block. The replica begins at the pinned number, yet ape asks every node for block 0."""


def genesis(chain: Chain, alloc: Path) -> dict[str, object]:
    """Return the genesis block that carries the state in `alloc` at the chain's pinned block."""
    return {
        "config": {"chainId": chain.chain_id},
        "number": hex(chain.pinned.block),
        "timestamp": hex(chain.pinned.timestamp),
        "baseFeePerGas": hex(chain.replica.base_fee),
        "gasLimit": BLOCK_ZERO["gasLimit"],
        "nonce": "0x0",
        "difficulty": "0x0",
        "mixHash": BLOCK_ZERO["mixHash"],
        "coinbase": BLOCK_ZERO["miner"],
        "alloc": json.loads(alloc.read_text()),
    }


def block_zero() -> str:
    """Return a state that holds nothing but block 0, in the form that anvil_loadState takes."""
    block = {"header": BLOCK_ZERO, "transactions": [], "ommers": []}
    nothing = {"block": None, "best_block_number": None, "historical_states": None}
    state: dict[str, object] = {**nothing, "accounts": {}, "transactions": [], "blocks": [block]}
    return "0x" + gzip.compress(json.dumps(state).encode(), mtime=0).hex()
