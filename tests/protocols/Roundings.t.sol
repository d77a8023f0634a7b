// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ModelDodoRounding} from "../mocks/ModelDodoRounding.sol";
import {ModelLBRounding} from "../mocks/ModelLBRounding.sol";
import {ModelWooRounding} from "../mocks/ModelWooRounding.sol";
import {Test} from "forge-std/Test.sol";

/// @notice The models with the protocols' own roundings answer to the last unit what was recorded of the protocols.
contract RoundingsTest is Test {
    uint256 private constant ONE = 1e18;

    /* DODO: DODOEX/contractV2 f842e6db, test/DPP/trader.test.ts */

    ModelDodoRounding private dodo = new ModelDodoRounding();
    ModelDodoRounding.Pool private dpp = ModelDodoRounding.Pool({
        kind: 1,
        i: 100 * ONE,
        k: 0.1e18,
        lpFeeRate: 0.002e18,
        mtFeeRate: 0.001e18,
        base: 10 * ONE,
        quote: 1000 * ONE,
        baseTarget: 10 * ONE,
        quoteTarget: 1000 * ONE,
        r: 0
    });

    function test_DODOsFigures_BuyThenSell() external {
        _assertSold(false, 100 * ONE, 986_174_542_266_106_307, 9_012_836_315_765_723_075, 1100 * ONE);
        _assertSold(false, 100 * ONE, 960_597_750_261_447_066, 8_051_275_077_289_369_844, 1200 * ONE);
        _assertSold(true, ONE, 103_421_814_651_005_338_950, 9_051_275_077_289_369_844, 1_096_474_452_335_302_579_467);
        _assertSold(true, 2 * ONE, 199_216_459_197_337_942_144, 11_051_275_077_289_369_844, 897_058_177_231_046_545_105);
        assertEq(dpp.r, 2);
        assertEq(dpp.baseTarget, 10_005_950_249_348_099_200);
    }

    function test_DODOsFigures_SellThenBuy() external {
        _assertSold(true, ONE, 98_617_454_226_610_630_663, 11 * ONE, 901_283_631_576_572_307_521);
        _assertSold(true, ONE, 96_059_775_026_144_706_446, 12 * ONE, 805_127_507_728_936_984_519);
        _assertSold(
            false, 100 * ONE, 1_034_218_146_510_053_391, 10_964_744_523_353_025_794, 905_127_507_728_936_984_519
        );
        _assertSold(
            false, 200 * ONE, 1_992_164_591_973_379_421, 8_970_581_772_310_465_451, 1_105_127_507_728_936_984_519
        );
        assertEq(dpp.r, 1);
        assertEq(dpp.quoteTarget, 1_000_595_024_934_809_920_179);
    }

    function _assertSold(bool sellsBase, uint256 paid, uint256 due, uint256 base, uint256 quote) private {
        (uint256 received, ModelDodoRounding.Pool memory left) = dodo.sell(dpp, sellsBase, paid);
        assertEq(received, due);
        assertEq(left.base, base);
        assertEq(left.quote, quote);
        dpp = left;
    }

    /* WOOFI: KyberNetwork/kyberswap-dex-lib 0466f066, woofi-v21/pool_simulator_test.go */

    function test_OthersFiguresOfWooFi() external {
        ModelWooRounding woo = new ModelWooRounding();
        ModelWooRounding.Asset memory quote;
        (quote.unit, quote.reserve, quote.cap) = (1e6, 422_309_249_032, type(uint192).max);
        ModelWooRounding.Asset memory weth = ModelWooRounding.Asset(
            307_599_458_320_800_914_127, 1e18, 25, 3e15, 1e12, quote.cap, 159_801_975_726, 479e12, 155e7, 1, 1e15
        );
        ModelWooRounding.Asset memory wbtc = ModelWooRounding.Asset(
            1_761_585_197, 1e8, 25, 3e15, 1e12, quote.cap, 2_662_094_951_911, 250e12, 492e7, 1, 1e15
        );
        uint256 out;
        (out, wbtc, weth, quote) = woo.sellBaseForBase(wbtc, weth, quote, 195_921_323);
        assertEq(out, 32_603_174_295_822_426_732);
        assertEq(wbtc.price, 2_661_411_836_801);
        assertEq(weth.price, 159_814_885_839);
        assertEq(weth.reserve, 274_996_284_024_978_487_395);
        assertEq(quote.reserve, 422_296_216_472);
    }

    /* LIQUIDITY BOOK: KyberNetwork/kyberswap-dex-lib 026cd015, liquiditybookv21/pool_simulator_test.go */

    /// @dev A pair of version 2.1 on Avalanche at block 37790183, and what its getSwapOut answered. Only bins that are
    /// swept, of which most hold as much as the next.
    function test_TheChainsFigureOfLiquidityBook() external {
        uint256[26] memory held = [
            uint256(3_106_568_695),
            3_091_451_537,
            3_076_334_379,
            31_561_217_221,
            3_046_100_063,
            3_030_982_905,
            3_015_865_748,
            3_000_748_590,
            2_985_631_432,
            2_970_514_274,
            2_955_397_116,
            2_939_989_243,
            2_924_872_085,
            2_909_754_927,
            2_894_637_769,
            2_879_520_611,
            2_864_403_453,
            2_849_286_295,
            2_834_169_137,
            2_819_051_979,
            2_803_934_821,
            2_788_817_663,
            2_773_700_505,
            2_758_583_347,
            2_743_466_189,
            20_125_000_000
        ];
        ModelLBRounding.Bin[] memory bins = new ModelLBRounding.Bin[](80);
        for (uint256 n = 0; n < 80; ++n) {
            bins[n] = ModelLBRounding.Bin(8_385_571 + n, 0, n >= 4 && n < 30 ? held[n - 4] : 125_000_000);
        }
        bins[79] = ModelLBRounding.Bin(8_385_650, 38_668_624_048_405, 124_999_994);
        ModelLBRounding.Pair memory pair = ModelLBRounding.Pair(
            100, 8000, 300, 1200, 5000, 7500, 2500, 150_000, 150_000, 0, 8_385_766, 1_699_214_953, 8_385_650, 0, 0, 0
        );
        (uint256 out, ModelLBRounding.Pair memory left,) =
            new ModelLBRounding().swap(pair, bins, true, 1e24, 1_700_040_667);
        assertEq(out, 90_958_757_972);
        assertEq(left.lastUpdate, 1_700_040_667);
    }
}
