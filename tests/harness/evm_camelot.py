"""Camelot V2's pairs in an EVM, as the model has them, with any reserves, decimals and fees in storage."""

from eth_utils.address import to_checksum_address
from evm_code import OUT, create, creation
from evm_pair import PairOnChain
from market_evm import OWNER

from harness.market.pools.camelot import CamelotStablePool, CamelotVolatilePool

FACTORY = OUT / "ModelCamelotV2Factory.sol/ModelCamelotFactory.json"
FEE_TO = to_checksum_address("0x" + "fe" * 20)
Pair = CamelotVolatilePool | CamelotStablePool


class CamelotOnChain(PairOnChain):
    """A pair that answers and swaps by the model's code."""

    RESERVES_KINDS = ("uint112", "uint112", "uint16", "uint16")
    UNITS, RESERVES, STABLE, SHARE = (7, 8), 9, 10, 1

    def deployed(self) -> str:
        """Deploy the model and a pair."""
        arguments = (("address", OWNER), ("address", FEE_TO))
        self.factory = create(self.chain, creation(FACTORY, *arguments))
        return self.made(self.factory, "createPair(address,address)", *self.tokens)

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
