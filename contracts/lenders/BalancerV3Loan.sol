// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IBalancerV3Vault} from "../interfaces/external/IBalancerV3Vault.sol";
import {Header} from "../types/Route.sol";

import {RouteLib} from "../libraries/RouteLib.sol";
import {Loan} from "./Loan.sol";

/// @title BalancerV3Loan
/// @notice The credit of the Balancer V3 vault while it is unlocked, without a fee.
abstract contract BalancerV3Loan is Loan {
    /// @notice The vault is unlocked; runs the route on its credit.
    function balancerV3Route(bytes calldata data) external {
        _accept(data);
        _lendCredit(RouteLib.BALANCER_V3, data);
    }

    function _borrow(Header memory header, bytes memory loan) internal virtual override {
        if (header.lender != RouteLib.LENDER_BALANCER_V3) return super._borrow(header, loan);
        address vault = header.lenderAddress;
        _expect(vault, this.balancerV3Route.selector, loan);
        // The callback returns nothing.
        // slither-disable-next-line unused-return
        IBalancerV3Vault(vault).unlock(abi.encodeCall(this.balancerV3Route, (loan)));
        _requireAccepted();
    }
}
