// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Header, Leg} from "../../../contracts/types/Route.sol";

import {ErrorsLib} from "../../../contracts/libraries/ErrorsLib.sol";
import {RouteLib} from "../../../contracts/libraries/RouteLib.sol";
import {ICallbacks} from "../../ICallbacks.sol";
import {HostileLender} from "../../mocks/HostileLender.sol";
import {Market_Test} from "./Market.sol";

/// @notice Loans, against a lender that is honest in every shape, and then is not. The real ones are in tests/fork.
contract Lenders_Test is Market_Test {
    uint256 internal constant AMOUNT = 20e18;
    uint16 internal constant MAX_FEE_BPS = 5;
    uint256 internal constant MAX_FEE = 0.01e18;

    /// @dev Those that ask for a fee, and name the token; Aave and ERC-3156 the borrower too.
    uint8[3] internal naming = [RouteLib.LENDER_BALANCER_V2, RouteLib.LENDER_AAVE_V3, RouteLib.LENDER_ERC3156];
    uint8[3] internal pulling = [RouteLib.LENDER_AAVE_V3, RouteLib.LENDER_MORPHO, RouteLib.LENDER_ERC3156];
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
        for (uint256 i; i < naming.length; ++i) {
            vm.revertToState(snapshot);
            _behave(HostileLender.Manner.Honest, MAX_FEE);
            assertEq(execute(_header(naming[i]), _pairs()), gross - MAX_FEE);
            assertEq(weth.balanceOf(address(lender)), 100e18 + MAX_FEE);
            assertEmpty(address(weth), address(lender));
        }
        vm.revertToState(snapshot);
        assertEq(execute(_header(RouteLib.LENDER_MORPHO), _pairs()), gross);
        assertEq(weth.balanceOf(address(lender)), 100e18);
    }

    /// @dev What an ERC-3156 lender says that it lends counts, and not what it has.
    function test_LoanIsLargerThanTheLendersMost() public {
        lender.lendAtMost(AMOUNT - 1);
        bytes memory reason = abi.encodeWithSelector(ErrorsLib.LoanTooLarge.selector, lender, AMOUNT, AMOUNT - 1);
        expectRefusal(_header(RouteLib.LENDER_ERC3156), _pairs(), reason);
        lender.lendAtMost(AMOUNT);
        assertGt(execute(_header(RouteLib.LENDER_ERC3156), _pairs()), 0);
    }

    function test_SaysThatItHasNotLent() public {
        _behave(HostileLender.Manner.SaysNo, 0);
        expectRefusal(_header(RouteLib.LENDER_ERC3156), _pairs(), _mismatch());
    }

    function test_Fee_AboveTheRoutesIsRefused() public {
        _behave(HostileLender.Manner.Honest, MAX_FEE + 1);
        _expectAllRefused(abi.encodeWithSelector(ErrorsLib.FeeTooHigh.selector, MAX_FEE + 1, MAX_FEE));
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
        _expectAllRefused(_mismatch());
    }

    function test_NamesAnotherAmount() public {
        _behave(HostileLender.Manner.OtherAmount, 0);
        _expectAllRefused(_mismatch());
        expectRefusal(_header(RouteLib.LENDER_MORPHO), _pairs(), _mismatch());
        _behave(HostileLender.Manner.SmallerAmount, 0);
        _expectAllRefused(_mismatch());
        expectRefusal(_header(RouteLib.LENDER_MORPHO), _pairs(), _mismatch());
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
        for (uint256 i; i < naming.length; ++i) {
            Header memory header = _header(naming[i]);
            (header.minProfit, header.maxFeeBps) = (uint128(profit + 1), 0);
            expectRefusal(
                header, _pairs(), abi.encodeWithSelector(ErrorsLib.NotProfitable.selector, profit, profit + 1)
            );
        }
    }

    function test_DoesNotCallBack() public {
        _behave(HostileLender.Manner.NoCallback, 0);
        bytes memory missing = abi.encodeWithSelector(ErrorsLib.CallbackMissing.selector);
        _expectAllRefused(missing);
        expectRefusal(_header(RouteLib.LENDER_MORPHO), _pairs(), missing);
        expectRefusal(_header(RouteLib.LENDER_UNISWAP_V3), _pairs(), missing);
    }

    function test_CallsBackTwice() public {
        _behave(HostileLender.Manner.CallsTwice, 0);
        _expectUnexpectedRefused(RouteLib.LENDER_BALANCER_V2, ICallbacks.receiveFlashLoan.selector);
        _expectUnexpectedRefused(RouteLib.LENDER_AAVE_V3, ICallbacks.executeOperation.selector);
        _expectUnexpectedRefused(RouteLib.LENDER_MORPHO, ICallbacks.onMorphoFlashLoan.selector);
        _expectUnexpectedRefused(RouteLib.LENDER_ERC3156, ICallbacks.onFlashLoan.selector);
    }

    function test_SaysThatAnotherBorrowed() public {
        _behave(HostileLender.Manner.OtherInitiator, 0);
        _expectUnexpectedRefused(RouteLib.LENDER_AAVE_V3, ICallbacks.executeOperation.selector);
        _expectUnexpectedRefused(RouteLib.LENDER_ERC3156, ICallbacks.onFlashLoan.selector);
    }

    /// @dev E1: the loan is a gift then, and counts as profit; the allowance must not outlive the route.
    function test_PullsNothing_KeepsNoAllowance() public {
        _behave(HostileLender.Manner.PullsNothing, 0);
        _assertAllKeepNoAllowance(AMOUNT);
    }

    function test_PullsAllButOne_KeepsNoAllowance() public {
        _behave(HostileLender.Manner.PullsAllButOne, 0);
        _assertAllKeepNoAllowance(0);
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

    function _expectAllRefused(bytes memory reason) private {
        for (uint256 i; i < naming.length; ++i) {
            expectRefusal(_header(naming[i]), _pairs(), reason);
        }
    }

    function _assertAllKeepNoAllowance(uint256 least) private {
        uint256 snapshot = vm.snapshotState();
        for (uint256 i; i < pulling.length; ++i) {
            vm.revertToState(snapshot);
            assertGt(execute(_header(pulling[i]), _pairs()), least);
            assertEmpty(address(weth), address(lender));
        }
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
