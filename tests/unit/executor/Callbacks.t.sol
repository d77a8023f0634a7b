// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Header, Leg} from "../../../contracts/types/Route.sol";

import {ErrorsLib} from "../../../contracts/libraries/ErrorsLib.sol";
import {RouteEncoder} from "../../../contracts/libraries/RouteEncoder.sol";
import {ICallbacks} from "../../ICallbacks.sol";
import {HostilePair} from "../../mocks/HostilePair.sol";
import {Accomplice, HostilePool} from "../../mocks/HostilePool.sol";
import {PlainToken} from "../../mocks/PlainToken.sol";
import {Market_Test} from "./Market.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @notice Rule E3, against a pool that misbehaves: where it lends, as the first leg or as the last, and where its callback
/// comes within an honest pool's.
contract Callbacks_Test is Market_Test {
    uint256 internal constant AMOUNT = 1e18;
    HostilePool internal lending;
    HostilePool internal nested;

    function setUp() public override {
        super.setUp();
        lending = new HostilePool(IERC20(address(token)));
        nested = new HostilePool(weth);
        token.mint(address(lending), 1_000_000e18);
        fund(address(weth), address(nested), 1000e18);
        _behave(HostilePool.Manner.Honest);
    }

    function testFuzz_NobodyExpected(address caller, bytes calldata data) public {
        bytes[19] memory calls = _callbacks(data);
        for (uint256 i; i < calls.length; ++i) {
            vm.prank(caller);
            (bool done, bytes memory reason) = address(executor).call(calls[i]);
            assertFalse(done);
            assertEq(reason, abi.encodeWithSelector(ErrorsLib.CallbackUnexpected.selector, caller, bytes4(calls[i])));
        }
    }

    function test_HonestPoolsAreAccepted() public {
        assertGt(execute(_header(), _first()), 0);
        assertGt(execute(_header(), _last()), 0);
        assertGt(execute(_header(), _nested()), 0);
    }

    function test_FromAnotherThanTheAddressCalled() public {
        _behave(HostilePool.Manner.ThroughAccomplice);
        address byLending = vm.computeCreateAddress(address(lending), 1);
        address byNested = vm.computeCreateAddress(address(nested), 1);
        _expectRefused(_unexpected(byLending), _unexpected(byNested));
    }

    /// @dev Addresses that differ in one bit are not the same.
    function test_FromTheAddressNextToTheOneCalled() public {
        _behave(HostilePool.Manner.ThroughNeighbour);
        address byLending = address(uint160(address(lending)) ^ 1);
        address byNested = address(uint160(address(nested)) ^ 1);
        vm.etch(byLending, type(Accomplice).runtimeCode);
        vm.etch(byNested, type(Accomplice).runtimeCode);
        _expectRefused(_unexpected(byLending), _unexpected(byNested));
    }

    function test_OfAnotherKind() public {
        _behave(HostilePool.Manner.OtherKind);
        bytes4 kind = ICallbacks.uniswapV2Call.selector;
        bytes4 unexpected = ErrorsLib.CallbackUnexpected.selector;
        _expectRefused(
            abi.encodeWithSelector(unexpected, lending, kind), abi.encodeWithSelector(unexpected, nested, kind)
        );
    }

    function test_WithOtherData() public {
        _behave(HostilePool.Manner.OtherData);
        _expectRefused(_unexpected(address(lending)), _unexpected(address(nested)));
    }

    function test_ASecondTime() public {
        _behave(HostilePool.Manner.CallsTwice);
        _expectRefused(_unexpected(address(lending)), _unexpected(address(nested)));
    }

    /// @dev A pair that says that somebody else has swapped.
    function test_OnBehalfOfAnother() public {
        HostilePair pair = new HostilePair(weth);
        fund(address(weth), address(pair), 1_000_000e18);
        Leg[] memory legs = cycle(v2(cheapPair, address(token)), v2(address(pair), address(weth)));
        pair.sayThatSwapped(stranger);
        bytes4 kind = ICallbacks.uniswapV2Call.selector;
        expectRefusal(_header(), legs, abi.encodeWithSelector(ErrorsLib.CallbackUnexpected.selector, pair, kind));
        pair.sayThatSwapped(address(executor));
        assertGt(execute(_header(), legs), 0);
    }

    function test_DoesNotCome() public {
        _behave(HostilePool.Manner.NoCallback);
        bytes memory missing = abi.encodeWithSelector(ErrorsLib.CallbackMissing.selector);
        _expectRefused(missing, missing);
    }

    /// @dev A pair that lends, and pays more than it is owed to have the rest of the route left out.
    function test_DoesNotComeFromAPairThatPays() public {
        HostilePair pair = new HostilePair(weth);
        fund(address(weth), address(pair), 1_000_000e18);
        pair.beSilent();
        Leg[] memory legs = cycle(v2(cheapPair, address(token)), v2(address(pair), address(weth)));
        expectRefusal(_header(), legs, abi.encodeWithSelector(ErrorsLib.CallbackMissing.selector));
    }

    function test_AsksForMore() public {
        _behave(HostilePool.Manner.AsksMore);
        _expectPaymentRefused(int256(1));
    }

    function test_AsksForLess() public {
        _behave(HostilePool.Manner.AsksLess);
        _expectPaymentRefused(int256(-1));
    }

    /// @dev The next pool is paid by the executor, out of what the hostile one brought: nothing, and not of the strays.
    function test_ClaimsMoreThanItBrought_StraysStay() public {
        token.mint(address(executor), 5000e18);
        _behave(HostilePool.Manner.ClaimsMore);
        Leg[] memory legs = cycle(v3(address(lending), address(token)), v3(dearPool, address(weth)));
        expectRefusal(_header(), legs, bytes("AS"));
        assertEq(token.balanceOf(address(executor)), 5000e18);
    }

    /// @dev What the executor has when all is paid is what counts, not what the last pool says that it brought.
    function test_ClaimsMoreThanItBrought_AtTheEnd() public {
        fund(address(weth), address(executor), 5e18);
        _behave(HostilePool.Manner.ClaimsMore);
        bytes memory nothing = abi.encodeWithSelector(ErrorsLib.NotProfitable.selector, 0, 1);
        expectRefusal(_header(), _last(), nothing);
        expectRefusal(_header(), _nested(), nothing);
    }

    /// @dev The same in the middle of the route, where it lends too: a pair before it is as good as paid.
    function test_ClaimsMoreThanItBrought_InTheMiddle() public {
        PlainToken other = new PlainToken("OTH", 18);
        HostilePool between = new HostilePool(IERC20(address(other)));
        between.behave(HostilePool.Manner.ClaimsMore, 1100e18);
        other.mint(address(executor), 5000e18);
        address last = createPool(deployV3Factory(), address(other), address(weth), 1 << 96, 1000e18);
        Leg[] memory legs =
            cycle(v2(cheapPair, address(token)), v3(address(between), address(other)), v3(last, address(weth)));
        expectRefusal(_header(), legs, bytes("AS"));
    }

    /// @dev And where another pool lends, so that this one is only on the way.
    function test_ClaimsMoreThanItBrought_BetweenOthers() public {
        PlainToken other = new PlainToken("OTH", 18);
        HostilePool between = new HostilePool(IERC20(address(other)));
        address last = createPool(deployV3Factory(), address(other), address(weth), 1 << 96, 1000e18);
        Leg[] memory legs =
            cycle(v3(cheapPool, address(token)), v3(address(between), address(other)), v3(last, address(weth)));
        other.mint(address(between), 1100e18);
        between.behave(HostilePool.Manner.Honest, 1100e18);
        uint256 state = vm.snapshotState();
        assertGt(execute(_header(), legs), 0);
        vm.revertToState(state);
        other.mint(address(executor), 5000e18);
        between.behave(HostilePool.Manner.ClaimsMore, 1100e18);
        expectRefusal(_header(), legs, bytes("AS"));
    }

    function test_ClaimsNothing() public {
        _behave(HostilePool.Manner.ClaimsNothing);
        bytes4 zero = ErrorsLib.OutputZero.selector;
        _expectRefused(abi.encodeWithSelector(zero, lending), abi.encodeWithSelector(zero, nested));
    }

    function test_ClaimsToBeOwedBothTokens() public {
        _behave(HostilePool.Manner.ClaimsToBeOwedBoth);
        bytes4 zero = ErrorsLib.OutputZero.selector;
        _expectRefused(abi.encodeWithSelector(zero, lending), abi.encodeWithSelector(zero, nested));
    }

    /// @dev Just what the other pool is owed, be it paid after or within: that is no loss, and no profit.
    function test_BringsJustWhatIsOwed() public {
        bytes memory nothing = abi.encodeWithSelector(ErrorsLib.NotProfitable.selector, 0, 1);
        nested.behave(HostilePool.Manner.Honest, AMOUNT);
        expectRefusal(_header(), _last(), nothing);
        expectRefusal(_header(), _nested(), nothing);
        bytes memory loss = abi.encodeWithSelector(ErrorsLib.Loss.selector, AMOUNT - 1, AMOUNT);
        nested.behave(HostilePool.Manner.Honest, AMOUNT - 1);
        expectRefusal(_header(), _last(), loss);
        expectRefusal(_header(), _nested(), loss);
    }

    function test_SkimIsLockedWhileARouteRuns() public {
        _behave(HostilePool.Manner.Skims);
        _expectRefused(_locked(), _locked());
    }

    function test_ExecuteIsLockedWhileARouteRuns() public {
        vm.prank(governance);
        executor.setKeeper(address(lending), true);
        lending.reenterWith(RouteEncoder.encode(_header(), _first()));
        _behave(HostilePool.Manner.Executes);
        expectRefusal(_header(), _first(), _locked());
    }

    function _callbacks(bytes calldata data) private view returns (bytes[19] memory) {
        address self = address(executor);
        address[] memory tokens = new address[](1);
        uint256[] memory amounts = new uint256[](1);
        return [
            abi.encodeCall(ICallbacks.uniswapV2Call, (self, 0, 0, data)),
            abi.encodeCall(ICallbacks.pancakeCall, (self, 0, 0, data)),
            abi.encodeCall(ICallbacks.hook, (self, 0, 0, data)),
            abi.encodeCall(ICallbacks.DVMFlashLoanCall, (self, 0, 0, data)),
            abi.encodeCall(ICallbacks.DPPFlashLoanCall, (self, 0, 0, data)),
            abi.encodeCall(ICallbacks.DSPFlashLoanCall, (self, 0, 0, data)),
            abi.encodeCall(ICallbacks.uniswapV3SwapCallback, (1, -1, data)),
            abi.encodeCall(ICallbacks.pancakeV3SwapCallback, (1, -1, data)),
            abi.encodeCall(ICallbacks.algebraSwapCallback, (1, -1, data)),
            abi.encodeCall(ICallbacks.unlockCallback, (data)),
            abi.encodeCall(ICallbacks.balancerV3Leg, (data)),
            abi.encodeCall(ICallbacks.balancerV3Route, (data)),
            abi.encodeCall(ICallbacks.uniswapV3FlashCallback, (0, 0, data)),
            abi.encodeCall(ICallbacks.pancakeV3FlashCallback, (0, 0, data)),
            abi.encodeCall(ICallbacks.algebraFlashCallback, (0, 0, data)),
            abi.encodeCall(ICallbacks.receiveFlashLoan, (tokens, amounts, amounts, data)),
            abi.encodeCall(ICallbacks.executeOperation, (address(weth), 1, 0, self, data)),
            abi.encodeCall(ICallbacks.onMorphoFlashLoan, (1, data)),
            abi.encodeCall(ICallbacks.onFlashLoan, (self, address(weth), 1, 0, data))
        ];
    }

    function _header() private view returns (Header memory) {
        return flashSwap(address(weth), AMOUNT);
    }

    /// @dev The hostile pool lends by flash swap, and an honest pair is sold to after it.
    function _first() private view returns (Leg[] memory) {
        return cycle(v3(address(lending), address(token)), v2(dearPair, address(weth)));
    }

    /// @dev It lends as well, as what the honest pair before it brings is known: that pair is paid within its callback.
    function _last() private view returns (Leg[] memory) {
        return cycle(v2(cheapPair, address(token)), v3(address(nested), address(weth)));
    }

    /// @dev An honest pool lends, which nobody can quote, and the hostile pool's callback comes within that pool's.
    function _nested() private view returns (Leg[] memory) {
        return cycle(v3(cheapPool, address(token)), v3(address(nested), address(weth)));
    }

    function _behave(HostilePool.Manner manner) private {
        lending.behave(manner, 1100e18);
        nested.behave(manner, 1.1e18);
    }

    /// @notice That the route is refused wherever the hostile pool is in it.
    function _expectRefused(bytes memory byLending, bytes memory byNested) private {
        expectRefusal(_header(), _first(), byLending);
        expectRefusal(_header(), _last(), byNested);
        expectRefusal(_header(), _nested(), byNested);
    }

    function _expectPaymentRefused(int256 off) private {
        bytes4 mismatch = ErrorsLib.PaymentMismatch.selector;
        expectRefusal(_header(), _first(), abi.encodeWithSelector(mismatch, lending, AMOUNT, int256(AMOUNT) + off));
        uint256 bought = pairOutput(AMOUNT, 1000e18, 1_100_000e18);
        expectRefusal(_header(), _last(), abi.encodeWithSelector(mismatch, nested, bought, int256(bought) + off));
        bought = _boughtWithin();
        expectRefusal(_header(), _nested(), abi.encodeWithSelector(mismatch, nested, bought, int256(bought) + off));
    }

    /// @dev What the honest pool brings the nested one, where that is honest too.
    function _boughtWithin() private returns (uint256 bought) {
        uint256 state = vm.snapshotState();
        nested.behave(HostilePool.Manner.Honest, 1.1e18);
        execute(_header(), _nested());
        bought = token.balanceOf(address(nested));
        vm.revertToState(state);
    }

    function _unexpected(address caller) private pure returns (bytes memory) {
        return abi.encodeWithSelector(
            ErrorsLib.CallbackUnexpected.selector, caller, ICallbacks.uniswapV3SwapCallback.selector
        );
    }

    function _locked() private pure returns (bytes memory) {
        return abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
    }
}
