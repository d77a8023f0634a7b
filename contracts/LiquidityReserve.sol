// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ILiquidityReserve} from "./interfaces/ILiquidityReserve.sol";
import {Share} from "./types/Share.sol";

import {Ledger} from "./reserve/Ledger.sol";

/// @title LiquidityReserve
/// @notice Receives every profit and keeps it in buckets: one a pool, one for the stakers, one a beneficiary, a common
/// pot. See ILiquidityReserve.
/// @dev
/// ACCOUNTING: see Ledger.
///
/// ROLES: the executor settles; governance, the manager's admin, sets everything else; `book`, `recognise`, `payVault` and
/// `payBeneficiary` move value only where it belongs, and are anyone's to call.
///
/// TOKENS: only listed ones are credited. Governance lists no token whose balances change by themselves.
contract LiquidityReserve is ILiquidityReserve, Ledger {
    mapping(address pool => bool) public isRegistered;

    /* CONSTRUCTOR */

    constructor(address manager, address vault_, uint16 poolsBps, uint16 vaultBps) Ledger(manager, vault_) {
        _setSplit(poolsBps, vaultBps, new Share[](0));
    }

    /* GOVERNANCE */

    /// @inheritdoc ILiquidityReserve
    function registerPools(address[] calldata pools, bool registered) external restricted {
        for (uint256 i; i < pools.length; ++i) {
            require(pools[i] != address(0), ZeroAddress());
            isRegistered[pools[i]] = registered;
            emit PoolRegistered(pools[i], registered);
        }
    }

    /// @inheritdoc ILiquidityReserve
    function spendPot(address token, address pool, uint256 amount) external restricted nonReentrant {
        require(isRegistered[pool], PoolNotRegistered(pool));
        uint256 pot = commonPot[token];
        require(amount <= pot, PotTooSmall(token, amount, pot));
        commonPot[token] = pot - amount;
        poolBucket[pool][token] += amount;
        emit PotSpent(pool, token, amount);
    }

    /* INTERNALS */

    function _hasBucket(address pool) internal view override returns (bool) {
        return isRegistered[pool];
    }
}
