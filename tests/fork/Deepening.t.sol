// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IPriceSources} from "../../contracts/interfaces/IPriceSources.sol";
import {IUniswapV4PoolManager} from "../../contracts/interfaces/external/IUniswapV4PoolManager.sol";
import {Pool} from "../../contracts/types/Pool.sol";
import {PoolKind} from "../../contracts/types/PoolKind.sol";
import {Share} from "../../contracts/types/Share.sol";
import {PoolSpec} from "../../script/Base.s.sol";
import {IBalancerVault} from "../../script/replica/interfaces/IBalancerV2.sol";

import {Plan} from "../../script/deployment/Plan.sol";
import {Sources} from "../../script/deployment/Sources.sol";
import {Governing} from "../Governing.sol";
import {ForkTest} from "./ForkTest.sol";

/// @notice A profit in wrapped coin and dollars goes into the real pools, guarded by the real feeds, and comes out again.
contract Deepening_Fork is ForkTest, Sources, Governing {
    uint16 private constant BOUND = 300;
    uint256 private constant DOLLARS = 2000;

    function setUp() public override {
        super.setUp();
        Plan memory plan;
        plan.executor = stringAt(".executor.contract");
        (plan.wrappedNative, plan.native) = (tokenOf("WETH"), "ETH");
        plan.profitTokens = new address[](3);
        (plan.profitTokens[0], plan.profitTokens[1]) = (tokenOf("WETH"), tokenOf("USDC"));
        plan.profitTokens[2] = tokenOf("USDT");
        plan.guardCalls = guardCalls(_pools());
        deployUndelayed(address(this), plan);
    }

    /* ONE LINE A POOL */

    function test_UniswapV2() public {
        _deepen(poolNamed("uniswap-v2:USDC/WETH"), "USDC", PoolKind.ConstantProduct);
    }

    function test_UniswapV2_InTether() public {
        _deepen(poolNamed("uniswap-v2:USDT/WETH"), "USDT", PoolKind.ConstantProduct);
    }

    function test_SushiV2() public {
        _deepen(poolNamed("sushi-v2:USDC/WETH"), "USDC", PoolKind.ConstantProduct);
    }

    function test_UniswapV3() public {
        _deepen(poolNamed("uniswap-v3:USDC/WETH:500"), "USDC", PoolKind.Concentrated);
    }

    function test_UniswapV3_InTether() public {
        _deepen(poolNamed("uniswap-v3:USDT/WETH:500"), "USDT", PoolKind.Concentrated);
    }

    function test_UniswapV4_OfNativeCoin() public {
        _deepen(_v4Pool(), "USDC", PoolKind.UniswapV4);
    }

    function test_BalancerV2() public {
        _deepen(_balancerPool(), "USDC", PoolKind.Balancer);
    }

    /* THE LIFE OF A POSITION */

    /// @dev In, with a tenth at most left over for want of ratio; out again, to a part in a thousand.
    function _deepen(address pool, string memory dollar, PoolKind kind) private {
        (address token, address weth) = (tokenOf(dollar), tokenOf("WETH"));
        Pool memory entry = _entry(pool, token, kind);
        vm.startPrank(governance);
        reserve.setSplit(10_000, 0, new Share[](0));
        reserve.registerPools(_one(pool), true);
        reserve.setPool(pool, entry);
        vm.stopPrank();
        (uint256 ether_, uint256 dollars) = (_fill(pool, "WETH"), _fill(pool, dollar));
        vm.prank(keeper);
        bool wethFirst = entry.token0 == weth;
        assertGt(reserve.provideLiquidity(pool, wethFirst ? ether_ : dollars, wethFirst ? dollars : ether_, 1), 0);
        assertLt(reserve.poolBucket(pool, weth), ether_ / 10);
        assertLt(reserve.poolBucket(pool, token), dollars / 10);
        vm.prank(guardian);
        reserve.exitPool(pool);
        uint256 back = reserve.poolBucket(pool, weth) * dollars + reserve.poolBucket(pool, token) * ether_;
        assertApproxEqRel(back, 2 * ether_ * dollars, 0.001e18);
        assertEq(reserve.accounted(weth), reserve.poolBucket(pool, weth));
        assertEq(reserve.accounted(token), reserve.poolBucket(pool, token));
        assertEq(balance("WETH", address(reserve)), reserve.accounted(weth));
        assertEq(balance(dollar, address(reserve)), reserve.accounted(token));
        assertEq(address(reserve).balance, 0);
    }

    function _fill(address pool, string memory symbol) private returns (uint256 amount) {
        amount = worth(symbol, DOLLARS);
        fund(symbol, address(reserve), amount);
        vm.prank(address(executor));
        reserve.settle(tokenOf(symbol), amount, _one(pool));
        reserve.book(reserve.currentEpoch(), tokenOf(symbol), _one(pool));
    }

    /* POOLS */

    function _entry(address pool, address token, PoolKind kind) private returns (Pool memory entry) {
        (entry.token0, entry.token1) = sort(token, tokenOf("WETH"));
        (entry.kind, entry.guard) = (kind, address(priceGuard));
        (entry.maxDeviationBps, entry.slippageBps, entry.depthBps) = (BOUND, BOUND, 1000);
        if (kind == PoolKind.ConstantProduct) entry.fee = 30;
        IPriceSources sources = IPriceSources(address(priceGuard));
        vm.startPrank(governance);
        if (kind == PoolKind.UniswapV4) {
            (entry.token0, entry.token1, entry.native) = (tokenOf("WETH"), token, true);
            (entry.fee, entry.tickSpacing, entry.home) = (500, 10, venueOf("uniswap-v4", "poolManager"));
            assertEq(sources.registerUniswapV4Pool(entry.home, _key(), BOUND), pool);
        } else if (kind == PoolKind.Balancer) {
            entry.home = venueOf("balancer-v2", "vault");
            sources.registerBalancerPool(entry.home, pool, entry.token0, entry.token1, BOUND);
        }
        vm.stopPrank();
    }

    function _pools() private view returns (address[] memory pools) {
        PoolSpec[] memory specs = poolSpecs();
        pools = new address[](specs.length);
        for (uint256 i; i < specs.length; ++i) {
            pools[i] = poolOf(specs[i]);
        }
    }

    function _key() private view returns (IUniswapV4PoolManager.PoolKey memory) {
        return IUniswapV4PoolManager.PoolKey(address(0), tokenOf("USDC"), 500, 10, address(0));
    }

    function _v4Pool() private view returns (address) {
        return address(bytes20(keccak256(abi.encode(_key()))));
    }

    function _balancerPool() private view returns (address pool) {
        bytes32 id = vm.parseBytes32(stringAt(".untraded[2].poolId"));
        (pool,) = IBalancerVault(venueOf("balancer-v2", "vault")).getPool(id);
    }

    function _one(address pool) private pure returns (address[] memory pools) {
        pools = new address[](1);
        pools[0] = pool;
    }
}
