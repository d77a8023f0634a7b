// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Fixture} from "./Fixture.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

interface IConcentratedPool {
    function initialize(uint160 sqrtPriceX96) external;
    function swap(address recipient, bool zeroForOne, int256 amount, uint160 limit, bytes calldata data)
        external
        returns (int256 amount0, int256 amount1);
    function tickSpacing() external view returns (int24);
}

interface IUniswapV3Mint {
    function mint(address recipient, int24 lower, int24 upper, uint128 liquidity, bytes calldata data)
        external
        returns (uint256, uint256);
}

interface IAlgebraMint {
    function mint(
        address leftoversTo,
        address recipient,
        int24 lower,
        int24 upper,
        uint128 liquidity,
        bytes calldata data
    ) external returns (uint256, uint256, uint128);
}

/// @notice Pools in the manner of Uniswap V3, which differ in how they come to be and in the names of their callbacks.
abstract contract ConcentratedFixture is Fixture {
    int24 private constant MAX_TICK = 887_272;
    uint160 private constant MIN_SQRT_PRICE = 4_295_128_739;
    uint160 private constant MAX_SQRT_PRICE = 1_461_446_703_485_210_103_287_273_052_203_988_822_378_723_970_342;

    function create(address a, uint256 amountA, address b, uint256 amountB) external returns (address pool) {
        (address token0, uint256 amount0, address token1, uint256 amount1) = sorted(a, amountA, b, amountB);
        pool = open(token0, token1, uint160(Math.sqrt(Math.mulDiv(amount1, 1 << 192, amount0))));
        int24 spacing = IConcentratedPool(pool).tickSpacing();
        int24 upper = MAX_TICK - MAX_TICK % spacing;
        mint(pool, upper, uint128(Math.sqrt(amount0 * amount1)), abi.encode(token0, token1));
    }

    function trade(address pool, address tokenIn, uint256 amountIn, address tokenOut)
        external
        returns (uint256 amountOut)
    {
        take(tokenIn, amountIn);
        bool zeroForOne = tokenIn < tokenOut;
        uint160 limit = zeroForOne ? MIN_SQRT_PRICE + 1 : MAX_SQRT_PRICE - 1;
        (int256 amount0, int256 amount1) =
            IConcentratedPool(pool).swap(msg.sender, zeroForOne, int256(amountIn), limit, abi.encode(tokenIn));
        require(uint256(zeroForOne ? amount0 : amount1) == amountIn, "taken in part");
        return uint256(-(zeroForOne ? amount1 : amount0));
    }

    /// @notice Creates and initialises a pool.
    function open(address token0, address token1, uint160 sqrtPriceX96) internal virtual returns (address pool);

    /// @notice Mints over the whole range, in the form of Uniswap V3 unless overridden.
    function mint(address pool, int24 upper, uint128 liquidity, bytes memory data) internal virtual {
        IUniswapV3Mint(pool).mint(address(this), -upper, upper, liquidity, data);
    }

    function onMint(uint256 owed0, uint256 owed1, bytes calldata data) internal {
        (address token0, address token1) = abi.decode(data, (address, address));
        give(token0, msg.sender, owed0);
        give(token1, msg.sender, owed1);
    }

    function onSwap(int256 delta0, int256 delta1, bytes calldata data) internal {
        pay(abi.decode(data, (address)), msg.sender, uint256(delta0 > 0 ? delta0 : delta1));
    }
}

/// @notice Algebra's form of the same.
abstract contract AlgebraPoolFixture is ConcentratedFixture {
    function algebraMintCallback(uint256 owed0, uint256 owed1, bytes calldata data) external {
        onMint(owed0, owed1, data);
    }

    function algebraSwapCallback(int256 delta0, int256 delta1, bytes calldata data) external {
        onSwap(delta0, delta1, data);
    }

    function mint(address pool, int24 upper, uint128 liquidity, bytes memory data) internal override {
        IAlgebraMint(pool).mint(address(this), address(this), -upper, upper, liquidity, data);
    }
}
