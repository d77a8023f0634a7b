"""A pair in an EVM that says what it pays and swaps what has come to it: Solidly's, and Camelot's."""

from typing import ClassVar

from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from evm_code import tokens, word
from market_evm import OWNER, Chain, Reverted
from pyrevm import EVM

BALANCES_OF_A_TOKEN = 1


class PairOnChain:
    """A pair that answers and swaps by its code, between tokens whose balances can be written.

    Attributes:
        chain: The machine.
        tokens: Addresses of both tokens, the lower first.
        address: The pair's.
        balance: Slot of what the pair has of a token, in that token's storage.
    """

    RESERVES_KINDS: ClassVar[tuple[str, ...]]
    """What `getReserves` returns, both reserves first."""

    def __init__(self) -> None:
        self.chain = Chain(EVM(gas_limit=1 << 40))
        self.tokens = tokens(self.chain)
        self.address = self.deployed()
        owner = bytes.fromhex(self.address[2:]).rjust(32, b"\0")
        self.balance = int.from_bytes(keccak(owner + word(BALANCES_OF_A_TOKEN)))

    def deployed(self) -> str:
        """Deploy the protocol and a pair of the tokens; return its address."""
        raise NotImplementedError

    def made(self, factory: str, signature: str, *arguments: object) -> str:
        """Have a factory make a pair; return its address."""
        [address] = self.chain.call(factory, signature, *arguments, returns=("address",))
        return str(to_checksum_address(address))

    def quote(self, i: int, amount_in: int) -> int | None:
        """Return what `getAmountOut` answers; None where it reverts."""
        signature = "getAmountOut(uint256,address)"
        try:
            answer = self.chain.call(self.address, signature, amount_in, self.tokens[i], returns=("uint256",))
        except Reverted:
            return None
        return int(answer[0])

    def swap(self, i: int, amount_in: int, amount_out: int) -> tuple[int, int] | None:
        """Pay `amount_in` of token `i`, ask for `amount_out`; return the reserves left, None where it reverts."""
        before = self.chain.evm.snapshot()
        held = self.chain.evm.storage(self.tokens[i], self.balance)
        self.chain.write(self.tokens[i], self.balance, held + amount_in)
        asked = (0, amount_out) if i == 0 else (amount_out, 0)
        try:
            self.chain.call(self.address, "swap(uint256,uint256,address,bytes)", *asked, OWNER, b"")
            left = self.chain.call(self.address, "getReserves()", returns=self.RESERVES_KINDS)
        except Reverted:
            return None
        finally:
            self.chain.evm.revert(before)
        return int(left[0]), int(left[1])
