// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ModelCurveCrypto} from "../mocks/ModelCurveCrypto.sol";
import {Fixture} from "./Fixture.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @notice Curve's pools for volatile coins as a model, at a fee of 0.3 %.
contract CurveCryptoFixture is Fixture {
    using SafeERC20 for IERC20;

    string public constant name = "Curve crypto (model)";

    function create(address a, uint256 amountA, address b, uint256 amountB) external returns (address pool) {
        pool = address(new ModelCurveCrypto([a, b], 30_000_000));
        give(a, pool, amountA);
        give(b, pool, amountB);
        ModelCurveCrypto(pool).open();
    }

    function trade(address pool, address tokenIn, uint256 amountIn, address tokenOut)
        external
        returns (uint256 amountOut)
    {
        take(tokenIn, amountIn);
        IERC20(tokenIn).forceApprove(pool, amountIn);
        uint256 i = tokenIn == ModelCurveCrypto(pool).coins(0) ? 0 : 1;
        amountOut = ModelCurveCrypto(pool).exchange(i, 1 - i, amountIn, 0);
        pay(tokenOut, msg.sender, amountOut);
    }
}
