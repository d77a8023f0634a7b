// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ModelLBPair} from "../mocks/ModelLBPair.sol";
import {Fixture} from "./Fixture.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice Liquidity Book as a model: bins of a quarter of a percent that reach a hundred bins, about 28 %, up and down,
/// at a fee of 0.2 %. The first token of `create` is X. The price is that of the bin below the ratio.
contract LiquidityBookFixture is Fixture {
    string public constant name = "Liquidity Book (model)";
    uint16 private constant BIN_STEP = 25;
    uint16 private constant BASE_FACTOR = 8000;
    uint24 private constant REACH = 100;
    uint24 private constant ID_OF_ONE = 1 << 23;
    /// @dev 1.0025^30,000 is beyond any two tokens' ratio.
    uint24 private constant FARTHEST = 30_000;

    function create(address a, uint256 amountA, address b, uint256 amountB) external returns (address pool) {
        ModelLBPair pair = new ModelLBPair(IERC20(a), IERC20(b), BIN_STEP, BASE_FACTOR);
        pool = address(pair);
        give(a, pool, amountA);
        give(b, pool, amountB);
        pair.open(_idBelow(pair, Math.mulDiv(amountB, 1 << 128, amountA)), REACH);
    }

    function trade(address pool, address tokenIn, uint256 amountIn, address) external returns (uint256 amountOut) {
        take(tokenIn, amountIn);
        pay(tokenIn, pool, amountIn);
        bool swapForY = tokenIn == address(ModelLBPair(pool).getTokenX());
        uint256 amountsOut = uint256(ModelLBPair(pool).swap(swapForY, msg.sender));
        return swapForY ? amountsOut >> 128 : uint128(amountsOut);
    }

    function _idBelow(ModelLBPair pair, uint256 price) private view returns (uint24 low) {
        uint24 high = ID_OF_ONE + FARTHEST;
        low = ID_OF_ONE - FARTHEST;
        while (high - low > 1) {
            uint24 middle = low + (high - low) / 2;
            if (pair.getPriceFromId(middle) > price) high = middle;
            else low = middle;
        }
    }
}
