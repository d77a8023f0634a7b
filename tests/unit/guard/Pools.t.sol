// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IPriceGuard} from "../../../contracts/interfaces/IPriceGuard.sol";
import {IPriceSources} from "../../../contracts/interfaces/IPriceSources.sol";
import {IUniswapV4PoolManager} from "../../../contracts/interfaces/external/IUniswapV4PoolManager.sol";
import {PoolKind} from "../../../contracts/types/PoolKind.sol";
import {Pool} from "../../../contracts/types/PriceSources.sol";
import {Ratio} from "../../../contracts/types/Ratio.sol";

import {RatioLib} from "../../../contracts/libraries/RatioLib.sol";
import {SpotLib} from "../../../contracts/libraries/SpotLib.sol";
import {Protocols} from "../../Protocols.sol";
import {PlainToken} from "../../mocks/PlainToken.sol";
import {AlgebraFixture} from "../../protocols/AlgebraFixture.sol";
import {AlgebraIntegralFixture} from "../../protocols/AlgebraIntegralFixture.sol";
import {BalancerV2Fixture} from "../../protocols/BalancerV2Fixture.sol";
import {IVenueFixture} from "../../protocols/IVenueFixture.sol";
import {PancakeV3Fixture} from "../../protocols/PancakeV3Fixture.sol";
import {SlipstreamFixture} from "../../protocols/SlipstreamFixture.sol";
import {SolidlyFixture} from "../../protocols/SolidlyFixture.sol";
import {UniswapV2Fixture} from "../../protocols/UniswapV2Fixture.sol";
import {UniswapV3Fixture} from "../../protocols/UniswapV3Fixture.sol";
import {UniswapV4Fixture} from "../../protocols/UniswapV4Fixture.sol";
import {Guarded_Test} from "./Guarded.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";

interface IPairState {
    function getReserves() external view returns (uint256 reserve0, uint256 reserve1, uint256 timestamp);
}

/// @notice Pools of every family, as governance registers them and as they are held to the references [E7].
contract Pools_Test is Guarded_Test, Protocols {
    /// @dev 2,000 dollars an ether, in units of both.
    uint256 private constant PAR = uint256(2000e6 << 128) / 1e18;

    UniswapV2Fixture internal pairs;
    address internal pair;

    function setUp() public override {
        super.setUp();
        pairs = new UniswapV2Fixture();
        pair = open(pairs);
    }

    /* REGISTERING */

    function test_OnlyGovernanceRegisters() public {
        IUniswapV4PoolManager.PoolKey memory key;
        bytes[3] memory calls = [
            abi.encodeCall(
                IPriceSources.registerPool, (pair, PoolKind.ConstantProduct, address(weth), address(usdc), 1)
            ),
            abi.encodeCall(IPriceSources.registerBalancerPool, (stranger, pair, address(weth), address(usdc), 1)),
            abi.encodeCall(IPriceSources.registerUniswapV4Pool, (stranger, key, 1))
        ];
        for (uint256 i; i < calls.length; ++i) {
            vm.prank(stranger);
            (bool done, bytes memory reason) = address(guard).call(calls[i]);
            assertFalse(done);
            assertEq(reason, abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
        }
    }

    function test_Register_MakesItKnown() public {
        Pool memory expected = Pool(PoolKind.ConstantProduct, 77, address(weth), address(usdc), address(0), bytes32(0));
        vm.expectEmit(address(guard));
        emit IPriceSources.PoolSet(pair, expected);
        register(pair, PoolKind.ConstantProduct, 77);
        assertEq(abi.encode(guard.poolOf(pair)), abi.encode(expected));
        (address token0, address token1) = guard.poolTokens(pair);
        assertEq(token0, address(weth));
        assertEq(token1, address(usdc));
    }

    function test_Remove_MakesItUnknown() public {
        register(pair, PoolKind.ConstantProduct, 77);
        vm.expectEmit(address(guard));
        emit IPriceSources.PoolRemoved(pair);
        vm.prank(governance);
        guard.removePool(pair);
        (address token0, address token1) = guard.poolTokens(pair);
        assertEq(token0, address(0));
        assertEq(token1, address(0));
        bytes memory reason = encoded(IPriceGuard.PoolUnknown.selector, pair);
        vm.expectRevert(reason);
        guard.requireNear(pair, 100);
        vm.expectRevert(reason);
        this.fair(pair);
        vm.expectRevert(reason);
        guard.spot(pair);
        vm.expectRevert(reason);
        vm.prank(governance);
        guard.removePool(pair);
    }

    function test_RevertWhen_TheKindHasAFunctionOfItsOwn() public {
        PoolKind[3] memory kinds = [PoolKind.None, PoolKind.UniswapV4, PoolKind.Balancer];
        for (uint256 i; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IPriceSources.KindWrong.selector, pair, kinds[i]));
            register(pair, kinds[i], 1);
        }
    }

    function test_RevertWhen_TheKindIsNotWhatThePoolIs() public {
        vm.expectRevert(encoded(SpotLib.PoolUnreadable.selector, pair));
        register(pair, PoolKind.Concentrated, 1);
        address pool = open(new UniswapV3Fixture());
        vm.expectRevert();
        register(pool, PoolKind.ConstantProduct, 1);
    }

    function test_RevertWhen_TheSolidlyPairIsStable() public {
        address pool = open(new SolidlyFixture(true));
        vm.expectRevert(abi.encodeWithSelector(IPriceSources.KindWrong.selector, pool, PoolKind.ConstantProduct));
        register(pool, PoolKind.ConstantProduct, 1);
    }

    /// @dev Only a whole word, and not one that comes with a failure, says that a pair is stable.
    function test_WhatAPairSaysOfBeingStable() public {
        bytes memory question = abi.encodeWithSignature("stable()");
        vm.mockCall(pair, question, new bytes(31));
        register(pair, PoolKind.ConstantProduct, 1);
        vm.mockCallRevert(pair, question, abi.encode(1));
        register(pair, PoolKind.ConstantProduct, 1);
        vm.mockCall(pair, question, abi.encode(1, 0));
        vm.expectRevert(abi.encodeWithSelector(IPriceSources.KindWrong.selector, pair, PoolKind.ConstantProduct));
        register(pair, PoolKind.ConstantProduct, 1);
    }

    function test_RevertWhen_TheTokensDiffer() public {
        bytes memory reason = abi.encodeWithSelector(IPriceGuard.PoolTokensDiffer.selector, pair, usdc, weth);
        vm.startPrank(governance);
        vm.expectRevert(reason);
        guard.registerPool(pair, PoolKind.ConstantProduct, address(usdc), address(weth), 1);
        vm.expectRevert(abi.encodeWithSelector(IPriceGuard.PoolTokensDiffer.selector, pair, weth, stranger));
        guard.registerPool(pair, PoolKind.ConstantProduct, address(weth), stranger, 1);
        vm.expectRevert(abi.encodeWithSelector(IPriceGuard.PoolTokensDiffer.selector, pair, stranger, usdc));
        guard.registerPool(pair, PoolKind.ConstantProduct, stranger, address(usdc), 1);
        vm.stopPrank();
    }

    function test_RevertWhen_TheBoundIsAboveTheWhole() public {
        register(pair, PoolKind.ConstantProduct, 10_000);
        vm.expectRevert(abi.encodeWithSelector(IPriceGuard.BoundTooWide.selector, 10_001));
        register(pair, PoolKind.ConstantProduct, 10_001);
        vm.expectRevert(abi.encodeWithSelector(IPriceGuard.BoundTooWide.selector, 10_001));
        guard.requireNear(pair, 10_001);
    }

    function test_RevertWhen_ThePairIsEmpty() public {
        address empty = deployV2Factory().createPair(address(weth), address(usdc));
        vm.expectRevert(abi.encodeWithSelector(RatioLib.PriceOutOfRange.selector, 0, 0));
        register(empty, PoolKind.ConstantProduct, 1);
    }

    function test_RevertWhen_TheUniswapV4PoolHasHooks() public {
        IUniswapV4PoolManager.PoolKey memory key;
        key.hooks = stranger;
        vm.expectRevert(encoded(IPriceSources.PoolHasHooks.selector, stranger));
        vm.prank(governance);
        guard.registerUniswapV4Pool(address(this), key, 1);
    }

    function test_RevertWhen_TheUniswapV4PoolIsNotThere() public {
        UniswapV4Fixture fixture = new UniswapV4Fixture();
        IUniswapV4PoolManager.PoolKey memory key =
            IUniswapV4PoolManager.PoolKey(address(weth), address(usdc), 1, 1, address(0));
        address manager = address(fixture.manager());
        vm.expectRevert(abi.encodeWithSelector(RatioLib.PriceOutOfRange.selector, 0, 1 << 192));
        vm.prank(governance);
        guard.registerUniswapV4Pool(manager, key, 1);
    }

    function test_RevertWhen_BalancersVaultDoesNotKnowThePool() public {
        BalancerV2Fixture fixture = new BalancerV2Fixture();
        (address pool, address other) = (open(fixture), open(fixture));
        bytes32 id = fixture.poolIdOf(other);
        vm.mockCall(pool, abi.encodeWithSignature("getPoolId()"), abi.encode(id));
        address vault = address(fixture.vault());
        vm.startPrank(governance);
        vm.expectRevert(abi.encodeWithSelector(IPriceSources.KindWrong.selector, pool, PoolKind.Balancer));
        guard.registerBalancerPool(vault, pool, address(weth), address(usdc), 100);
        vm.clearMockedCalls();
        vm.expectRevert(abi.encodeWithSelector(IPriceGuard.PoolTokensDiffer.selector, pool, usdc, weth));
        guard.registerBalancerPool(vault, pool, address(usdc), address(weth), 100);
        vm.expectRevert(abi.encodeWithSelector(IPriceGuard.PoolTokensDiffer.selector, pool, weth, stranger));
        guard.registerBalancerPool(vault, pool, address(weth), stranger, 100);
        vm.expectRevert(abi.encodeWithSelector(IPriceGuard.PoolTokensDiffer.selector, pool, stranger, usdc));
        guard.registerBalancerPool(vault, pool, stranger, address(usdc), 100);
        vm.stopPrank();
    }

    /// @dev One token, or three of which the first two are right.
    function test_RevertWhen_BalancersPoolIsNotOfTwoTokens() public {
        BalancerV2Fixture fixture = new BalancerV2Fixture();
        address pool = open(fixture);
        address vault = address(fixture.vault());
        bytes memory question = abi.encodeWithSignature("getPoolTokens(bytes32)", fixture.poolIdOf(pool));
        for (uint256 count = 1; count <= 3; count += 2) {
            address[] memory tokens = new address[](count);
            tokens[0] = address(weth);
            if (count > 1) (tokens[1], tokens[2]) = (address(usdc), stranger);
            vm.mockCall(vault, question, abi.encode(tokens, new uint256[](count), 0));
            vm.expectRevert(abi.encodeWithSelector(IPriceGuard.PoolTokensDiffer.selector, pool, weth, usdc));
            vm.prank(governance);
            guard.registerBalancerPool(vault, pool, address(weth), address(usdc), 100);
        }
    }

    /* SPOT */

    function test_Spot_OfAPair() public {
        _assertSpot(pairs, pair, PoolKind.ConstantProduct);
        (uint256 reserve0, uint256 reserve1,) = IPairState(pair).getReserves();
        assertEq(guard.spot(pair), (reserve1 << 128) / reserve0);
    }

    function test_Spot_OfASolidlyPair() public {
        SolidlyFixture fixture = new SolidlyFixture(false);
        _assertSpot(fixture, open(fixture), PoolKind.ConstantProduct);
    }

    function test_Spot_OfUniswapV3() public {
        _assertSpotOf(new UniswapV3Fixture());
    }

    function test_Spot_OfPancakeV3() public {
        _assertSpotOf(new PancakeV3Fixture());
    }

    function test_Spot_OfSlipstream() public {
        _assertSpotOf(new SlipstreamFixture());
    }

    function test_Spot_OfAlgebra() public {
        _assertSpotOf(new AlgebraFixture());
    }

    function test_Spot_OfAlgebraIntegral() public {
        _assertSpotOf(new AlgebraIntegralFixture());
    }

    function test_Spot_OfUniswapV4() public {
        UniswapV4Fixture fixture = new UniswapV4Fixture();
        address pool = open(fixture);
        assertEq(_registerV4(fixture, pool), pool);
        _assertMoves(fixture, pool);
    }

    /// @dev Native coin is the pool's token0, whatever the wrapped coin's address.
    function test_Spot_OfUniswapV4WithNativeCoin() public {
        UniswapV4Fixture fixture = new UniswapV4Fixture();
        address pool = fixture.create(address(0), 1000e18, address(usdc), 2_000_000e6);
        _registerV4(fixture, pool);
        assertApproxEqRel(guard.spot(pool), PAR, 1e9);
        guard.requireNear(pool, 1);
        (address[] memory tokens, address[] memory pools) = cycleOf(pool);
        guard.requireFair(tokens, pools);
        tokens[0] = address(0);
        guard.requireFair(tokens, pools);
        (address token0, address token1) = guard.poolTokens(pool);
        assertEq(token0, address(0));
        assertEq(token1, address(usdc));
    }

    /// @dev The wrapped coin's address may be the higher one, where native coin's is always the lower.
    function test_Near_OfUniswapV4WithNativeCoin_WhoseWrappedCoinIsHigher() public {
        (weth, usdc) = (usdc, weth);
        (PlainToken dollar, PlainToken ether_) = sortedTokens(6, 18);
        (weth, usdc) = (ether_, dollar);
        guard = newGuard();
        setFeed(address(weth), address(ethFeed));
        setFeed(address(usdc), address(usdcFeed));
        UniswapV4Fixture fixture = new UniswapV4Fixture();
        address pool = fixture.create(address(0), 1000e18, address(usdc), 2_000_000e6);
        _registerV4(fixture, pool);
        guard.requireNear(pool, 1);
        ethFeed.transmit(2010e8);
        vm.expectPartialRevert(IPriceGuard.PoolDeviates.selector);
        guard.requireNear(pool, 1);
    }

    function test_Spot_OfBalancer() public {
        BalancerV2Fixture fixture = new BalancerV2Fixture();
        address pool = open(fixture);
        _registerBalancer(fixture, pool, address(weth), address(usdc));
        assertEq(guard.poolOf(pool).id, fixture.poolIdOf(pool));
        _assertMoves(fixture, pool);
    }

    /// @dev 80 of the weight in the first token: a unit of it is worth four times what half and half would say.
    function test_Spot_OfBalancer_ByWeight() public {
        BalancerV2Fixture fixture = new BalancerV2Fixture();
        address pool = open(fixture);
        _registerBalancer(fixture, pool, address(weth), address(usdc));
        uint256 half = guard.spot(pool);
        uint256[] memory weights = new uint256[](2);
        (weights[0], weights[1]) = (0.8e18, 0.2e18);
        vm.mockCall(pool, abi.encodeWithSignature("getNormalizedWeights()"), abi.encode(weights));
        assertApproxEqAbs(guard.spot(pool), half * 4, 4);
    }

    /// @dev One or three balances, or weights, where there should be two.
    function test_RevertWhen_BalancersPoolChangesItsTokens() public {
        BalancerV2Fixture fixture = new BalancerV2Fixture();
        address pool = open(fixture);
        _registerBalancer(fixture, pool, address(weth), address(usdc));
        bytes memory question = abi.encodeWithSignature("getPoolTokens(bytes32)", fixture.poolIdOf(pool));
        for (uint256 count = 1; count <= 3; count += 2) {
            uint256[] memory wrong = new uint256[](count);
            vm.mockCall(pool, abi.encodeWithSignature("getNormalizedWeights()"), abi.encode(wrong));
            vm.expectRevert(encoded(SpotLib.PoolUnreadable.selector, pool));
            guard.spot(pool);
            vm.clearMockedCalls();
            vm.mockCall(address(fixture.vault()), question, abi.encode(new address[](count), wrong, 0));
            vm.expectRevert(encoded(SpotLib.PoolUnreadable.selector, pool));
            guard.spot(pool);
            vm.clearMockedCalls();
        }
        guard.spot(pool);
    }

    /// @dev An Algebra pool that answers Uniswap's question too briefly, or fails at length, is asked Algebra's.
    function test_Spot_OfAlgebra_WhateverItSaysToUniswapsQuestion() public {
        address pool = open(new AlgebraFixture());
        register(pool, PoolKind.Concentrated, 100);
        uint256 spot = guard.spot(pool);
        bytes memory question = abi.encodeWithSignature("slot0()");
        vm.mockCall(pool, question, "");
        assertEq(guard.spot(pool), spot);
        vm.mockCallRevert(pool, question, new bytes(224));
        assertEq(guard.spot(pool), spot);
    }

    function test_RevertWhen_AConcentratedPoolCannotBeRead() public {
        address pool = open(new AlgebraFixture());
        register(pool, PoolKind.Concentrated, 100);
        bytes memory question = abi.encodeWithSignature("globalState()");
        vm.mockCall(pool, question, new bytes(160));
        vm.expectRevert(encoded(SpotLib.PoolUnreadable.selector, pool));
        guard.spot(pool);
        vm.mockCallRevert(pool, question, new bytes(224));
        vm.expectRevert(encoded(SpotLib.PoolUnreadable.selector, pool));
        guard.spot(pool);
    }

    /* BOUNDS */

    /// @dev 2,000 dollars at the pool, the feed at 2,000 / 1.01 and 2,000 / 0.99: exactly a hundred basis points off.
    function test_Near_UpToTheBound() public {
        register(pair, PoolKind.ConstantProduct, 100);
        _move(1_000_000e6 * 101 / 100);
        guard.requireNear(pair, 100);
        requireFair(pair);
        _move(1_000_000e6 * 99 / 100);
        guard.requireNear(pair, 100);
        requireFair(pair);
        guard.requireNear(pair, 10_000);
    }

    function test_RevertWhen_ThePoolIsAUnitBeyondTheBound() public {
        register(pair, PoolKind.ConstantProduct, 100);
        int8[2] memory signs = [int8(1), -1];
        for (uint256 i; i < 2; ++i) {
            uint256 reserve1 = uint256(int256(1_000_000e6) + int256(10_000e6 + 1) * signs[i]);
            _move(reserve1);
            bytes memory reason =
                abi.encodeWithSelector(IPriceGuard.PoolDeviates.selector, pair, (reserve1 << 128) / 500e18, PAR, 100);
            vm.expectRevert(reason);
            guard.requireNear(pair, 100);
            vm.expectRevert(reason);
            this.fair(pair);
            guard.requireNear(pair, 101);
        }
    }

    /// @dev The reference that is returned is what the pool is held to later, whatever its sources say by then.
    function test_StillNear_ByTheReferenceOfBefore() public {
        register(pair, PoolKind.ConstantProduct, 100);
        Ratio memory then = guard.requireNear(pair, 100);
        assertEq(then.num * 500e18, then.den * 1_000_000e6);
        ethFeed.transmit(3000e8);
        guard.requireStillNear(pair, then, 100);
        _move(1_000_000e6 * 101 / 100 + 1);
        vm.expectPartialRevert(IPriceGuard.PoolDeviates.selector);
        guard.requireStillNear(pair, then, 100);
        guard.requireStillNear(pair, then, 101);
        vm.expectRevert(abi.encodeWithSelector(IPriceGuard.BoundTooWide.selector, 10_001));
        guard.requireStillNear(pair, then, 10_001);
        vm.expectRevert(encoded(IPriceGuard.PoolUnknown.selector, stranger));
        guard.requireStillNear(stranger, then, 100);
    }

    function test_Fair_HoldsEachPoolToItsOwnBound() public {
        address other = open(pairs);
        register(pair, PoolKind.ConstantProduct, 50);
        register(other, PoolKind.ConstantProduct, 500);
        trade(pairs, other, weth, 20e18);
        (address[] memory tokens, address[] memory pools) = (new address[](3), new address[](2));
        (tokens[0], tokens[1], tokens[2]) = (address(weth), address(usdc), address(weth));
        (pools[0], pools[1]) = (pair, other);
        guard.requireFair(tokens, pools);
        trade(pairs, pair, weth, 20e18);
        vm.expectPartialRevert(IPriceGuard.PoolDeviates.selector);
        guard.requireFair(tokens, pools);
        register(pair, PoolKind.ConstantProduct, 500);
        guard.requireFair(tokens, pools);
        register(other, PoolKind.ConstantProduct, 50);
        vm.expectPartialRevert(IPriceGuard.PoolDeviates.selector);
        guard.requireFair(tokens, pools);
    }

    function test_Fair_LetsTheWrappedCoinBe() public {
        register(pair, PoolKind.ConstantProduct, 50);
        (address[] memory tokens, address[] memory pools) = (new address[](4), new address[](3));
        (tokens[0], tokens[1], tokens[2], tokens[3]) = (address(weth), address(0), address(usdc), address(0));
        (pools[0], pools[1], pools[2]) = (address(weth), pair, pair);
        guard.requireFair(tokens, pools);
        tokens[1] = address(usdc);
        vm.expectRevert(encoded(IPriceGuard.PoolUnknown.selector, address(weth)));
        guard.requireFair(tokens, pools);
        (tokens[1], pools[0]) = (address(0), stranger);
        vm.expectRevert(encoded(IPriceGuard.PoolUnknown.selector, stranger));
        guard.requireFair(tokens, pools);
    }

    function test_RevertWhen_TheTradeIsOfOtherTokens() public {
        register(pair, PoolKind.ConstantProduct, 50);
        (address[] memory tokens, address[] memory pools) = cycleOf(pair);
        tokens[1] = stranger;
        vm.expectRevert(abi.encodeWithSelector(IPriceGuard.PoolTokensDiffer.selector, pair, weth, stranger));
        guard.requireFair(tokens, pools);
        tokens[1] = address(type(uint160).max);
        vm.expectRevert(abi.encodeWithSelector(IPriceGuard.PoolTokensDiffer.selector, pair, weth, tokens[1]));
        guard.requireFair(tokens, pools);
        (tokens[0], tokens[1]) = (address(1), address(usdc));
        vm.expectRevert(abi.encodeWithSelector(IPriceGuard.PoolTokensDiffer.selector, pair, address(1), usdc));
        guard.requireFair(tokens, pools);
        (tokens[0], tokens[1]) = (address(usdc), address(weth));
        guard.requireFair(tokens, pools);
    }

    function test_RevertWhen_APoolIsNotRegistered() public {
        vm.expectRevert(encoded(IPriceGuard.PoolUnknown.selector, pair));
        this.fair(pair);
        vm.expectRevert(encoded(IPriceGuard.PoolUnknown.selector, pair));
        guard.requireNear(pair, 1);
    }

    function test_RevertWhen_TheListsDoNotFit() public {
        vm.expectRevert(abi.encodeWithSelector(IPriceGuard.LengthsDiffer.selector, 1, 1));
        guard.requireFair(new address[](1), new address[](1));
        vm.expectRevert(abi.encodeWithSelector(IPriceGuard.LengthsDiffer.selector, 3, 1));
        guard.requireFair(new address[](3), new address[](1));
    }

    /* HELPERS */

    function fair(address pool) external view {
        requireFair(pool);
    }

    function _assertSpotOf(IVenueFixture fixture) private {
        _assertSpot(fixture, open(fixture), PoolKind.Concentrated);
    }

    function _assertSpot(IVenueFixture fixture, address pool, PoolKind kind) private {
        register(pool, kind, 100);
        _assertMoves(fixture, pool);
    }

    /// @dev The spot is what a small trade pays, but for fee and impact, before and after a large one.
    function _assertMoves(IVenueFixture fixture, address pool) private {
        assertApproxEqRel(guard.spot(pool), PAR, 1e10);
        guard.requireNear(pool, 1);
        trade(fixture, pool, weth, 100e18);
        assertApproxEqRel(guard.spot(pool), _priceOfATrade(fixture, pool), 0.005e18);
        vm.expectPartialRevert(IPriceGuard.PoolDeviates.selector);
        guard.requireNear(pool, 1600);
        guard.requireNear(pool, 1800);
    }

    function _priceOfATrade(IVenueFixture fixture, address pool) private returns (uint256) {
        uint256 snapshot = vm.snapshotState();
        uint256 bought = trade(fixture, pool, weth, 0.01e18);
        vm.revertToState(snapshot);
        return (bought << 128) / 0.01e18;
    }

    /// @dev Sets the pair's reserves to 500 ether and so many dollars.
    function _move(uint256 reserve1) private {
        bytes memory reserves = abi.encode(500e18, reserve1, block.timestamp);
        vm.mockCall(pair, abi.encodeCall(IPairState.getReserves, ()), reserves);
    }

    function _registerBalancer(BalancerV2Fixture fixture, address pool, address token0, address token1) private {
        address vault = address(fixture.vault());
        vm.prank(governance);
        guard.registerBalancerPool(vault, pool, token0, token1, 100);
    }

    function _registerV4(UniswapV4Fixture fixture, address pool) private returns (address) {
        address manager = address(fixture.manager());
        IUniswapV4PoolManager.PoolKey memory key;
        (key.currency0, key.currency1, key.fee, key.tickSpacing, key.hooks) = fixture.keyOf(pool);
        vm.prank(governance);
        return guard.registerUniswapV4Pool(manager, key, 100);
    }
}
