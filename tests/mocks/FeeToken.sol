// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PlainToken} from "./PlainToken.sol";

/// @notice Mock: an ERC-20 that burns one part in a hundred of what is transferred.
contract FeeToken is PlainToken {
    constructor(string memory symbol, uint8 decimals_) PlainToken(symbol, decimals_) {}

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (from != address(0) && to != address(0)) super._update(to, address(0), amount / 100);
    }
}
