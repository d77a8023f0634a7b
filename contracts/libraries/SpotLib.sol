// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {
    IBalancerV2Pools as IBalancerV2Vault,
    IBalancerV2WeightedPool
} from "../interfaces/external/IBalancerV2Pool.sol";
import {IAlgebraPool, IConcentratedPool, ISolidlyPair} from "../interfaces/external/IConcentratedPool.sol";
import {IUniswapV4PoolManager} from "../interfaces/external/IUniswapV4PoolManager.sol";
import {PoolKind} from "../types/PoolKind.sol";
import {Pool} from "../types/PriceSources.sol";
import {Ratio} from "../types/Ratio.sol";

import {RatioLib} from "./RatioLib.sol";
import {UniswapV4Lib} from "./UniswapV4Lib.sol";
import {LibBytes} from "solady/utils/LibBytes.sol";

/// @title SpotLib
/// @notice How a pool's own price is read: `token1` for `token0`, without fees. Anyone can bend it within a transaction.
/// @dev A pool that is in the middle of something is refused where that shows: concentrated pools by their lock,
/// Balancer's vault by asking for its lock. Of a Uniswap V2 or Solidly pair it does not show, and the price is the one
/// before the swap that is running; whoever wants to act on that pair then is refused by the pair. Uniswap V4's manager
/// writes a price at once and calls nobody halfway.
library SpotLib {
    /// @dev The fewest words of any fork's state, in bytes: price first, and last whether the pool is unlocked.
    uint256 private constant SHORTEST_STATE = 192;
    /// @dev Reaches the lock's check, and not much more; an open vault burns it, for it may not write here.
    uint256 private constant LOCK_GAS = 10_000;

    /// @notice The pool, or its vault, is in the middle of a call.
    error PoolLocked(address pool);
    /// @notice The pool does not answer as its kind does.
    error PoolUnreadable(address pool);

    function read(Pool storage self, address pool) internal view returns (Ratio memory) {
        PoolKind kind = self.kind;
        if (kind == PoolKind.ConstantProduct) return constantProduct(pool);
        if (kind == PoolKind.Concentrated) return concentrated(pool);
        if (kind == PoolKind.UniswapV4) return uniswapV4(self.venue, self.id);
        return balancer(self.venue, self.id, pool);
    }

    function constantProduct(address pool) internal view returns (Ratio memory) {
        // What is left out is not needed here.
        // slither-disable-next-line unused-return
        (uint256 reserve0, uint256 reserve1,) = ISolidlyPair(pool).getReserves();
        return RatioLib.from(reserve1, reserve0);
    }

    function concentrated(address pool) internal view returns (Ratio memory) {
        (bytes memory state,) = stateOf(pool);
        require(LibBytes.load(state, state.length - 32) != 0, PoolLocked(pool));
        return RatioLib.fromSqrtPrice(uint256(LibBytes.load(state, 0)));
    }

    function uniswapV4(address manager, bytes32 id) internal view returns (Ratio memory) {
        bytes32 slot0 = IUniswapV4PoolManager(manager).extsload(UniswapV4Lib.stateSlot(id));
        // What is left out is not needed here.
        // slither-disable-next-line unused-return
        (uint160 sqrtPrice,,) = UniswapV4Lib.decodeSlot0(slot0, true);
        return RatioLib.fromSqrtPrice(sqrtPrice);
    }

    /// @dev (balance1 / weight1) / (balance0 / weight0).
    function balancer(address vault, bytes32 id, address pool) internal view returns (Ratio memory) {
        requireUnlocked(vault);
        // What is left out is not needed here.
        // slither-disable-next-line unused-return
        (, uint256[] memory balances,) = IBalancerV2Vault(vault).getPoolTokens(id);
        uint256[] memory weights = IBalancerV2WeightedPool(pool).getNormalizedWeights();
        require(balances.length == 2 && weights.length == 2, PoolUnreadable(pool));
        return RatioLib.from(balances[1] * weights[0], balances[0] * weights[1]);
    }

    /// @notice The words of a concentrated pool's state, and whether they are Algebra's.
    function stateOf(address pool) internal view returns (bytes memory state, bool isAlgebra) {
        bool answered;
        // One of both families answers; of none, that is refused by name.
        // slither-disable-start low-level-calls
        (answered, state) = pool.staticcall(abi.encodeCall(IConcentratedPool.slot0, ()));
        if (answered && state.length >= SHORTEST_STATE) return (state, false);
        (answered, state) = pool.staticcall(abi.encodeCall(IAlgebraPool.globalState, ()));
        // slither-disable-end low-level-calls
        require(answered && state.length >= SHORTEST_STATE, PoolUnreadable(pool));
        return (state, true);
    }

    /// @notice Refuses while Balancer V2's vault runs a call, when its balances are half of what they will be.
    /// @dev An entered vault says so with an error; one that is open fails without a word, as it may not take its lock.
    function requireUnlocked(address vault) internal view {
        bytes memory nothing =
            abi.encodeCall(IBalancerV2Vault.manageUserBalance, (new IBalancerV2Vault.UserBalanceOp[](0)));
        // That it fails is certain; how is the answer.
        // slither-disable-next-line low-level-calls,unchecked-lowlevel
        (, bytes memory reason) = vault.staticcall{gas: LOCK_GAS}(nothing); // forge-lint: disable-line(unchecked-call)
        require(reason.length == 0, PoolLocked(vault));
    }
}
