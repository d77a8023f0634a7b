// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Header, Leg} from "../contracts/types/Route.sol";

import {RouteEncoder} from "../contracts/libraries/RouteEncoder.sol";
import {RouteLib} from "../contracts/libraries/RouteLib.sol";
import {Plan} from "../script/deployment/Plan.sol";
import {Governing} from "./Governing.sol";
import {Protocols} from "./Protocols.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice The three contracts with their roles, as a deployment leaves them.
abstract contract Base_Test is Governing, Protocols {
    address internal deployer = makeAddr("deployer");

    IERC20 internal weth;

    function setUp() public virtual {
        vm.warp(1_750_000_000);
        weth = IERC20(deployWrappedNative());
        deployWith(address(weth));
    }

    /// @notice Deploys as a deployment does, by a deployer who ends with nothing.
    function deployWith(address wrappedNative) internal virtual {
        deployUndelayed(deployer, planOf(wrappedNative));
    }

    function planOf(address wrappedNative) internal view returns (Plan memory plan) {
        customary(plan);
        people(plan);
        plan.executor = "EveryExecutor";
        (plan.wrappedNative, plan.native) = (wrappedNative, "ETH");
        plan.profitTokens = new address[](1);
        plan.profitTokens[0] = wrappedNative;
    }

    function register(address a, address b) internal {
        address[] memory pools = new address[](2);
        (pools[0], pools[1]) = (a, b);
        vm.prank(governance);
        reserve.registerPools(pools, true);
    }

    function fund(address token, address to, uint256 amount) internal virtual override {
        if (token == address(weth)) deal(token, to, IERC20(token).balanceOf(to) + amount);
        else super.fund(token, to, amount);
    }

    /* ROUTES */

    /// @notice A route that borrows by flash swap in its first pool.
    function flashSwap(address token, uint256 amount) internal view returns (Header memory header) {
        header.token = token;
        header.amountIn = amount;
        header.minProfit = 1;
        header.deadline = block.timestamp;
    }

    function loan(address token, uint256 amount, uint8 lender, address lenderAddress, uint16 maxFeeBps)
        internal
        view
        returns (Header memory header)
    {
        header = flashSwap(token, amount);
        (header.lender, header.lenderAddress, header.maxFeeBps) = (lender, lenderAddress, maxFeeBps);
    }

    function v2(address pool, address tokenOut) internal pure returns (Leg memory) {
        return Leg(RouteLib.UNISWAP_V2, pool, tokenOut, 30);
    }

    function v3(address pool, address tokenOut) internal pure returns (Leg memory) {
        return Leg(RouteLib.UNISWAP_V3, pool, tokenOut, 0);
    }

    function cycle(Leg memory a, Leg memory b) internal pure returns (Leg[] memory legs) {
        legs = new Leg[](2);
        (legs[0], legs[1]) = (a, b);
    }

    function cycle(Leg memory a, Leg memory b, Leg memory c) internal pure returns (Leg[] memory legs) {
        legs = new Leg[](3);
        (legs[0], legs[1], legs[2]) = (a, b, c);
    }

    function execute(Header memory header, Leg[] memory legs) internal returns (uint256 profit) {
        bytes memory route = RouteEncoder.encode(header, legs);
        vm.prank(keeper);
        return executor.execute(route);
    }

    /// @notice Expects the keeper's execution of the route to revert with exactly `reason`.
    function expectRefusal(Header memory header, Leg[] memory legs, bytes memory reason) internal {
        bytes memory route = RouteEncoder.encode(header, legs);
        vm.expectRevert(reason);
        vm.prank(keeper);
        executor.execute(route);
    }

    /// @notice E1: neither tokens nor allowances remain with the executor.
    function assertEmpty(address token, address spender) internal view {
        assertEq(IERC20(token).balanceOf(address(executor)), 0, "token at rest");
        assertEq(IERC20(token).allowance(address(executor), spender), 0, "allowance at rest");
    }
}
