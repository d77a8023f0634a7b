// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ILedger} from "../../contracts/interfaces/ILedger.sol";

import {PlainToken} from "./PlainToken.sol";

/// @notice Mock: an ERC-20 whose hook has the reserve recognise what has just come, before anyone could measure it.
contract RecognisingToken is PlainToken {
    ILedger private immutable _reserve;

    constructor(ILedger reserve) PlainToken("RCG", 6) {
        _reserve = reserve;
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (to == address(_reserve)) _reserve.recognise(address(this));
    }
}
