// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IBalancerV2Vault} from "../interfaces/external/IBalancerV2Vault.sol";
import {Header} from "../types/Route.sol";

import {ErrorsLib} from "../libraries/ErrorsLib.sol";
import {RouteLib} from "../libraries/RouteLib.sol";
import {Loan} from "./Loan.sol";

/// @title BalancerV2Loan
/// @notice Loans of the Balancer V2 vault, repaid by transfer.
abstract contract BalancerV2Loan is Loan {
    /// @notice The vault has lent; runs the route and repays.
    function receiveFlashLoan(
        address[] calldata tokens,
        uint256[] calldata amounts,
        uint256[] calldata fees,
        bytes calldata data
    ) external {
        _accept(data);
        require(tokens.length == 1, ErrorsLib.LoanMismatch(msg.sender));
        _send(tokens[0], msg.sender, _takeLoan(data, tokens[0], amounts[0], fees[0]));
    }

    function _borrow(Header memory header, bytes memory loan) internal virtual override {
        if (header.lender != RouteLib.LENDER_BALANCER_V2) return super._borrow(header, loan);
        address vault = header.lenderAddress;
        address[] memory tokens = new address[](1);
        uint256[] memory amounts = new uint256[](1);
        (tokens[0], amounts[0]) = (header.token, header.amountIn);
        _expect(vault, this.receiveFlashLoan.selector, loan);
        IBalancerV2Vault(vault).flashLoan(address(this), tokens, amounts, loan);
        _requireAccepted();
    }
}
