// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IUniswapV3Pool} from "../interfaces/external/IUniswapV3Pool.sol";
import {Header} from "../types/Route.sol";

import {RouteLib} from "../libraries/RouteLib.sol";
import {Loan} from "./Loan.sol";

/// @title UniswapV3Loan
/// @notice Loans of pools of Uniswap V3 and the forks that kept its callback, at the pool's fee, repaid by transfer.
abstract contract UniswapV3Loan is Loan {
    /// @notice The pool has lent; runs the route and repays.
    function uniswapV3FlashCallback(uint256 fee0, uint256 fee1, bytes calldata data) external {
        _repayFlash(fee0, fee1, data);
    }

    function _borrow(Header memory header, bytes memory loan) internal virtual override {
        bytes4 callback = _flashCallbackOf(header.lender);
        if (callback == bytes4(0)) return super._borrow(header, loan);
        (address pool, address token, uint256 amount) = (header.lenderAddress, header.token, header.amountIn);
        (uint256 amount0, uint256 amount1) =
            IUniswapV3Pool(pool).token0() == token ? (amount, uint256(0)) : (uint256(0), amount);
        _expect(pool, callback, loan);
        IUniswapV3Pool(pool).flash(address(this), amount0, amount1, loan);
        _requireAccepted();
    }

    /// @dev Zero for any other lender.
    function _flashCallbackOf(uint8 lender) internal view virtual returns (bytes4) {
        return lender == RouteLib.LENDER_UNISWAP_V3 ? this.uniswapV3FlashCallback.selector : bytes4(0);
    }

    /// @dev Only one of the fees is not zero: only one token was lent.
    function _repayFlash(uint256 fee0, uint256 fee1, bytes calldata data) internal {
        _accept(data);
        (address token, uint256 amount) = _readLoan(data);
        _send(token, msg.sender, _takeLoan(data, token, amount, fee0 == 0 ? fee1 : fee0));
    }
}
