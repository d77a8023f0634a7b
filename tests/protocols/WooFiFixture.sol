// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ModelWooPPV2} from "../mocks/ModelWooPPV2.sol";
import {ModelWooracle} from "../mocks/ModelWooracle.sol";
import {Fixture} from "./Fixture.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";

/// @notice WooFi as a model: a pool of two tokens, with an oracle of its own, at a fee of 0.025 % and a spread of 0.05 %.
/// The second token of `create` is the quote.
contract WooFiFixture is Fixture {
    string public constant name = "WooFi (model)";
    uint16 private constant FEE_RATE = 25;
    uint64 private constant SPREAD = 0.0005e18;
    /// @dev Selling as much as the pool holds of base would cost a tenth.
    uint256 private constant SLIPPAGE = 0.1e18;

    function create(address a, uint256 amountA, address b, uint256 amountB) external returns (address pool) {
        ModelWooracle oracle = new ModelWooracle();
        pool = address(new ModelWooPPV2(b, oracle));
        oracle.setWooPP(pool);
        ModelWooPPV2(pool).setFeeRate(a, FEE_RATE);
        uint256 unitA = 10 ** IERC20Metadata(a).decimals();
        uint256 unitB = 10 ** IERC20Metadata(b).decimals();
        uint256 price = amountB * unitA * 1e8 / amountA / unitB;
        oracle.postState(a, uint128(price), SPREAD, uint64(SLIPPAGE * unitB / amountB));
        give(a, pool, amountA);
        give(b, pool, amountB);
        ModelWooPPV2(pool).depositAll(a);
        ModelWooPPV2(pool).depositAll(b);
    }

    function trade(address pool, address tokenIn, uint256 amountIn, address tokenOut)
        external
        returns (uint256 amountOut)
    {
        take(tokenIn, amountIn);
        pay(tokenIn, pool, amountIn);
        return ModelWooPPV2(pool).swap(tokenIn, tokenOut, amountIn, 0, msg.sender, address(0));
    }
}
