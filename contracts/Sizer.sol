// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ISizer} from "./interfaces/ISizer.sol";
import {
    IAlgebraPool,
    IConcentratedPool,
    ISolidlyFactory,
    ISolidlyPair
} from "./interfaces/external/IConcentratedPool.sol";
import {IUniswapV2Pair} from "./interfaces/external/IUniswapV2Pair.sol";
import {IUniswapV4PoolManager} from "./interfaces/external/IUniswapV4PoolManager.sol";
import {ConstantProduct} from "./types/ConstantProduct.sol";
import {Leg} from "./types/Route.sol";

import {ConcentratedLib} from "./libraries/ConcentratedLib.sol";
import {ErrorsLib} from "./libraries/ErrorsLib.sol";
import {RouteLib} from "./libraries/RouteLib.sol";
import {SizingLib} from "./libraries/SizingLib.sol";
import {TickLib} from "./libraries/TickLib.sol";
import {UniswapV4Lib} from "./libraries/UniswapV4Lib.sol";

/// @title Sizer
/// @notice Reads the pools of a cycle and says how much to trade along it. See ISizer.
/// @dev Holds nothing and changes nothing; a contract of its own because the executor has no room for it. What it says is
/// advice: the executor measures what comes of it, so a pool that lies here can only make a route fail or earn less.
contract Sizer is ISizer {
    /// @dev A pool's fee in basis points, as Uniswap V2's and Solidly's are given.
    uint256 private constant PIPS_A_BPS = 100;

    /// @dev Algebra's pools by the length of their state: Camelot's name a fee for either direction.
    uint256 private constant INTEGRAL_LENGTH = 6 * 32;
    uint256 private constant CAMELOT_LENGTH = 8 * 32;

    /// @notice A concentrated pool as it stands.
    struct Range {
        uint160 sqrtPrice;
        int24 tick;
        uint128 liquidity;
        uint256 feePips;
    }

    /// @inheritdoc ISizer
    function size(address token, bytes calldata legs, uint256 loanFeeBps, uint256 cap)
        external
        view
        returns (uint256 amountIn, uint256 back)
    {
        ConstantProduct[] memory curves = _curves(token, legs);
        amountIn = SizingLib.optimum(curves, loanFeeBps, cap);
        back = amountIn;
        for (uint256 i; i < curves.length && back != 0; ++i) {
            back = SizingLib.amountOut(curves[i], back);
        }
    }

    function _curves(address token, bytes calldata legs) private view returns (ConstantProduct[] memory curves) {
        curves = new ConstantProduct[](RouteLib.MAX_LEGS);
        uint256 count;
        for (; legs.length != 0; ++count) {
            require(count < RouteLib.MAX_LEGS, ErrorsLib.LegCountWrong(count + 1));
            Leg memory leg;
            (leg, legs) = RouteLib.nextLeg(legs);
            (curves[count], token) = (_curve(leg, token), leg.tokenOut);
        }
        // Solidity: curves = curves[:count]. Shortens the array just made; nothing else refers to it.
        assembly ("memory-safe") {
            mstore(curves, count)
        }
    }

    function _curve(Leg memory leg, address tokenIn) private view returns (ConstantProduct memory) {
        bool zeroForOne = tokenIn < leg.tokenOut;
        uint8 venue = leg.venue;
        if (venue == RouteLib.UNISWAP_V2 || venue == RouteLib.PANCAKE_V2) return _uniswapV2(leg, zeroForOne);
        if (venue == RouteLib.UNISWAP_V3 || venue == RouteLib.PANCAKE_V3) return _uniswapV3(leg.target, zeroForOne);
        if (venue == RouteLib.UNISWAP_V4) return _uniswapV4(leg, tokenIn, zeroForOne);
        if (venue == RouteLib.SOLIDLY) return _solidly(leg.target, zeroForOne);
        require(venue == RouteLib.ALGEBRA, ErrorsLib.NotSizable(venue));
        return _algebra(leg.target, zeroForOne);
    }

    /* CONSTANT PRODUCTS */

    function _uniswapV2(Leg memory leg, bool zeroForOne) private view returns (ConstantProduct memory) {
        // The time of the last swap is of no use here.
        // slither-disable-next-line unused-return
        (uint256 reserve0, uint256 reserve1,) = IUniswapV2Pair(leg.target).getReserves();
        return _pair(reserve0, reserve1, zeroForOne, leg.params * PIPS_A_BPS);
    }

    function _solidly(address pool, bool zeroForOne) private view returns (ConstantProduct memory) {
        require(!ISolidlyPair(pool).stable(), ErrorsLib.NotSizable(RouteLib.SOLIDLY));
        // The time of the last swap is of no use here.
        // slither-disable-next-line unused-return
        (uint256 reserve0, uint256 reserve1,) = ISolidlyPair(pool).getReserves();
        uint256 fee = ISolidlyFactory(ISolidlyPair(pool).factory()).getFee(pool, false);
        return _pair(reserve0, reserve1, zeroForOne, fee * PIPS_A_BPS);
    }

    function _pair(uint256 reserve0, uint256 reserve1, bool zeroForOne, uint256 feePips)
        private
        pure
        returns (ConstantProduct memory)
    {
        (uint256 reserveIn, uint256 reserveOut) = zeroForOne ? (reserve0, reserve1) : (reserve1, reserve0);
        return ConstantProduct(reserveIn, reserveOut, feePips, type(uint256).max);
    }

    /* CONCENTRATED POOLS */

    function _uniswapV3(address pool, bool zeroForOne) private view returns (ConstantProduct memory) {
        (uint160 sqrtPrice, int24 tick) = IConcentratedPool(pool).slot0();
        Range memory range = Range(sqrtPrice, tick, IConcentratedPool(pool).liquidity(), IConcentratedPool(pool).fee());
        int24 spacing = IConcentratedPool(pool).tickSpacing();
        int16 position = ConcentratedLib.wordPosition(range.tick, spacing, zeroForOne);
        return _inWord(range, spacing, zeroForOne, IConcentratedPool(pool).tickBitmap(position));
    }

    function _uniswapV4(Leg memory leg, address tokenIn, bool zeroForOne)
        private
        view
        returns (ConstantProduct memory)
    {
        IUniswapV4PoolManager manager = IUniswapV4PoolManager(leg.target);
        bytes32 pool = UniswapV4Lib.stateSlot(UniswapV4Lib.poolId(leg, tokenIn));
        (uint160 sqrtPrice, int24 tick, uint256 feePips) = UniswapV4Lib.decodeSlot0(manager.extsload(pool), zeroForOne);
        uint128 liquidity = uint128(uint256(manager.extsload(UniswapV4Lib.liquiditySlot(pool))));
        Range memory range = Range(sqrtPrice, tick, liquidity, feePips);
        int24 spacing = UniswapV4Lib.tickSpacing(leg);
        int16 position = ConcentratedLib.wordPosition(range.tick, spacing, zeroForOne);
        uint256 word = uint256(manager.extsload(UniswapV4Lib.bitmapSlot(pool, position)));
        return _inWord(range, spacing, zeroForOne, word);
    }

    function _algebra(address pool, bool zeroForOne) private view returns (ConstantProduct memory) {
        (Range memory range, bool integral) = _algebraState(pool, zeroForOne);
        range.liquidity = IConcentratedPool(pool).liquidity();
        if (integral) {
            int24 end = zeroForOne ? IAlgebraPool(pool).prevTickGlobal() : IAlgebraPool(pool).nextTickGlobal();
            return _upTo(range, end, zeroForOne);
        }
        int24 spacing = IConcentratedPool(pool).tickSpacing();
        int16 position = ConcentratedLib.wordPosition(range.tick, spacing, zeroForOne);
        return _inWord(range, spacing, zeroForOne, IAlgebraPool(pool).tickTable(position));
    }

    /// @dev Version 1.9 names a fee that the next swap may set anew; Integral's plugin is asked for it.
    function _algebraState(address pool, bool zeroForOne) private view returns (Range memory range, bool integral) {
        // The pool's versions differ in the length of what they return, which an interface cannot express.
        // slither-disable-next-line low-level-calls
        (bool done, bytes memory state) = pool.staticcall(abi.encodeCall(IAlgebraPool.globalState, ()));
        require(done && state.length >= INTEGRAL_LENGTH, ErrorsLib.NotSizable(RouteLib.ALGEBRA));
        uint256 feeZeroForOne;
        uint256 feeOneForZero;
        (range.sqrtPrice, range.tick, feeZeroForOne, feeOneForZero) =
            abi.decode(state, (uint160, int24, uint256, uint256));
        integral = state.length == INTEGRAL_LENGTH;
        bool camelot = state.length == CAMELOT_LENGTH;
        range.feePips =
            integral ? IConcentratedPool(pool).fee() : camelot && !zeroForOne ? feeOneForZero : feeZeroForOne;
    }

    function _inWord(Range memory range, int24 spacing, bool zeroForOne, uint256 word)
        private
        pure
        returns (ConstantProduct memory)
    {
        // Up to the word's end the liquidity is the same, whether a tick is initialised there or not.
        // slither-disable-next-line unused-return
        (int24 end,) = ConcentratedLib.rangeEnd(range.tick, spacing, zeroForOne, word);
        return _upTo(range, end, zeroForOne);
    }

    function _upTo(Range memory range, int24 end, bool zeroForOne) private pure returns (ConstantProduct memory curve) {
        (uint160 price, uint128 liquidity) = (range.sqrtPrice, range.liquidity);
        curve = ConcentratedLib.constantProduct(price, liquidity, zeroForOne, range.feePips);
        curve.maxIn = ConcentratedLib.inputTo(TickLib.sqrtPriceAt(end), price, liquidity, zeroForOne, range.feePips);
    }
}
