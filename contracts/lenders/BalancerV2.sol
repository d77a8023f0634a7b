// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IBalancerV2Vault} from "../interfaces/external/IBalancerV2Vault.sol";
import {Header} from "../types/Route.sol";

import {ErrorsLib} from "../libraries/ErrorsLib.sol";
import {Lender} from "./Lender.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

/// @title BalancerV2
/// @notice Loans of the Balancer V2 vault, repaid by transfer.
abstract contract BalancerV2 is Lender {
    using SafeTransferLib for address;

    /// @notice The vault has lent; runs the route and repays.
    function receiveFlashLoan(
        address[] calldata tokens,
        uint256[] calldata amounts,
        uint256[] calldata fees,
        bytes calldata data
    ) external {
        _accept(data);
        require(tokens.length == 1, ErrorsLib.LoanMismatch(msg.sender));
        _takeLoan(data, tokens[0], amounts[0], fees[0]);
        tokens[0].safeTransfer(msg.sender, amounts[0] + fees[0]);
    }

    function _borrowBalancerV2(Header memory header, bytes calldata legs) internal {
        address[] memory tokens = new address[](1);
        uint256[] memory amounts = new uint256[](1);
        (tokens[0], amounts[0]) = (header.token, header.amountIn);
        bytes memory data = _loan(header, legs);
        _expect(header.lenderAddress, this.receiveFlashLoan.selector, data);
        IBalancerV2Vault(header.lenderAddress).flashLoan(address(this), tokens, amounts, data);
        _requireAccepted();
    }
}
