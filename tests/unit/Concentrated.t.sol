// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ConstantProduct} from "../../contracts/types/ConstantProduct.sol";

import {ConcentratedLib} from "../../contracts/libraries/ConcentratedLib.sol";
import {SizingLib} from "../../contracts/libraries/SizingLib.sol";
import {TickLib} from "../../contracts/libraries/TickLib.sol";
import {FullMath} from "@uniswap/v4-core/src/libraries/FullMath.sol";
import {SwapMath} from "@uniswap/v4-core/src/libraries/SwapMath.sol";
import {TickBitmap} from "@uniswap/v4-core/src/libraries/TickBitmap.sol";
import {Test} from "forge-std/Test.sol";

/// @notice A concentrated pool as a constant product, against the protocol's own bitmap and swap step.
contract Concentrated_Test is Test {
    using TickBitmap for mapping(int16 => uint256);

    uint256 internal constant PIPS = 1e6;
    int24 internal constant MAX_TICK = 887_272;

    mapping(int16 => uint256) internal bitmap;

    struct Pool {
        uint160 sqrtPrice;
        uint160 sqrtEnd;
        uint128 liquidity;
        bool zeroForOne;
        uint24 fee;
    }

    /* THE END OF THE RANGE */

    function test_TheEndOfTheWord() public pure {
        _assertEnd(0, 60, true, 0, 0, 0, false);
        _assertEnd(-1, 60, true, 0, -1, -256 * 60, false);
        _assertEnd(0, 60, false, 0, 0, 255 * 60, false);
        _assertEnd(255 * 60 - 1, 60, false, 0, 0, 255 * 60, false);
        _assertEnd(255 * 60, 60, false, 0, 1, 511 * 60, false);
    }

    function test_TheNextInitialisedTick() public pure {
        uint256 word = 1 << 100 | 1 << 200;
        _assertEnd(150 * 60 + 59, 60, true, word, 0, 6000, true);
        _assertEnd(100 * 60 + 59, 60, true, word, 0, 6000, true);
        _assertEnd(100 * 60, 60, true, word, 0, 6000, true);
        _assertEnd(100 * 60 - 1, 60, true, word, 0, 0, false);
        _assertEnd(100 * 60 - 1, 60, false, word, 0, 6000, true);
        _assertEnd(100 * 60, 60, false, word, 0, 12_000, true);
        _assertEnd(200 * 60, 60, false, word, 0, 255 * 60, false);
    }

    function test_TheEndOfAllPrices() public pure {
        _assertEnd(887_220, 60, false, 0, 57, MAX_TICK, false);
        _assertEnd(-887_272, 60, true, 0, -58, -MAX_TICK, false);
    }

    function testFuzz_AsTheProtocolsBitmap(int24 tick, int24 tickSpacing, bool zeroForOne, uint256 word, uint256 thin)
        public
    {
        tick = int24(bound(tick, -MAX_TICK, MAX_TICK));
        tickSpacing = int24(bound(tickSpacing, 1, 16_383));
        // Full, sparse, a single tick, none.
        word =
            thin % 4 == 0 ? word : thin % 4 == 1 ? word & thin & (thin << 128) : thin % 4 == 2 ? 1 << (word % 256) : 0;
        bitmap[ConcentratedLib.wordPosition(tick, tickSpacing, zeroForOne)] = word;
        (int24 next, bool initialised) = bitmap.nextInitializedTickWithinOneWord(tick, tickSpacing, zeroForOne);
        if (next > MAX_TICK) next = MAX_TICK;
        if (next < -MAX_TICK) next = -MAX_TICK;
        (int24 end, bool found) = ConcentratedLib.rangeEnd(tick, tickSpacing, zeroForOne, word);
        assertEq(end, next);
        assertEq(found, initialised);
    }

    /// @dev Word after word, as the natspec says, arrives where a long walk of the protocol's own does.
    function testFuzz_TheWordsThatFollow(int24 tick, bool zeroForOne, uint8 steps) public {
        int24 spacing = 10;
        tick = int24(bound(tick, -10_000, 10_000));
        int24 target =
            (tick / spacing + (zeroForOne ? -int24(uint24(steps)) * 4 - 1 : int24(uint24(steps)) * 4 + 1)) * spacing;
        bitmap.flipTick(target, spacing);
        int24 end = tick;
        bool initialised;
        for (uint256 words; !initialised && words < 8; ++words) {
            int24 from = words != 0 && zeroForOne ? end - 1 : end;
            uint256 word = bitmap[ConcentratedLib.wordPosition(from, spacing, zeroForOne)];
            (end, initialised) = ConcentratedLib.rangeEnd(from, spacing, zeroForOne, word);
        }
        assertEq(end, target);
    }

    /* THE LEG */

    /// @dev Price 4, so √P is 2: 1000 of liquidity is 500 of token0 and 2000 of token1, rounded against the trader.
    function test_VirtualReserves() public pure {
        ConstantProduct memory leg = ConcentratedLib.constantProduct(2 << 96, 1000, true, 3000);
        assertEq(abi.encode(leg), abi.encode(ConstantProduct(501, 2000, 3000, type(uint256).max)));
        leg = ConcentratedLib.constantProduct(2 << 96, 1000, false, 3000);
        assertEq(abi.encode(leg), abi.encode(ConstantProduct(2001, 500, 3000, type(uint256).max)));
    }

    /// @dev From √P = 2 to 1 it takes 500 of token0 more, to 3 it takes 1000 of token1, and the fee on top.
    function test_InputToTheEnd() public pure {
        assertEq(ConcentratedLib.inputTo(1 << 96, 2 << 96, 1000, true, 0), 500);
        assertEq(ConcentratedLib.inputTo(3 << 96, 2 << 96, 1000, false, 0), 1000);
        assertEq(ConcentratedLib.inputTo(3 << 96, 2 << 96, 1000, false, 200_000), 1250);
        assertEq(ConcentratedLib.inputTo(2 << 96, 2 << 96, 1000, true, 0), 0);
        assertEq(ConcentratedLib.inputTo(3 << 96, 2 << 96, 1000, false, PIPS), 0);
        assertEq(ConcentratedLib.inputTo(3 << 96, 2 << 96, 1000, false, PIPS + 1), 0);
    }

    function test_APoolWithoutPriceOrLiquidityPaysNothing() public pure {
        assertEq(ConcentratedLib.constantProduct(0, 0, true, 3000).reserveOut, 0);
        assertEq(ConcentratedLib.constantProduct(1 << 96, 0, false, 3000).reserveOut, 0);
        assertEq(ConcentratedLib.inputTo(1 << 95, 1 << 96, 0, true, 3000), 0);
    }

    /// @dev `maxIn` does not pass the end, and stops less than a few units and their fee before it.
    function testFuzz_MaxInEndsAtTheEndOfTheRange(uint256 seed) public pure {
        Pool memory pool = _pool(seed);
        uint256 maxIn = _inputTo(pool);
        vm.assume(maxIn != 0);
        uint256 wholeRange = _takenToTheEnd(pool);
        assertLe(maxIn, wholeRange);
        assertLe(wholeRange - maxIn, 2 + 2 * PIPS / (PIPS - pool.fee));
        (uint160 sqrtNext, uint256 taken,, uint256 fee) = _step(pool, maxIn);
        assertTrue(pool.zeroForOne ? sqrtNext >= pool.sqrtEnd : sqrtNext <= pool.sqrtEnd);
        assertEq(taken + fee, maxIn);
    }

    /// @dev The pool pays what the leg says, but for the roundings that are its own: a unit of input, which the fee's
    /// rounding takes, one of output, and a step of its price. It pays no more than the reserves before rounding would.
    function testFuzz_PaysWhatTheLegSays(uint256 seed, uint256 amountIn) public pure {
        Pool memory pool = _pool(seed);
        uint256 maxIn = _inputTo(pool);
        vm.assume(maxIn > 1);
        amountIn = bound(amountIn, 2, maxIn);
        ConstantProduct memory leg =
            ConcentratedLib.constantProduct(pool.sqrtPrice, pool.liquidity, pool.zeroForOne, pool.fee);
        (,, uint256 paid,) = _step(pool, amountIn);
        uint256 unitOfInput = 1 + PIPS / (PIPS - pool.fee);
        uint256 less = amountIn > unitOfInput ? amountIn - unitOfInput : 0;
        assertGe(paid + _priceStep(pool) + 1, SizingLib.amountOut(leg, less));
        (leg.reserveIn, leg.reserveOut) = (leg.reserveIn - 1, leg.reserveOut + 1);
        assertLe(paid, SizingLib.amountOut(leg, amountIn));
    }

    function testFuzz_ReservesFitWhatSizingTakes(uint160 sqrtPrice, uint128 liquidity, bool zeroForOne) public pure {
        sqrtPrice = uint160(bound(sqrtPrice, TickLib.sqrtPriceAt(-MAX_TICK), TickLib.sqrtPriceAt(MAX_TICK)));
        ConstantProduct memory leg = ConcentratedLib.constantProduct(sqrtPrice, liquidity, zeroForOne, 3000);
        assertLe(leg.reserveIn, 1 << 192);
        assertLe(leg.reserveOut, 1 << 192);
        assertGt(leg.reserveIn, 0);
    }

    /* HELPERS */

    function _assertEnd(
        int24 tick,
        int24 tickSpacing,
        bool zeroForOne,
        uint256 word,
        int16 position,
        int24 expected,
        bool found
    ) private pure {
        assertEq(ConcentratedLib.wordPosition(tick, tickSpacing, zeroForOne), position);
        (int24 end, bool initialised) = ConcentratedLib.rangeEnd(tick, tickSpacing, zeroForOne, word);
        assertEq(end, expected);
        assertEq(initialised, found);
    }

    /// @dev Any price but the last ones, a range of up to 50,000 ticks, liquidity of any size.
    function _pool(uint256 seed) private pure returns (Pool memory pool) {
        pool.zeroForOne = seed % 2 == 0;
        int24 tick = int24(int256(_draw(seed, 1) % 1_600_000)) - 800_000;
        int24 away = int24(int256(_draw(seed, 2) % (_draw(seed, 3) % 2 == 0 ? 200 : 50_000)));
        pool.sqrtEnd = TickLib.sqrtPriceAt(pool.zeroForOne ? tick - away : tick + 1 + away);
        uint256 low = TickLib.sqrtPriceAt(tick);
        pool.sqrtPrice = uint160(low + _draw(seed, 4) % (TickLib.sqrtPriceAt(tick + 1) - low));
        pool.liquidity = uint128(_draw(seed, 5) >> (128 + _draw(seed, 6) % 127));
        pool.fee = uint24(_draw(seed, 7) % (_draw(seed, 8) % 4 == 0 ? 900_000 : 10_001));
    }

    function _draw(uint256 seed, uint256 field) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, field)));
    }

    function _inputTo(Pool memory pool) private pure returns (uint256) {
        return ConcentratedLib.inputTo(pool.sqrtEnd, pool.sqrtPrice, pool.liquidity, pool.zeroForOne, pool.fee);
    }

    function _step(Pool memory pool, uint256 amountIn) private pure returns (uint160, uint256, uint256, uint256) {
        return SwapMath.computeSwapStep(pool.sqrtPrice, pool.sqrtEnd, pool.liquidity, -int256(amountIn), pool.fee);
    }

    function _takenToTheEnd(Pool memory pool) private pure returns (uint256) {
        (, uint256 taken,, uint256 fee) = _step(pool, uint256(type(int256).max));
        return taken + fee;
    }

    /// @dev What one unit of √P in Q96 is worth in the token bought, rounded up: L / 2^96, or L·2^96 / P.
    function _priceStep(Pool memory pool) private pure returns (uint256) {
        if (pool.zeroForOne) return (pool.liquidity >> 96) + 1;
        return FullMath.mulDiv(uint256(pool.liquidity) << 96, 1, pool.sqrtPrice) / pool.sqrtPrice + 1;
    }
}
