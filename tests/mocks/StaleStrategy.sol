// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {MockStrategy} from "./MockStrategy.sol";

/// @notice Weakened: says that it is worth what it was lent until it is told otherwise.
contract StaleStrategy is MockStrategy {
    bool private _told;

    constructor(address vault, address asset) MockStrategy(vault, asset) {}

    function tell() external {
        _told = true;
    }

    function worth() public view override returns (uint256) {
        return _told ? super.worth() : deployed;
    }
}
