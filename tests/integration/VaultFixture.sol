// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Fixture} from "../protocols/Fixture.sol";
import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice An ERC-4626 vault, traded as if it were a pool of its asset and its share.
contract VaultFixture is Fixture {
    string public constant name = "ERC-4626";
    IERC4626 private immutable _vault;

    constructor(IERC4626 vault) {
        _vault = vault;
    }

    /// @dev There is only the one, and its price is what it is.
    function create(address, uint256, address, uint256) external view returns (address pool) {
        return address(_vault);
    }

    function trade(address, address tokenIn, uint256 amountIn, address) external returns (uint256 amountOut) {
        take(tokenIn, amountIn);
        if (tokenIn == address(_vault)) return _vault.redeem(amountIn, msg.sender, address(this));
        IERC20(tokenIn).approve(address(_vault), amountIn);
        return _vault.deposit(amountIn, msg.sender);
    }
}
