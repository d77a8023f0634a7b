// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PlainToken} from "./PlainToken.sol";

/// @notice A token that refuses to be sent to one account, as those with black lists do.
contract FussyToken is PlainToken {
    address private immutable _disliked;

    constructor(address disliked) PlainToken("FSY", 18) {
        _disliked = disliked;
    }

    function _update(address from, address to, uint256 amount) internal override {
        require(to != _disliked, "refused");
        super._update(from, to, amount);
    }
}
