// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IUniswapV4PoolManager} from "../../../contracts/interfaces/external/IUniswapV4PoolManager.sol";
import {IContender} from "../IContender.sol";
import {Calls} from "./Calls.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice Floors that run on the credit of Uniswap V4's pool manager.
abstract contract V4 is IContender {
    uint160 private constant LOWEST_LIMIT = 4_295_128_740;
    uint160 private constant HIGHEST_LIMIT = 1_461_446_703_485_210_103_287_273_052_203_988_822_378_723_970_341;

    IUniswapV4PoolManager internal immutable manager;
    IERC20 internal immutable weth;
    address internal immutable token;
    uint24 private immutable _fee;

    constructor(IUniswapV4PoolManager manager_, address weth_, address token_, uint24 fee) {
        (manager, weth, token, _fee) = (manager_, IERC20(weth_), token_, fee);
    }

    function run(uint256 amountIn) external {
        manager.unlock(abi.encode(amountIn));
    }

    /// @dev All pools here have one fee, and differ in their spacing.
    function swap(int24 spacing, address tokenIn, address tokenOut, uint256 amountIn) internal returns (uint256) {
        bool zeroForOne = tokenIn < tokenOut;
        (address currency0, address currency1) = zeroForOne ? (tokenIn, tokenOut) : (tokenOut, tokenIn);
        unchecked {
            int256 delta = manager.swap(
                IUniswapV4PoolManager.PoolKey(currency0, currency1, _fee, spacing, address(0)),
                IUniswapV4PoolManager.SwapParams(
                    zeroForOne, -int256(amountIn), zeroForOne ? LOWEST_LIMIT : HIGHEST_LIMIT
                ),
                ""
            );
            return uint256(zeroForOne ? int256(int128(delta)) : delta >> 128);
        }
    }
}

/// @notice What the manager pays goes straight into the concentrated pool.
contract V4V3 is V4 {
    int24 private immutable _spacing;
    address private immutable _pool;

    constructor(IUniswapV4PoolManager manager, address weth, address token, uint24 fee, int24 spacing, address pool)
        V4(manager, weth, token, fee)
    {
        (_spacing, _pool) = (spacing, pool);
    }

    function unlockCallback(bytes calldata data) external returns (bytes memory) {
        uint256 amountIn = abi.decode(data, (uint256));
        uint256 amount = swap(_spacing, address(weth), token, amountIn);
        Calls.swapPool(_pool, token, address(weth), amount, address(this), "");
        manager.sync(address(weth));
        weth.transfer(address(manager), amountIn);
        manager.settle();
        return "";
    }

    function uniswapV3SwapCallback(int256 amount0, int256 amount1, bytes calldata) external {
        manager.take(token, _pool, uint256(token < address(weth) ? amount0 : amount1));
    }
}

contract V4V4 is V4 {
    int24 private immutable _first;
    int24 private immutable _second;

    constructor(IUniswapV4PoolManager manager, address weth, address token, uint24 fee, int24 first, int24 second)
        V4(manager, weth, token, fee)
    {
        (_first, _second) = (first, second);
    }

    function unlockCallback(bytes calldata data) external returns (bytes memory) {
        uint256 amountIn = abi.decode(data, (uint256));
        uint256 amount = swap(_first, address(weth), token, amountIn);
        amount = swap(_second, token, address(weth), amount);
        unchecked {
            manager.take(address(weth), address(this), amount - amountIn);
        }
        return "";
    }
}
