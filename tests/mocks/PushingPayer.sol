// SPDX-License-Identifier: MIT
// Weakened: pays all beneficiaries in one call, as splitters do that push.
pragma solidity >=0.8.34;

import {ILedger} from "../../contracts/interfaces/ILedger.sol";

contract PushingPayer {
    function payAll(ILedger reserve, address token, address[] calldata beneficiaries) external {
        for (uint256 i; i < beneficiaries.length; ++i) {
            reserve.payBeneficiary(token, beneficiaries[i]);
        }
    }
}
