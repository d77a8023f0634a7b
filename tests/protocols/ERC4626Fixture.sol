// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PlainVault} from "../mocks/PlainVault.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {StdCheats} from "forge-std/StdCheats.sol";

/// @notice ERC-4626 vaults, whose shares are traded for their asset by depositing and redeeming.
contract ERC4626Fixture is StdCheats {
    using SafeERC20 for IERC20;

    string public constant name = "ERC-4626";

    /// @notice A vault that holds a million and a quarter of the asset for a million shares: a share is worth 1.25.
    function createVault(address asset) external returns (address vault) {
        uint256 million = 1_000_000 * 10 ** IERC20Metadata(asset).decimals();
        vault = address(new PlainVault(IERC20(asset)));
        deal(asset, address(this), IERC20(asset).balanceOf(address(this)) + million + million / 4);
        IERC20(asset).forceApprove(vault, million);
        PlainVault(vault).deposit(million, address(this));
        IERC20(asset).safeTransfer(vault, million / 4);
    }
}
