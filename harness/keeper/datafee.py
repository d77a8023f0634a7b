"""What a rollup takes for data: the OP stack beside gas, by its oracle; Arbitrum within gas, by its own prices.

Both are told as a price of a byte of calldata and a sum a transaction, so that a trade is weighed without asking. They
are upper bounds, of calldata that does not compress: a route is mostly addresses and amounts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from harness.chains import Chain
from harness.keeper.abi import Call
from harness.keeper.multicall import BlockGoneError, CallFailedError, Multicall
from harness.keeper.rpc import RpcError
from harness.node import NodeError

FRESH: Final = 5
"""Blocks for which the answer holds."""

ORACLE: Final = "0x420000000000000000000000000000000000000F"
"""The OP stack's GasPriceOracle."""
GAS_INFO: Final = "0x000000000000000000000000000000000000006C"
"""Arbitrum's ArbGasInfo."""

ENVELOPE: Final = 100
"""Bytes of a transaction beside its calldata and signature, and of the call around the route."""
SIGNATURE: Final = 68
GAS_PER_BYTE: Final = 16
COEFFICIENT, INTERCEPT, SCALE = 836_500, 42_585_600, 10**12
"""Fjord's line from the compressed size to the fee: millionths of a byte, at prices scaled by as much."""
RUN: Final = 32
"""By one byte in so many does that compression lengthen what it cannot shorten: more than the oracle's bound has."""

ORACLE_VIEWS: Final = ("l1BaseFee()", "baseFeeScalar()", "blobBaseFee()", "blobBaseFeeScalar()")
PRICES: Final = ("uint256",) * 6
"""Wei a transaction, a byte of it, a slot, and what gas consists of."""


class DataFeeError(NodeError):
    """A rollup does not say what data costs, so that no trade can be weighed."""


@dataclass(frozen=True, slots=True)
class DataFee:
    """What data costs at a block.

    Attributes:
        byte: Wei for a byte of calldata.
        transaction: Wei for a transaction beside its calldata.
    """

    byte: int = 0
    transaction: int = 0


NOTHING: Final = DataFee()


def op_stack(base_fee: int, base_scalar: int, blob_fee: int, blob_scalar: int) -> DataFee:
    """Return the OP stack's fee since Fjord, of data that does not compress.

    Args:
        base_fee: Wei for gas on the chain below.
        base_scalar: Millionths of it.
        blob_fee: Wei for a blob's gas there.
        blob_scalar: Millionths of it.
    """
    price = base_scalar * GAS_PER_BYTE * base_fee + blob_scalar * blob_fee
    beside = COEFFICIENT * (ENVELOPE * (RUN + 1) + RUN * (1 + SIGNATURE)) - INTERCEPT * RUN
    return DataFee(-(-COEFFICIENT * (RUN + 1) * price // (RUN * SCALE)), -(-beside * price // (RUN * SCALE)))


class DataFees:
    """What data costs, asked once in a few blocks; off the hot path.

    Args:
        chain: The chain file, whose `fees.model` says whom to ask; nobody where data is paid for by gas alone.
        multicall: Of that chain.
    """

    def __init__(self, chain: Chain, multicall: Multicall) -> None:
        self._chain, self._multicall = chain, multicall
        self._known: DataFee | None = None if chain.fees.is_rollup else NOTHING
        self._asked = -FRESH

    def at(self, block: int) -> DataFee:
        """Return the fee as of a block; what was known before where the node does not say.

        Raises:
            DataFeeError: It has never said.
        """
        if not self._chain.fees.is_rollup or self._asked <= block < self._asked + FRESH:
            return self._known or NOTHING
        self._asked = block
        try:
            self._known = READERS[self._chain.fees.model](self._multicall, block)
        except (CallFailedError, BlockGoneError, NodeError, RpcError) as error:
            if self._known is None:
                self._asked = -FRESH
                raise DataFeeError(f"{self._chain.name} does not say what data costs: {error}") from None
        return self._known or NOTHING

    def last(self, block: int) -> DataFee:
        """Return what was known last; the node is asked where nothing is yet.

        Raises:
            DataFeeError: It does not say.
        """
        return self._known or self.at(block)


def _op_stack(multicall: Multicall, block: int) -> DataFee:
    calls = [Call(ORACLE, view, (), ("uint256",)) for view in ORACLE_VIEWS]
    return op_stack(*(value for (value,) in multicall.read(calls, block)))


def _arbitrum(multicall: Multicall, block: int) -> DataFee:
    [(transaction, byte, *_)] = multicall.read([Call(GAS_INFO, "getPricesInWei()", (), PRICES)], block)
    return DataFee(byte, transaction + ENVELOPE * byte)


READERS: Final[Mapping[str, Callable[[Multicall, int], DataFee]]] = {"op-stack": _op_stack, "arbitrum": _arbitrum}
"""By the model of fees."""
