// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Terms} from "../../contracts/types/Book.sol";

import {StakingVault} from "../../contracts/StakingVault.sol";
import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";

/// @notice Weakened: weighs what lies in it instead of counting, and so sees donations.
contract WeighingVault is StakingVault {
    constructor(address manager, address asset, Terms memory terms) StakingVault(manager, asset, "", "", terms) {}

    function _read() internal view override returns (State memory s) {
        s = super._read();
        s.idle = IERC4626(_asset).balanceOf(address(this));
    }
}
