// SPDX-License-Identifier: MIT
// Model: Lido's WstETH (lidofinance/core, contracts/0.6.12/WstETH.sol); stands in for wstETH.
pragma solidity >=0.8.34;

import {ModelERC20} from "./ModelERC20.sol";

/// @title ModelWrappedStakedEther
/// @notice A share of staked ether whose worth is a rate that only rises by report; native coin sent here is staked and
/// wrapped at that rate, as the original does through Lido.
/// @dev stETH itself is not modelled, hence no `wrap` and `unwrap`; the rate is fixed, since without Lido's oracle
/// nothing reports.
contract ModelWrappedStakedEther is ModelERC20 {
    /// @notice stETH, and so wei, for 1e18 units of this token.
    uint256 public immutable stEthPerToken;

    constructor(
        string memory name_,
        string memory symbol_,
        uint8 decimals_,
        address holder,
        uint256 supply,
        uint256 rate
    ) ModelERC20(name_, symbol_, decimals_, holder, supply) {
        stEthPerToken = rate;
    }

    receive() external payable {
        _mint(msg.sender, getWstETHByStETH(msg.value));
    }

    function getWstETHByStETH(uint256 stEthAmount) public view returns (uint256) {
        return stEthAmount * 1e18 / stEthPerToken;
    }

    function getStETHByWstETH(uint256 wstEthAmount) external view returns (uint256) {
        return wstEthAmount * stEthPerToken / 1e18;
    }

    function tokensPerStEth() external view returns (uint256) {
        return getWstETHByStETH(1e18);
    }
}
