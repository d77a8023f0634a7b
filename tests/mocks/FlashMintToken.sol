// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20FlashMint} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20FlashMint.sol";

/// @notice Mock: an ERC-20 of 18 decimals that anyone mints, that lends itself as OpenZeppelin's ERC20FlashMint does, and
/// that is burnt as DAI is.
contract FlashMintToken is ERC20FlashMint {
    uint256 private immutable _feeBps;

    constructor(string memory symbol, uint256 feeBps) ERC20(symbol, symbol) {
        _feeBps = feeBps;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// @notice Burns the caller's own, or what the caller was allowed.
    function burn(address from, uint256 amount) external {
        if (from != msg.sender) _spendAllowance(from, msg.sender, amount);
        _burn(from, amount);
    }

    /// @dev Rounded up. The fee is burnt.
    function _flashFee(address, uint256 amount) internal view override returns (uint256) {
        return (amount * _feeBps + 9999) / 10_000;
    }
}
