// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;
import {Header} from "../types/Route.sol";

import {ErrorsLib} from "../libraries/ErrorsLib.sol";
import {RouteLib} from "../libraries/RouteLib.sol";
import {Flow} from "../venues/Venue.sol";
import {Loan} from "./Loan.sol";
import {IERC3156FlashBorrower} from "@openzeppelin/contracts/interfaces/IERC3156FlashBorrower.sol";
import {IERC3156FlashLender} from "@openzeppelin/contracts/interfaces/IERC3156FlashLender.sol";

/// @title ERC3156Loan
/// @notice Loans of any ERC-3156 lender, Maker's DssFlash among them; it pulls the repayment after the callback.
abstract contract ERC3156Loan is Loan {
    bytes32 private constant ACCEPTED = keccak256("ERC3156FlashBorrower.onFlashLoan");

    /// @notice The lender has lent; runs the route and allows the lender to take the loan and its fee back.
    function onFlashLoan(address initiator, address token, uint256 amount, uint256 fee, bytes calldata data)
        external
        returns (bytes32)
    {
        _accept(data);
        require(initiator == address(this), ErrorsLib.CallbackUnexpected(msg.sender, msg.sig));
        _approve(Flow(token, _takeLoan(data, token, amount, fee), address(this)), msg.sender);
        return ACCEPTED;
    }

    function _available(Header memory header) internal view virtual override returns (uint256) {
        if (header.lender != RouteLib.LENDER_ERC3156) return super._available(header);
        return IERC3156FlashLender(header.lenderAddress).maxFlashLoan(header.token);
    }

    function _borrow(Header memory header, bytes memory loan) internal virtual override {
        if (header.lender != RouteLib.LENDER_ERC3156) return super._borrow(header, loan);
        (address lender, address token, uint256 amount) = (header.lenderAddress, header.token, header.amountIn);
        _expect(lender, this.onFlashLoan.selector, loan);
        bool lent = IERC3156FlashLender(lender).flashLoan(IERC3156FlashBorrower(address(this)), token, amount, loan);
        require(lent, ErrorsLib.LoanMismatch(lender));
        _requireAccepted();
        _revoke(token, lender);
    }
}
