// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Header, Leg} from "../../../contracts/types/Route.sol";

import {ErrorsLib} from "../../../contracts/libraries/ErrorsLib.sol";
import {RouteLib} from "../../../contracts/libraries/RouteLib.sol";
import {ICallbacks} from "../../ICallbacks.sol";
import {HostileLender} from "../../mocks/HostileLender.sol";
import {Market_Test} from "./Market.sol";

/// @notice Loans, against a lender that is honest in both shapes, and then is not. The real ones are in tests/fork.
contract Lenders_Test is Market_Test {
    uint256 internal constant AMOUNT = 20e18;
    uint16 internal constant MAX_FEE_BPS = 5;
    uint256 internal constant MAX_FEE = 0.01e18;
    HostileLender internal lender;

    function setUp() public override {
        super.setUp();
        lender = new HostileLender();
        fund(address(weth), address(lender), 100e18);
    }

    function test_Honest_TheFeeComesOutOfTheProfit() public {
        uint256 bought = pairOutput(AMOUNT, 1000e18, 1_100_000e18);
        uint256 gross = pairOutput(bought, 1_000_000e18, 1000e18) - AMOUNT;
        uint256 snapshot = vm.snapshotState();
        for (uint8 kind = 1; kind <= 2; ++kind) {
            vm.revertToState(snapshot);
            _behave(HostileLender.Manner.Honest, MAX_FEE);
            assertEq(execute(_header(kind), _pairs()), gross - MAX_FEE);
            assertEq(weth.balanceOf(address(lender)), 100e18 + MAX_FEE);
            assertEmpty(address(weth), address(lender));
        }
    }

    function test_Fee_AboveTheRoutesIsRefused() public {
        _behave(HostileLender.Manner.Honest, MAX_FEE + 1);
        _expectBothRefused(abi.encodeWithSelector(ErrorsLib.FeeTooHigh.selector, MAX_FEE + 1, MAX_FEE));
    }

    /// @dev A lender that rounds its fee up is within the bound.
    function test_Fee_RoundsUp() public {
        Header memory header = _header(RouteLib.LENDER_AAVE_V3);
        header.amountIn += 1;
        _behave(HostileLender.Manner.Honest, MAX_FEE + 1);
        assertGt(execute(header, _pairs()), 0);
    }

    function test_LendsAnotherToken() public {
        _behave(HostileLender.Manner.OtherToken, 0);
        _expectBothRefused(_mismatch());
    }

    function test_NamesAnotherAmount() public {
        _behave(HostileLender.Manner.OtherAmount, 0);
        _expectBothRefused(_mismatch());
        _behave(HostileLender.Manner.SmallerAmount, 0);
        _expectBothRefused(_mismatch());
    }

    function test_LendsTwoTokensOrNone() public {
        _behave(HostileLender.Manner.TwoTokens, 0);
        expectRefusal(_header(RouteLib.LENDER_BALANCER_V2), _pairs(), _mismatch());
        _behave(HostileLender.Manner.NoToken, 0);
        expectRefusal(_header(RouteLib.LENDER_BALANCER_V2), _pairs(), _mismatch());
    }

    /// @dev What is missing would have to come from what lies here, and then counts as a loss.
    function test_LendsLessThanItNames() public {
        fund(address(weth), address(executor), 1);
        _behave(HostileLender.Manner.LendsLess, 0);
        uint256 bought = pairOutput(AMOUNT, 1000e18, 1_100_000e18);
        uint256 profit = pairOutput(bought, 1_000_000e18, 1000e18) - AMOUNT - 1;
        for (uint8 kind = 1; kind <= 2; ++kind) {
            Header memory header = _header(kind);
            (header.minProfit, header.maxFeeBps) = (uint128(profit + 1), 0);
            expectRefusal(
                header, _pairs(), abi.encodeWithSelector(ErrorsLib.NotProfitable.selector, profit, profit + 1)
            );
        }
    }

    function test_DoesNotCallBack() public {
        _behave(HostileLender.Manner.NoCallback, 0);
        _expectBothRefused(abi.encodeWithSelector(ErrorsLib.CallbackMissing.selector));
    }

    function test_CallsBackTwice() public {
        _behave(HostileLender.Manner.CallsTwice, 0);
        _expectUnexpectedRefused(RouteLib.LENDER_BALANCER_V2, ICallbacks.receiveFlashLoan.selector);
        _expectUnexpectedRefused(RouteLib.LENDER_AAVE_V3, ICallbacks.executeOperation.selector);
    }

    function test_SaysThatAnotherBorrowed() public {
        _behave(HostileLender.Manner.OtherInitiator, 0);
        _expectUnexpectedRefused(RouteLib.LENDER_AAVE_V3, ICallbacks.executeOperation.selector);
    }

    /// @dev E1: the loan is a gift then, and counts as profit; the allowance must not outlive the route.
    function test_PullsNothing_KeepsNoAllowance() public {
        _behave(HostileLender.Manner.PullsNothing, 0);
        assertGt(execute(_header(RouteLib.LENDER_AAVE_V3), _pairs()), AMOUNT);
        assertEmpty(address(weth), address(lender));
    }

    function test_PullsAllButOne_KeepsNoAllowance() public {
        _behave(HostileLender.Manner.PullsAllButOne, 0);
        assertGt(execute(_header(RouteLib.LENDER_AAVE_V3), _pairs()), 0);
        assertEmpty(address(weth), address(lender));
    }

    function _header(uint8 kind) private view returns (Header memory) {
        return loan(address(weth), AMOUNT, kind, address(lender), MAX_FEE_BPS);
    }

    function _pairs() private view returns (Leg[] memory) {
        return cycle(v2(cheapPair, address(token)), v2(dearPair, address(weth)));
    }

    function _behave(HostileLender.Manner manner, uint256 fee) private {
        lender.behave(manner, fee, address(token));
    }

    function _expectBothRefused(bytes memory reason) private {
        expectRefusal(_header(RouteLib.LENDER_BALANCER_V2), _pairs(), reason);
        expectRefusal(_header(RouteLib.LENDER_AAVE_V3), _pairs(), reason);
    }

    function _expectUnexpectedRefused(uint8 kind, bytes4 selector) private {
        expectRefusal(
            _header(kind), _pairs(), abi.encodeWithSelector(ErrorsLib.CallbackUnexpected.selector, lender, selector)
        );
    }

    function _mismatch() private view returns (bytes memory) {
        return abi.encodeWithSelector(ErrorsLib.LoanMismatch.selector, lender);
    }
}
