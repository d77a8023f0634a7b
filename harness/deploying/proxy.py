"""The deterministic deployment proxy, and the transaction without a key that places it on any chain."""

from typing import Final, cast

from eth_utils.address import to_checksum_address
from hexbytes import HexBytes
from web3 import Web3
from web3.exceptions import Web3Exception
from web3.types import Wei

from harness.deploying.order import CREATE2, DeployError
from harness.node import NodeError

PLACER: Final = to_checksum_address("0x3fAB184622Dc19b6109349B94811493BF2a45362")
"""Whom the transaction recovers to; nobody has a key for it."""
COST: Final = Wei(100_000 * 100 * 10**9)
"""Wei that it must hold: the transaction's gas at the transaction's price."""
TRANSACTION: Final = HexBytes(
    "0xf8a58085174876e800830186a08080b853604580600e600039806000f350fe7fffffffffffffffffffffffffffffffffffffffffffffff"
    "ffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf31ba02222222222222222222"
    "222222222222222222222222222222222222222222222a02222222222222222222222222222222222222222222222222222222222222222"
)
"""Its signature is made up, so that it is valid on every chain; at nonce 0 it creates `CREATE2`."""


def is_placed(web3: Web3) -> bool:
    """Tell whether the proxy is there."""
    return len(web3.eth.get_code(to_checksum_address(CREATE2))) > 0


def missing(web3: Web3) -> int:
    """Return how much native coin the keyless sender still needs, in wei; 0 where the proxy is there."""
    return 0 if is_placed(web3) else max(0, COST - web3.eth.get_balance(PLACER))


def place(web3: Web3) -> None:
    """Send the transaction without a key and wait for it.

    Raises:
        DeployError: The chain does not take it.
    """
    try:
        sent = web3.eth.send_raw_transaction(TRANSACTION)
        web3.eth.wait_for_transaction_receipt(sent, timeout=180, poll_latency=0.1)
        if is_placed(web3):
            return
        reason = "it failed"
    except (Web3Exception, NodeError, ValueError) as error:
        reason = cast(str, getattr(error, "message", None) or str(error))
    raise DeployError(
        f"the deterministic deployment proxy {CREATE2} is not there, and the chain refuses the transaction without a "
        f"key that places it: {reason}; have whoever runs the chain place it"
    )
