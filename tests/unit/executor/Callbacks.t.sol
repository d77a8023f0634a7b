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

/// @notice Rule E3, against a pool that misbehaves: as the first leg of a flash swap, and nested in an honest one.
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
        assertGt(execute(_header(), _nested()), 0);
    }

    function test_FromAnotherThanTheAddressCalled() public {
        _behave(HostilePool.Manner.ThroughAccomplice);
        bytes4 kind = ICallbacks.uniswapV3SwapCallback.selector;
        address accomplice = vm.computeCreateAddress(address(lending), 1);
        expectRefusal(
            _header(), _first(), abi.encodeWithSelector(ErrorsLib.CallbackUnexpected.selector, accomplice, kind)
        );
        accomplice = vm.computeCreateAddress(address(nested), 1);
        expectRefusal(
            _header(), _nested(), abi.encodeWithSelector(ErrorsLib.CallbackUnexpected.selector, accomplice, kind)
        );
    }

    /// @dev Addresses that differ in one bit are not the same.
    function test_FromTheAddressNextToTheOneCalled() public {
        _behave(HostilePool.Manner.ThroughNeighbour);
        bytes4 kind = ICallbacks.uniswapV3SwapCallback.selector;
        address neighbour = address(uint160(address(lending)) ^ 1);
        vm.etch(neighbour, type(Accomplice).runtimeCode);
        expectRefusal(
            _header(), _first(), abi.encodeWithSelector(ErrorsLib.CallbackUnexpected.selector, neighbour, kind)
        );
        neighbour = address(uint160(address(nested)) ^ 1);
        vm.etch(neighbour, type(Accomplice).runtimeCode);
        expectRefusal(
            _header(), _nested(), abi.encodeWithSelector(ErrorsLib.CallbackUnexpected.selector, neighbour, kind)
        );
    }

    function test_OfAnotherKind() public {
        _behave(HostilePool.Manner.OtherKind);
        _expectBothRefused(ICallbacks.uniswapV2Call.selector);
    }

    function test_WithOtherData() public {
        _behave(HostilePool.Manner.OtherData);
        _expectBothRefused(ICallbacks.uniswapV3SwapCallback.selector);
    }

    function test_ASecondTime() public {
        _behave(HostilePool.Manner.CallsTwice);
        _expectBothRefused(ICallbacks.uniswapV3SwapCallback.selector);
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
        expectRefusal(_header(), _first(), missing);
        expectRefusal(_header(), _nested(), missing);
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

    /// @dev The same as a leg within an honest pair's flash swap: the last leg would sell what never came.
    function test_ClaimsMoreThanItBrought_Nested() public {
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
        expectRefusal(_header(), _first(), abi.encodeWithSelector(ErrorsLib.OutputZero.selector, lending));
        expectRefusal(_header(), _nested(), abi.encodeWithSelector(ErrorsLib.OutputZero.selector, nested));
    }

    function test_ClaimsToBeOwedBothTokens() public {
        _behave(HostilePool.Manner.ClaimsToBeOwedBoth);
        expectRefusal(_header(), _first(), abi.encodeWithSelector(ErrorsLib.OutputZero.selector, lending));
        expectRefusal(_header(), _nested(), abi.encodeWithSelector(ErrorsLib.OutputZero.selector, nested));
    }

    /// @dev Just what the pair that lends is owed: that is no loss, and no profit.
    function test_BringsJustWhatIsOwed() public {
        nested.behave(HostilePool.Manner.Honest, AMOUNT);
        expectRefusal(_header(), _nested(), abi.encodeWithSelector(ErrorsLib.NotProfitable.selector, 0, 1));
        nested.behave(HostilePool.Manner.Honest, AMOUNT - 1);
        expectRefusal(_header(), _nested(), abi.encodeWithSelector(ErrorsLib.Loss.selector, AMOUNT - 1, AMOUNT));
    }

    function test_SkimIsLockedWhileARouteRuns() public {
        _behave(HostilePool.Manner.Skims);
        expectRefusal(_header(), _first(), _locked());
        expectRefusal(_header(), _nested(), _locked());
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

    /// @dev The hostile pool lends by flash swap.
    function _first() private view returns (Leg[] memory) {
        return cycle(v3(address(lending), address(token)), v2(dearPair, address(weth)));
    }

    /// @dev An honest pair lends, and the hostile pool's callback comes within the pair's.
    function _nested() private view returns (Leg[] memory) {
        return cycle(v2(cheapPair, address(token)), v3(address(nested), address(weth)));
    }

    function _behave(HostilePool.Manner manner) private {
        lending.behave(manner, 1100e18);
        nested.behave(manner, 1.1e18);
    }

    function _expectBothRefused(bytes4 kind) private {
        expectRefusal(_header(), _first(), abi.encodeWithSelector(ErrorsLib.CallbackUnexpected.selector, lending, kind));
        expectRefusal(_header(), _nested(), abi.encodeWithSelector(ErrorsLib.CallbackUnexpected.selector, nested, kind));
    }

    function _expectPaymentRefused(int256 off) private {
        bytes4 mismatch = ErrorsLib.PaymentMismatch.selector;
        expectRefusal(_header(), _first(), abi.encodeWithSelector(mismatch, lending, AMOUNT, int256(AMOUNT) + off));
        uint256 bought = pairOutput(AMOUNT, 1000e18, 1_100_000e18);
        expectRefusal(_header(), _nested(), abi.encodeWithSelector(mismatch, nested, bought, int256(bought) + off));
    }

    function _locked() private pure returns (bytes memory) {
        return abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
    }
}
