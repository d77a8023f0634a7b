"""What a deployment costs at most, in wei of native coin: gas, and on rollups the data."""

from collections.abc import Iterable
from typing import Final

from eth_utils.address import to_checksum_address
from hexbytes import HexBytes
from web3 import Web3
from web3.exceptions import Web3Exception

from harness.chains import Chain
from harness.deploying.script import Step
from harness.keeper.abi import Call

GAS_PRICE_ORACLE: Final = "0x420000000000000000000000000000000000000F"
"""The OP stack's, a predeploy."""
ARB_GAS_INFO: Final = "0x000000000000000000000000000000000000006C"
"""Arbitrum's, a precompile."""
START, ZERO, OTHER, FLOOR = 21_000, 4, 16, 10
"""Units of gas that a transaction costs before it begins, and for its bytes; of the floor, others count
four times (EIP-7623)."""
HEADROOM: Final = 130
"""Percent of what the script measured: it measures in one go, where storage is warm."""
RISE: Final = 2
"""Times the price of gas that is reckoned with."""
SIGNED: Final = 200
"""Bytes of a signed transaction beside its calldata, at most."""


def gas_of(step: Step) -> int:
    """Return the units of gas that a step takes at most."""
    data = bytes.fromhex(step.data.removeprefix("0x"))
    zeros = data.count(0)
    others = len(data) - zeros
    floor = START + FLOOR * (zeros + 4 * others)
    return max(floor, (START + ZERO * zeros + OTHER * others + step.gas) * HEADROOM // 100)


def cost(chain: Chain, web3: Web3, steps: Iterable[Step]) -> int:
    """Return the most wei that the steps may cost at today's prices, doubled."""
    planned = list(steps)
    gas = sum(gas_of(step) for step in planned) * int(web3.eth.gas_price)
    return RISE * (gas + sum(_data_fee(chain, web3, step) for step in planned))


def _data_fee(chain: Chain, web3: Web3, step: Step) -> int:
    """Return what a rollup asks for a transaction's data beside its gas, in wei; 0 where nobody there says."""
    size = len(step.data) // 2 - 1 + SIGNED
    if chain.fees.model == "op-stack":
        return _asked(web3, Call(GAS_PRICE_ORACLE, "getL1FeeUpperBound(uint256)", (size,), ("uint256",)), 0)
    if chain.fees.model == "arbitrum":
        return size * _asked(web3, Call(ARB_GAS_INFO, "getPricesInWei()", (), ("uint256",) * 6), 1)
    return 0


def _asked(web3: Web3, call: Call, index: int) -> int:
    try:
        answer = web3.eth.call({"to": to_checksum_address(call.to), "data": HexBytes(call.data())})
    except Web3Exception:
        return 0
    return int((call.read(bytes(answer)) or (0,) * 6)[index])


def coins(wei: int) -> str:
    """Return an amount of native coin as people read it."""
    return f"{Web3.from_wei(wei, 'ether'):.6f}"
