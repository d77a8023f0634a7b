// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {BalancerV2} from "../../script/replica/BalancerV2.sol";
import {IBalancerPool, IBalancerVault, IWeightedPoolFactory} from "../../script/replica/interfaces/IBalancerV2.sol";
import {PlacedFixture} from "./PlacedFixture.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @notice Balancer V2's vault, with weighted pools of two tokens, half and half, at 0.3 %.
contract BalancerV2Fixture is PlacedFixture, BalancerV2 {
    using SafeERC20 for IERC20;

    string public constant name = "Balancer V2";
    uint256 private constant SWAP_FEE = 0.003e18;
    uint8 private constant GIVEN_IN = 0;

    IBalancerVault public immutable vault;
    IWeightedPoolFactory private immutable _factory;

    constructor() {
        vault = IBalancerVault(sideAddress("vault"));
        _factory = IWeightedPoolFactory(sideAddress("weighted pool factory"));
        placeVault(address(vault), sideAddress("authorizer"), sideAddress("wrapped native coin"));
        placeWeightedPoolFactory(address(_factory), address(vault));
    }

    function poolIdOf(address pool) public view returns (bytes32) {
        return IBalancerPool(pool).getPoolId();
    }

    function create(address a, uint256 amountA, address b, uint256 amountB) external returns (address pool) {
        address[] memory tokens = new address[](2);
        uint256[] memory amounts = new uint256[](2);
        uint256[] memory weights = new uint256[](2);
        (tokens[0], amounts[0], tokens[1], amounts[1]) = sorted(a, amountA, b, amountB);
        (weights[0], weights[1]) = (0.5e18, 0.5e18);
        pool = _factory.create("Balancer half and half", "B-50-50", tokens, weights, SWAP_FEE, address(this));
        give(a, address(this), amountA);
        give(b, address(this), amountB);
        join(vault, poolIdOf(pool), tokens, amounts);
    }

    function trade(address pool, address tokenIn, uint256 amountIn, address tokenOut)
        external
        returns (uint256 amountOut)
    {
        take(tokenIn, amountIn);
        IERC20(tokenIn).forceApprove(address(vault), amountIn);
        return vault.swap(
            IBalancerVault.SingleSwap(poolIdOf(pool), GIVEN_IN, tokenIn, tokenOut, amountIn, ""),
            IBalancerVault.FundManagement(address(this), false, payable(msg.sender), false),
            0,
            block.timestamp
        );
    }
}
