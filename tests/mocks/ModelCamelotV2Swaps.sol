// SPDX-License-Identifier: MIT
// Model: what a pair of Camelot V2 answers and how it swaps, on either curve.
pragma solidity >=0.8.34;

import {ICamelotFactory, ModelCamelotV2State} from "./ModelCamelotV2State.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

interface ICallee {
    function uniswapV2Call(address sender, uint256 amount0, uint256 amount1, bytes calldata data) external;
}

/// @title ModelCamelotV2Swaps
/// @notice Swaps with a fee each way.
/// @dev In the protocol's own order and with its own roundings. Its Solidity is older and checks only some operations;
/// which, is the same here. Left out: the overload of `swap` that names a referrer.
abstract contract ModelCamelotV2Swaps is ModelCamelotV2State {
    using SafeERC20 for IERC20Metadata;

    error InsufficientInput();
    error InsufficientOutput();
    error K();

    event Swap(
        address indexed sender,
        uint256 amount0In,
        uint256 amount1In,
        uint256 amount0Out,
        uint256 amount1Out,
        address indexed to
    );

    /// @dev What arrived of either token, and what its fee is.
    struct Paid {
        uint256 amount0;
        uint256 amount1;
        uint256 fee0;
        uint256 fee1;
    }

    uint256 private constant ROUNDS = 255;

    function swap(uint256 amount0Out, uint256 amount1Out, address to, bytes calldata data) external lock {
        require(amount0Out != 0 || amount1Out != 0, InsufficientOutput());
        require(amount0Out < _reserve0 && amount1Out < _reserve1, InsufficientLiquidity());
        require(to != token0 && to != token1, Forbidden());
        if (amount0Out != 0) IERC20Metadata(token0).safeTransfer(to, amount0Out);
        if (amount1Out != 0) IERC20Metadata(token1).safeTransfer(to, amount1Out);
        if (data.length != 0) ICallee(to).uniswapV2Call(msg.sender, amount0Out, amount1Out, data);
        Paid memory paid = _paid(amount0Out, amount1Out);
        if (stableSwap) _payOwner(paid);
        (uint256 balance0, uint256 balance1) = _balances();
        require(_k(balance0 - paid.fee0, balance1 - paid.fee1) >= _k(_reserve0, _reserve1), K());
        _update(balance0, balance1);
        emit Swap(msg.sender, paid.amount0, paid.amount1, amount0Out, amount1Out, to);
    }

    function _paid(uint256 amount0Out, uint256 amount1Out) private view returns (Paid memory paid) {
        (uint256 balance0, uint256 balance1) = _balances();
        (uint256 left0, uint256 left1) = (_reserve0 - amount0Out, _reserve1 - amount1Out);
        if (balance0 > left0) paid.amount0 = balance0 - left0;
        if (balance1 > left1) paid.amount1 = balance1 - left1;
        require(paid.amount0 != 0 || paid.amount1 != 0, InsufficientInput());
        paid.fee0 = paid.amount0 * token0FeePercent / FEE_DENOMINATOR;
        paid.fee1 = paid.amount1 * token1FeePercent / FEE_DENOMINATOR;
    }

    /// @dev A stable pair's owner is paid at once, out of the fee; what is left of it stays.
    function _payOwner(Paid memory paid) private {
        (uint256 share, address feeTo) = ICamelotFactory(factory).feeInfo();
        if (feeTo == address(0)) return;
        share *= FEE_DENOMINATOR;
        if (paid.amount0 != 0) paid.fee0 -= _payOwner(token0, feeTo, paid.amount0 * share * token0FeePercent);
        if (paid.amount1 != 0) paid.fee1 -= _payOwner(token1, feeTo, paid.amount1 * share * token1FeePercent);
    }

    function _payOwner(address token, address feeTo, uint256 scaled) private returns (uint256 fee) {
        fee = scaled / FEE_DENOMINATOR ** 3;
        IERC20Metadata(token).safeTransfer(feeTo, fee);
    }

    /* ANSWERS */

    /// @dev Of the stable curve the original checks the fee and its invariant alone.
    function getAmountOut(uint256 amountIn, address tokenIn) external view returns (uint256) {
        bool zeroForOne = tokenIn == token0;
        uint256 fee = zeroForOne ? token0FeePercent : token1FeePercent;
        (uint256 reserveIn, uint256 reserveOut) = zeroForOne ? (_reserve0, _reserve1) : (_reserve1, _reserve0);
        if (stableSwap) {
            return _stableOut(zeroForOne, amountIn - amountIn * fee / FEE_DENOMINATOR, reserveIn, reserveOut);
        }
        amountIn *= FEE_DENOMINATOR - fee;
        return amountIn * reserveOut / (reserveIn * FEE_DENOMINATOR + amountIn);
    }

    function _stableOut(bool zeroForOne, uint256 amountIn, uint256 reserveIn, uint256 reserveOut)
        private
        view
        returns (uint256)
    {
        uint256 k = _k(_reserve0, _reserve1);
        (uint256 unitIn, uint256 unitOut) =
            zeroForOne ? (precisionMultiplier0, precisionMultiplier1) : (precisionMultiplier1, precisionMultiplier0);
        unchecked {
            uint256 held = reserveOut * ONE / unitOut;
            uint256 left = _solved(amountIn * ONE / unitIn + reserveIn * ONE / unitIn, k, held);
            return (held - left) * unitOut / ONE;
        }
    }

    /// @dev Newton's iteration, which ends at a step of one unit at most.
    function _solved(uint256 x, uint256 k, uint256 y) private pure returns (uint256) {
        unchecked {
            for (uint256 i; i < ROUNDS; ++i) {
                uint256 before = y;
                uint256 at = x * (y * y / ONE * y / ONE) / ONE + (x * x / ONE * x / ONE) * y / ONE;
                uint256 slope = 3 * x * (y * y / ONE) / ONE + (x * x / ONE * x / ONE);
                y = at < k ? y + (k - at) * ONE / slope : y - (at - k) * ONE / slope;
                if ((y > before ? y - before : before - y) <= 1) break;
            }
        }
        return y;
    }
}
