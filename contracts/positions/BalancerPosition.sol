// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IBalancerV2Liquidity, IBalancerV2Pool} from "../interfaces/external/IBalancerV2Liquidity.sol";
import {Pool} from "../types/Pool.sol";

import {Position} from "./Position.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

/// @title BalancerPosition
/// @notice Liquidity in weighted pools of two tokens at Balancer V2's vault: the pool's shares, held here. Joined and left
/// in the pool's own proportion, which costs no fee.
abstract contract BalancerPosition is Position {
    using SafeTransferLib for address;

    /// @dev Of weighted pools' user data.
    uint256 private constant EXACT_TOKENS_IN_FOR_SHARES_OUT = 1;
    uint256 private constant EXACT_SHARES_IN_FOR_TOKENS_OUT = 1;

    function _balancerDepth(address pool) internal view returns (uint256) {
        return IBalancerV2Pool(pool).totalSupply();
    }

    /// @dev Amounts in the pool's proportion, which every version of the pool takes without a fee.
    function _balancerProvide(Pool memory entry, address pool, uint256 most0, uint256 most1)
        internal
        returns (uint256)
    {
        bytes32 id = IBalancerV2Pool(pool).getPoolId();
        // When they changed last does not matter.
        // slither-disable-next-line unused-return
        (, uint256[] memory balances,) = IBalancerV2Liquidity(entry.home).getPoolTokens(id);
        (most0, most1) = _inRatio(balances[0], balances[1], most0, most1);
        uint256[] memory amounts = _pair(most0, most1);
        bytes memory userData = abi.encode(EXACT_TOKENS_IN_FOR_SHARES_OUT, amounts, uint256(0));
        entry.token0.safeApproveWithRetry(entry.home, most0);
        entry.token1.safeApproveWithRetry(entry.home, most1);
        uint256 before = IBalancerV2Pool(pool).balanceOf(address(this));
        IBalancerV2Liquidity(entry.home)
            .joinPool(
                id,
                address(this),
                address(this),
                IBalancerV2Liquidity.JoinPoolRequest(_pair(entry.token0, entry.token1), amounts, userData, false)
            );
        entry.token0.safeApproveWithRetry(entry.home, 0);
        entry.token1.safeApproveWithRetry(entry.home, 0);
        return IBalancerV2Pool(pool).balanceOf(address(this)) - before;
    }

    /// @dev Takes a share of the liquidity out. The fees are in it.
    function _balancerWithdraw(Pool memory entry, address pool, uint256 shareBps) internal {
        uint256 shares = IBalancerV2Pool(pool).balanceOf(address(this)) * shareBps / WHOLE;
        // Nothing of the position is nothing.
        // slither-disable-next-line incorrect-equality
        if (shares == 0) return;
        IBalancerV2Liquidity.ExitPoolRequest memory request = IBalancerV2Liquidity.ExitPoolRequest(
            _pair(entry.token0, entry.token1),
            new uint256[](2),
            abi.encode(EXACT_SHARES_IN_FOR_TOKENS_OUT, shares),
            false
        );
        bytes32 id = IBalancerV2Pool(pool).getPoolId();
        IBalancerV2Liquidity(entry.home).exitPool(id, address(this), payable(address(this)), request);
    }

    function _pair(address a, address b) private pure returns (address[] memory both) {
        both = new address[](2);
        (both[0], both[1]) = (a, b);
    }

    function _pair(uint256 a, uint256 b) private pure returns (uint256[] memory both) {
        both = new uint256[](2);
        (both[0], both[1]) = (a, b);
    }
}
