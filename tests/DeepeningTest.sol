// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IPriceGuard} from "../contracts/interfaces/IPriceGuard.sol";
import {IPriceSources} from "../contracts/interfaces/IPriceSources.sol";
import {Pool, PoolForm} from "../contracts/types/Pool.sol";
import {PoolKind} from "../contracts/types/PoolKind.sol";
import {Share} from "../contracts/types/Share.sol";

import {Base_Test} from "./Base.sol";
import {ModelAggregator} from "./mocks/ModelAggregator.sol";
import {PlainToken} from "./mocks/PlainToken.sol";
import {IVenueFixture} from "./protocols/IVenueFixture.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

/// @notice The whole of a guard.
interface IGuard is IPriceGuard, IPriceSources {}

/// @notice A token at 2,000 to one of the wrapped coin, feeds that say so, and pools of any kind that the reserve deepens.
abstract contract Deepening_Test is Base_Test {
    using SafeTransferLib for address;

    uint16 internal constant DEVIATION = 100;
    uint16 internal constant SLIPPAGE = 100;
    uint16 internal constant DEPTH = 100;
    uint32 internal constant COOL_DOWN = 1 hours;

    PlainToken internal token;
    IGuard internal guard;
    ModelAggregator internal ethFeed;
    ModelAggregator internal tokenFeed;
    /// @dev Whoever governance lets add liquidity.
    address internal injector = makeAddr("injector");
    /// @dev A pool that had a bucket before.
    address internal former;

    function setUp() public virtual override {
        super.setUp();
        useToken(new PlainToken("TKN", 6));
    }

    /// @notice A guard that knows both prices, and a reserve that lists both tokens.
    function useToken(PlainToken token_) internal {
        token = token_;
        guard = IGuard(deployCode("PriceGuard.sol:PriceGuard", abi.encode(manager, weth)));
        ethFeed = new ModelAggregator(8, "", address(this), 2000e8);
        tokenFeed = new ModelAggregator(8, "", address(this), 1e8);
        vm.startPrank(governance);
        guard.setFeed(address(weth), IPriceSources.FeedSpec(address(ethFeed), 1 days, 0, 0));
        guard.setFeed(address(token), IPriceSources.FeedSpec(address(tokenFeed), 1 days, 0, 0));
        reserve.listToken(address(token), true);
        reserve.setInjector(injector, true);
        reserve.setLossCap(10e18);
        vm.stopPrank();
    }

    /* POOLS */

    /// @notice A pool at the feeds' price.
    function open(IVenueFixture fixture) internal returns (address) {
        return fixture.create(address(weth), 1000e18, address(token), 2_000_000 * unit());
    }

    function unit() internal view returns (uint256) {
        return 10 ** token.decimals();
    }

    /// @notice What governance says of a pool that keeps itself.
    function entryOf(PoolKind kind, PoolForm form) internal view returns (Pool memory entry) {
        (entry.token0, entry.token1) = sorted();
        (entry.kind, entry.form) = (kind, form);
        (entry.maxDeviationBps, entry.slippageBps, entry.depthBps) = (DEVIATION, SLIPPAGE, DEPTH);
        (entry.coolDown, entry.guard) = (COOL_DOWN, address(guard));
        if (kind == PoolKind.ConstantProduct && form == PoolForm.Plain) entry.fee = 30;
    }

    function sorted() internal view virtual returns (address, address) {
        return address(weth) < address(token) ? (address(weth), address(token)) : (address(token), address(weth));
    }

    function guardAndSet(address pool, Pool memory entry) internal {
        vm.startPrank(governance);
        guard.registerPool(pool, entry.kind, entry.token0, entry.token1, 500);
        reserve.registerPools(one(pool), true);
        reserve.setPool(pool, entry);
        vm.stopPrank();
    }

    function one(address pool) internal pure returns (address[] memory pools) {
        pools = new address[](1);
        pools[0] = pool;
    }

    /* BUCKETS */

    /// @notice Puts some into a pool's bucket, by way of a profit that nothing is split off.
    function fill(address pool, address asset, uint256 amount) internal {
        vm.prank(governance);
        reserve.setSplit(10_000, 0, new Share[](0));
        if (asset == address(token)) token.mint(address(reserve), amount);
        else fund(asset, address(reserve), amount);
        vm.prank(address(executor));
        reserve.settle(asset, amount, one(pool));
        reserve.book(reserve.currentEpoch(), asset, one(pool));
    }

    function bucket(address pool, address asset) internal view returns (uint256) {
        return reserve.poolBucket(pool, asset);
    }

    /// @notice In the pool's order.
    function inject(address pool, uint256 amountWeth, uint256 amountToken) internal returns (uint256 liquidity) {
        (uint256 amount0, uint256 amount1) = order(amountWeth, amountToken);
        vm.prank(injector);
        return reserve.provideLiquidity(pool, amount0, amount1, 0);
    }

    function expectRefusal(address pool, uint256 amountWeth, uint256 amountToken, bytes memory reason) internal {
        (uint256 amount0, uint256 amount1) = order(amountWeth, amountToken);
        vm.expectRevert(reason);
        vm.prank(injector);
        reserve.provideLiquidity(pool, amount0, amount1, 0);
    }

    function order(uint256 amountWeth, uint256 amountToken) internal view returns (uint256, uint256) {
        (address token0,) = sorted();
        return token0 == address(weth) ? (amountWeth, amountToken) : (amountToken, amountWeth);
    }

    /// @notice Trades as a stranger does.
    function trade(IVenueFixture fixture, address pool, address tokenIn, uint256 amountIn) internal returns (uint256) {
        address tokenOut = tokenIn == address(token) ? address(weth) : address(token);
        if (tokenIn == address(token)) token.mint(address(this), amountIn);
        else fund(tokenIn, address(this), amountIn);
        tokenIn.safeApproveWithRetry(address(fixture), amountIn);
        return fixture.trade(pool, tokenIn, amountIn, tokenOut);
    }

    /// @notice R2: what is accounted lies here, and the buckets of this pool and of a former one are all of it.
    function assertBooks(address pool) internal view {
        address[2] memory assets = [address(weth), address(token)];
        for (uint256 i; i < 2; ++i) {
            uint256 buckets = bucket(pool, assets[i]) + bucket(former, assets[i]);
            assertEq(reserve.accounted(assets[i]), buckets, "accounted");
            assertGe(IERC20(assets[i]).balanceOf(address(reserve)), reserve.accounted(assets[i]), "held");
            assertEq(IERC20(assets[i]).allowance(address(reserve), pool), 0, "allowance");
        }
    }
}
