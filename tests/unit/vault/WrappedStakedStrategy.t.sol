// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IPriceGuard} from "../../../contracts/interfaces/IPriceGuard.sol";
import {IStakingStrategy} from "../../../contracts/interfaces/IStakingStrategy.sol";
import {IWrappedStakedStrategy} from "../../../script/deployment/Interfaces.sol";

import {RouteEncoder} from "../../../contracts/libraries/RouteEncoder.sol";
import {Market} from "../../../contracts/types/Market.sol";
import {IUniswapV2Factory} from "../../Protocols.sol";
import {PlainToken} from "../../mocks/PlainToken.sol";
import {RateAndGuard} from "../../mocks/RateAndGuard.sol";
import {Staking_Test} from "./Staking.sol";

/// @notice V5 with a token that is bought and sold: the executor as it is, over Uniswap's own pair.
contract WrappedStakedStrategy_Test is Staking_Test {
    PlainToken internal staked;
    RateAndGuard internal rates;
    address internal pair;
    IWrappedStakedStrategy internal strategy;

    function setUp() public override {
        super.setUp();
        staked = new PlainToken("stTKN", 18);
        rates = new RateAndGuard(address(staked));
        IUniswapV2Factory factory = deployV2Factory();
        pair = createPair(factory, address(weth), 120_000e18, address(staked), 100_000e18);
        Market memory market = Market(address(staked), rates, executor, IPriceGuard(address(rates)), 50, 300, 200e18);
        strategy = IWrappedStakedStrategy(create("WrappedStakedStrategy", abi.encode(address(vault), market)));
        vm.startPrank(governance);
        manager.grantRole(CONVERTER_ROLE, address(strategy), 0);
        vault.setStrategy(address(strategy), 1000e18);
        vm.stopPrank();
        _stake(alice, 1000e18);
    }

    function _in() private view returns (bytes memory) {
        return RouteEncoder.encodeLeg(v2(pair, address(staked)));
    }

    function _out() private view returns (bytes memory) {
        return RouteEncoder.encodeLeg(v2(pair, address(weth)));
    }

    function _allocate(uint256 amount) private {
        vm.prank(keeper);
        vault.allocate(address(strategy), amount, _in());
    }

    function _recall(uint256 amount) private returns (uint256) {
        vm.prank(keeper);
        return vault.recall(address(strategy), amount, _out());
    }

    /// @dev What the venue takes, 0.3 % and the slope, shows at once.
    function test_BuyingCostsTheVenuesFee() public {
        _allocate(100e18);
        uint256 worth = strategy.worth();
        assertEq(worth, staked.balanceOf(address(strategy)) * 12 / 10);
        assertApproxEqRel(worth, 99.7e18, 0.001e18);
        assertEq(vault.totalAssets(), 900e18 + worth);
        assertEmpty(address(weth), pair);
        assertEmpty(address(staked), pair);
    }

    function test_WhatIsBoughtAndComesBackIsTold() public {
        uint256 before = vm.snapshotState();
        _allocate(100e18);
        uint256 bought = staked.balanceOf(address(strategy));
        _allocate(20e18);
        uint256 more = staked.balanceOf(address(strategy)) - bought;
        uint256 released = _recall(50e18);
        vm.revertToState(before);
        vm.expectEmit(address(strategy));
        emit IStakingStrategy.Deployed(100e18, bought);
        _allocate(100e18);
        vm.expectEmit(address(strategy));
        emit IStakingStrategy.Deployed(20e18, more);
        _allocate(20e18);
        vm.expectEmit(address(strategy));
        emit IStakingStrategy.Released(released);
        _recall(50e18);
    }

    function test_SellingBringsItBack() public {
        _allocate(100e18);
        uint256 before = vault.totalAssets();
        uint256 back = _recall(40e18);
        assertApproxEqRel(back, 40e18 * 0.997, 0.002e18);
        assertEq(vault.idleAssets(), 900e18 + back);
        assertApproxEqAbs(before - vault.totalAssets(), 40e18 - back, 2);
        _recall(type(uint256).max);
        assertEq(staked.balanceOf(address(strategy)), 0);
        assertEq(vault.totalAssets(), vault.idleAssets());
        (uint256 debt,,) = vault.strategyOf(address(strategy));
        assertEq(debt, 0);
    }

    function test_AGrowingRateIsAGain() public {
        _allocate(100e18);
        rates.set(1.3e18, 1.3e18);
        vm.prank(keeper);
        uint256 gain = vault.report(address(strategy));
        // The fee of the way in was a loss already.
        assertApproxEqRel(gain, 8.31e18, 0.002e18);
        assertEq(vault.lockedProfit(), gain);
    }

    function test_AMarketBelowTheRateIsNoLossUntilItIsSold() public {
        _allocate(100e18);
        uint256 before = vault.totalAssets();
        rates.set(1.2e18, 1e18);
        assertEq(vault.totalAssets(), before);
    }

    /// @dev Also where a unit is worth half of one, and more is asked for than a word holds of it.
    function test_AllOrJustAll_WhateverTheRate() public {
        rates.set(0.5e18, 0.5e18);
        deal(address(staked), address(strategy), 50e18 + 1);
        uint256 state = vm.snapshotState();
        _recall(25e18);
        assertEq(staked.balanceOf(address(strategy)), 0);
        vm.revertToState(state);
        _recall(type(uint256).max);
        assertEq(staked.balanceOf(address(strategy)), 0);
    }

    /// @dev A unit is sold; of nothing, or where nothing is asked for, nothing is.
    function test_OneUnitAndNone() public {
        assertEq(_recall(5), 0);
        vm.prank(guardian);
        assertEq(vault.emergencyExit(address(strategy), _out()), 0);
        deal(address(staked), address(strategy), 1);
        uint256 state = vm.snapshotState();
        assertEq(_recall(1), 1);
        vm.revertToState(state);
        vm.prank(guardian);
        assertEq(vault.emergencyExit(address(strategy), _out()), 1);
        vm.revertToState(state);
        rates.set(0.5e18, 0.5e18);
        assertEq(_recall(0), 0);
        assertEq(staked.balanceOf(address(strategy)), 1);
    }

    /// @dev A thousand units buy 830; 834 at the guard's price, less half a per cent, rounded up.
    function test_JustTheFloorIsEnough() public {
        rates.set(1.2e18, 1.199e18);
        _allocate(1000);
        assertEq(staked.balanceOf(address(strategy)), 830);
        rates.set(1.2e18, 1.197e18);
        vm.expectRevert(abi.encodeWithSelector(IWrappedStakedStrategy.TooLittleBack.selector, 830, 831));
        _allocate(1000);
    }

    /// @dev A keeper who bends the pool first gets no worse a price accepted than the guard's less the slippage.
    function test_RevertWhen_ThePoolIsBent() public {
        fund(address(weth), pair, 2000e18);
        (bool done,) = pair.call(abi.encodeWithSignature("sync()"));
        assertTrue(done);
        vm.expectPartialRevert(IWrappedStakedStrategy.TooLittleBack.selector);
        _allocate(100e18);
    }

    function test_TheVolumeOfADayIsBounded() public {
        vm.warp((block.timestamp / 1 days + 1) * 1 days);
        _allocate(150e18);
        skip(1 days - 1);
        vm.expectRevert(abi.encodeWithSelector(IWrappedStakedStrategy.VolumeExceeded.selector, 210e18, 200e18));
        _recall(60e18);
        _recall(50e18);
        skip(1);
        _recall(60e18);
    }

    function test_AnEmergencyExitTakesTheWiderFloor() public {
        _allocate(190e18);
        uint256 held = staked.balanceOf(address(strategy));
        rates.set(1.2e18, 1.225e18);
        vm.expectPartialRevert(IWrappedStakedStrategy.TooLittleBack.selector);
        _recall(10e18);
        vm.prank(guardian);
        uint256 back = vault.emergencyExit(address(strategy), _out());
        assertGe(back, held * 1.225e18 / 1e18 * 97 / 100);
        assertEq(staked.balanceOf(address(strategy)), 0);
        rates.set(1.2e18, 1.4e18);
        assertEq(vault.totalAssets(), 810e18 + back);
    }

    function test_RevertWhen_TheEmergencyFloorIsMissed() public {
        _allocate(100e18);
        rates.set(1.2e18, 1.3e18);
        vm.prank(guardian);
        vm.expectPartialRevert(IWrappedStakedStrategy.TooLittleBack.selector);
        vault.emergencyExit(address(strategy), _out());
    }

    /// @dev Only that: a keeper's conversions wait for the guard.
    function test_AnEmergencyExitGoesByTheRateWhileTheGuardIsMute() public {
        _allocate(100e18);
        uint256 held = staked.balanceOf(address(strategy));
        rates.beMute();
        vm.expectRevert(RateAndGuard.Mute.selector);
        _recall(10e18);
        vm.expectRevert(RateAndGuard.Mute.selector);
        _allocate(10e18);
        vm.prank(guardian);
        uint256 back = vault.emergencyExit(address(strategy), _out());
        assertGe(back, held * 12 / 10 * 97 / 100);
        assertEq(staked.balanceOf(address(strategy)), 0);
        assertEq(vault.idleAssets(), 900e18 + back);
        assertEq(vault.totalAssets(), 900e18 + back);
    }

    /// @dev A rate that asks for a hundred parts in 10^18 more than the pool brings is refused, and one that asks for less is not.
    function test_RevertWhen_TheRatesFloorIsMissed() public {
        _allocate(100e18);
        uint256 held = staked.balanceOf(address(strategy));
        rates.beMute();
        uint256 state = vm.snapshotState();
        vm.prank(guardian);
        uint256 back = vault.emergencyExit(address(strategy), _out());
        vm.revertToState(state);
        uint256 rate = back * 1e18 * 100 / 97 / held;
        rates.set(rate + 100, 0);
        vm.prank(guardian);
        vm.expectPartialRevert(IWrappedStakedStrategy.TooLittleBack.selector);
        vault.emergencyExit(address(strategy), _out());
        rates.set(rate - 100, 0);
        vm.prank(guardian);
        assertEq(vault.emergencyExit(address(strategy), _out()), back);
    }

    function test_RevertWhen_TheCallerIsNotTheVault() public {
        bytes memory reason = abi.encodeWithSelector(IStakingStrategy.NotVault.selector, keeper);
        vm.startPrank(keeper);
        vm.expectRevert(reason);
        strategy.deploy(1, "");
        vm.expectRevert(reason);
        strategy.release(1, "");
        vm.expectRevert(reason);
        strategy.emergencyExit("");
    }

    /// @notice A call of its own: what is deployed by artifact would end the test with its revert.
    function construct(Market calldata market) external {
        create("WrappedStakedStrategy", abi.encode(address(vault), market));
    }

    function test_RevertWhen_TheSlippageIsAboveAll() public {
        Market memory market = Market(address(staked), rates, executor, IPriceGuard(address(rates)), 10_001, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IWrappedStakedStrategy.SlippageTooHigh.selector, 10_001));
        this.construct(market);
        (market.maxSlippageBps, market.maxEmergencySlippageBps) = (0, 10_001);
        vm.expectRevert(abi.encodeWithSelector(IWrappedStakedStrategy.SlippageTooHigh.selector, 10_001));
        this.construct(market);
        (market.maxSlippageBps, market.maxEmergencySlippageBps) = (10_000, 10_000);
        this.construct(market);
    }
}
