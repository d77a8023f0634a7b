// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IPriceGuard} from "../../contracts/interfaces/IPriceGuard.sol";
import {IPriceSources} from "../../contracts/interfaces/IPriceSources.sol";
import {IRateProvider} from "../../contracts/interfaces/external/IRateProvider.sol";
import {PoolKind} from "../../contracts/types/PoolKind.sol";
import {Twap} from "../../contracts/types/PriceSources.sol";
import {IWrappedStakedStrategy} from "../../script/deployment/Interfaces.sol";

import {FeedLib} from "../../contracts/libraries/FeedLib.sol";
import {RouteEncoder} from "../../contracts/libraries/RouteEncoder.sol";
import {Market} from "../../contracts/types/Market.sol";
import {ModelAggregator} from "../mocks/ModelAggregator.sol";
import {PlainToken} from "../mocks/PlainToken.sol";
import {UniswapV3Fixture} from "../protocols/UniswapV3Fixture.sol";
import {Staking_Test} from "../unit/vault/Staking.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

interface IGuard is IPriceGuard, IPriceSources {}

/// @notice The strategy that buys a wrapped staked token, with the guard as it is: a feed of the token's rate, as Chainlink
/// has them on rollups, beside the TWAP of Uniswap's own pool, on which it also trades.
contract StakedToken_Test is Staking_Test, IRateProvider {
    uint32 private constant HEARTBEAT = 1 days;
    uint32 private constant WINDOW = 30 minutes;
    uint16 private constant DISAGREEMENT = 100;

    uint256 public getRate = 1.2e18;

    PlainToken internal staked;
    IGuard internal guard;
    ModelAggregator internal feed;
    UniswapV3Fixture internal fixture;
    address internal pool;
    IWrappedStakedStrategy internal strategy;

    function setUp() public override {
        super.setUp();
        staked = new PlainToken("stTKN", 18);
        fixture = new UniswapV3Fixture();
        pool = fixture.create(address(weth), 120_000e18, address(staked), 100_000e18);
        (bool done,) = pool.call(abi.encodeWithSignature("increaseObservationCardinalityNext(uint16)", 64));
        assertTrue(done);
        _setGuard();
        // The pool takes 0.3 %.
        Market memory market = Market(address(staked), this, executor, guard, 50, 300, 500e18);
        strategy = IWrappedStakedStrategy(create("WrappedStakedStrategy", abi.encode(address(vault), market)));
        vm.startPrank(governance);
        manager.grantRole(CONVERTER_ROLE, address(strategy), 0);
        vault.setStrategy(address(strategy), 1000e18);
        vm.stopPrank();
        _stake(alice, 1000e18);
        _pass(WINDOW);
    }

    function _setGuard() private {
        guard = IGuard(deployCode("PriceGuard.sol:PriceGuard", abi.encode(manager, weth)));
        feed = new ModelAggregator(18, "", address(this), 1.2e18);
        (address token0, address token1) =
            address(weth) < address(staked) ? (address(weth), address(staked)) : (address(staked), address(weth));
        vm.startPrank(governance);
        guard.registerPool(pool, PoolKind.Concentrated, token0, token1, 500);
        guard.setPairFeed(address(staked), address(weth), IPriceSources.FeedSpec(address(feed), HEARTBEAT, 1e18, 2e18));
        guard.setTwap(token0, token1, Twap(pool, WINDOW, 2 * WINDOW, DISAGREEMENT, 0, 0));
        vm.stopPrank();
    }

    /* WHILE THE SOURCES AGREE */

    function test_BuysAndSells_AtTheGuardsPriceLessTheFee() public {
        _allocate(100e18);
        uint256 held = staked.balanceOf(address(strategy));
        assertApproxEqRel(held, uint256(99.7e18) * 10 / 12, 0.002e18);
        assertEq(strategy.worth(), held * 1.2e18 / 1e18);
        uint256 back = _recall(type(uint256).max);
        assertApproxEqRel(back, 99.4e18, 0.003e18);
        assertEq(vault.totalAssets(), 900e18 + back);
        assertEmpty(address(weth), pool);
        assertEmpty(address(staked), pool);
    }

    /// @dev Feed, pool and protocol say a tenth more: a gain, by report, and it is sold for that.
    function test_AGainCanBeSold() public {
        _allocate(100e18);
        uint256 worth = strategy.worth();
        getRate = 1.32e18;
        feed.transmit(1.32e18);
        _trade(address(weth), 5900e18);
        _pass(2 * WINDOW);
        vm.prank(keeper);
        uint256 gain = vault.report(address(strategy));
        // The fee of the way in was a loss already.
        assertApproxEqAbs(gain, worth / 10, 1);
        assertApproxEqRel(_recall(type(uint256).max), (worth + gain) * 997 / 1000, 0.003e18);
    }

    /* WHILE THEY DO NOT */

    /// @dev Bent in the same block: the guard's price stays, and the keeper's leg brings less than it.
    function test_RevertWhen_ThePoolIsBentInTheSameBlock() public {
        _trade(address(weth), 2000e18);
        vm.expectPartialRevert(IWrappedStakedStrategy.TooLittleBack.selector);
        _allocate(100e18);
    }

    /// @dev Held for the window: the mean has gone with it, and the feed has not.
    function test_RevertWhen_ThePoolIsHeldForTheWindow() public {
        _trade(address(weth), 2000e18);
        _pass(WINDOW);
        vm.expectPartialRevert(IPriceGuard.SourcesDisagree.selector);
        _allocate(100e18);
    }

    function test_RevertWhen_TheFeedLies() public {
        feed.transmit(1.5e18);
        vm.expectPartialRevert(IPriceGuard.SourcesDisagree.selector);
        _allocate(100e18);
        feed.transmit(2e18 + 1);
        vm.expectRevert(abi.encodeWithSelector(FeedLib.FeedAnswerInvalid.selector, feed, 2e18 + 1));
        _allocate(100e18);
    }

    /// @dev Then no keeper converts; but stakers leave with what is idle [V4], and the guardian has the strategy left [V5].
    function test_WhenTheFeedStops_KeepersWaitAndOthersLeave() public {
        _allocate(100e18);
        vm.warp(vm.getBlockTimestamp() + HEARTBEAT + 1);
        bytes4 stale = FeedLib.FeedStale.selector;
        vm.expectPartialRevert(stale);
        _allocate(1e18);
        vm.expectPartialRevert(stale);
        _recall(1e18);
        uint256 most = vault.maxWithdraw(alice);
        assertEq(most, 900e18);
        vm.prank(alice);
        vault.withdraw(most, alice, alice);
        assertEq(weth.balanceOf(alice), 900e18);
        bytes memory leg = _leg(address(weth));
        vm.prank(guardian);
        uint256 back = vault.emergencyExit(address(strategy), leg);
        assertApproxEqRel(back, 99.4e18, 0.003e18);
        assertEq(vault.idleAssets(), back);
    }

    /// @dev Nobody who bends the pool then has the guardian sell into it.
    function test_RevertWhen_TheFeedStopsAndThePoolIsBent() public {
        _allocate(100e18);
        vm.warp(vm.getBlockTimestamp() + HEARTBEAT + 1);
        _trade(address(staked), 5000e18);
        bytes memory leg = _leg(address(weth));
        vm.expectPartialRevert(IWrappedStakedStrategy.TooLittleBack.selector);
        vm.prank(guardian);
        vault.emergencyExit(address(strategy), leg);
    }

    /* ACTS */

    function _leg(address tokenOut) private view returns (bytes memory) {
        return RouteEncoder.encodeLeg(v3(pool, tokenOut));
    }

    function _allocate(uint256 amount) private {
        bytes memory leg = _leg(address(staked));
        vm.prank(keeper);
        vault.allocate(address(strategy), amount, leg);
    }

    function _recall(uint256 amount) private returns (uint256) {
        bytes memory leg = _leg(address(weth));
        vm.prank(keeper);
        return vault.recall(address(strategy), amount, leg);
    }

    /// @dev Time passes, and the feed says again what it said.
    function _pass(uint256 time) private {
        vm.warp(vm.getBlockTimestamp() + time);
        feed.transmit(feed.latestAnswer());
    }

    function _trade(address tokenIn, uint256 amount) private {
        fund(tokenIn, address(this), amount);
        IERC20(tokenIn).approve(address(fixture), amount);
        fixture.trade(pool, tokenIn, amount, tokenIn == address(weth) ? address(staked) : address(weth));
    }
}
