// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC4626, IERC20} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";

/// @notice Mock: OpenZeppelin's ERC-4626 vault as it comes. What is sent to it is yield.
contract PlainVault is ERC4626 {
    constructor(IERC20 asset) ERC4626(asset) ERC20("Plain vault", "VAULT") {}
}
