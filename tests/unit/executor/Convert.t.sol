// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IFlashExecutor} from "../../../contracts/interfaces/IFlashExecutor.sol";
import {Leg} from "../../../contracts/types/Route.sol";

import {ErrorsLib} from "../../../contracts/libraries/ErrorsLib.sol";
import {RouteEncoder} from "../../../contracts/libraries/RouteEncoder.sol";
import {RouteLib} from "../../../contracts/libraries/RouteLib.sol";
import {FixedPool} from "../../mocks/HostileVenue.sol";
import {PlainToken} from "../../mocks/PlainToken.sol";
import {Market_Test} from "./Market.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @notice Conversions for the reserve and the vault's strategies [R9].
contract Convert_Test is Market_Test {
    uint256 internal constant AMOUNT = 3e18;
    uint256 internal constant STRAY = 7e18;

    address internal caller = makeAddr("caller");

    function setUp() public override {
        super.setUp();
        vm.prank(governance);
        manager.grantRole(CONVERTER_ROLE, caller, 0);
    }

    /* WHO */

    function test_RevertWhen_TheCallerHasNoRight() public {
        address[4] memory others = [stranger, keeper, guardian, deployer];
        for (uint256 i; i < others.length; ++i) {
            _expect(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, others[i]));
            vm.prank(others[i]);
            executor.convert(address(weth), AMOUNT, _buy());
        }
    }

    /// @dev Without the manager: what it says of the reserve does not matter.
    function test_TheReserveHasIt() public {
        (bool named,) = manager.hasRole(CONVERTER_ROLE, address(reserve));
        assertFalse(named);
        fund(address(weth), address(executor), AMOUNT);
        vm.prank(address(reserve));
        executor.convert(address(weth), AMOUNT, _buy());
        assertEq(token.balanceOf(address(reserve)), _bought());
    }

    function test_RevertGiven_Paused() public {
        vm.prank(guardian);
        executor.pause();
        _refuse(_buy(), abi.encodeWithSelector(ErrorsLib.ExecutorPaused.selector));
    }

    /* RESTRICTED POOLS */

    function test_RestrictedPools() public {
        vm.prank(governance);
        executor.restrictPools(true);
        _refuse(_buy(), abi.encodeWithSelector(ErrorsLib.PoolNotAllowed.selector, cheapPair));
        address[] memory pools = new address[](1);
        pools[0] = cheapPair;
        vm.prank(governance);
        executor.allowPools(pools, true);
        assertEq(_convert(_buy()), _bought());
    }

    /* LEGS */

    function test_RevertWhen_LegCountIsWrong() public {
        _refuse("", abi.encodeWithSelector(ErrorsLib.LegCountWrong.selector, 0));
        bytes memory legs;
        for (uint256 i; i < 4; ++i) {
            legs = bytes.concat(legs, _buy(), RouteEncoder.encodeLeg(v2(dearPair, address(weth))));
        }
        _refuse(bytes.concat(legs, _buy()), abi.encodeWithSelector(ErrorsLib.LegCountWrong.selector, 9));
    }

    function test_RevertWhen_ALegIsCutOff() public {
        bytes memory legs = _buy();
        assembly {
            mstore(legs, sub(mload(legs), 1))
        }
        _refuse(legs, abi.encodeWithSelector(ErrorsLib.RouteTruncated.selector));
    }

    function test_RevertWhen_TheVenueIsUnknown() public {
        bytes memory legs = _buy();
        legs[0] = 0xff;
        _refuse(legs, abi.encodeWithSelector(ErrorsLib.VenueUnknown.selector, 0xff));
    }

    function test_RevertWhen_TheTargetHasNoCode() public {
        bytes memory legs = RouteEncoder.encodeLeg(v2(stranger, address(token)));
        _refuse(legs, abi.encodeWithSelector(ErrorsLib.NotContract.selector, stranger));
    }

    function test_RevertWhen_TheLastLegPaysWhatWasSent() public {
        bytes memory legs = bytes.concat(_buy(), RouteEncoder.encodeLeg(v2(dearPair, address(weth))));
        _refuse(legs, abi.encodeWithSelector(ErrorsLib.LegPaysItsInput.selector, executor, weth));
    }

    /* WHAT COMES OF IT */

    function test_SendsWhatTheLegsBrought_AndNothingElse() public {
        token.mint(address(executor), STRAY);
        token.mint(caller, STRAY);
        fund(address(weth), address(executor), STRAY);
        uint256 amountOut = _bought();
        vm.expectEmit(address(executor));
        emit IFlashExecutor.Converted(caller, address(weth), address(token), AMOUNT, amountOut);
        assertEq(_convert(_buy()), amountOut);
        assertEq(token.balanceOf(caller), STRAY + amountOut);
        assertEq(token.balanceOf(address(executor)), STRAY);
        assertEq(weth.balanceOf(address(executor)), STRAY);
    }

    /// @dev From pool to pool, and from the last to the caller: nothing comes here.
    function test_PaysStraight() public {
        PlainToken third = new PlainToken("THIRD", 6);
        address last = createPair(deployV2Factory(), address(token), 1_000_000e18, address(third), 1_000_000e6);
        bytes memory legs = bytes.concat(
            RouteEncoder.encodeLeg(v3(cheapPool, address(token))), RouteEncoder.encodeLeg(v2(last, address(third)))
        );
        bytes memory here = abi.encodeWithSelector(token.transfer.selector, executor);
        vm.expectCall(address(token), here, 0);
        vm.expectCall(address(third), here, 0);
        assertEq(_convert(legs), third.balanceOf(caller));
    }

    /// @dev Through a pool that is paid in its callback, and one that pulls: no allowance is left.
    function test_AlongSeveralLegs() public {
        PlainToken third = new PlainToken("THIRD", 6);
        FixedPool pulls = new FixedPool(token, third, 1234);
        third.mint(address(pulls), 5000);
        bytes memory legs = bytes.concat(
            RouteEncoder.encodeLeg(v3(cheapPool, address(token))),
            RouteEncoder.encodeLeg(Leg(RouteLib.CURVE, address(pulls), address(third), 1))
        );
        assertEq(_convert(legs), 1234);
        assertEq(third.balanceOf(caller), 1234);
        assertEmpty(address(token), address(pulls));
        assertGt(token.balanceOf(address(pulls)), 3000e18);
    }

    function test_NativeCoin() public {
        bytes memory wrap = RouteEncoder.encodeLeg(Leg(RouteLib.WRAPPED_NATIVE, address(weth), address(weth), 0));
        bytes memory unwrap = RouteEncoder.encodeLeg(Leg(RouteLib.WRAPPED_NATIVE, address(weth), address(0), 0));
        vm.deal(caller, AMOUNT);
        vm.startPrank(caller);
        assertEq(executor.convert{value: AMOUNT}(address(0), AMOUNT, wrap), AMOUNT);
        assertEq(weth.balanceOf(caller), AMOUNT);
        weth.transfer(address(executor), AMOUNT);
        assertEq(executor.convert(address(weth), AMOUNT, unwrap), AMOUNT);
        assertEq(caller.balance, AMOUNT);
        _expect(abi.encodeWithSelector(ErrorsLib.NativeUnexpected.selector, caller));
        executor.convert{value: AMOUNT - 1}(address(0), AMOUNT, wrap);
        _expect(abi.encodeWithSelector(ErrorsLib.NativeUnexpected.selector, caller));
        executor.convert{value: 1}(address(weth), AMOUNT, unwrap);
    }

    /// @dev There is no allowance of native coin to give or to take back.
    function test_NativeCoin_IntoAPoolThatPulls() public {
        FixedPool pulls = new FixedPool(IERC20(address(0)), token, 1234);
        token.mint(address(pulls), 5000);
        bytes memory legs = RouteEncoder.encodeLeg(Leg(RouteLib.CURVE, address(pulls), address(token), 1));
        vm.deal(caller, AMOUNT);
        vm.prank(caller);
        assertEq(executor.convert{value: AMOUNT}(address(0), AMOUNT, legs), 1234);
        assertEq(address(pulls).balance, AMOUNT);
    }

    /// @dev A pool on the way holds the right itself, and still cannot convert.
    function test_RevertWhen_ARouteIsRunning() public {
        Reentrant pool = new Reentrant(executor, _buy());
        vm.prank(governance);
        manager.grantRole(CONVERTER_ROLE, address(pool), 0);
        bytes memory legs = RouteEncoder.encodeLeg(Leg(RouteLib.CURVE, address(pool), address(token), 1));
        _refuse(legs, abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector));
    }

    /* INTERNALS */

    function _convert(bytes memory legs) private returns (uint256) {
        fund(address(weth), address(executor), AMOUNT);
        vm.prank(caller);
        return executor.convert(address(weth), AMOUNT, legs);
    }

    function _refuse(bytes memory legs, bytes memory reason) private {
        fund(address(weth), address(executor), AMOUNT);
        _expect(reason);
        vm.prank(caller);
        executor.convert(address(weth), AMOUNT, legs);
    }

    function _expect(bytes memory reason) private {
        vm.expectRevert(reason);
    }

    function _buy() private view returns (bytes memory) {
        return RouteEncoder.encodeLeg(v2(cheapPair, address(token)));
    }

    function _bought() private pure returns (uint256) {
        return pairOutput(AMOUNT, 1000e18, 1_100_000e18);
    }
}

/// @notice Mock: a pool that converts on its own account while it is swapped in.
contract Reentrant {
    IFlashExecutor private immutable _executor;
    bytes private _legs;

    constructor(IFlashExecutor executor, bytes memory legs) {
        (_executor, _legs) = (executor, legs);
    }

    function exchange(int128, int128, uint256, uint256) external payable {
        _executor.convert(address(1), 1, _legs);
    }
}
