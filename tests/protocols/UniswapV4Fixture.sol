// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Band, Bands} from "../../script/replica/Bands.sol";
import {Seeder} from "../../script/replica/Seeder.sol";
import {UniswapV4} from "../../script/replica/UniswapV4.sol";
import {IPoolManager, PoolKey, SwapParams} from "../../script/replica/interfaces/IUniswapV4.sol";
import {PlacedFixture} from "./PlacedFixture.sol";
import {TickMath} from "@uniswap/v4-core/src/libraries/TickMath.sol";

/// @notice Uniswap V4's pool manager, with pools at 0.3 % and no hooks. A pool's handle is the first 20 bytes of its id;
/// the zero address stands for the native coin.
contract UniswapV4Fixture is PlacedFixture, UniswapV4 {
    string public constant name = "Uniswap V4";
    uint24 private constant FEE = 3000;

    IPoolManager public immutable manager;
    mapping(address handle => PoolKey) public keyOf;
    Seeder private immutable _seeder = new Seeder();
    /// @dev Counts up, so that two tokens can have two pools.
    int24 private _spacing = 60;

    constructor() {
        manager = IPoolManager(sideAddress("pool manager"));
        placePoolManager(address(manager));
    }

    function create(address a, uint256 amountA, address b, uint256 amountB) external returns (address pool) {
        (address currency0, uint256 amount0, address currency1, uint256 amount1) = sorted(a, amountA, b, amountB);
        PoolKey memory key = PoolKey(currency0, currency1, FEE, _spacing++, address(0));
        uint160 sqrtPrice = Bands.sqrtPriceX96(amount0, amount1);
        manager.initialize(key, sqrtPrice);
        int24 limit = TickMath.MAX_TICK / key.tickSpacing * key.tickSpacing;
        Band memory whole = Band(-limit, limit, 100);
        _endow(currency0, amount0);
        _endow(currency1, amount1);
        _seeder.modifyLiquidity(manager, key, whole, Bands.liquidityFor(sqrtPrice, whole, amount0, amount1));
        pool = address(bytes20(keccak256(abi.encode(key))));
        keyOf[pool] = key;
    }

    function trade(address pool, address tokenIn, uint256 amountIn, address tokenOut)
        external
        returns (uint256 amountOut)
    {
        return _trade(pool, tokenIn, amountIn, tokenOut);
    }

    /// @notice `trade` where one side is the native coin: `amountIn` comes as value, or the output goes out as such.
    function tradeNative(address pool, address tokenIn, uint256 amountIn, address tokenOut)
        external
        payable
        returns (uint256 amountOut)
    {
        return _trade(pool, tokenIn, amountIn, tokenOut);
    }

    function unlockCallback(bytes calldata data) external returns (bytes memory) {
        (PoolKey memory key, bool zeroForOne, uint256 amountIn, address payee) =
            abi.decode(data, (PoolKey, bool, uint256, address));
        uint160 limit = zeroForOne ? TickMath.MIN_SQRT_PRICE + 1 : TickMath.MAX_SQRT_PRICE - 1;
        int256 delta = manager.swap(key, SwapParams(zeroForOne, -int256(amountIn), limit), "");
        uint256 amountOut = uint256(int256(zeroForOne ? int128(delta) : int128(delta >> 128)));
        _settle(zeroForOne ? key.currency0 : key.currency1, amountIn);
        manager.take(zeroForOne ? key.currency1 : key.currency0, payee, amountOut);
        return abi.encode(amountOut);
    }

    function _trade(address pool, address tokenIn, uint256 amountIn, address tokenOut)
        private
        returns (uint256 amountOut)
    {
        if (tokenIn != address(0)) take(tokenIn, amountIn);
        bytes memory answer = manager.unlock(abi.encode(keyOf[pool], tokenIn < tokenOut, amountIn, msg.sender));
        return abi.decode(answer, (uint256));
    }

    function _settle(address currency, uint256 amount) private {
        manager.sync(currency);
        if (currency != address(0)) pay(currency, address(manager), amount);
        manager.settle{value: currency == address(0) ? amount : 0}();
    }

    function _endow(address currency, uint256 amount) private {
        if (currency == address(0)) vm.deal(address(_seeder), address(_seeder).balance + amount);
        else give(currency, address(_seeder), amount);
    }
}
