// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ILiquidityReserve} from "../../contracts/interfaces/ILiquidityReserve.sol";
import {Pool, PoolForm} from "../../contracts/types/Pool.sol";
import {PoolKind} from "../../contracts/types/PoolKind.sol";

import {RouteLib} from "../../contracts/libraries/RouteLib.sol";
import {Deepening_Test} from "../DeepeningTest.sol";
import {ModelAggregator} from "../mocks/ModelAggregator.sol";
import {PlainToken} from "../mocks/PlainToken.sol";
import {IVenueFixture} from "../protocols/IVenueFixture.sol";
import {UniswapV2Fixture} from "../protocols/UniswapV2Fixture.sol";
import {UniswapV3Fixture} from "../protocols/UniswapV3Fixture.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Test} from "forge-std/Test.sol";

/// @notice Who is there: see the handler.
struct Cast {
    ILiquidityReserve reserve;
    IERC20 weth;
    PlainToken token;
    address executor;
    address injector;
    address guardian;
    ModelAggregator ethFeed;
    ModelAggregator tokenFeed;
    IVenueFixture[2] fixtures;
    address[2] pools;
}

/// @notice The executor that settles, a keeper that injects and converts, people who book and collect, a bender of prices
/// who brings them back sooner or later, a donor, and time.
contract DeepeningHandler is Test {
    Cast private _cast;
    /// @dev Calls and successes, by name.
    mapping(bytes32 => uint256) public calls;
    mapping(bytes32 => uint256) public done;

    constructor(Cast memory cast) {
        _cast = cast;
    }

    modifier counted(bytes32 name) {
        ++calls[name];
        _;
    }

    function settleAndBook(uint256 amount, bool inWeth) external counted("settle") {
        amount = inWeth ? bound(amount, 1e15, 2e18) : bound(amount, 1e6, 4000e6);
        address asset = inWeth ? address(_cast.weth) : address(_cast.token);
        _give(asset, address(_cast.reserve), amount);
        address[] memory pools = new address[](2);
        (pools[0], pools[1]) = (_cast.pools[0], _cast.pools[1]);
        vm.prank(_cast.executor);
        _cast.reserve.settle(asset, amount, pools);
        _cast.reserve.book(_cast.reserve.currentEpoch(), asset, pools);
        ++done["settle"];
    }

    function inject(uint256 which, uint256 share) external counted("inject") {
        _pass(1 hours);
        if (_inject(_cast.pools[which % 2], share)) ++done["inject"];
    }

    function _inject(address pool, uint256 share) private returns (bool) {
        Pool memory entry = _cast.reserve.poolOf(pool);
        share = bound(share, 1, 100);
        uint256 amount0 = _cast.reserve.poolBucket(pool, entry.token0) * share / 100;
        uint256 amount1 = _cast.reserve.poolBucket(pool, entry.token1) * share / 100;
        vm.prank(_cast.injector);
        try _cast.reserve.provideLiquidity(pool, amount0, amount1, 1) {
            return true;
        } catch {
            return false;
        }
    }

    /// @dev The handler is rich.
    function _give(address asset, address to, uint256 amount) private {
        if (asset == address(_cast.token)) _cast.token.mint(to, amount);
        else _cast.weth.transfer(to, amount);
    }

    function convert(uint256 which, uint256 share, bool sellWeth) external counted("convert") {
        address pool = _cast.pools[which % 2];
        (address tokenIn, address tokenOut) = (address(_cast.token), address(_cast.weth));
        if (sellWeth) (tokenIn, tokenOut) = (tokenOut, tokenIn);
        uint256 amount = _cast.reserve.poolBucket(pool, tokenIn) * bound(share, 1, 50) / 100;
        bytes memory leg = abi.encodePacked(RouteLib.UNISWAP_V2, _cast.pools[0], tokenOut, uint16(30));
        vm.prank(_cast.injector);
        try _cast.reserve.convertBucket(pool, tokenIn, amount, tokenOut, leg) {
            ++done["convert"];
        } catch {}
    }

    function collect(uint256 which) external counted("collect") {
        _cast.reserve.collectFees(_cast.pools[which % 2]);
        ++done["collect"];
    }

    function exit(uint256 which, uint256 chance) external counted("exit") {
        if (chance % 4 != 0) return;
        address[] memory pools = new address[](1);
        pools[0] = _cast.pools[which % 2];
        vm.startPrank(_cast.guardian);
        _cast.reserve.exitPool(pools[0]);
        _cast.reserve.registerPools(pools, true);
        vm.stopPrank();
        ++done["exit"];
    }

    /// @dev There, an attempt to inject at the bent price, and back.
    function bend(uint256 which, uint256 amount) external counted("bend") {
        amount = bound(amount, 0.1e18, 50e18);
        (IVenueFixture fixture, address pool) = (_cast.fixtures[which % 2], _cast.pools[which % 2]);
        _cast.weth.approve(address(fixture), amount);
        uint256 bought = fixture.trade(pool, address(_cast.weth), amount, address(_cast.token));
        _pass(1 hours);
        _inject(pool, amount);
        _cast.token.approve(address(fixture), bought);
        fixture.trade(pool, address(_cast.token), bought, address(_cast.weth));
        ++done["bend"];
    }

    function donate(uint256 which, uint96 amount) external counted("donate") {
        amount = uint96(bound(amount, 1, 1e18));
        address to = which % 2 == 0 ? address(_cast.reserve) : _cast.pools[0];
        _give(address(_cast.weth), to, amount);
        ++done["donate"];
    }

    function _pass(uint256 time) private {
        vm.warp(vm.getBlockTimestamp() + time);
        vm.startPrank(_cast.ethFeed.transmitter());
        _cast.ethFeed.transmit(2000e8);
        _cast.tokenFeed.transmit(1e8);
        vm.stopPrank();
    }
}

/// @notice Whatever they do, in whatever order: what is accounted is held, and is the sum of the buckets.
contract ReserveDeepening_Invariants is Deepening_Test {
    DeepeningHandler internal handler;
    address[2] internal pools;
    IVenueFixture[2] internal fixtures;

    function setUp() public override {
        super.setUp();
        (fixtures[0], fixtures[1]) = (new UniswapV2Fixture(), new UniswapV3Fixture());
        (pools[0], pools[1]) = (open(fixtures[0]), open(fixtures[1]));
        guardAndSet(pools[0], entryOf(PoolKind.ConstantProduct, PoolForm.Plain));
        guardAndSet(pools[1], entryOf(PoolKind.Concentrated, PoolForm.Plain));
        vm.startPrank(governance);
        // One account is guardian and may register again what it has left.
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = reserve.registerPools.selector;
        manager.setTargetFunctionRole(address(reserve), selectors, GUARDIAN_ROLE);
        vm.stopPrank();
        fill(pools[0], address(weth), 5e18);
        fill(pools[1], address(weth), 5e18);
        fill(pools[1], address(token), 10_000e6);
        handler = new DeepeningHandler(
            Cast(reserve, weth, token, address(executor), injector, guardian, ethFeed, tokenFeed, fixtures, pools)
        );
        deal(address(weth), address(handler), 1_000_000e18);
        targetContract(address(handler));
    }

    function invariant_AccountedIsHeldAndIsTheSumOfTheBuckets() public view {
        address[2] memory assets = [address(weth), address(token)];
        for (uint256 i; i < 2; ++i) {
            uint256 sum = bucket(pools[0], assets[i]) + bucket(pools[1], assets[i]);
            sum += reserve.commonPot(assets[i]) + reserve.vaultBucket(assets[i]);
            assertEq(sum, reserve.accounted(assets[i]));
            assertLe(sum, IERC20(assets[i]).balanceOf(address(reserve)));
            assertEq(IERC20(assets[i]).balanceOf(address(executor)), 0);
        }
    }

    /// @dev Each handler succeeds in more than three of ten calls, where it was called often enough to tell.
    function afterInvariant() public view {
        bytes32[4] memory names = [bytes32("settle"), "inject", "convert", "collect"];
        for (uint256 i; i < 4; ++i) {
            uint256 calls = handler.calls(names[i]);
            if (calls > 20) assertGt(handler.done(names[i]) * 10, calls * 3, string(abi.encodePacked(names[i])));
        }
    }
}
