// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IFlashExecutor} from "../interfaces/IFlashExecutor.sol";
import {IInjection} from "../interfaces/IInjection.sol";
import {IPriceGuard} from "../interfaces/IPriceGuard.sol";

import {Books} from "./Books.sol";
import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

/// @title Conversion
/// @notice Rule R9: what has to be swapped is swapped by the executor, which holds nothing; here it is measured, held to
/// the guard's price, and what it fell short is counted.
abstract contract Conversion is Books {
    using FixedPointMathLib for uint256;
    using SafeTransferLib for address;

    /// @dev Moves no bucket: whoever calls does.
    /// @param guard Values what is lost.
    /// @param fair What the guard says that the amount is worth.
    /// @return amountOut What came, as measured here.
    function _convert(
        address guard,
        uint256 slippageBps,
        address tokenIn,
        uint256 amountIn,
        address tokenOut,
        uint256 fair,
        bytes memory legs
    ) internal returns (uint256 amountOut) {
        address executor = _policy.executor;
        uint256 before = _balance(tokenOut);
        tokenIn.safeTransfer(executor, amountIn);
        // What it says that it has sent is measured instead.
        // slither-disable-next-line unused-return
        IFlashExecutor(executor).convert(tokenIn, amountIn, legs);
        amountOut = _balance(tokenOut) - before;
        // Rounds up, in the reserve's favour.
        uint256 least = fair.fullMulDivUp(BPS - slippageBps, BPS);
        require(amountOut >= least, IInjection.ConvertedForTooLittle(amountOut, least));
        // Under the lock of whoever calls.
        // slither-disable-next-line reentrancy-benign
        if (amountOut < fair) _countLoss(guard, tokenIn, amountIn.fullMulDivUp(fair - amountOut, fair));
    }

    function _fair(address guard, address tokenIn, uint256 amountIn, address tokenOut) internal view returns (uint256) {
        return IPriceGuard(guard).quote(tokenIn, amountIn, tokenOut);
    }

    /// @dev Counts towards the day's cap what so much of a token is worth, rounded up [R4].
    function _countLoss(address guard, address token, uint256 amount) internal {
        if (amount == 0) return;
        uint256 value = token == _wrapped ? amount : _fair(guard, token, amount, _wrapped) + 1;
        _lossCap.use(value);
    }
}
