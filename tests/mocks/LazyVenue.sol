// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IBalancerV2Vault} from "../../contracts/interfaces/external/IBalancerV2Vault.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice Mock: in the shapes of Curve's pools, of the Balancer V2 vault and of an ERC-4626 vault, one that pulls a unit
/// less than it is allowed, and pays nothing.
contract LazyVenue {
    IERC20 private immutable _tokenIn;

    constructor(IERC20 tokenIn) {
        _tokenIn = tokenIn;
    }

    function exchange(int128, int128, uint256 amount, uint256) external {
        _pull(amount);
    }

    function exchange(uint256, uint256, uint256 amount, uint256) external {
        _pull(amount);
    }

    function swap(
        IBalancerV2Vault.SingleSwap calldata single,
        IBalancerV2Vault.FundManagement calldata,
        uint256,
        uint256
    ) external returns (uint256) {
        _pull(single.amount);
        return 0;
    }

    function deposit(uint256 amount, address) external returns (uint256) {
        _pull(amount);
        return 0;
    }

    /// @dev Of shares.
    function balanceOf(address) external pure returns (uint256) {
        return 0;
    }

    function _pull(uint256 amount) private {
        require(_tokenIn.transferFrom(msg.sender, address(this), amount - 1));
    }
}
