"""Models of pools' arithmetic in an EVM: functions over words alone, for pools whose own code no package carries."""

from collections.abc import Iterable
from typing import Any

from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from evm_code import OUT, creation
from market_evm import OWNER, Reverted
from pyrevm import EVM


class ModelOnChain:
    """A contract of tests/mocks, whose functions take words and return words."""

    def __init__(self, name: str) -> None:
        self.evm: Any = EVM(gas_limit=1 << 40)
        code = creation(OUT / f"{name}.sol" / f"{name}.json")
        self.address = to_checksum_address(self.evm.deploy(OWNER, code))
        self.selectors: dict[str, bytes] = {}

    def call(self, signature: str, words: Iterable[int]) -> list[int]:
        """Call with arguments that are words already; raise `Reverted` where the model does."""
        selector = self.selectors.setdefault(signature, keccak(signature.encode())[:4])
        data = selector + b"".join(word.to_bytes(32, "big") for word in words)
        try:
            answer = bytes(self.evm.message_call(OWNER, self.address, data))
        except RuntimeError as error:
            raise Reverted(signature) from error
        return [int.from_bytes(answer[at : at + 32], "big") for at in range(0, len(answer), 32)]
