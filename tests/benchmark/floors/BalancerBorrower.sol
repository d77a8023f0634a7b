// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IBalancerV2Vault} from "../../../contracts/interfaces/external/IBalancerV2Vault.sol";
import {IContender} from "../IContender.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice A floor that borrows from the Balancer V2 vault.
abstract contract BalancerBorrower is IContender {
    IERC20 private immutable _borrowed;
    address private immutable _vault;

    constructor(address borrowed, address vault) {
        (_borrowed, _vault) = (IERC20(borrowed), vault);
    }

    function run(uint256 amountIn) external {
        address[] memory tokens = new address[](1);
        uint256[] memory amounts = new uint256[](1);
        (tokens[0], amounts[0]) = (address(_borrowed), amountIn);
        IBalancerV2Vault(_vault).flashLoan(address(this), tokens, amounts, "");
    }

    function receiveFlashLoan(address[] calldata, uint256[] calldata amounts, uint256[] calldata, bytes calldata)
        external
    {
        trade(amounts[0]);
        _borrowed.transfer(_vault, amounts[0]);
    }

    function trade(uint256 amountIn) internal virtual;
}
