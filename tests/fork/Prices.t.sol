// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PoolSpec} from "../../script/Base.s.sol";
import {IFeed} from "../../script/replica/interfaces/IPeers.sol";
import {IUniswapV2Pair} from "../../script/replica/interfaces/IUniswapV2.sol";
import {ISlot0} from "../../script/replica/interfaces/IUniswapV3.sol";
import {ForkTest} from "./ForkTest.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice Pools agree with one another and with the feeds. Thin pools may stray, on a real chain, and are left out.
contract PricesForkTest is ForkTest {
    uint256 private constant DEEP = 100_000;
    uint256 private constant ONE_PERCENT = 0.01e18;

    function test_PoolsOfAPairAgree() public view {
        PoolSpec[] memory specs = poolSpecs();
        uint256 compared;
        for (uint256 i; i < specs.length; ++i) {
            if (!isDeep(specs[i])) continue;
            for (uint256 j; j < i; ++j) {
                if (!samePair(specs[i], specs[j]) || !isDeep(specs[j])) continue;
                // Nobody closes a gap that is narrower than the two fees.
                uint256 fees = uint256(feeOf(specs[i]) + feeOf(specs[j])) * 1e12;
                assertApproxEqRel(priceIn(specs[i]), priceIn(specs[j]), ONE_PERCENT + fees, specs[i].name);
                ++compared;
            }
        }
        assertGt(compared, 10);
    }

    function test_EtherCostsWhatItsFeedSays() public view {
        uint256 pool = priceIn(specNamed("uniswap-v3:USDC/WETH:500"));
        // Units of WETH for a unit of USDC, scaled by 1e18: turned over, 1e18 WETH wei cost 1e36 / pool units of USDC.
        uint256 dollars = 1e36 / pool * 1e2;
        assertApproxEqRel(dollars * answer("USDC") / 1e8, answer("ETH"), ONE_PERCENT);
    }

    function test_BitcoinCostsWhatItsFeedSays() public view {
        uint256 wethForOne = priceIn(specNamed("uniswap-v3:WBTC/WETH:500")) * 1e8 / 1e18;
        assertApproxEqRel(wethForOne * answer("ETH") / 1e18, answer("BTC"), ONE_PERCENT);
    }

    function test_DollarsCostADollar() public view {
        assertApproxEqRel(answer("USDC"), 1e8, ONE_PERCENT);
        assertApproxEqRel(answer("USDT"), 1e8, ONE_PERCENT);
        assertApproxEqRel(answer("DAI"), 1e8, ONE_PERCENT);
    }

    /// @dev Units of the second named token for one unit of the first, scaled by 1e18.
    function priceIn(PoolSpec memory spec) internal view returns (uint256) {
        bool inOrder = tokenOf(spec.tokens[0]) < tokenOf(spec.tokens[1]);
        if (spec.fee != 0) {
            (uint160 sqrtPrice,) = ISlot0(poolOf(spec)).slot0();
            uint256 price = Math.mulDiv(sqrtPrice, sqrtPrice, 1 << 64);
            return inOrder ? Math.mulDiv(price, 1e18, 1 << 128) : Math.mulDiv(1e18, 1 << 128, price);
        }
        (uint256 reserve0, uint256 reserve1,) = IUniswapV2Pair(poolOf(spec)).getReserves();
        return inOrder ? reserve1 * 1e18 / reserve0 : reserve0 * 1e18 / reserve1;
    }

    function isDeep(PoolSpec memory spec) private view returns (bool) {
        address pool = poolOf(spec);
        if (pool == address(0)) return false;
        return balance(spec.tokens[0], pool) >= worth(spec.tokens[0], DEEP)
            && balance(spec.tokens[1], pool) >= worth(spec.tokens[1], DEEP);
    }

    /// @dev Hundredths of a basis point.
    function feeOf(PoolSpec memory spec) private view returns (uint24) {
        return spec.fee != 0 ? spec.fee : uint24(uintAt(string.concat(venuePath(spec.venue), "feeBps")) * 100);
    }

    function samePair(PoolSpec memory a, PoolSpec memory b) private pure returns (bool) {
        return same(a.tokens[0], b.tokens[0]) && same(a.tokens[1], b.tokens[1]);
    }

    function specNamed(string memory name) private view returns (PoolSpec memory spec) {
        PoolSpec[] memory specs = poolSpecs();
        for (uint256 i; i < specs.length; ++i) {
            if (same(specs[i].name, name)) return specs[i];
        }
        revert FieldMissing(chainName, name);
    }

    function answer(string memory feed) private view returns (uint256) {
        (, int256 latest,,,) = IFeed(feedOf(feed)).latestRoundData();
        assertGt(latest, 0);
        return uint256(latest);
    }
}
