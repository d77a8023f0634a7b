// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {RouteLib} from "../libraries/RouteLib.sol";
import {UniswapV3Loan} from "./UniswapV3Loan.sol";

/// @title AlgebraLoan
/// @notice Loans of pools of Algebra: Uniswap V3's, but for the callback's name.
abstract contract AlgebraLoan is UniswapV3Loan {
    /// @notice The pool has lent; runs the route and repays.
    function algebraFlashCallback(uint256 fee0, uint256 fee1, bytes calldata data) external {
        _repayFlash(fee0, fee1, data);
    }

    function _flashCallbackOf(uint8 lender) internal view virtual override returns (bytes4) {
        return lender == RouteLib.LENDER_ALGEBRA ? this.algebraFlashCallback.selector : super._flashCallbackOf(lender);
    }
}
