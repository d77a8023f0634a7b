// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IAaveV3Pool} from "../interfaces/external/IAaveV3Pool.sol";
import {Header} from "../types/Route.sol";

import {ErrorsLib} from "../libraries/ErrorsLib.sol";
import {RouteLib} from "../libraries/RouteLib.sol";
import {Flow} from "../venues/Venue.sol";
import {Loan} from "./Loan.sol";
import {LibCall} from "solady/utils/LibCall.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

/// @title AaveV3Loan
/// @notice Loans of an Aave V3 pool, which pulls the repayment after the callback.
abstract contract AaveV3Loan is Loan {
    using SafeTransferLib for address;

    uint256 private constant ATOKEN = 8;

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

    /// @dev What lies at the pool's interest-bearing token costs about 20,000 gas to find out, and is asked only once the
    /// pool has refused.
    function _available(Header memory header) internal view virtual override returns (uint256) {
        return header.lender == RouteLib.LENDER_AAVE_V3 ? type(uint256).max : super._available(header);
    }

    function _borrow(Header memory header, bytes memory loan) internal virtual override {
        if (header.lender != RouteLib.LENDER_AAVE_V3) return super._borrow(header, loan);
        (address pool, address token, uint256 amount) = (header.lenderAddress, header.token, header.amountIn);
        _expect(pool, this.executeOperation.selector, loan);
        try IAaveV3Pool(pool).flashLoanSimple(address(this), token, amount, loan, 0) {
            _requireAccepted();
            _revoke(token, pool);
        } catch (bytes memory reason) {
            _requireLiquidity(pool, token, amount);
            LibCall.bubbleUpRevert(reason);
        }
    }

    function _requireLiquidity(address pool, address token, uint256 amount) private view {
        try IAaveV3Pool(pool).getReserveData(token) returns (uint256[9] memory data) {
            uint256 available = token.balanceOf(address(uint160(data[ATOKEN])));
            require(amount <= available, ErrorsLib.LoanTooLarge(pool, amount, available));
        } catch {}
    }
}
