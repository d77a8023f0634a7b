// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {TickLib} from "../../contracts/libraries/TickLib.sol";
import {TickMath} from "@uniswap/v4-core/src/libraries/TickMath.sol";
import {Test} from "forge-std/Test.sol";

/// @notice Prices of ticks against Uniswap's own.
contract Tick_Test is Test {
    int24 internal constant MAX_TICK = 887_272;

    /// @dev One in 17, and all 1,774,545 of them in the long profile; more gas than a test is given.
    function test_EveryTick() public {
        vm.pauseGasMetering();
        bool long = keccak256(bytes(vm.envOr("FOUNDRY_PROFILE", string("")))) == keccak256("long");
        int24 stride = long ? int24(1) : int24(17);
        for (int24 tick = -MAX_TICK; tick <= MAX_TICK; tick += stride) {
            if (TickLib.sqrtPriceAt(tick) != TickMath.getSqrtPriceAtTick(tick)) {
                assertEq(TickLib.sqrtPriceAt(tick), TickMath.getSqrtPriceAtTick(tick), vm.toString(tick));
            }
        }
    }

    /// @dev Each factor alone, and all below it together.
    function test_EveryFactor() public pure {
        for (int24 bit = 1; bit <= MAX_TICK; bit *= 2) {
            assertEq(TickLib.sqrtPriceAt(bit), TickMath.getSqrtPriceAtTick(bit));
            assertEq(TickLib.sqrtPriceAt(-bit), TickMath.getSqrtPriceAtTick(-bit));
            assertEq(TickLib.sqrtPriceAt(1 - bit), TickMath.getSqrtPriceAtTick(1 - bit));
        }
    }

    function test_KnownPrices() public pure {
        assertEq(TickLib.sqrtPriceAt(0), 1 << 96);
        assertEq(TickLib.sqrtPriceAt(-MAX_TICK), 4_295_128_739);
        assertEq(TickLib.sqrtPriceAt(MAX_TICK), 1_461_446_703_485_210_103_287_273_052_203_988_822_378_723_970_342);
    }

    function testFuzz_RevertWhen_TheTickHasNoPrice(int24 tick) public {
        vm.assume(tick < -MAX_TICK || tick > MAX_TICK);
        vm.expectRevert(abi.encodeWithSelector(TickLib.TickOutOfRange.selector, tick));
        this.sqrtPriceAt(tick);
    }

    function test_RevertWhen_TheTickIsTheFirstWithoutAPrice() public {
        for (int24 sign = -1; sign < 2; sign += 2) {
            int24 tick = sign * (MAX_TICK + 1);
            vm.expectRevert(abi.encodeWithSelector(TickLib.TickOutOfRange.selector, tick));
            this.sqrtPriceAt(tick);
        }
    }

    function sqrtPriceAt(int24 tick) external pure returns (uint160) {
        return TickLib.sqrtPriceAt(tick);
    }
}
