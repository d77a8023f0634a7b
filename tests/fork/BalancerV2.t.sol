// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IBalancerPool, IBalancerVault} from "../../script/replica/interfaces/IBalancerV2.sol";
import {ForkTest} from "./ForkTest.sol";

contract BalancerV2ForkTest is ForkTest {
    uint8 private constant GIVEN_IN = 0;

    IBalancerVault private vault;
    bytes32 private poolId;

    function setUp() public override {
        super.setUp();
        vault = IBalancerVault(venueOf("balancer-v2", "vault"));
        poolId = vm.parseBytes32(stringAt(".untraded[2].poolId"));
    }

    function test_VaultKnowsItsParts() public view {
        assertEq(vault.WETH(), tokenOf("WETH"));
        assertEq(vault.getProtocolFeesCollector(), venueOf("balancer-v2", "protocolFeesCollector"));
        (address pool, uint8 specialization) = vault.getPool(poolId);
        assertEq(IBalancerPool(pool).getPoolId(), poolId);
        assertEq(IBalancerPool(pool).getVault(), address(vault));
        assertEq(specialization, 2);
    }

    /// @dev With equal weights the pool is a constant product; its logarithms round within 1e-6 of it.
    function test_SwapPaysWhatTheBalancesSay() public {
        (address[] memory tokens, uint256[] memory balances,) = vault.getPoolTokens(poolId);
        assertEq(tokens[1], tokenOf("WETH"));
        (address pool,) = vault.getPool(poolId);
        uint256 amountIn = balances[1] / 1000;
        uint256 afterFee = amountIn - amountIn * IBalancerPool(pool).getSwapFeePercentage() / 1e18;
        uint256 expected = balances[0] * afterFee / (balances[1] + afterFee);
        uint256 paid = swap(tokens[1], tokens[0], amountIn);
        assertEq(balance("USDC", address(this)), paid);
        assertApproxEqRel(paid, expected, 1e12);
        assertLe(paid, expected);
    }

    function test_FlashLoanCostsNothing() public {
        uint256 amount = balance("WETH", address(vault)) / 2;
        uint256 held = balance("WETH", address(vault));
        borrow(amount, "repay");
        assertEq(balance("WETH", address(vault)), held);
        assertEq(balance("WETH", address(this)), 0);
    }

    function test_RevertWhen_TheLoanIsNotRepaid() public {
        vm.expectRevert("BAL#515");
        borrow(1e18, "keep");
    }

    /// @dev Why a route cannot borrow from this vault and swap in it too.
    function test_RevertWhen_ASwapRunsWithinTheLoan() public {
        vm.expectRevert("BAL#400");
        borrow(1e18, "swap");
    }

    function receiveFlashLoan(
        address[] memory tokens,
        uint256[] memory amounts,
        uint256[] memory feeAmounts,
        bytes memory data
    ) external {
        assertEq(msg.sender, address(vault));
        assertEq(feeAmounts[0], 0);
        assertEq(balance("WETH", address(this)), amounts[0]);
        if (same(string(data), "swap")) swap(tokens[0], tokenOf("USDC"), amounts[0] / 2);
        if (same(string(data), "repay")) payAny(tokens[0], address(vault), amounts[0]);
    }

    function borrow(uint256 amount, string memory what) private {
        address[] memory tokens = new address[](1);
        uint256[] memory amounts = new uint256[](1);
        (tokens[0], amounts[0]) = (tokenOf("WETH"), amount);
        vault.flashLoan(address(this), tokens, amounts, bytes(what));
    }

    function swap(address from, address to, uint256 amountIn) private returns (uint256) {
        if (balance("WETH", address(this)) < amountIn) fund("WETH", address(this), amountIn);
        approveAny("WETH", address(vault), amountIn);
        return vault.swap(
            IBalancerVault.SingleSwap(poolId, GIVEN_IN, from, to, amountIn, ""),
            IBalancerVault.FundManagement(address(this), false, payable(address(this)), false),
            0,
            block.timestamp
        );
    }
}
