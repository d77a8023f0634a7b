// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Placer} from "../../script/replica/Placer.sol";
import {Fixture} from "./Fixture.sol";

/// @notice A fixture of published bytecode, placed as the replica places it. Administration and liquidity are its own.
abstract contract PlacedFixture is Fixture, Placer {
    constructor() {
        holder = address(this);
        // Two fixtures of one family stand side by side.
        sideRealm = vm.toString(address(this));
    }
}
