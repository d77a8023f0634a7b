// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IUniswapV3Pool} from "../interfaces/external/IUniswapV3Pool.sol";
import {Leg} from "../types/Route.sol";

import {ErrorsLib} from "../libraries/ErrorsLib.sol";
import {Venue} from "./Venue.sol";
import {SafeCastLib} from "solady/utils/SafeCastLib.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

/// @title UniswapV3
/// @notice Pools of Uniswap V3 and the forks that kept its callback: always paid in the callback.
abstract contract UniswapV3 is Venue {
    using SafeTransferLib for address;
    using SafeCastLib for uint256;

    /// @dev The ends of the price range, exclusive: a swap may go all the way, and E4 judges what came of it.
    uint160 private constant LOWEST_LIMIT = 4_295_128_740;
    uint160 private constant HIGHEST_LIMIT = 1_461_446_703_485_210_103_287_273_052_203_988_822_378_723_970_341;

    /// @notice The pool has paid out; for a flash swap runs the rest of the route; then pays the pool.
    function uniswapV3SwapCallback(int256 amount0Delta, int256 amount1Delta, bytes calldata data) external {
        _accept(data);
        (address token, uint256 amount, address tokenOut) = _readDebt(data);
        (int256 asked, int256 paid) = token < tokenOut ? (amount0Delta, amount1Delta) : (amount1Delta, amount0Delta);
        require(asked == amount.toInt256(), ErrorsLib.PaymentMismatch(msg.sender, amount, asked));
        bytes calldata legs = _legsToRun(data);
        if (legs.length != 0) {
            uint256 back = _runFlash(data, legs, tokenOut, _paidOut(msg.sender, paid));
            require(back >= amount, ErrorsLib.Loss(back, amount));
        }
        token.safeTransfer(msg.sender, amount);
    }

    function _swapUniswapV3(Leg memory leg, address tokenIn, uint256 amount, address recipient)
        internal
        returns (uint256 amountOut)
    {
        amountOut = _callPool(leg, tokenIn, amount, recipient, _debt(tokenIn, amount, leg.tokenOut));
    }

    /// @dev Takes the output first, straight to the next pool where that is paid beforehand, and pays in the callback.
    function _flashUniswapV3(Leg memory leg, address tokenIn, uint256 amount, bytes calldata rest) internal {
        bytes memory data = _flashDebt(tokenIn, amount, leg.tokenOut, rest);
        _callPool(leg, tokenIn, amount, _recipient(rest), data);
    }

    function _callPool(Leg memory leg, address tokenIn, uint256 amount, address recipient, bytes memory data)
        private
        returns (uint256)
    {
        bool zeroForOne = tokenIn < leg.tokenOut;
        _expect(leg.pool, this.uniswapV3SwapCallback.selector, data);
        (int256 amount0, int256 amount1) = IUniswapV3Pool(leg.pool)
            .swap(recipient, zeroForOne, amount.toInt256(), zeroForOne ? LOWEST_LIMIT : HIGHEST_LIMIT, data);
        _requireAccepted();
        return _paidOut(leg.pool, zeroForOne ? amount1 : amount0);
    }

    function _runFlash(bytes calldata data, bytes calldata legs, address tokenOut, uint256 paid)
        private
        returns (uint256)
    {
        bool delivered = _recipient(legs) != address(this);
        return _run(legs, tokenOut, delivered ? paid : _flashOutput(data, tokenOut), delivered);
    }
}
