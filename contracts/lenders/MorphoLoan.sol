// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IMorpho} from "../interfaces/external/IMorpho.sol";
import {Header} from "../types/Route.sol";

import {RouteLib} from "../libraries/RouteLib.sol";
import {Flow} from "../venues/Venue.sol";
import {Loan} from "./Loan.sol";

/// @title MorphoLoan
/// @notice Loans of Morpho Blue, without a fee; it pulls the repayment after the callback, which does not name the token.
abstract contract MorphoLoan is Loan {
    /// @notice Morpho has lent; runs the route and allows Morpho to take the loan back.
    function onMorphoFlashLoan(uint256 assets, bytes calldata data) external {
        _accept(data);
        (address token,) = _readLoan(data);
        _approve(Flow(token, _takeLoan(data, token, assets, 0), address(this)), msg.sender);
    }

    function _borrow(Header memory header, bytes memory loan) internal virtual override {
        if (header.lender != RouteLib.LENDER_MORPHO) return super._borrow(header, loan);
        (address morpho, address token, uint256 amount) = (header.lenderAddress, header.token, header.amountIn);
        _expect(morpho, this.onMorphoFlashLoan.selector, loan);
        IMorpho(morpho).flashLoan(token, amount, loan);
        _requireAccepted();
        _revoke(token, morpho);
    }
}
