// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ConstantProduct} from "../../contracts/types/ConstantProduct.sol";

import {ConcentratedLib} from "../../contracts/libraries/ConcentratedLib.sol";
import {SizingLib} from "../../contracts/libraries/SizingLib.sol";
import {TickLib} from "../../contracts/libraries/TickLib.sol";

/// @notice The libraries by which the executor sizes a route, for tests that call them from outside.
contract SizingExposed {
    struct Side {
        bool zeroForOne;
        uint256 feePips;
    }

    function optimum(ConstantProduct[] memory legs, uint256 loanFeeBps, uint256 cap) external pure returns (uint256) {
        return SizingLib.optimum(legs, loanFeeBps, cap);
    }

    function largestInput(ConstantProduct[] memory legs) external pure returns (uint256) {
        return SizingLib.largestInput(legs);
    }

    /// @notice A concentrated pool's leg to the end of its range, as the executor puts it together.
    function range(uint160 sqrtPrice, int24 tick, uint128 liquidity, int24 tickSpacing, Side memory side, uint256 word)
        external
        pure
        returns (ConstantProduct memory leg)
    {
        leg = ConcentratedLib.constantProduct(sqrtPrice, liquidity, side.zeroForOne, side.feePips);
        (int24 end,) = ConcentratedLib.rangeEnd(tick, tickSpacing, side.zeroForOne, word);
        uint160 sqrtEnd = TickLib.sqrtPriceAt(end);
        leg.maxIn = ConcentratedLib.inputTo(sqrtEnd, sqrtPrice, liquidity, side.zeroForOne, side.feePips);
    }

    function wordPosition(int24 tick, int24 tickSpacing, bool zeroForOne) external pure returns (int16) {
        return ConcentratedLib.wordPosition(tick, tickSpacing, zeroForOne);
    }

    function sqrtPriceAt(int24 tick) external pure returns (uint160) {
        return TickLib.sqrtPriceAt(tick);
    }
}
