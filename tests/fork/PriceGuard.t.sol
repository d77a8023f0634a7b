// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IPriceGuard} from "../../contracts/interfaces/IPriceGuard.sol";
import {IPriceSources} from "../../contracts/interfaces/IPriceSources.sol";
import {IUniswapV4PoolManager} from "../../contracts/interfaces/external/IUniswapV4PoolManager.sol";
import {Twap} from "../../contracts/types/PriceSources.sol";

import {FeedLib} from "../../contracts/libraries/FeedLib.sol";
import {TwapLib} from "../../contracts/libraries/TwapLib.sol";
import {PoolSpec} from "../../script/Base.s.sol";
import {Sources} from "../../script/deployment/Sources.sol";
import {IBalancerVault} from "../../script/replica/interfaces/IBalancerV2.sol";
import {ForkTest} from "./ForkTest.sol";
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

interface IGuard is IPriceGuard, IPriceSources {}

/// @notice The guard on the real feeds and pools: they agree, to within what fees and the feeds' own thresholds leave.
contract PriceGuardForkTest is ForkTest, Sources {
    uint256 private constant DEEP = 100_000;
    /// @dev Nobody closes a gap narrower than a fee; feeds speak at deviations of up to one percent.
    uint16 private constant BOUND = 300;

    IGuard private guard;

    function setUp() public override {
        super.setUp();
        bytes memory arguments = abi.encode(new AccessManager(address(this)), wrappedNativeOf());
        guard = IGuard(deployCode("PriceGuard.sol:PriceGuard", arguments));
        PoolSpec[] memory specs = poolSpecs();
        address[] memory pools = new address[](specs.length);
        for (uint256 i; i < specs.length; ++i) {
            pools[i] = poolOf(specs[i]);
        }
        bytes[] memory calls = guardCalls(pools);
        for (uint256 i; i < calls.length; ++i) {
            (bool done,) = address(guard).call(calls[i]);
            assertTrue(done);
        }
    }

    function test_DeepPoolsAreNearTheFeeds() public {
        PoolSpec[] memory specs = poolSpecs();
        uint256 near;
        for (uint256 i; i < specs.length; ++i) {
            if (same(specs[i].tokens[0], "CQT") || !isDeep(specs[i])) continue;
            guard.requireNear(poolOf(specs[i]), BOUND);
            ++near;
        }
        assertGt(near, 10);
    }

    function test_UniswapV4IsNearTheFeeds() public {
        IUniswapV4PoolManager.PoolKey memory key =
            IUniswapV4PoolManager.PoolKey(address(0), tokenOf("USDC"), 500, 10, address(0));
        guard.requireNear(guard.registerUniswapV4Pool(venueOf("uniswap-v4", "poolManager"), key, BOUND), BOUND);
    }

    function test_BalancerIsNearTheFeeds() public {
        bytes32 id = vm.parseBytes32(stringAt(".untraded[2].poolId"));
        address vault = venueOf("balancer-v2", "vault");
        (address pool,) = IBalancerVault(vault).getPool(id);
        guard.registerBalancerPool(vault, pool, tokenOf("USDC"), tokenOf("WETH"), BOUND);
        guard.requireNear(pool, BOUND);
    }

    function test_GoldInTetherByWayOfDollars() public view {
        uint256 worthInTether = guard.quote(tokenOf("XAUt"), 1e6, tokenOf("USDT"));
        assertApproxEqRel(worthInTether, worth("USDT", 1) * 1e6 / worth("XAUt", 1), 0.03e18);
        assertApproxEqAbs(guard.quote(tokenOf("USDT"), worthInTether, tokenOf("XAUt")), 1e6, 1);
    }

    function test_TheMeanOfUniswapV3AgreesWithTheFeeds() public {
        address pool = poolNamed("uniswap-v3:USDC/WETH:500");
        guard.setTwap(tokenOf("USDC"), tokenOf("WETH"), Twap(pool, 30 minutes, 0, BOUND, 0, 0));
        uint256 feeds = guard.quote(tokenOf("WETH"), 1e18, tokenOf("USDC"));
        guard.setTwap(tokenOf("USDC"), tokenOf("WETH"), Twap(pool, 30 minutes, 0, 0, 10, 1));
        assertApproxEqRel(guard.quote(tokenOf("WETH"), 1e18, tokenOf("USDC")), feeds, 0.03e18);
    }

    function test_RevertWhen_TheHistoryIsTooShort() public {
        address pool = poolNamed("uniswap-v3:USDC/WETH:500");
        guard.setTwap(tokenOf("USDC"), tokenOf("WETH"), Twap(pool, 365 days, 0, BOUND, 0, 0));
        vm.expectRevert(abi.encodeWithSelector(TwapLib.TwapTooShort.selector, pool, 365 days));
        this.quoteEther();
    }

    /// @dev A pair keeps no history; half an hour after the first observation there is one.
    function test_APairIsObserved() public {
        address pair = poolNamed("uniswap-v2:USDC/WETH");
        guard.setTwap(tokenOf("USDC"), tokenOf("WETH"), Twap(pair, 30 minutes, 40 minutes, 0, 10, 1));
        guard.observe(pair);
        vm.warp(vm.getBlockTimestamp() + 30 minutes);
        uint256 mean = guard.quote(tokenOf("WETH"), 1e18, tokenOf("USDC"));
        assertApproxEqRel(mean, worth("USDC", 1) * 1e18 / worth("WETH", 1), 0.03e18);
    }

    function test_RevertWhen_TheFeedsHaveStopped() public {
        vm.warp(vm.getBlockTimestamp() + 2 days);
        vm.expectPartialRevert(FeedLib.FeedStale.selector);
        this.quoteEther();
    }

    function quoteEther() external view returns (uint256) {
        return guard.quote(tokenOf("WETH"), 1e18, tokenOf("USDC"));
    }

    function isDeep(PoolSpec memory spec) private view returns (bool) {
        address pool = poolOf(spec);
        return pool != address(0) && balance(spec.tokens[0], pool) >= worth(spec.tokens[0], DEEP)
            && balance(spec.tokens[1], pool) >= worth(spec.tokens[1], DEEP);
    }
}
