// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IUniswapV2Pair} from "../interfaces/external/IUniswapV2Pair.sol";
import {Leg} from "../types/Route.sol";

import {ErrorsLib} from "../libraries/ErrorsLib.sol";
import {Venue} from "./Venue.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

/// @title UniswapV2
/// @notice Pairs of Uniswap V2 and its forks: paid beforehand, or in the callback of a flash swap.
/// @dev The pair itself checks the payment against its constant product, so a quote that is wrong only reverts.
abstract contract UniswapV2 is Venue {
    using SafeTransferLib for address;

    uint256 private constant BPS = 10_000;

    /// @notice The pair has paid out; runs the rest of the route, then pays the pair.
    function uniswapV2Call(address sender, uint256, uint256, bytes calldata data) external {
        _accept(data);
        require(sender == address(this), ErrorsLib.CallbackUnexpected(msg.sender, msg.sig));
        (address token, uint256 amount, address tokenOut) = _readDebt(data);
        uint256 back = _run(_legsToRun(data), tokenOut, _flashOutput(data, tokenOut), false);
        require(back >= amount, ErrorsLib.Loss(back, amount));
        token.safeTransfer(msg.sender, amount);
    }

    /// @dev Swaps `amount` of `tokenIn`, sent to the pair here unless it was `delivered` before.
    function _swapUniswapV2(Leg memory leg, address tokenIn, uint256 amount, address recipient, bool delivered)
        internal
        returns (uint256 amountOut)
    {
        amountOut = _quoteUniswapV2(leg, tokenIn, amount);
        if (!delivered) tokenIn.safeTransfer(leg.pool, amount);
        _callPair(leg, tokenIn, amountOut, recipient, "");
    }

    /// @dev Takes the output first, and pays in the callback. The pair calls back whoever it pays, so it pays here.
    function _flashUniswapV2(Leg memory leg, address tokenIn, uint256 amount, bytes calldata rest) internal {
        bytes memory data = _flashDebt(tokenIn, amount, leg.tokenOut, rest);
        _expect(leg.pool, this.uniswapV2Call.selector, data);
        _callPair(leg, tokenIn, _quoteUniswapV2(leg, tokenIn, amount), address(this), data);
        _requireAccepted();
    }

    function _callPair(Leg memory leg, address tokenIn, uint256 amountOut, address to, bytes memory data) private {
        (uint256 amount0Out, uint256 amount1Out) =
            tokenIn < leg.tokenOut ? (uint256(0), amountOut) : (amountOut, uint256(0));
        IUniswapV2Pair(leg.pool).swap(amount0Out, amount1Out, to, data);
    }

    /// @dev Rounds down, in the pair's favour: x·(1 − f)·rOut / (rIn + x·(1 − f)).
    function _quoteUniswapV2(Leg memory leg, address tokenIn, uint256 amount) private view returns (uint256 amountOut) {
        // The time of the last swap is of no use here.
        // slither-disable-next-line unused-return
        (uint256 reserveIn, uint256 reserveOut,) = IUniswapV2Pair(leg.pool).getReserves();
        if (tokenIn > leg.tokenOut) (reserveIn, reserveOut) = (reserveOut, reserveIn);
        uint256 afterFee = amount * (BPS - leg.feeBps);
        amountOut = afterFee * reserveOut / (reserveIn * BPS + afterFee);
        require(amountOut != 0, ErrorsLib.OutputZero(leg.pool));
    }
}
