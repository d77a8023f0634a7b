// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PlainToken} from "./PlainToken.sol";

interface IReceiver {
    function onReceipt() external;
}

/// @notice Mock: an ERC-20 that tells one account of what it receives, as ERC-777 does, or native coin.
contract CallingToken is PlainToken {
    address private _told;

    constructor(string memory symbol, uint8 decimals_) PlainToken(symbol, decimals_) {}

    function tell(address account) external {
        _told = account;
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (to == _told) IReceiver(to).onReceipt();
    }
}
