// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC4626 as OpenZeppelinERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {ERC4626 as SoladyERC4626} from "solady/tokens/ERC4626.sol";

/// @notice OpenZeppelin's vault as it comes: no stream, no guards.
contract OpenZeppelinVault is OpenZeppelinERC4626 {
    constructor(IERC20 asset) OpenZeppelinERC4626(asset) ERC20("Plain", "PLAIN") {}
}

/// @notice Solady's vault as it comes: no stream, no guards.
contract SoladyVault is SoladyERC4626 {
    address private immutable _asset;

    constructor(address asset_) {
        _asset = asset_;
    }

    function asset() public view override returns (address) {
        return _asset;
    }

    function name() public pure override returns (string memory) {
        return "Plain";
    }

    function symbol() public pure override returns (string memory) {
        return "PLAIN";
    }
}
