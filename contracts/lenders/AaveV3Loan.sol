// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IAaveV3Pool} from "../interfaces/external/IAaveV3Pool.sol";
import {Header} from "../types/Route.sol";

import {ErrorsLib} from "../libraries/ErrorsLib.sol";
import {RouteLib} from "../libraries/RouteLib.sol";
import {Flow} from "../venues/Venue.sol";
import {Loan} from "./Loan.sol";

/// @title AaveV3Loan
/// @notice Loans of an Aave V3 pool, which pulls the repayment after the callback.
abstract contract AaveV3Loan is Loan {
    /// @notice The pool has lent; runs the route and allows the pool to take the loan and its premium back.
    function executeOperation(address asset, uint256 amount, uint256 premium, address initiator, bytes calldata data)
        external
        returns (bool)
    {
        _accept(data);
        require(initiator == address(this), ErrorsLib.CallbackUnexpected(msg.sender, msg.sig));
        _approve(Flow(asset, _takeLoan(data, asset, amount, premium), address(this)), msg.sender);
        return true;
    }

    /// @dev What lies at the pool's interest-bearing token costs more to find out than the pool's own refusal.
    function _available(Header memory header) internal view virtual override returns (uint256) {
        return header.lender == RouteLib.LENDER_AAVE_V3 ? type(uint256).max : super._available(header);
    }

    function _borrow(Header memory header, bytes memory loan) internal virtual override {
        if (header.lender != RouteLib.LENDER_AAVE_V3) return super._borrow(header, loan);
        (address pool, address token, uint256 amount) = (header.lenderAddress, header.token, header.amountIn);
        _expect(pool, this.executeOperation.selector, loan);
        IAaveV3Pool(pool).flashLoanSimple(address(this), token, amount, loan, 0);
        _requireAccepted();
        _revoke(token, pool);
    }
}
