// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Pool} from "../../../contracts/types/Pool.sol";
import {Share} from "../../../contracts/types/Share.sol";
import {PoolSpec} from "../../../script/Base.s.sol";

import {Plan} from "../../../script/deployment/Plan.sol";
import {Sources} from "../../../script/deployment/Sources.sol";
import {PoolTerms} from "../../../script/deployment/Terms.sol";
import {Governing} from "../../Governing.sol";
import {ChainSwaps} from "./ChainSwaps.sol";

/// @title DeepeningSuite
/// @notice A profit goes into a pool of each of the chain's venues, on the file's terms, guarded by the chain's feeds, and
/// comes out again.
abstract contract DeepeningSuite is ChainSwaps, Sources, PoolTerms, Governing {
    uint256 private constant DOLLARS = 200;

    function setUp() public virtual override {
        super.setUp();
        Plan memory plan;
        plan.executor = stringAt(".executor.contract");
        (plan.wrappedNative, plan.native) = (wrappedNativeOf(), stringAt(".native.symbol"));
        string[] memory symbols = keysAt(".tokens");
        plan.profitTokens = new address[](symbols.length);
        for (uint256 i; i < symbols.length; ++i) {
            plan.profitTokens[i] = tokenOf(symbols[i]);
        }
        PoolSpec[] memory specs = poolSpecs();
        address[] memory pools = new address[](specs.length);
        for (uint256 i; i < specs.length; ++i) {
            pools[i] = poolOf(specs[i]);
        }
        plan.guardCalls = guardCalls(pools);
        deployUndelayed(address(this), plan);
        vm.startPrank(governance);
        reserve.setSplit(10_000, 0, new Share[](0));
        reserve.registerPools(pools, true);
        // forge-lint: disable-next-line(unsafe-typecast): some coins
        reserve.setLossCap(uint112(worth(stringAt(".native.wrapped"), DOLLARS)));
        vm.stopPrank();
    }

    function test_InAndOutOfEveryVenue() public {
        PoolSpec[] memory specs = poolSpecs();
        for (uint256 i; i < specs.length; ++i) {
            if (!isFirstOfItsVenue(specs, i)) continue;
            uint256 snapshot = vm.snapshotState();
            deepen(specs[i]);
            vm.revertToState(snapshot);
        }
    }

    /// @dev In, with a tenth at most left over for want of ratio; out again, to a part in a hundred.
    function deepen(PoolSpec memory spec) private {
        address pool = poolOf(spec);
        Pool memory entry = termsOf(spec);
        (entry.guard, entry.depthBps) = (address(priceGuard), 1000);
        vm.prank(governance);
        reserve.setPool(pool, entry);
        (string memory symbol0, string memory symbol1) = (spec.tokens[0], spec.tokens[1]);
        if (tokenOf(symbol0) > tokenOf(symbol1)) (symbol0, symbol1) = (symbol1, symbol0);
        (uint256 amount0, uint256 amount1) = (fill(pool, symbol0), fill(pool, symbol1));
        vm.prank(keeper);
        assertGt(reserve.provideLiquidity(pool, amount0, amount1, 1), 0, spec.name);
        assertLt(reserve.poolBucket(pool, entry.token0), amount0 / 10, spec.name);
        assertLt(reserve.poolBucket(pool, entry.token1), amount1 / 10, spec.name);
        vm.prank(guardian);
        reserve.exitPool(pool);
        uint256 back =
            reserve.poolBucket(pool, entry.token0) * amount1 + reserve.poolBucket(pool, entry.token1) * amount0;
        assertApproxEqRel(back, 2 * amount0 * amount1, 0.01e18, spec.name);
        assertEq(balance(symbol0, address(reserve)), reserve.accounted(entry.token0), spec.name);
        assertEq(balance(symbol1, address(reserve)), reserve.accounted(entry.token1), spec.name);
    }

    function fill(address pool, string memory symbol) private returns (uint256 amount) {
        address[] memory pools = new address[](1);
        pools[0] = pool;
        amount = worth(symbol, DOLLARS);
        fund(symbol, address(reserve), amount);
        vm.prank(address(executor));
        reserve.settle(tokenOf(symbol), amount, pools);
        reserve.book(reserve.currentEpoch(), tokenOf(symbol), pools);
    }

    function isFirstOfItsVenue(PoolSpec[] memory specs, uint256 i) private view returns (bool) {
        for (uint256 j; j < i; ++j) {
            if (same(specs[j].venue, specs[i].venue) && isPriced(specs[j])) return false;
        }
        return isPriced(specs[i]);
    }

    /// @dev Whether feeds price both tokens.
    function isPriced(PoolSpec memory spec) private view returns (bool) {
        return hasFeed(spec.tokens[0]) && hasFeed(spec.tokens[1]);
    }

    function hasFeed(string memory symbol) private view returns (bool) {
        string[] memory feeds = keysAt(".feeds");
        for (uint256 i; i < feeds.length; ++i) {
            string[] memory tokens = stringsAt(string.concat(".feeds.", feeds[i], ".tokens"));
            for (uint256 j; j < tokens.length; ++j) {
                if (same(tokens[j], symbol)) return true;
            }
        }
        return false;
    }
}
