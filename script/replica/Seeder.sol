// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Band} from "./Bands.sol";
import {IAlgebraPool, IUniswapV3Pool} from "./interfaces/IUniswapV3.sol";
import {IPoolManager, ModifyLiquidityParams, PoolKey} from "./interfaces/IUniswapV4.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title Seeder
/// @notice Adds liquidity where the pool calls back for payment and no published contract stands between. While it is
/// needed its code lies at the holder's address, so that the tokens and the positions are the holder's.
contract Seeder {
    using SafeERC20 for IERC20;

    receive() external payable {}

    /* UNISWAP V3, PANCAKE V3, ALGEBRA */

    function mint(IUniswapV3Pool pool, Band calldata band, uint128 liquidity) external {
        pool.mint(address(this), band.lower, band.upper, liquidity, abi.encode(pool.token0(), pool.token1()));
    }

    function mintAlgebra(IAlgebraPool pool, Band calldata band, uint128 liquidity) external {
        bytes memory tokens = abi.encode(pool.token0(), pool.token1());
        pool.mint(address(this), address(this), band.lower, band.upper, liquidity, tokens);
    }

    function uniswapV3MintCallback(uint256 amount0, uint256 amount1, bytes calldata data) external {
        pay(amount0, amount1, data);
    }

    function pancakeV3MintCallback(uint256 amount0, uint256 amount1, bytes calldata data) external {
        pay(amount0, amount1, data);
    }

    function algebraMintCallback(uint256 amount0, uint256 amount1, bytes calldata data) external {
        pay(amount0, amount1, data);
    }

    function pay(uint256 amount0, uint256 amount1, bytes calldata data) private {
        (IERC20 token0, IERC20 token1) = abi.decode(data, (IERC20, IERC20));
        token0.safeTransfer(msg.sender, amount0);
        token1.safeTransfer(msg.sender, amount1);
    }

    /* UNISWAP V4 */

    function modifyLiquidity(IPoolManager manager, PoolKey calldata key, Band calldata band, uint128 liquidity)
        external
    {
        manager.unlock(abi.encode(key, ModifyLiquidityParams(band.lower, band.upper, int256(uint256(liquidity)), 0)));
    }

    function unlockCallback(bytes calldata data) external returns (bytes memory) {
        (PoolKey memory key, ModifyLiquidityParams memory params) = abi.decode(data, (PoolKey, ModifyLiquidityParams));
        (int256 delta,) = IPoolManager(msg.sender).modifyLiquidity(key, params, "");
        // forge-lint: disable-next-line(unsafe-typecast): a delta packs two int128
        settle(IPoolManager(msg.sender), key.currency0, uint256(-int256(int128(delta >> 128))));
        // forge-lint: disable-next-line(unsafe-typecast): a delta packs two int128
        settle(IPoolManager(msg.sender), key.currency1, uint256(-int256(int128(delta))));
        return "";
    }

    function settle(IPoolManager manager, address currency, uint256 amount) private {
        manager.sync(currency);
        if (currency == address(0)) {
            manager.settle{value: amount}();
        } else {
            IERC20(currency).safeTransfer(address(manager), amount);
            manager.settle();
        }
    }
}
