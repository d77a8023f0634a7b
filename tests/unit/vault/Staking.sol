// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Base_Test} from "../../Base.sol";

/// @notice What stakers and the reserve do with the vault.
abstract contract Staking_Test is Base_Test {
    function _stake(address staker, uint256 assets) internal {
        fund(address(weth), staker, assets);
        vm.startPrank(staker);
        weth.approve(address(vault), assets);
        vault.deposit(assets, staker);
        vm.stopPrank();
    }

    function _leave(address staker) internal returns (uint256) {
        uint256 shares = vault.balanceOf(staker);
        vm.prank(staker);
        return vault.redeem(shares, staker, staker);
    }

    function _profit(uint256 amount) internal {
        fund(address(weth), address(reserve), amount);
        vm.startPrank(address(reserve));
        weth.approve(address(vault), amount);
        vault.addProfit(amount);
        vm.stopPrank();
    }
}
