// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IFlashExecutor} from "../../../contracts/interfaces/IFlashExecutor.sol";
import {Header, Leg} from "../../../contracts/types/Route.sol";

import {ErrorsLib} from "../../../contracts/libraries/ErrorsLib.sol";
import {ModelPriceGuard} from "../../mocks/ModelPriceGuard.sol";
import {Market_Test} from "./Market.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";

/// @notice What governance bounds: the pools [E2], the builder's tip [E2], the price guard [E7].
contract Governed_Test is Market_Test {
    uint256 internal constant AMOUNT = 20e18;
    address internal builder = makeAddr("builder");
    ModelPriceGuard internal guard;

    function setUp() public override {
        super.setUp();
        vm.coinbase(builder);
        // What is dealt is not backed: the wrapped coin must be able to pay out.
        vm.deal(address(weth), 10_000 ether);
        guard = new ModelPriceGuard();
    }

    function test_OnlyGovernanceSetsBounds() public {
        bytes[4] memory calls = [
            abi.encodeCall(IFlashExecutor.restrictPools, (true)),
            abi.encodeCall(IFlashExecutor.allowPools, (new address[](1), true)),
            abi.encodeCall(IFlashExecutor.setMaxTip, (1)),
            abi.encodeCall(IFlashExecutor.setPriceGuard, (stranger))
        ];
        address[3] memory others = [stranger, keeper, guardian];
        for (uint256 i; i < others.length * calls.length; ++i) {
            address other = others[i % others.length];
            vm.prank(other);
            (bool done, bytes memory reason) = address(executor).call(calls[i % calls.length]);
            assertFalse(done);
            assertEq(reason, abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, other));
        }
    }

    /* POOLS */

    function test_Restricted_OnlyListedPools() public {
        _restrict(true);
        _allow(cheapPair, true);
        bytes memory reason = abi.encodeWithSelector(ErrorsLib.PoolNotAllowed.selector, dearPair);
        expectRefusal(_header(), _pairs(), reason);
        _allow(dearPair, true);
        uint256 snapshot = vm.snapshotState();
        assertGt(execute(_header(), _pairs()), 0);
        vm.revertToState(snapshot);
        _allow(cheapPair, false);
        expectRefusal(_header(), _pairs(), abi.encodeWithSelector(ErrorsLib.PoolNotAllowed.selector, cheapPair));
        _restrict(false);
        assertGt(execute(_header(), _pairs()), 0);
    }

    function test_Restricted_ForKeepersNamedLaterToo() public {
        _restrict(true);
        vm.startPrank(governance);
        executor.setKeeper(keeper, false);
        executor.setKeeper(keeper, true);
        vm.stopPrank();
        expectRefusal(_header(), _pairs(), abi.encodeWithSelector(ErrorsLib.PoolNotAllowed.selector, cheapPair));
    }

    /// @dev A pause and its end leave the restriction as it was.
    function test_Restricted_SurvivesAPause() public {
        _restrict(true);
        vm.prank(guardian);
        executor.pause();
        expectRefusal(_header(), _pairs(), abi.encodeWithSelector(ErrorsLib.ExecutorPaused.selector));
        _restrict(false);
        expectRefusal(_header(), _pairs(), abi.encodeWithSelector(ErrorsLib.ExecutorPaused.selector));
        _restrict(true);
        vm.prank(governance);
        executor.unpause();
        expectRefusal(_header(), _pairs(), abi.encodeWithSelector(ErrorsLib.PoolNotAllowed.selector, cheapPair));
    }

    /* TIP */

    function testFuzz_Tip_GoesToTheBuilder(uint16 bps) public {
        bps = uint16(bound(bps, 1, 10_000));
        _setMaxTip(bps);
        Header memory header = _header();
        header.tipBps = bps;
        uint256 snapshot = vm.snapshotState();
        uint256 whole = execute(_header(), _pairs());
        vm.revertToState(snapshot);
        uint256 tip = whole * bps / 10_000;
        uint256 profit = execute(header, _pairs());
        assertEq(builder.balance, tip);
        assertEq(profit, whole - tip);
        assertEq(weth.balanceOf(address(reserve)), whole - tip);
        assertEq(address(executor).balance, 0);
        assertEq(weth.balanceOf(address(executor)), 0);
    }

    function test_Tip_AboveTheBound() public {
        Header memory header = _header();
        header.tipBps = 1;
        expectRefusal(header, _pairs(), abi.encodeWithSelector(ErrorsLib.TipTooHigh.selector, 1, 0));
        _setMaxTip(500);
        header.tipBps = 501;
        expectRefusal(header, _pairs(), abi.encodeWithSelector(ErrorsLib.TipTooHigh.selector, 501, 500));
    }

    function test_Tip_BelowTheBound() public {
        _setMaxTip(500);
        Header memory header = _header();
        header.tipBps = 499;
        uint256 profit = execute(header, _pairs());
        assertEq(builder.balance, (profit + builder.balance) * 499 / 10_000);
    }

    function test_Tip_OfAnotherToken() public {
        _setMaxTip(500);
        vm.prank(governance);
        reserve.listToken(address(token), true);
        Header memory header = flashSwap(address(token), 10_000e18);
        header.tipBps = 500;
        Leg[] memory legs = cycle(v2(dearPair, address(weth)), v2(cheapPair, address(token)));
        expectRefusal(header, legs, abi.encodeWithSelector(ErrorsLib.TipNotNative.selector, token));
        header.tipBps = 0;
        assertGt(execute(header, legs), 0);
    }

    function test_Tip_BoundIsAShare() public {
        vm.prank(governance);
        vm.expectRevert(abi.encodeWithSelector(ErrorsLib.TipTooHigh.selector, 10_001, 10_000));
        executor.setMaxTip(10_001);
        _setMaxTip(10_000);
        assertEq(executor.maxTipBps(), 10_000);
    }

    /* PRICE GUARD */

    function test_Guard_IsAskedWhatTheTradeLeavesBehind() public {
        _setGuard();
        Header memory header = _header();
        header.guarded = true;
        address[] memory tokens = new address[](3);
        (tokens[0], tokens[1], tokens[2]) = (address(weth), address(token), address(weth));
        address[] memory pools = new address[](2);
        (pools[0], pools[1]) = (cheapPair, dearPair);
        vm.expectCall(address(guard), abi.encodeCall(guard.requireFair, (tokens, pools)), 1);
        uint256 bought = pairOutput(AMOUNT, 1000e18, 1_100_000e18);
        guard.expectBalance(address(token), dearPair, 1_000_000e18 + bought);
        assertGt(execute(header, _pairs()), 0);
    }

    function test_Guard_Refuses() public {
        _setGuard();
        guard.refuse(true);
        assertGt(execute(_header(), _pairs()), 0);
        Header memory header = _header();
        header.amountIn = 1e18;
        header.guarded = true;
        expectRefusal(header, _pairs(), abi.encodeWithSelector(ModelPriceGuard.PriceUnfair.selector));
    }

    /// @dev A marked token's trades are guarded whether the route asks for it or not.
    function test_Guard_MarkedToken() public {
        _setGuard();
        guard.refuse(true);
        vm.prank(governance);
        reserve.guardToken(address(weth), true);
        expectRefusal(_header(), _pairs(), abi.encodeWithSelector(ModelPriceGuard.PriceUnfair.selector));
        guard.refuse(false);
        assertGt(execute(_header(), _pairs()), 0);
    }

    function test_Guard_MissingRefuses() public {
        vm.prank(governance);
        executor.setPriceGuard(address(0));
        Header memory header = _header();
        header.guarded = true;
        expectRefusal(header, _pairs(), abi.encodeWithSelector(ErrorsLib.PriceGuardMissing.selector));
    }

    /* HELPERS */

    function _restrict(bool restricted) private {
        vm.prank(governance);
        executor.restrictPools(restricted);
    }

    function _allow(address pool, bool allowed) private {
        address[] memory pools = new address[](1);
        pools[0] = pool;
        vm.prank(governance);
        executor.allowPools(pools, allowed);
    }

    function _setMaxTip(uint16 bps) private {
        vm.prank(governance);
        executor.setMaxTip(bps);
    }

    function _setGuard() private {
        vm.prank(governance);
        executor.setPriceGuard(address(guard));
    }

    function _header() private view returns (Header memory) {
        return flashSwap(address(weth), AMOUNT);
    }

    function _pairs() private view returns (Leg[] memory) {
        return cycle(v2(cheapPair, address(token)), v2(dearPair, address(weth)));
    }
}
