"""Camelot V2's pairs in an EVM, as the model has them, with any reserves, decimals and fees in storage."""

from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from evm_code import OUT, create, creation, tokens, word
from market_evm import OWNER, Chain, Reverted
from pyrevm import EVM

from harness.market.pools.camelot import CamelotStablePool, CamelotVolatilePool

FACTORY = OUT / "ModelCamelotV2Factory.sol/ModelCamelotFactory.json"
BALANCES_OF_A_TOKEN = 1
FEE_TO = to_checksum_address("0x" + "fe" * 20)
Pair = CamelotVolatilePool | CamelotStablePool


class CamelotOnChain:
    """A pair that answers and swaps by the model's code."""

    UNITS, RESERVES, STABLE, SHARE = (7, 8), 9, 10, 1

    def __init__(self) -> None:
        self.chain = chain = Chain(EVM(gas_limit=1 << 40))
        self.tokens = tokens(chain)
        arguments = (("address", OWNER), ("address", FEE_TO))
        self.factory = create(chain, creation(FACTORY, *arguments))
        signature = "createPair(address,address)"
        self.address = str(
            to_checksum_address(chain.call(self.factory, signature, *self.tokens, returns=("address",))[0])
        )
        owner = bytes.fromhex(self.address[2:]).rjust(32, b"\0")
        self.balance = int.from_bytes(keccak(owner + word(BALANCES_OF_A_TOKEN)))

    def put(self, pair: Pair) -> None:
        """Write the state of `pair`."""
        stable = isinstance(pair, CamelotStablePool)
        fees = pair.fees[0] << 224 | pair.fees[1] << 240
        self.chain.write(self.address, self.RESERVES, pair.reserves[0] | pair.reserves[1] << 112 | fees)
        self.chain.write(self.address, self.STABLE, int(stable))
        self.chain.write(self.factory, self.SHARE, pair.owner_share if isinstance(pair, CamelotStablePool) else 50_000)
        decimals = pair.decimals if isinstance(pair, CamelotStablePool) else (18, 18)
        for side in (0, 1):
            self.chain.write(self.address, self.UNITS[side], 10 ** decimals[side])
            self.chain.write(self.tokens[side], self.balance, pair.reserves[side])

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
        words = ("uint112", "uint112", "uint16", "uint16")
        try:
            self.chain.call(self.address, "swap(uint256,uint256,address,bytes)", *asked, OWNER, b"")
            left = self.chain.call(self.address, "getReserves()", returns=words)
        except Reverted:
            return None
        finally:
            self.chain.evm.revert(before)
        return int(left[0]), int(left[1])
