"""A small valid chain file for tests to spoil; its addresses are made up."""

import json
from pathlib import Path
from typing import Any

from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak


def address(label: str) -> str:
    """Return a checksummed address that stands for `label`."""
    return to_checksum_address(keccak(text=label)[-20:])


def chain_data(name: str = "toy") -> dict[str, Any]:
    """Return a valid chain file as data."""
    return {
        "$schema": "./schema.json",
        "name": name,
        "chainId": 777,
        "blockTime": 2,
        "fees": {"model": "eip1559"},
        "hardFork": "prague",
        "finality": 10,
        "deployers": {"create2": address("create2")},
        "rpcVariable": "TOY_RPC_URL",
        "pinned": {"block": 1000, "timestamp": 1_700_000_000},
        "native": {"symbol": "TOY", "wrapped": "WTOY"},
        "tokens": {
            "WTOY": {"address": address("WTOY"), "decimals": 18},
            "USD": {"address": address("USD"), "decimals": 6},
        },
        "venues": {
            "pairs": {"kind": "uniswap-v2", "factory": address("pairs"), "feeBps": 30},
            "ranges": {"kind": "uniswap-v3", "factory": address("ranges")},
        },
        "lenders": {"bank": {"kind": "aave-v3", "address": address("bank")}},
        "executor": {"contract": "ToyExecutor", "venues": ["uniswap-v2", "uniswap-v3"], "lenders": ["aave-v3"]},
        "feeds": {"TOY": {"address": address("feed"), "decimals": 8, "heartbeat": 3600, "tokens": ["WTOY"]}},
        "contracts": {"multicall3": address("multicall3")},
        "pools": [
            {"venue": "pairs", "tokens": ["USD", "WTOY"]},
            {"venue": "ranges", "tokens": ["USD", "WTOY"], "fee": 500},
        ],
        "profitTokens": ["WTOY"],
        "strategies": {
            "pond": {"kind": "lido", "token": "WTOY", "staked": address("staked"), "queue": address("queue")}
        },
        "bridges": {
            "over": {
                "kind": "optimism",
                "address": address("over"),
                "chainId": 778,
                "tokens": {"USD": address("USD over there")},
            },
            "under": {"kind": "agglayer", "address": address("under"), "chainId": 779, "network": 7},
        },
        "replica": {
            "prices": {"WTOY": "160000000000", "USD": "100000000"},
            "depths": {"pairs:USD/WTOY": 1_000_000, "ranges:USD/WTOY:500": 2_000_000},
        },
    }


def write_chain(folder: Path, data: dict[str, Any], name: str = "toy") -> Path:
    """Write `data` as the chain file of `name` and return the folder."""
    (folder / f"{name}.json").write_text(json.dumps(data))
    return folder
