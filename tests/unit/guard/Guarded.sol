// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IPriceGuard} from "../../../contracts/interfaces/IPriceGuard.sol";
import {IPriceSources} from "../../../contracts/interfaces/IPriceSources.sol";
import {PoolKind} from "../../../contracts/types/PoolKind.sol";
import {Twap} from "../../../contracts/types/PriceSources.sol";

import {ModelAggregator} from "../../mocks/ModelAggregator.sol";
import {PlainToken} from "../../mocks/PlainToken.sol";
import {IVenueFixture} from "../../protocols/IVenueFixture.sol";
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Test} from "forge-std/Test.sol";

/// @notice The whole of a guard.
interface IGuard is IPriceGuard, IPriceSources {}

/// @notice A guard with its governance, two tokens in order of their addresses, and their feeds: 2,000 and 1 dollar.
abstract contract Guarded_Test is Test {
    uint32 internal constant HEARTBEAT = 3600;
    uint256 internal constant NOW = 1_750_000_000;
    uint256 internal constant Q128 = 1 << 128;

    address internal governance = makeAddr("governance");
    address internal stranger = makeAddr("stranger");
    PlainToken internal weth;
    PlainToken internal usdc;
    ModelAggregator internal ethFeed;
    ModelAggregator internal usdcFeed;
    IGuard internal guard;

    function setUp() public virtual {
        vm.warp(NOW);
        (weth, usdc) = sortedTokens(18, 6);
        guard = newGuard();
        (ethFeed, usdcFeed) = (newFeed(8, 2000e8), newFeed(8, 1e8));
        setFeed(address(weth), address(ethFeed));
        setFeed(address(usdc), address(usdcFeed));
    }

    /* THINGS */

    /// @dev By its artifact: the guard is compiled with settings of its own.
    function newGuard() internal returns (IGuard) {
        bytes memory arguments = abi.encode(new AccessManager(governance), weth);
        return IGuard(deployCode("PriceGuard.sol:PriceGuard", arguments));
    }

    /// @notice The first has the lower address.
    function sortedTokens(uint8 decimals0, uint8 decimals1) internal returns (PlainToken token0, PlainToken token1) {
        token0 = new PlainToken("T0", decimals0);
        do {
            token1 = new PlainToken("T1", decimals1);
        } while (address(token1) < address(token0));
    }

    function newFeed(uint8 decimals, int256 answer) internal returns (ModelAggregator) {
        return new ModelAggregator(decimals, "", address(this), answer);
    }

    /* GOVERNANCE */

    function spec(address source) internal pure returns (IPriceSources.FeedSpec memory) {
        return IPriceSources.FeedSpec(source, HEARTBEAT, 0, 0);
    }

    function setFeed(address token, address source) internal {
        vm.prank(governance);
        guard.setFeed(token, spec(source));
    }

    function setPairFeed(address base, address quoted, address source) internal {
        vm.prank(governance);
        guard.setPairFeed(base, quoted, spec(source));
    }

    function register(address pool, PoolKind kind, uint16 bps) internal {
        vm.prank(governance);
        guard.registerPool(pool, kind, address(weth), address(usdc), bps);
    }

    function setTwap(Twap memory twap) internal {
        vm.prank(governance);
        guard.setTwap(address(weth), address(usdc), twap);
    }

    /// @notice Beside the feeds, which it may differ from by 5 %.
    function twapBeside(address pool, uint32 window) internal pure returns (Twap memory) {
        return Twap(pool, window, 2 * window, 500, 0, 0);
    }

    function twapAlone(address pool, uint32 window, uint128 exposure) internal pure returns (Twap memory) {
        return Twap(pool, window, 2 * window, 0, 10, exposure);
    }

    /* TRADES */

    /// @notice A pool of the fixture's kind at 2,000 dollars.
    function open(IVenueFixture fixture) internal returns (address) {
        return fixture.create(address(weth), 1000e18, address(usdc), 2_000_000e6);
    }

    function trade(IVenueFixture fixture, address pool, PlainToken tokenIn, uint256 amountIn)
        internal
        returns (uint256)
    {
        PlainToken tokenOut = tokenIn == weth ? usdc : weth;
        tokenIn.mint(address(this), amountIn);
        tokenIn.approve(address(fixture), amountIn);
        return fixture.trade(pool, address(tokenIn), amountIn, address(tokenOut));
    }

    /// @notice Sets the time forward and lets the feeds speak again.
    function pass(uint256 time) internal {
        vm.warp(vm.getBlockTimestamp() + time);
        ethFeed.transmit(ethFeed.latestAnswer());
        usdcFeed.transmit(usdcFeed.latestAnswer());
    }

    /* EXPECTATIONS */

    function expectQuoteRefused(bytes memory reason) internal {
        vm.expectRevert(reason);
        guard.quote(address(weth), 1e18, address(usdc));
    }

    function cycleOf(address pool) internal view returns (address[] memory tokens, address[] memory pools) {
        (tokens, pools) = (new address[](2), new address[](1));
        (tokens[0], tokens[1], pools[0]) = (address(weth), address(usdc), pool);
    }

    function requireFair(address pool) internal view {
        (address[] memory tokens, address[] memory pools) = cycleOf(pool);
        guard.requireFair(tokens, pools);
    }

    function encoded(bytes4 selector, address a) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(selector, a);
    }
}
