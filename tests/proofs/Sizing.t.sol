// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ConstantProduct} from "../../contracts/types/ConstantProduct.sol";

import {SizingLib} from "../../contracts/libraries/SizingLib.sol";

/// @notice Rule E5's formula. With the limits of a trade symbolic and the pools given, halmos proves what `check_` says.
/// @dev Pools that are symbolic are beyond its solvers, which time out on a product divided by a sum even where the
/// numbers have 8 bits: amountOut below the reserve, amountOut growing with the input, largestInput within the next
/// leg's limit, the optimum without loss. What is said of these, `test_` shows for every small pool there is instead.
contract Sizing_Proof {
    uint256 internal constant UNBOUNDED = type(uint256).max;
    uint256 internal constant LOAN_FEE_BPS = 5;
    /// @dev Reserves of 1 to SMALL times UNIT.
    uint256 internal constant SMALL = 8;
    uint256 internal constant UNIT = 1e9;

    /* PROVEN */

    function check_OptimumWithinCap(uint256 cap) public pure {
        ConstantProduct[] memory legs = _cycle();
        uint256 free = SizingLib.optimum(legs, LOAN_FEE_BPS, UNBOUNDED);
        uint256 amount = SizingLib.optimum(legs, LOAN_FEE_BPS, cap);
        assert(free != 0 && amount <= cap && amount <= free);
        assert(amount == cap || amount == free);
    }

    function check_OptimumWithinMaxIn(uint256 maxIn, uint256 cap) public pure {
        ConstantProduct[] memory legs = _cycle();
        legs[0].maxIn = maxIn;
        assert(SizingLib.optimum(legs, LOAN_FEE_BPS, cap) <= maxIn);
    }

    /* EXHAUSTED */

    /// @dev The two legs composed promise no more than they pay one after the other, and no other amount earns more: but
    /// for what the formula allows, a unit of the amount, and of each leg's output at the next one's best price.
    function test_OptimumEarnsMost() public pure {
        for (uint256 i; i < SMALL ** 4; ++i) {
            uint256[4] memory r = [i % SMALL, i / SMALL % SMALL, i / SMALL ** 2 % SMALL, i / SMALL ** 3];
            ConstantProduct[] memory legs = new ConstantProduct[](2);
            legs[0] = _leg((r[0] + 1) * UNIT, (r[1] + 1) * UNIT, 3000);
            legs[1] = _leg((r[2] + 1) * UNIT, (r[3] + 1) * UNIT, 15_000);
            uint256 slack = (r[3] + 1) / (r[2] + 1) + 4;
            _assertBest(legs, slack);
        }
    }

    function test_LargestInputFits() public pure {
        for (uint256 i; i < 16 * 16 * 32; ++i) {
            ConstantProduct[] memory legs = new ConstantProduct[](2);
            legs[0] = _leg(i % 16 + 1, i / 16 % 16 + 1, 3000);
            legs[1] = _leg(1, 1, 3000);
            legs[1].maxIn = i / 256;
            uint256 amount = SizingLib.largestInput(legs);
            assert((amount == UNBOUNDED) == (legs[1].maxIn >= legs[0].reserveOut));
            if (amount != UNBOUNDED) assert(SizingLib.amountOut(legs[0], amount) <= legs[1].maxIn);
        }
    }

    function _assertBest(ConstantProduct[] memory legs, uint256 slack) private pure {
        uint256 found = SizingLib.optimum(legs, LOAN_FEE_BPS, UNBOUNDED);
        int256 best = _profit(legs, found) + int256(slack);
        assert(_profit(legs, found - found / 64) <= best && _profit(legs, found + found / 64) <= best);
        for (uint256 amount; amount < 2 * SMALL * UNIT; amount += UNIT / 4) {
            assert(_profit(legs, amount) <= best);
        }
    }

    function _profit(ConstantProduct[] memory legs, uint256 amount) private pure returns (int256) {
        uint256 back = SizingLib.amountOut(legs[1], SizingLib.amountOut(legs[0], amount));
        return int256(back) - int256(amount + amount * LOAN_FEE_BPS / 10_000);
    }

    function _cycle() private pure returns (ConstantProduct[] memory legs) {
        legs = new ConstantProduct[](2);
        (legs[0], legs[1]) = (_leg(1000e18, 2_000_000e6, 3000), _leg(1_800_000e6, 1000e18, 500));
    }

    function _leg(uint256 reserveIn, uint256 reserveOut, uint256 fee) private pure returns (ConstantProduct memory) {
        return ConstantProduct(reserveIn, reserveOut, fee, UNBOUNDED);
    }
}
