// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Placer} from "../../script/replica/Placer.sol";
import {ILenderFixture} from "./ILenderFixture.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {StdCheats} from "forge-std/StdCheats.sol";

/// @notice A lender of published bytecode, placed as the replica places it. Administration and deposits are its own.
abstract contract PlacedLender is ILenderFixture, StdCheats, Placer {
    constructor() {
        holder = address(this);
        // Two lenders of one family stand side by side.
        sideRealm = vm.toString(address(this));
    }

    /// @notice Adds to its own balance and takes from nobody.
    function give(address token, uint256 amount) internal {
        deal(token, address(this), IERC20(token).balanceOf(address(this)) + amount);
    }
}
