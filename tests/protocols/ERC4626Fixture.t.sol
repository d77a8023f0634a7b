// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PlainToken} from "../mocks/PlainToken.sol";
import {ERC4626Fixture} from "./ERC4626Fixture.sol";
import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";
import {Test} from "forge-std/Test.sol";

contract ERC4626FixtureTest is Test {
    PlainToken private asset = new PlainToken("USDC", 6);
    IERC4626 private vault = IERC4626(new ERC4626Fixture().createVault(address(asset)));

    /// @dev The vault rounds in its own favour and counts a unit of each that nobody owns.
    function test_AShareIsWorthOneAndAQuarter() external {
        asset.mint(address(this), 1000e6);
        asset.approve(address(vault), 1000e6);
        assertApproxEqAbs(vault.deposit(1000e6, address(this)), 800e6, 1);
        assertEq(asset.balanceOf(address(this)), 0);
        assertApproxEqAbs(vault.redeem(400e6, address(this), address(this)), 500e6, 1);
        assertApproxEqAbs(asset.balanceOf(address(this)), 500e6, 1);
    }
}
