"""The events of our own contracts, by the interfaces in contracts/interfaces."""

from typing import Final

from harness.history import Kind

POOL_TERMS: Final = (
    "(address,uint8,uint8,uint16,uint16,uint16,uint32,address,uint24,int24,bool,uint40,address,int24,bool,address)"
)
"""types/Pool.sol."""
TWAP: Final = "(address,uint32,uint32,uint16,uint16,uint128)"
"""types/PriceSources.sol."""

_A, _U, _I = "address", "uint256", "int256"

# the reserve's books
ENTRY_OPENED: Final = Kind("EntryOpened", ("bytes32", _U, _A), ("address[]",))
PROFIT_SETTLED: Final = Kind("ProfitSettled", ("bytes32",), (_U,))
PROFIT_BOOKED: Final = Kind("ProfitBooked", (_A,), (_U, _U, _U))
POOL_CREDITED: Final = Kind("PoolCredited", (_A, _A), (_U,))
POT_CREDITED: Final = Kind("PotCredited", (_A,), (_U,))
POT_SPENT: Final = Kind("PotSpent", (_A, _A), (_U,))
BENEFICIARY_CREDITED: Final = Kind("BeneficiaryCredited", (_A, _A), (_U,))
BENEFICIARY_PAID: Final = Kind("BeneficiaryPaid", (_A, _A), (_U,))
VAULT_PAID: Final = Kind("VaultPaid", (_A,), (_U,))
SPLIT_SET: Final = Kind("SplitSet", (_U,), (_U, _U, "(address,uint16)[]"))
TOKEN_LISTED: Final = Kind("TokenListed", (_A,), ("bool",))
GAS_SET_ASIDE: Final = Kind("GasSetAside", (), (_U,))
KEEPER_PAID: Final = Kind("KeeperPaid", (_A,), (_U,))
MINED: Final = Kind("MinedFundsReceived", (_A,), (_U,))
MIGRATED: Final = Kind("Migrated", (_A, _A, _A), (_U,))

# its pools
POOL_REGISTERED: Final = Kind("PoolRegistered", (_A,), ("bool",))
POOL_SET: Final = Kind("PoolSet", (_A,), (POOL_TERMS,))
PROVIDED: Final = Kind("LiquidityProvided", (_A,), (_U, _I, _I))
WITHDRAWN: Final = Kind("LiquidityWithdrawn", (_A,), (_U, _I, _I))
RECENTRED: Final = Kind("Recentred", (_A,), (_U, _I, _I))
CONVERTED: Final = Kind("BucketConverted", (_A, _A, _A), (_U, _U, _U))

# other chains
INBOX_OPENED: Final = Kind("InboxOpened", (_A,), (_A,))
RECEIVED: Final = Kind("Received", (_A, _A), (_U,))
SENT: Final = Kind("Sent", (_A, _A, _U), (_U, _A, _A), (_A, _A, _U, _U, _A, _A))
WRAPPED_MAPPED: Final = Kind("WrappedMapped", (_A, _A))

# executor, vault, guard
EXECUTED: Final = Kind("Executed", ("bytes32", _A, _A), (_U, _U, _U))
KEEPER_SET: Final = Kind("KeeperSet", (_A,), ("bool",))
STRATEGY_SET: Final = Kind("StrategySet", (_A,), (_U,))
STRATEGY_REMOVED: Final = Kind("StrategyRemoved", (_A,), (_U,))
PROFIT_ADDED: Final = Kind("ProfitAdded", (_A,), (_U, _U, _U))
GAIN_BOOKED: Final = Kind("GainBooked", (_A,), (_U, _U))
TWAP_SET: Final = Kind("TwapSet", (_A, _A), (TWAP,))
