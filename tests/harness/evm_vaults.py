"""ERC-4626 vaults and the wrapped native coin in an EVM, with any assets and shares put into their storage."""

from dataclasses import replace
from typing import Any

from eth_utils.crypto import keccak
from evm_code import OUT, create, creation, tokens, word
from market_evm import MODULES, OWNER, Chain, Reverted
from pyrevm import EVM, BlockEnv, Env

from harness.market.pools.erc4626 import ERC4626Vault
from harness.market.pools.wrapped_native import WrappedNative

NOW = 1 << 30
OPEN_ZEPPELIN, SOLADY, OURS = "OpenZeppelin", "Solady", "ours"
CODE = {
    OPEN_ZEPPELIN: OUT / "PlainVault.sol/PlainVault.json",
    SOLADY: OUT / "PlainVaults.sol/SoladyVault.json",
    OURS: OUT / "StakingVault.sol/StakingVault.json",
}
SOLADYS_SUPPLY = 0x05345CDF77EB68F44C
SOLADYS_BALANCES = 0x87A211A2
Answer = tuple[int, int, int] | None


class VaultOnChain:
    """A vault of one of the kinds, whose shares are all the owner's."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.chain = chain = Chain(EVM(env=Env(block=BlockEnv(timestamp=NOW)), gas_limit=1 << 40))
        self.asset, _ = tokens(chain)
        arguments: list[tuple[str, Any]] = [("address", self.asset)]
        if kind == OURS:
            terms = ("(uint24,uint24,uint64,uint128,uint32,bool)", (86_400, 3_600, 10**18, 0, 0, False))
            arguments = [("address", OWNER), *arguments, ("string", ""), ("string", ""), terms]
        self.address = create(chain, creation(CODE[kind], *arguments))
        chain.call(self.asset, "approve(address,uint256)", self.address, (1 << 256) - 1)

    def put(self, vault: ERC4626Vault) -> ERC4626Vault:
        """Write the assets and shares of `vault`; return it with the limits that the chain names."""
        write, held = self.chain.write, padded(self.address)
        write(self.asset, slot(held + word(1)), vault.assets)
        if self.kind == OPEN_ZEPPELIN:
            write(self.address, 2, vault.shares)
            write(self.address, slot(padded(OWNER) + word(0)), vault.shares)
            return vault
        supply, value = (
            (SOLADYS_SUPPLY, vault.shares) if self.kind == SOLADY else (0, vault.assets << 128 | vault.shares)
        )
        write(self.address, supply, value)
        write(self.address, slot(padded(OWNER)[12:] + word(SOLADYS_BALANCES)[-12:]), vault.shares)
        most = [self._ask(f"max{what}(address)", OWNER) for what in ("Deposit", "Redeem")]
        return replace(vault, max_deposit=most[0], max_redeem=most[1]) if self.kind == OURS else vault

    def trade(self, i: int, amount: int) -> Answer:
        """Deposit or redeem; return what was paid and the assets and shares left, None where it reverts."""
        before = self.chain.evm.snapshot()
        try:
            if i == 0:
                paid = self._ask("deposit(uint256,address)", amount, OWNER)
            else:
                paid = self._ask("redeem(uint256,address,address)", amount, OWNER, OWNER)
            return paid, self._ask("totalAssets()"), self._ask("totalSupply()")
        except Reverted:
            return None
        finally:
            self.chain.evm.revert(before)

    def _ask(self, signature: str, *values: object) -> int:
        return int(self.chain.call(self.address, signature, *values, returns=("uint256",))[0])


class WrappedNativeOnChain:
    """WETH9, of which the owner has as much as it holds."""

    def __init__(self) -> None:
        self.chain = Chain(EVM(gas_limit=1 << 40))
        self.address = create(self.chain, creation(MODULES / "@uniswap/v2-periphery/build/WETH9.json"))

    def trade(self, coin: WrappedNative, i: int, amount: int) -> int | None:
        """Wrap or unwrap from a state; return what it then holds, None where it reverts."""
        evm = self.chain.evm
        before = evm.snapshot()
        evm.set_balance(self.address, coin.held)
        evm.set_balance(OWNER, 1 << 200)
        self.chain.write(self.address, slot(padded(OWNER) + word(3)), coin.held)
        signature = b"deposit()" if i == 0 else b"withdraw(uint256)"
        try:
            evm.message_call(OWNER, self.address, keccak(signature)[:4] + word(amount), value=amount if i == 0 else 0)
            return int(evm.get_balance(self.address))
        except RuntimeError:
            return None
        finally:
            evm.revert(before)


def padded(address: str) -> bytes:
    """Return an address as a word."""
    return bytes.fromhex(address[2:]).rjust(32, b"\0")


def slot(preimage: bytes) -> int:
    """Return the slot that a hash names."""
    return int.from_bytes(keccak(preimage))
