// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IUniswapV4PoolManager} from "../../../contracts/interfaces/external/IUniswapV4PoolManager.sol";
import {AaveReceiver} from "./AaveReceiver.sol";
import {RouterCalls} from "./RouterCalls.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice Uniswap V4 has no router in its core: the manager is unlocked for each leg, which is paid and taken there.
abstract contract V4Routers is AaveReceiver {
    uint160 private constant LOWEST_LIMIT = 4_295_128_740;
    uint160 private constant HIGHEST_LIMIT = 1_461_446_703_485_210_103_287_273_052_203_988_822_378_723_970_341;

    IUniswapV4PoolManager private immutable _manager;
    address internal immutable weth;
    address internal immutable token;
    uint24 private immutable _fee;

    constructor(address aave, IUniswapV4PoolManager manager, address weth_, address token_, uint24 fee)
        AaveReceiver(aave, weth_)
    {
        (_manager, weth, token, _fee) = (manager, weth_, token_, fee);
    }

    function swap(int24 spacing, address tokenIn, address tokenOut, uint256 amountIn) internal returns (uint256) {
        return abi.decode(_manager.unlock(abi.encode(spacing, tokenIn, tokenOut, amountIn)), (uint256));
    }

    function unlockCallback(bytes calldata data) external returns (bytes memory) {
        require(msg.sender == address(_manager), "not the manager");
        (int24 spacing, address tokenIn, address tokenOut, uint256 amountIn) =
            abi.decode(data, (int24, address, address, uint256));
        bool zeroForOne = tokenIn < tokenOut;
        (address currency0, address currency1) = zeroForOne ? (tokenIn, tokenOut) : (tokenOut, tokenIn);
        int256 delta = _manager.swap(
            IUniswapV4PoolManager.PoolKey(currency0, currency1, _fee, spacing, address(0)),
            IUniswapV4PoolManager.SwapParams(zeroForOne, -int256(amountIn), zeroForOne ? LOWEST_LIMIT : HIGHEST_LIMIT),
            ""
        );
        uint256 amountOut = uint256(zeroForOne ? int256(int128(delta)) : delta >> 128);
        _manager.sync(tokenIn);
        IERC20(tokenIn).transfer(address(_manager), amountIn);
        _manager.settle();
        _manager.take(tokenOut, address(this), amountOut);
        return abi.encode(amountOut);
    }
}

contract V4V3Routers is V4Routers {
    int24 private immutable _spacing;
    address private immutable _router;
    uint24 private immutable _poolFee;

    constructor(
        address aave,
        IUniswapV4PoolManager manager,
        address weth,
        address token,
        uint24 fee,
        int24 spacing,
        address router,
        uint24 poolFee
    ) V4Routers(aave, manager, weth, token, fee) {
        (_spacing, _router, _poolFee) = (spacing, router, poolFee);
        allow(token, router);
    }

    function trade(uint256 amountIn) internal override {
        uint256 amount = swap(_spacing, weth, token, amountIn);
        RouterCalls.swapPool(_router, token, weth, _poolFee, amount);
    }
}

contract V4V4Routers is V4Routers {
    int24 private immutable _first;
    int24 private immutable _second;

    constructor(
        address aave,
        IUniswapV4PoolManager manager,
        address weth,
        address token,
        uint24 fee,
        int24 first,
        int24 second
    ) V4Routers(aave, manager, weth, token, fee) {
        (_first, _second) = (first, second);
    }

    function trade(uint256 amountIn) internal override {
        swap(_second, token, weth, swap(_first, weth, token, amountIn));
    }
}
