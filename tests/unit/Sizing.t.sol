// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ConstantProduct} from "../../contracts/types/ConstantProduct.sol";

import {SizingLib} from "../../contracts/libraries/SizingLib.sol";
import {FullMath} from "@uniswap/v4-core/src/libraries/FullMath.sol";
import {Test} from "forge-std/Test.sol";

/// @notice Sizing against what cycles pay, in real numbers and in the whole units of Uniswap V2.
/// @dev A real number here is bracketed: computed in 2^−40 of a unit, rounded down at every leg and rounded up.
contract Sizing_Test is Test {
    uint256 internal constant PIPS = 1e6;
    uint256 internal constant BPS = 10_000;
    uint256 internal constant ONE = 1 << 40;
    uint256 internal constant UNBOUNDED = type(uint256).max;
    uint256 internal constant CAP = type(uint128).max;

    /* KNOWN ANSWERS */

    /// @dev Depth 50, reserve 112.5: √(50 · 112.5) − 50.
    function test_TwoPairs() public pure {
        assertEq(SizingLib.optimum(_two(100, 100, 100, 225, 0), 0, CAP), 25);
    }

    /// @dev Ten thousand times √(10/11) of the root, 7500, less the depth, 5000.
    function test_TheLoanCosts() public pure {
        ConstantProduct[] memory legs = _two(10_000e18, 10_000e18, 10_000e18, 22_500e18, 0);
        assertEq(SizingLib.optimum(legs, 1000, CAP), 2_150_969_419_341_942_365_850);
        assertEq(SizingLib.optimum(legs, 1_250_000, CAP), 0);
    }

    /// @dev Answers of the harness's closed form for ether and dollars.
    function test_EtherAndDollars() public pure {
        ConstantProduct[] memory legs = _two(1000e18, 3_000_000e6, 2_900_000e6, 1010e18, 3000);
        assertEq(SizingLib.optimum(legs, 0, CAP), 9_431_549_298_931_191_336);
        assertEq(SizingLib.optimum(legs, 5, CAP), 9_305_799_159_284_498_045);
    }

    /// @dev 2^110 · (√(1 + 2^−51) − 1), where the first-order answer is 2^58.
    function test_TheSmallestGapOfTheDeepestPairs() public pure {
        ConstantProduct[] memory legs = _two(1 << 111, 1 << 111, 1 << 111, (1 << 111) + (1 << 60), 0);
        assertApproxEqAbs(SizingLib.optimum(legs, 0, CAP), (1 << 58) - 32, 1);
    }

    /// @dev The real optimum lies below one unit, and one unit earns.
    function test_OneUnitIsTradedWhereItEarns() public pure {
        ConstantProduct[] memory legs = _two(1, 1e6, 1e9, 1e9, 0);
        assertEq(SizingLib.optimum(legs, 0, CAP), 998);
        legs = _two(1, 1e3, 1, 3, 0);
        assertEq(SizingLib.optimum(legs, 0, CAP), 1);
    }

    /* NOTHING TO EARN */

    /// @dev 0.24 units in would bring a fiftieth of a unit; one brings 5.5 / 6.
    function test_AGapThatNoWholeUnitFitsEarnsNothing() public pure {
        assertEq(SizingLib.optimum(_two(10, 10, 10, 11, 0), 0, CAP), 0);
    }

    /// @dev The first pair never pays the one unit it has, however much the second would pay for it.
    function test_ALegThatCarriesNoWholeUnitEarnsNothing() public pure {
        assertEq(SizingLib.optimum(_two(1e18, 1, 1, 1e30, 0), 0, CAP), 0);
        assertGt(SizingLib.optimum(_two(1e18, 2, 1, 1e30, 0), 0, CAP), 0);
    }

    /// @dev Of both cycles the first unit brings back 10^−18 or less too little; middle legs of few units magnify what
    /// is rounded. A reserve rounded up in the first, or a depth rounded down in the second, would see a profit.
    function test_RoundingInventsNoProfit() public pure {
        ConstantProduct[] memory legs = new ConstantProduct[](3);
        legs[0] = ConstantProduct(2_000_000, 800, 300_000, UNBOUNDED);
        legs[1] = ConstantProduct(90, 3, 0, UNBOUNDED);
        legs[2] = ConstantProduct(3e19, 3_217_514_353_639_353_639_353_640, 1000, UNBOUNDED);
        assertEq(SizingLib.optimum(legs, 0, CAP), 0);
        legs[0] = ConstantProduct(800, 6, 0, UNBOUNDED);
        legs[1] = ConstantProduct(1, 2000, 300_000, UNBOUNDED);
        legs[2] = ConstantProduct(3e20, 28_785_928_785_928_785_929, 1000, UNBOUNDED);
        assertEq(SizingLib.optimum(legs, 0, CAP), 0);
    }

    /// @dev One unit brings back just one.
    function test_AGapThatOneUnitClosesEarnsNothing() public pure {
        ConstantProduct[] memory legs = new ConstantProduct[](1);
        legs[0] = ConstantProduct(1000, 1001, 0, UNBOUNDED);
        assertEq(SizingLib.optimum(legs, 0, CAP), 0);
        legs[0].reserveOut = 1002;
        assertEq(SizingLib.optimum(legs, 0, CAP), 1);
    }

    /// @dev The second pair pays a fifth of a unit for all there is, whatever the third would pay for that.
    function test_LessThanAUnitIsNothing() public pure {
        ConstantProduct[] memory legs = new ConstantProduct[](3);
        legs[0] = ConstantProduct(10, 2, 0, UNBOUNDED);
        legs[1] = ConstantProduct(10, 1, 0, UNBOUNDED);
        legs[2] = ConstantProduct(1, 1e30, 0, UNBOUNDED);
        assertEq(SizingLib.optimum(legs, 0, CAP), 0);
    }

    /// @dev Nothing is taken, or nothing left of what is: by the first leg and by the last.
    function test_ALegThatTakesNothingEarnsNothing() public pure {
        for (uint256 at; at < 2; ++at) {
            ConstantProduct[] memory legs = _two(100, 100, 100, 225, 0);
            legs[at].reserveIn = 0;
            assertEq(SizingLib.optimum(legs, 0, CAP), 0);
            legs[at].reserveIn = 100;
            for (uint256 over; over < 2; ++over) {
                legs[at].feePips = PIPS + over;
                assertEq(SizingLib.optimum(legs, 0, CAP), 0);
            }
        }
    }

    function test_EvenPairsEarnNothing() public pure {
        assertEq(SizingLib.optimum(_two(1e21, 1e21, 1e21, 1e21, 0), 0, CAP), 0);
        assertEq(SizingLib.optimum(_two(1e21, 1e21, 1e21, 1.006e21, 3000), 0, CAP), 0);
        assertGt(SizingLib.optimum(_two(1e21, 1e21, 1e21, 1.0061e21, 3000), 0, CAP), 0);
        assertEq(SizingLib.optimum(_two(1e21, 1e21, 1e21, 1.0061e21, 3000), 5, CAP), 0);
    }

    function test_NoLegsEarnNothing() public pure {
        assertEq(SizingLib.optimum(new ConstantProduct[](0), 0, CAP), 0);
    }

    function testFuzz_ALegWithoutReserveOrWithoutFeeLeftEarnsNothing(uint256 seed, uint256 at, uint256 kind)
        public
        pure
    {
        ConstantProduct[] memory legs = _wild(seed);
        ConstantProduct memory dead = legs[at % legs.length];
        if (kind % 3 == 0) dead.reserveIn = 0;
        else if (kind % 3 == 1) dead.reserveOut = 0;
        else dead.feePips = PIPS + kind % 2;
        assertEq(SizingLib.optimum(legs, 0, CAP), 0);
    }

    /// @dev Between a pair of one unit and one of 2^112, tokens run out long before numbers do.
    function test_ReservesAtTheirLimits() public pure {
        uint256[3] memory extremes = [uint256(1), 1 << 112, 1 << 193];
        for (uint256 pattern; pattern < 3 ** 8; ++pattern) {
            ConstantProduct[] memory legs = new ConstantProduct[](4);
            uint256 digits = pattern;
            for (uint256 i; i < 4; ++i) {
                legs[i] =
                    ConstantProduct(extremes[digits % 3], extremes[digits / 3 % 3], i * 333_333, (i + 1) << (i * 50));
                digits /= 9;
            }
            SizingLib.largestInput(legs);
            SizingLib.optimum(legs, 0, CAP);
        }
    }

    /* LARGE NUMBERS */

    /// @dev The largest depth is what the largest fee makes of it that leaves something.
    function test_TheLargestDepth() public pure {
        ConstantProduct[] memory legs = _two(1 << 193, 1 << 193, 1 << 193, 1 << 193, 0);
        legs[0].feePips = PIPS - 1;
        assertEq(SizingLib.optimum(legs, 0, UNBOUNDED), 0);
        (legs[1].reserveIn, legs[1].feePips) = (1 << 100, PIPS / 2);
        assertApproxEqRel(
            SizingLib.optimum(legs, 0, UNBOUNDED), 178_405_961_585_709_683_931_829_287_342_164_688_618_639_360_000, 1
        );
    }

    /// @dev All reserves times a power of two: the answer is multiplied too, up to the largest reserves there are.
    function testFuzz_AnswersScale(uint256 seed, uint256 bits) public pure {
        ConstantProduct[] memory legs = _market(seed, 6, 1);
        bits = bound(bits, 0, 140);
        uint256 amountIn = SizingLib.optimum(legs, 0, CAP);
        for (uint256 i; i < legs.length; ++i) {
            (legs[i].reserveIn, legs[i].reserveOut) = (legs[i].reserveIn << bits, legs[i].reserveOut << bits);
        }
        assertApproxEqAbs(SizingLib.optimum(legs, 0, UNBOUNDED) >> bits, amountIn, 1);
    }

    /* NEVER A LOSS */

    /// @dev No loss in real numbers; in whole units at most one of each leg's output, at the later legs' prices.
    function testFuzz_NeverALoss_WildCycles(uint256 seed, uint256 loanFeeBps) public pure {
        _assertNoLoss(_wild(seed), loanFeeBps % 100);
    }

    function testFuzz_NeverALoss_Markets(uint256 seed, uint256 loanFeeBps) public pure {
        _assertNoLoss(_market(seed), loanFeeBps % 100);
    }

    /// @dev Tokens of one worth: the units lost are so many as there are legs, and one for the fee that is rounded up.
    function testFuzz_NeverALoss_ButAUnitALegOfOneWorth(uint256 seed) public pure {
        ConstantProduct[] memory legs = _market(seed, 18, 1);
        uint256 amountIn = SizingLib.optimum(legs, 5, CAP);
        if (amountIn == 0) return;
        assertGe(_pay(legs, amountIn) + 2 * legs.length, _cost(amountIn, 5));
    }

    /* NOTHING BETTER */

    /// @dev Less than two units, by rounding the amount, and 2^−34 of what comes back: that where a leg carries no more
    /// than a few units. So coarse a leg rounds what it pays by more than that.
    function testFuzz_NoAmountIsBetter_WildCycles(uint256 seed, uint256 loanFeeBps, uint256 other) public pure {
        _assertNothingBetter(_wild(seed), loanFeeBps % 100, bound(other, 0, 1 << bound(seed, 0, 127)), 34);
    }

    /// @dev Where every reserve is a million units or more.
    function testFuzz_NoAmountIsBetter_Markets(uint256 seed, uint256 loanFeeBps, uint256 other) public pure {
        ConstantProduct[] memory legs = _market(seed);
        _assertNothingBetter(legs, loanFeeBps % 100, bound(other, 0, 2 * legs[0].reserveIn), 48);
    }

    /// @dev The neighbourhood of the answer, where a mistake of a few in a thousand shows.
    function testFuzz_NoAmountIsBetter_Nearby(uint256 seed, uint256 loanFeeBps, uint256 permille) public pure {
        ConstantProduct[] memory legs = _market(seed);
        uint256 amountIn = SizingLib.optimum(legs, loanFeeBps % 100, CAP);
        _assertNothingBetter(legs, loanFeeBps % 100, amountIn * bound(permille, 900, 1100) / 1000, 48);
    }

    /// @dev In whole units: as before, and what rounding took from the answer.
    function testFuzz_NoAmountIsBetter_InWholeUnits(uint256 seed, uint256 other) public pure {
        ConstantProduct[] memory legs = _market(seed);
        uint256 amountIn = SizingLib.optimum(legs, 0, CAP);
        other = bound(other, 0, 2 * legs[0].reserveIn);
        uint256 paid = _pay(legs, other);
        assertGe(_pay(legs, amountIn) + _unitsLost(legs, amountIn) + other + 2 + paid / 1e14, paid + amountIn);
    }

    /// @dev Every cycle of two pairs of up to six units a side, in fractions: x comes back as b·d·x / (a·c + (b + c)·x).
    function test_EverySmallCycle() public pure {
        for (uint256 cycle; cycle < 6 ** 4; ++cycle) {
            (uint256 a, uint256 b) = (1 + cycle % 6, 1 + cycle / 6 % 6);
            (uint256 c, uint256 d) = (1 + cycle / 36 % 6, 1 + cycle / 216);
            uint256 x = SizingLib.optimum(_two(a, b, c, d, 0), 0, CAP);
            uint256 under = a * c + (b + c) * x;
            if (x != 0) assertGe(b * d, under);
            for (uint256 y = 1; y < 8; ++y) {
                uint256 other = a * c + (b + c) * y;
                // Less than a unit better: b·d·y / other − y ≤ b·d·x / under − x + 1.
                assertLe(b * d * y * under + x * under * other, b * d * x * other + (y + 1) * under * other);
            }
        }
    }

    /* CLAMPS */

    function test_TheCapBinds() public pure {
        ConstantProduct[] memory legs = _two(100, 100, 100, 225, 0);
        assertEq(SizingLib.optimum(legs, 0, 25), 25);
        assertEq(SizingLib.optimum(legs, 0, 24), 24);
        assertEq(SizingLib.optimum(legs, 0, 0), 0);
    }

    /// @dev 20 enter the second leg where 25 enter the first.
    function test_AnyLegsMaxInBinds() public pure {
        ConstantProduct[] memory legs = _two(100, 100, 100, 225, 0);
        legs[0].maxIn = 24;
        assertEq(SizingLib.optimum(legs, 0, CAP), 24);
        (legs[0].maxIn, legs[1].maxIn) = (UNBOUNDED, 20);
        assertEq(SizingLib.optimum(legs, 0, CAP), 25);
        legs[1].maxIn = 19;
        assertEq(SizingLib.optimum(legs, 0, CAP), 23); // 100 · 19 / 81 = 23.4
        legs[1].maxIn = 0;
        assertEq(SizingLib.optimum(legs, 0, CAP), 0);
    }

    function test_AMaxInBeyondWhatComesInDoesNotBind() public pure {
        ConstantProduct[] memory legs = _two(100, 100, 100, 225, 0);
        legs[1].maxIn = 100;
        assertEq(SizingLib.largestInput(legs), UNBOUNDED);
        legs[1].maxIn = 99;
        assertEq(SizingLib.largestInput(legs), 9900);
        legs[0].feePips = PIPS / 2;
        assertEq(SizingLib.largestInput(legs), 19_800);
    }

    /// @dev 2^193 · (2^193 − 1) units, more than a word holds; and an input of 2^254 − 2^61, which one does.
    function test_ALimitThatNoWordHoldsIsNone() public pure {
        ConstantProduct[] memory legs = _two(1 << 193, 1 << 193, 1, 1, 0);
        legs[1].maxIn = (1 << 193) - 1;
        assertEq(SizingLib.largestInput(legs), UNBOUNDED);
        legs[0].reserveIn = 1 << 61;
        assertEq(SizingLib.largestInput(legs), (1 << 254) - (1 << 61));
    }

    function testFuzz_ClampsHold(uint256 seed, uint256 cap) public pure {
        ConstantProduct[] memory legs = seed % 2 == 0 ? _market(seed) : _wild(seed);
        _bindSome(legs, seed);
        uint256 unbounded = _optimumUnbounded(legs);
        cap = bound(cap, 0, unbounded + unbounded / 4);
        uint256 amountIn = SizingLib.optimum(legs, 0, cap);
        assertLe(amountIn, unbounded);
        assertLe(amountIn, cap);
        uint256 amount = amountIn;
        bool tight = amountIn == cap || amountIn == unbounded;
        for (uint256 i; i < legs.length; ++i) {
            assertLe(amount, legs[i].maxIn);
            amount = SizingLib.amountOut(legs[i], amount);
        }
        // No clamp takes more than it must: with a unit more at each leg, one of them would be exceeded.
        amount = amountIn;
        for (uint256 i; i < legs.length && !tight; ++i) {
            tight = ++amount > legs[i].maxIn;
            amount = SizingLib.amountOut(legs[i], amount) + 1;
        }
        assertTrue(tight);
    }

    /// @dev What is clamped still earns: profit rises all the way to the optimum.
    function testFuzz_NeverALoss_Clamped(uint256 seed) public pure {
        ConstantProduct[] memory legs = _market(seed);
        _bindSome(legs, seed);
        _assertNoLoss(legs, 0);
    }

    /* CYCLES */

    /// @dev Two to eight legs; reserves from 1 to 2^112, some to 2^193; fees from nothing to all but a millionth.
    function _wild(uint256 seed) private pure returns (ConstantProduct[] memory legs) {
        legs = new ConstantProduct[](2 + seed % 7);
        for (uint256 i; i < legs.length; ++i) {
            uint256 most = _draw(seed, i, 1) % 8 == 0 ? 193 : 112;
            uint256 fee = _draw(seed, i, 2) % 4 == 0 ? _draw(seed, i, 3) % PIPS : _draw(seed, i, 3) % 10_001;
            legs[i] = ConstantProduct(_reserve(seed, i, 4, most), _reserve(seed, i, 5, most), fee, UNBOUNDED);
        }
    }

    /// @dev Two to eight legs; tokens of 0 to 24 decimals; pools out of line by up to 15 %.
    function _market(uint256 seed) private pure returns (ConstantProduct[] memory) {
        return _market(seed, 24, 0);
    }

    /// @param worth If not 0, every token is worth the same, and has the most decimals.
    function _market(uint256 seed, uint256 decimals, uint256 worth)
        private
        pure
        returns (ConstantProduct[] memory legs)
    {
        legs = new ConstantProduct[](2 + seed % 7);
        uint256 first = worth != 0 ? 10 ** decimals : 10 ** (_draw(seed, 0, 1) % (decimals + 1));
        uint256 unit = first;
        for (uint256 i; i < legs.length; ++i) {
            uint256 next = i + 1 == legs.length || worth != 0 ? first : 10 ** (_draw(seed, i + 1, 1) % (decimals + 1));
            uint256 depth = 1e6 + _draw(seed, i, 2) % (10 ** (6 + _draw(seed, i, 3) % 4));
            uint256 gap = 9e3 + _draw(seed, i, 4) % 2500;
            legs[i] = ConstantProduct(depth * unit, depth * next / 1e4 * gap, _draw(seed, i, 5) % 10_001, UNBOUNDED);
            unit = next;
        }
    }

    function _two(uint256 in0, uint256 out0, uint256 in1, uint256 out1, uint256 feePips)
        private
        pure
        returns (ConstantProduct[] memory legs)
    {
        legs = new ConstantProduct[](2);
        legs[0] = ConstantProduct(in0, out0, feePips, UNBOUNDED);
        legs[1] = ConstantProduct(in1, out1, feePips, UNBOUNDED);
    }

    /// @dev Binds half of the legs to some part of their reserve.
    function _bindSome(ConstantProduct[] memory legs, uint256 seed) private pure {
        for (uint256 i; i < legs.length; ++i) {
            if (_draw(seed, i, 6) % 2 == 0) legs[i].maxIn = legs[i].reserveIn >> (_draw(seed, i, 7) % 10);
        }
    }

    function _optimumUnbounded(ConstantProduct[] memory legs) private pure returns (uint256) {
        ConstantProduct[] memory free = new ConstantProduct[](legs.length);
        for (uint256 i; i < legs.length; ++i) {
            free[i] = ConstantProduct(legs[i].reserveIn, legs[i].reserveOut, legs[i].feePips, UNBOUNDED);
        }
        return SizingLib.optimum(free, 0, CAP);
    }

    function _reserve(uint256 seed, uint256 leg, uint256 field, uint256 most) private pure returns (uint256) {
        uint256 draw = _draw(seed, leg, field);
        return 1 + (draw >> 8) % (1 << (draw % most + 1));
    }

    function _draw(uint256 seed, uint256 leg, uint256 field) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, leg, field)));
    }

    /* WHAT A CYCLE PAYS */

    function _assertNoLoss(ConstantProduct[] memory legs, uint256 loanFeeBps) private pure {
        uint256 amountIn = SizingLib.optimum(legs, loanFeeBps, CAP);
        if (amountIn == 0) return;
        assertGe(_real(legs, amountIn, true), _cost(amountIn * ONE, loanFeeBps));
        assertGe(_pay(legs, amountIn) + _unitsLost(legs, amountIn), _cost(amountIn, loanFeeBps));
    }

    function _assertNothingBetter(ConstantProduct[] memory legs, uint256 loanFeeBps, uint256 other, uint256 bits)
        private
        pure
    {
        // What is paid nothing in whole units is no rival: some leg cannot carry one.
        if (_pay(legs, other) == 0) return;
        uint256 amountIn = SizingLib.optimum(legs, loanFeeBps, CAP);
        uint256 paid = _real(legs, other, false);
        uint256 best = _real(legs, amountIn, true) + 2 * ONE + (paid >> bits);
        assertGe(best + _cost(other * ONE, loanFeeBps), paid + _cost(amountIn * ONE, loanFeeBps));
    }

    /// @dev Whole units, each leg rounded down as a pair of Uniswap V2 does, by other arithmetic than the library's.
    function _pay(ConstantProduct[] memory legs, uint256 amount) private pure returns (uint256) {
        for (uint256 i; i < legs.length; ++i) {
            uint256 net = amount * (PIPS - legs[i].feePips);
            amount = FullMath.mulDiv(net, legs[i].reserveOut, legs[i].reserveIn * PIPS + net);
            assertEq(amount, SizingLib.amountOut(legs[i], net / (PIPS - legs[i].feePips)));
        }
        return amount;
    }

    /// @dev In 2^−40 of a unit.
    function _real(ConstantProduct[] memory legs, uint256 amount, bool up) private pure returns (uint256) {
        amount *= ONE;
        for (uint256 i; i < legs.length; ++i) {
            uint256 net = amount * (PIPS - legs[i].feePips);
            uint256 total = legs[i].reserveIn * ONE * PIPS + net;
            amount = up
                ? FullMath.mulDivRoundingUp(net, legs[i].reserveOut * ONE, total)
                : FullMath.mulDiv(net, legs[i].reserveOut * ONE, total);
        }
        return amount;
    }

    /// @dev One unit of each leg's output, and what the legs after it would have paid for those lost before.
    function _unitsLost(ConstantProduct[] memory legs, uint256 amount) private pure returns (uint256 lost) {
        for (uint256 i; i < legs.length; ++i) {
            uint256 more = SizingLib.amountOut(legs[i], amount + lost);
            amount = SizingLib.amountOut(legs[i], amount);
            lost = more - amount + 1;
        }
    }

    function _cost(uint256 amount, uint256 loanFeeBps) private pure returns (uint256) {
        return amount + amount * loanFeeBps / BPS;
    }
}
