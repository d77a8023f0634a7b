// SPDX-License-Identifier: MIT
// Model: a pool of Camelot V3 on Arbitrum, Algebra 1.9 with a fee each way, whose code no package carries.
pragma solidity >=0.8.34;

import {ModelCamelotV3Liquidity} from "./ModelCamelotV3Liquidity.sol";
import {IPayer, ModelCamelotV3State} from "./ModelCamelotV3State.sol";
import {ModelCamelotV3Swaps} from "./ModelCamelotV3Swaps.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title ModelCamelotV3Pool
/// @notice Concentrated liquidity that can be provided, swapped in and borrowed.
contract ModelCamelotV3Pool is ModelCamelotV3Liquidity, ModelCamelotV3Swaps {
    using SafeERC20 for IERC20;

    constructor(address a, address b) ModelCamelotV3State(a, b) {}

    function flash(address recipient, uint256 amount0, uint256 amount1, bytes calldata data) external lock {
        uint256 fee0 = (amount0 * BASE_FEE + 1e6 - 1) / 1e6;
        uint256 fee1 = (amount1 * BASE_FEE + 1e6 - 1) / 1e6;
        (uint256 before0, uint256 before1) = _balances();
        if (amount0 != 0) IERC20(token0).safeTransfer(recipient, amount0);
        if (amount1 != 0) IERC20(token1).safeTransfer(recipient, amount1);
        IPayer(msg.sender).algebraFlashCallback(fee0, fee1, data);
        (uint256 after0, uint256 after1) = _balances();
        require(after0 >= before0 + fee0 && after1 >= before1 + fee1, PaidShort());
    }
}
