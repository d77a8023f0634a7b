// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IUniswapV4Liquidity} from "../../contracts/interfaces/external/IUniswapV4Liquidity.sol";
import {IUniswapV4PoolManager, IUnlockCallback} from "../../contracts/interfaces/external/IUniswapV4PoolManager.sol";

/// @notice Mock: answers as a Uniswap V4 manager whose pools stand at 1, asks for all there can be, or for nothing.
contract HostileManager {
    bool public silent;

    function beSilent() external {
        silent = true;
    }

    /// @dev As a price 1, as liquidity more than enough.
    function extsload(bytes32) external pure returns (bytes32) {
        return bytes32(uint256(1 << 96));
    }

    function unlock(bytes calldata data) external returns (bytes memory) {
        return silent ? bytes("") : IUnlockCallback(msg.sender).unlockCallback(data);
    }

    function modifyLiquidity(
        IUniswapV4PoolManager.PoolKey calldata,
        IUniswapV4Liquidity.ModifyLiquidityParams calldata,
        bytes calldata
    ) external pure returns (int256, int256) {
        return (int256(type(int128).min) << 128, 0);
    }
}
