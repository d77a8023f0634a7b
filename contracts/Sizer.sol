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
import {PackedLeg} from "./types/PackedLeg.sol";

import {ConcentratedLib} from "./libraries/ConcentratedLib.sol";
import {ErrorsLib} from "./libraries/ErrorsLib.sol";
import {RouteLib} from "./libraries/RouteLib.sol";
import {SizingLib} from "./libraries/SizingLib.sol";
import {TickLib} from "./libraries/TickLib.sol";
import {UniswapV4Lib} from "./libraries/UniswapV4Lib.sol";
import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";

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

    uint256 private constant CONCENTRATED =
        1 << RouteLib.UNISWAP_V3 | 1 << RouteLib.PANCAKE_V3 | 1 << RouteLib.ALGEBRA | 1 << RouteLib.UNISWAP_V4;

    /// @dev A range's end is looked for in this many words of a pool's bitmap, the current one first.
    uint256 private constant WORDS = 2;

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
        (PackedLeg[] memory list, ConstantProduct[] memory curves) = _curves(token, legs);
        amountIn = SizingLib.optimum(curves, loanFeeBps, cap);
        if (amountIn == 0) return (0, 0);
        // Where ranges end matters only to a cycle that earns.
        _bound(token, list, curves);
        amountIn = FixedPointMathLib.min(amountIn, SizingLib.largestInput(curves));
        back = amountIn;
        for (uint256 i; i < curves.length; ++i) {
            back = SizingLib.amountOut(curves[i], back);
        }
    }

    /// @dev The legs as if no range ever ended.
    function _curves(address token, bytes calldata legs)
        private
        view
        returns (PackedLeg[] memory list, ConstantProduct[] memory curves)
    {
        (list, curves) = (new PackedLeg[](RouteLib.MAX_LEGS), new ConstantProduct[](RouteLib.MAX_LEGS));
        uint256 count;
        for (; legs.length != 0; ++count) {
            require(count < RouteLib.MAX_LEGS, ErrorsLib.LegCountWrong(count + 1));
            (list[count], legs) = RouteLib.nextLeg(legs);
            PackedLeg leg = list[count];
            require(leg.target().code.length != 0, ErrorsLib.NotContract(leg.target()));
            (curves[count], token) = (_curve(leg, token), leg.tokenOut());
        }
        // Solidity: list = list[:count]; curves = curves[:count]. The arrays have just been made, and nothing else refers
        // to them.
        assembly ("memory-safe") {
            mstore(list, count)
            mstore(curves, count)
        }
    }

    function _curve(PackedLeg leg, address tokenIn) private view returns (ConstantProduct memory) {
        bool zeroForOne = tokenIn < leg.tokenOut();
        uint8 venue = leg.venue();
        if (venue == RouteLib.UNISWAP_V2 || venue == RouteLib.PANCAKE_V2) return _uniswapV2(leg, zeroForOne);
        if (venue == RouteLib.SOLIDLY) return _solidly(leg.target(), zeroForOne);
        Range memory range = _range(leg, tokenIn, zeroForOne);
        return ConcentratedLib.constantProduct(range.sqrtPrice, range.liquidity, zeroForOne, range.feePips);
    }

    function _bound(address token, PackedLeg[] memory legs, ConstantProduct[] memory curves) private view {
        for (uint256 i; i < legs.length; ++i) {
            PackedLeg leg = legs[i];
            bool zeroForOne = token < leg.tokenOut();
            if (CONCENTRATED >> leg.venue() & 1 != 0) {
                Range memory range = _range(leg, token, zeroForOne);
                uint160 end = TickLib.sqrtPriceAt(_end(leg, token, range.tick, zeroForOne));
                curves[i].maxIn =
                    ConcentratedLib.inputTo(end, range.sqrtPrice, range.liquidity, zeroForOne, range.feePips);
            }
            token = leg.tokenOut();
        }
    }

    /* CONSTANT PRODUCTS */

    function _uniswapV2(PackedLeg leg, bool zeroForOne) private view returns (ConstantProduct memory) {
        // The time of the last swap is of no use here.
        // slither-disable-next-line unused-return
        (uint256 reserve0, uint256 reserve1,) = IUniswapV2Pair(leg.target()).getReserves();
        return _pair(reserve0, reserve1, zeroForOne, leg.params() * PIPS_A_BPS);
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

    function _range(PackedLeg leg, address tokenIn, bool zeroForOne) private view returns (Range memory) {
        uint8 venue = leg.venue();
        if (venue == RouteLib.UNISWAP_V3 || venue == RouteLib.PANCAKE_V3) return _uniswapV3(leg.target());
        if (venue == RouteLib.UNISWAP_V4) return _uniswapV4(leg, tokenIn, zeroForOne);
        require(venue == RouteLib.ALGEBRA, ErrorsLib.NotSizable(venue));
        return _algebra(leg.target(), zeroForOne);
    }

    function _uniswapV3(address pool) private view returns (Range memory) {
        (uint160 sqrtPrice, int24 tick) = IConcentratedPool(pool).slot0();
        return Range(sqrtPrice, tick, IConcentratedPool(pool).liquidity(), IConcentratedPool(pool).fee());
    }

    function _uniswapV4(PackedLeg leg, address tokenIn, bool zeroForOne) private view returns (Range memory) {
        IUniswapV4PoolManager manager = IUniswapV4PoolManager(leg.target());
        bytes32 pool = UniswapV4Lib.stateSlot(UniswapV4Lib.poolId(leg, tokenIn));
        (uint160 sqrtPrice, int24 tick, uint256 feePips) = UniswapV4Lib.decodeSlot0(manager.extsload(pool), zeroForOne);
        uint128 liquidity = uint128(uint256(manager.extsload(UniswapV4Lib.liquiditySlot(pool))));
        return Range(sqrtPrice, tick, liquidity, feePips);
    }

    /// @dev Version 1.9 names a fee that the next swap may set anew; Integral's plugin is asked for it.
    function _algebra(address pool, bool zeroForOne) private view returns (Range memory range) {
        bytes memory state = _algebraState(pool);
        uint256 feeZeroForOne;
        uint256 feeOneForZero;
        (range.sqrtPrice, range.tick, feeZeroForOne, feeOneForZero) =
            abi.decode(state, (uint160, int24, uint256, uint256));
        range.liquidity = IConcentratedPool(pool).liquidity();
        bool other = state.length == CAMELOT_LENGTH && !zeroForOne;
        if (state.length == INTEGRAL_LENGTH) range.feePips = IConcentratedPool(pool).fee();
        else range.feePips = other ? feeOneForZero : feeZeroForOne;
    }

    function _algebraState(address pool) private view returns (bytes memory state) {
        bool done;
        // The versions differ in the length of what they return, which an interface cannot express.
        // slither-disable-next-line low-level-calls
        (done, state) = pool.staticcall(abi.encodeCall(IAlgebraPool.globalState, ()));
        require(done && state.length >= INTEGRAL_LENGTH, ErrorsLib.NotSizable(RouteLib.ALGEBRA));
    }

    /* WHERE RANGES END */

    /// @dev The tick up to which the liquidity is the current one: the next that is initialised, as far as it is looked for.
    function _end(PackedLeg leg, address tokenIn, int24 tick, bool zeroForOne) private view returns (int24 end) {
        if (leg.venue() == RouteLib.ALGEBRA && _algebraState(leg.target()).length == INTEGRAL_LENGTH) {
            IAlgebraPool pool = IAlgebraPool(leg.target());
            return zeroForOne ? pool.prevTickGlobal() : pool.nextTickGlobal();
        }
        bool v4 = leg.venue() == RouteLib.UNISWAP_V4;
        int24 spacing = v4 ? UniswapV4Lib.tickSpacing(leg) : IConcentratedPool(leg.target()).tickSpacing();
        bool initialised = false;
        for (uint256 i; i < WORDS && !initialised; ++i) {
            int16 position = ConcentratedLib.wordPosition(tick, spacing, zeroForOne);
            (end, initialised) = ConcentratedLib.rangeEnd(tick, spacing, zeroForOne, _word(leg, tokenIn, position));
            if (end <= -TickLib.MAX_TICK || end >= TickLib.MAX_TICK) return end;
            tick = zeroForOne ? end - 1 : end;
        }
    }

    function _word(PackedLeg leg, address tokenIn, int16 position) private view returns (uint256) {
        if (leg.venue() == RouteLib.ALGEBRA) return IAlgebraPool(leg.target()).tickTable(position);
        if (leg.venue() != RouteLib.UNISWAP_V4) return IConcentratedPool(leg.target()).tickBitmap(position);
        bytes32 pool = UniswapV4Lib.stateSlot(UniswapV4Lib.poolId(leg, tokenIn));
        return uint256(IUniswapV4PoolManager(leg.target()).extsload(UniswapV4Lib.bitmapSlot(pool, position)));
    }
}
