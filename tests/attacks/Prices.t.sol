// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IPriceSources} from "../../contracts/interfaces/IPriceSources.sol";
import {PoolKind} from "../../contracts/types/PoolKind.sol";

import {FeedLib} from "../../contracts/libraries/FeedLib.sol";
import {SpotLib} from "../../contracts/libraries/SpotLib.sol";
import {CallingToken, IReceiver} from "../mocks/CallingToken.sol";
import {ModelAggregator} from "../mocks/ModelAggregator.sol";
import {NaiveGuard} from "../mocks/NaiveGuard.sol";
import {PlainToken} from "../mocks/PlainToken.sol";
import {BalancerV2Fixture} from "../protocols/BalancerV2Fixture.sol";
import {UniswapV3Fixture} from "../protocols/UniswapV3Fixture.sol";
import {Guarded_Test} from "../unit/guard/Guarded.sol";

interface IQuotes {
    function quote(address tokenIn, uint256 amountIn, address tokenOut) external view returns (uint256);
}

interface ISwaps {
    function swap(address recipient, bool zeroForOne, int256 amount, uint160 limit, bytes calldata data)
        external
        returns (int256 amount0, int256 amount1);
}

interface IExits {
    struct ExitPoolRequest {
        address[] assets;
        uint256[] minAmountsOut;
        bytes userData;
        bool toInternalBalance;
    }

    function exitPool(bytes32 poolId, address sender, address recipient, ExitPoolRequest memory request) external;
}

/// @notice Attacks on whoever relies on a price: each earns against a guard that lacks the check, and is refused by ours.
contract Prices_Attack is Guarded_Test, IReceiver {
    uint32 private constant WINDOW = 30 minutes;

    error BelowTheFloor(uint256 bought, uint256 floor);

    UniswapV3Fixture internal v3;
    address internal pool;
    NaiveGuard internal naive;
    BalancerV2Fixture internal balancer;

    function setUp() public override {
        super.setUp();
        v3 = new UniswapV3Fixture();
        pool = open(v3);
        register(pool, PoolKind.Concentrated, 500);
        _keepHistory(pool);
    }

    /* ONE BLOCK */

    function test_ABentBlock_RobsWhoeverAsksThePool() public {
        naive = new NaiveGuard(pool, address(0), 0);
        assertGt(this.sandwich(IQuotes(address(naive)), 0), 1e18);
    }

    function test_ABentBlock_IsRefused() public {
        setTwap(twapAlone(pool, WINDOW, 1));
        pass(WINDOW);
        vm.expectPartialRevert(BelowTheFloor.selector);
        this.sandwich(IQuotes(address(guard)), 0);
        // Held over a block, at the risk of whoever comes first in the next: less than a hundredth of the window.
        vm.expectPartialRevert(BelowTheFloor.selector);
        this.sandwich(IQuotes(address(guard)), 12);
    }

    /* A THIN POOL */

    function test_AThinPool_RobsWhereNoExposureIsStated() public {
        address thin = _thin(1);
        assertGt(this.bendAndSandwich(thin), 1e18);
    }

    function test_AThinPool_IsRefused() public {
        // The reserve would add a tenth of the deep pool's liquidity.
        address thin = _thin(4e15);
        vm.expectPartialRevert(IPriceSources.PoolTooThin.selector);
        this.bendAndSandwich(thin);
    }

    /* FEEDS */

    function test_AStoppedFeed_RobsWhereTheHeartbeatIsForever() public {
        vm.startPrank(governance);
        guard.setFeed(address(weth), IPriceSources.FeedSpec(address(ethFeed), type(uint32).max, 0, 0));
        guard.setFeed(address(usdc), IPriceSources.FeedSpec(address(usdcFeed), type(uint32).max, 0, 0));
        vm.stopPrank();
        _crash(2 * HEARTBEAT);
        assertGt(this.liftAndSell(), 1000e6);
    }

    function test_AStoppedFeed_IsRefused() public {
        _crash(2 * HEARTBEAT);
        vm.expectRevert(abi.encodeWithSelector(FeedLib.FeedStale.selector, ethFeed, NOW, HEARTBEAT));
        this.liftAndSell();
    }

    /// @dev The sequencer was down for half a heartbeat; its return is a minute old, and the answers are from before.
    function test_ASequencerJustBack_RobsWhereNobodyLooks() public {
        _crash(HEARTBEAT / 2);
        assertGt(this.liftAndSell(), 1000e6);
    }

    function test_ASequencerJustBack_IsRefused() public {
        _crash(HEARTBEAT / 2);
        ModelAggregator sequencer = newFeed(0, 0);
        vm.prank(governance);
        guard.setSequencer(address(sequencer), HEARTBEAT);
        uint256 back = vm.getBlockTimestamp();
        vm.warp(back + 60);
        vm.expectRevert(abi.encodeWithSelector(FeedLib.SequencerGrace.selector, back, HEARTBEAT));
        this.liftAndSell();
    }

    /* IN THE MIDDLE OF A CALL */

    /// @dev Takes two fifths of one token out: the vault pays first, and calls, and only then counts.
    function test_BalancersVault_InTheMiddleOfAnExit() public {
        balancer = new BalancerV2Fixture();
        CallingToken calling = new CallingToken("CALL", 18);
        do {
            usdc = new PlainToken("USDC", 6);
        } while (address(usdc) < address(calling));
        weth = calling;
        setFeed(address(weth), address(ethFeed));
        setFeed(address(usdc), address(usdcFeed));
        pool = open(balancer);
        address vault = address(balancer.vault());
        vm.prank(governance);
        guard.registerBalancerPool(vault, pool, address(weth), address(usdc), 500);
        naive = new NaiveGuard(pool, vault, balancer.poolIdOf(pool));
        calling.tell(address(this));
        _exitInOneToken(vault);
        assertGt(weth.balanceOf(address(this)), 400e18, "called");
        assertFalse(naive.isNear(2000e6, 1e18), "bent");
    }

    function onReceipt() external {
        assertTrue(naive.isNear(2000e6, 1e18), "believed");
        vm.expectRevert(encoded(SpotLib.PoolLocked.selector, address(balancer.vault())));
        guard.requireNear(pool, 500);
    }

    /// @dev Within a swap the pool says the new price, and has not been paid for it.
    function test_UniswapV3_InTheMiddleOfASwap() public {
        naive = new NaiveGuard(pool, address(0), 0);
        ISwaps(pool).swap(address(this), true, 1e15, 4_295_128_740, "");
        assertGt(weth.balanceOf(pool), 1000e18, "called");
        guard.requireNear(pool, 500);
    }

    function uniswapV3SwapCallback(int256 owed, int256, bytes calldata) external {
        assertTrue(naive.isNear(2000e6, 1e18), "believed");
        vm.expectRevert(encoded(SpotLib.PoolLocked.selector, pool));
        guard.requireNear(pool, 500);
        weth.mint(pool, uint256(owed));
    }

    /* ATTACKS */

    /// @notice Sells ahead of a victim of 100 ether, and buys back.
    /// @return profit Units of ether.
    function sandwich(IQuotes asked, uint256 held) external returns (int256 profit) {
        uint256 dollars = trade(v3, pool, weth, 500e18);
        if (held != 0) pass(held);
        _victimSells(asked, 100e18);
        return int256(trade(v3, pool, usdc, dollars)) - 500e18;
    }

    /// @notice Sells into a thin pool, waits for its mean to follow, and does the same in the deep one.
    /// @return profit Units of ether, what the thin pool has cost deducted.
    function bendAndSandwich(address thin) external returns (int256 profit) {
        trade(v3, thin, weth, 2e18);
        pass(WINDOW);
        return this.sandwich(IQuotes(address(guard)), 0) - 2e18;
    }

    /// @notice Where the market is at 1,000 dollars, lifts the pool to what the feed still says, lets the victim buy there,
    /// and sells again.
    /// @return profit Units of dollars.
    function liftAndSell() external returns (int256 profit) {
        uint256 spent = 590_000e6;
        uint256 bought = trade(v3, pool, usdc, spent);
        guard.requireNear(pool, 500);
        trade(v3, pool, usdc, 50_000e6);
        return int256(trade(v3, pool, weth, bought)) - int256(spent);
    }

    /* THE VICTIM, AND THE WORLD */

    /// @dev Sells at one percent below what it is told that ether is worth, impact and fee allowed for.
    function _victimSells(IQuotes asked, uint256 amount) private {
        uint256 floor = asked.quote(address(weth), amount, address(usdc)) * 85 / 100;
        uint256 bought = trade(v3, pool, weth, amount);
        require(bought >= floor, BelowTheFloor(bought, floor));
    }

    /// @dev A pool of one ether, the pair's only source.
    function _thin(uint128 exposure) private returns (address thin) {
        thin = v3.create(address(weth), 1e18, address(usdc), 2000e6);
        register(thin, PoolKind.Concentrated, 500);
        _keepHistory(thin);
        setTwap(twapAlone(thin, WINDOW, exposure));
        pass(WINDOW);
    }

    function _keepHistory(address of_) private {
        (bool done,) = of_.call(abi.encodeWithSignature("increaseObservationCardinalityNext(uint16)", 8));
        assertTrue(done);
    }

    /// @dev Ether falls to 1,000 dollars at the pool, and the feeds say nothing.
    function _crash(uint256 time) private {
        trade(v3, pool, weth, 415e18);
        vm.warp(vm.getBlockTimestamp() + time);
        assertApproxEqRel(guard.spot(pool), (uint256(1000e6) << 128) / 1e18, 0.01e18);
    }

    function _exitInOneToken(address vault) private {
        IExits.ExitPoolRequest memory request;
        (request.assets, request.minAmountsOut) = (new address[](2), new uint256[](2));
        (request.assets[0], request.assets[1]) = (address(weth), address(usdc));
        // 0 is the kind of an exit in one token, by shares; a quarter of them.
        request.userData = abi.encode(uint256(0), PlainToken(pool).totalSupply() / 4, uint256(0));
        vm.startPrank(address(balancer));
        IExits(vault).exitPool(balancer.poolIdOf(pool), address(balancer), address(this), request);
        vm.stopPrank();
    }
}
