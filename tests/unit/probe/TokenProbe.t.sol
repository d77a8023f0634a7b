// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ITokenProbe} from "../../../contracts/interfaces/ITokenProbe.sol";
import {Findings, Hop, Manner, Step, Trade} from "../../../contracts/types/Probe.sol";

import {IFlashExecutor} from "../../../contracts/interfaces/IFlashExecutor.sol";
import {Protocols} from "../../Protocols.sol";
import {HostilePool} from "../../mocks/HostilePool.sol";
import {HostileToken} from "../../mocks/HostileToken.sol";
import {PlainToken} from "../../mocks/PlainToken.sol";
import {AlgebraIntegralFixture} from "../../protocols/AlgebraIntegralFixture.sol";
import {IVenueFixture} from "../../protocols/IVenueFixture.sol";
import {PancakeV3Fixture} from "../../protocols/PancakeV3Fixture.sol";
import {SlipstreamFixture} from "../../protocols/SlipstreamFixture.sol";
import {SolidlyFixture} from "../../protocols/SolidlyFixture.sol";
import {UniswapV2Fixture} from "../../protocols/UniswapV2Fixture.sol";
import {UniswapV3Fixture} from "../../protocols/UniswapV3Fixture.sol";
import {TrapToken} from "./TrapToken.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Test} from "forge-std/Test.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

/// @notice What is tried in a simulation, here in a test's: the same code at two addresses, and native coin.
contract Probe_Test is Protocols, Test {
    uint256 private constant DEPTH = 1000e18;
    uint256 private constant AMOUNT = 1e18;
    /// @dev A thousandth of the pool's depth, less the pair's fee: 0.997 · 1000 / (1000 + 0.997).
    uint256 private constant BOUGHT = 996_006_981_039_903_216;

    ITokenProbe private probe = ITokenProbe(deployCode("TokenProbe.sol:TokenProbe"));
    ITokenProbe private other = ITokenProbe(deployCode("TokenProbe.sol:TokenProbe"));
    IVenueFixture private pairs = new UniswapV2Fixture();
    IVenueFixture private pools = new UniswapV3Fixture();
    TrapToken private token = new TrapToken();
    address private weth = deployWrappedNative();
    address private pair = pairs.create(address(token), DEPTH, weth, DEPTH);

    function setUp() public {
        vm.deal(weth, 1e6 ether);
        vm.deal(address(probe), AMOUNT);
    }

    /* HONEST */

    function test_AnHonestTokenBringsWhatWasPromised() public {
        Findings memory found = _probe(_hop(Manner.Pair, pair));
        assertEq(found.held, DEPTH);
        assertEq(found.bought.given, AMOUNT);
        assertEq(found.bought.promised, BOUGHT);
        assertEq(found.passed.given, BOUGHT / 2);
        assertEq(found.recalled.given, BOUGHT / 2);
        assertEq(found.sold.given, BOUGHT);
        _assertHonest(found);
    }

    function test_OnEveryKindOfPool() public {
        IVenueFixture[6] memory fixtures = [
            IVenueFixture(new SolidlyFixture(false)),
            IVenueFixture(new SolidlyFixture(true)),
            pools,
            IVenueFixture(new PancakeV3Fixture()),
            IVenueFixture(new SlipstreamFixture()),
            IVenueFixture(new AlgebraIntegralFixture())
        ];
        for (uint256 i; i < fixtures.length; ++i) {
            vm.deal(address(probe), AMOUNT);
            address pool = fixtures[i].create(address(token), DEPTH, weth, DEPTH);
            _assertHonest(_probe(_hop(i < 2 ? Manner.Quoting : Manner.Concentrated, pool)));
        }
    }

    function test_ATokenThatReturnsNothingIsHonest() public {
        HostileToken silent = new HostileToken(IFlashExecutor(address(0)));
        silent.behave(HostileToken.Manner.ReturnsNothing);
        address pool = pairs.create(address(silent), DEPTH, weth, DEPTH);
        _assertHonest(_probe(Hop(Manner.Pair, pool, weth, address(silent), 30)));
    }

    function test_ThePoolsOtherTokenIsBoughtOnTheWay() public {
        address base = address(new PlainToken("USD", 6));
        Hop[] memory way = new Hop[](2);
        way[0] = Hop(Manner.Concentrated, pools.create(weth, DEPTH, base, 2_000_000e6), weth, base, 0);
        way[1] = Hop(Manner.Pair, pairs.create(base, 2_000_000e6, address(token), DEPTH), base, address(token), 30);
        Findings memory found = probe.probe(weth, AMOUNT, way, address(other));
        _assertHonest(found);
        assertEq(found.bought.given, 1_992_013_962);
        assertEq(IERC20(base).balanceOf(address(probe)), found.sold.received);
    }

    function test_ItTellsWhatEachStepCosts() public {
        Findings memory found = _probe(_hop(Manner.Pair, pair));
        assertGt(found.bought.gas, 50_000);
        assertGt(found.passed.gas, 20_000);
        assertLt(found.passed.gas, 60_000);
        assertGt(found.recalled.gas, 2000);
        assertLt(found.sold.gas, 150_000);
    }

    /* TAXES */

    function test_ATaxOnPurchasesShowsInThePurchase() public {
        token.set(pair, TrapToken.Trap.Taxed, TrapToken.Trap.None, TrapToken.Trap.None);
        Findings memory found = _probe(_hop(Manner.Pair, pair));
        assertEq(found.bought.promised, BOUGHT);
        assertEq(found.bought.received, BOUGHT - BOUGHT / 20);
        assertEq(found.sold.received, found.sold.promised);
    }

    function test_ATaxOnSalesShowsInTheSale() public {
        token.set(pair, TrapToken.Trap.None, TrapToken.Trap.Taxed, TrapToken.Trap.None);
        Findings memory found = _probe(_hop(Manner.Pair, pair));
        assertEq(found.bought.received, found.bought.promised);
        assertEq(found.sold.promised, 994_014_949_194_366_256);
        assertLt(found.sold.received, found.sold.promised * 951 / 1000);
    }

    function test_ATaxOnTransfersShowsInBothWays() public {
        token.set(pair, TrapToken.Trap.None, TrapToken.Trap.None, TrapToken.Trap.Taxed);
        Findings memory found = _probe(_hop(Manner.Pair, pair));
        uint256 half = BOUGHT / 2;
        assertEq(found.passed.received, half - half / 20);
        assertEq(found.recalled.given, found.passed.received);
        assertEq(found.recalled.received, found.recalled.given - found.recalled.given / 20);
        assertEq(found.sold.received, found.sold.promised);
    }

    function test_ATaxOnSalesToAConcentratedPoolFailsTheSale() public {
        address pool = pools.create(address(token), DEPTH, weth, DEPTH);
        token.set(pool, TrapToken.Trap.None, TrapToken.Trap.Taxed, TrapToken.Trap.None);
        Findings memory found = _probe(_hop(Manner.Concentrated, pool));
        uint256 paid = found.bought.received;
        _assertFailed(found, Step.Sell, abi.encodeWithSelector(ITokenProbe.PaidWrong.selector, paid, paid - paid / 20));
    }

    function test_WhatATokenAddsShows() public {
        token.set(pair, TrapToken.Trap.Generous, TrapToken.Trap.Generous, TrapToken.Trap.Generous);
        Findings memory found = _probe(_hop(Manner.Pair, pair));
        assertEq(found.bought.received, BOUGHT + BOUGHT / 20);
        assertGt(found.passed.received, found.passed.promised);
        assertGt(found.sold.received, found.sold.promised);
    }

    /* REFUSALS */

    function test_ARefusedStepIsNamedAndTheLast() public {
        bytes memory failed = abi.encodeWithSelector(SafeTransferLib.TransferFailed.selector);
        token.set(pair, TrapToken.Trap.Refused, TrapToken.Trap.None, TrapToken.Trap.None);
        Findings memory found = _probe(_hop(Manner.Pair, pair));
        _assertFailed(found, Step.Buy, abi.encodeWithSignature("Error(string)", "UniswapV2: TRANSFER_FAILED"));
        assertEq(found.passed.gas + found.sold.gas, 0);

        token.set(pair, TrapToken.Trap.None, TrapToken.Trap.None, TrapToken.Trap.Refused);
        found = _again();
        assertEq(found.bought.received, BOUGHT);
        _assertFailed(found, Step.Pass, failed);

        token.set(pair, TrapToken.Trap.None, TrapToken.Trap.Refused, TrapToken.Trap.None);
        found = _again();
        assertEq(found.recalled.received, BOUGHT / 2);
        _assertFailed(found, Step.Sell, failed);

        token.set(address(other), TrapToken.Trap.Refused, TrapToken.Trap.None, TrapToken.Trap.None);
        _assertFailed(_again(), Step.Recall, failed);
    }

    function test_ATokenThatBurnsGasFailsItsStepAlone() public {
        token.set(pair, TrapToken.Trap.None, TrapToken.Trap.Endless, TrapToken.Trap.None);
        Findings memory found = _probe(_hop(Manner.Pair, pair));
        assertTrue(found.failed == Step.Sell);
        assertLt(found.sold.gas, 2_010_000);
        token.set(pair, TrapToken.Trap.None, TrapToken.Trap.Burning, TrapToken.Trap.None);
        found = _again();
        assertTrue(found.failed == Step.None);
        assertGt(found.sold.gas, 1_000_000);
    }

    function test_ATokenThatTellsNoBalanceFailsThePurchaseAlone() public {
        token.mute();
        Findings memory found = _probe(_hop(Manner.Pair, pair));
        assertTrue(found.failed == Step.Buy);
        assertEq(found.held, 0);
        assertLt(found.bought.gas, 2_010_000);
    }

    function test_OfALongReasonTheBeginningIsKept() public {
        HostileToken liar = new HostileToken(IFlashExecutor(address(0)));
        address bomb = address(new Bomb());
        Findings memory found = _probe(Hop(Manner.Quoting, bomb, weth, address(liar), 0));
        assertTrue(found.failed == Step.Buy);
        assertEq(found.reason.length, 256);
    }

    function test_ATokenThatReturnsFalseFails() public {
        HostileToken liar = new HostileToken(IFlashExecutor(address(0)));
        liar.behave(HostileToken.Manner.ReturnsNothing);
        address pool = pools.create(address(liar), DEPTH, weth, DEPTH);
        liar.behave(HostileToken.Manner.ReturnsFalse);
        Findings memory found = _probe(Hop(Manner.Concentrated, pool, weth, address(liar), 0));
        _assertFailed(found, Step.Buy, abi.encodeWithSignature("Error(string)", "TF"));
    }

    function test_AShallowPoolIsNotTakenForABadToken() public {
        address pool = pools.create(address(token), 1000, weth, 1000);
        vm.deal(address(probe), 1e40);
        vm.deal(weth, 1e40);
        Hop[] memory way = _way(_hop(Manner.Concentrated, pool));
        Findings memory found = probe.probe(weth, 1e35, way, address(other));
        assertTrue(found.failed == Step.Buy);
        assertEq(bytes4(found.reason), ITokenProbe.TakenInPart.selector);
    }

    function test_APoolThatDoesNotCallBackFails() public {
        HostilePool pool = new HostilePool(token);
        pool.behave(HostilePool.Manner.NoCallback, 0);
        bytes memory reason = abi.encodeWithSelector(ITokenProbe.CallbackMissing.selector, pool);
        _assertFailed(_probe(_hop(Manner.Concentrated, address(pool))), Step.Buy, reason);
    }

    function test_APoolThatCallsTwiceOrThroughAnotherFails() public {
        HostilePool pool = new HostilePool(token);
        token.mint(address(pool), DEPTH);
        pool.behave(HostilePool.Manner.CallsTwice, 1);
        bytes memory reason = abi.encodeWithSelector(ITokenProbe.CallbackUnexpected.selector, pool);
        _assertFailed(_probe(_hop(Manner.Concentrated, address(pool))), Step.Buy, reason);
        pool.behave(HostilePool.Manner.ThroughAccomplice, 1);
        vm.deal(address(probe), AMOUNT);
        Findings memory found = _probe(_hop(Manner.Concentrated, address(pool)));
        assertEq(bytes4(found.reason), ITokenProbe.CallbackUnexpected.selector);
    }

    function test_AnEmptyPairFailsThePurchase() public {
        address empty = deployV2Factory().createPair(weth, address(token));
        Findings memory found = _probe(_hop(Manner.Pair, empty));
        assertTrue(found.failed == Step.Buy);
    }

    function test_WithoutCoinNothingIsTried() public {
        Findings memory found = probe.probe(weth, AMOUNT + 1, _way(_hop(Manner.Pair, pair)), address(other));
        _assertFailed(found, Step.Fund, "");
        found = probe.probe(weth, 0, _way(_hop(Manner.Pair, pair)), address(other));
        _assertFailed(found, Step.Buy, abi.encodeWithSelector(ITokenProbe.AmountZero.selector));
    }

    /* WHO CALLS */

    function test_CallbacksOfOthersAreRefused(address caller, int128 amount) public {
        bytes memory reason = abi.encodeWithSelector(ITokenProbe.CallbackUnexpected.selector, caller);
        vm.assume(caller != address(0));
        vm.startPrank(caller);
        vm.expectRevert(reason);
        probe.uniswapV3SwapCallback(amount, -int256(amount), "");
        vm.expectRevert(reason);
        probe.pancakeV3SwapCallback(amount, -int256(amount), "");
        vm.expectRevert(reason);
        probe.algebraSwapCallback(amount, -int256(amount), "");
    }

    function test_StepsAreTheProbesOwn() public {
        bytes memory reason = abi.encodeWithSelector(ITokenProbe.NotSelf.selector, address(this));
        vm.expectRevert(reason);
        probe.fund(weth, 1, _way(_hop(Manner.Pair, pair)));
        vm.expectRevert(reason);
        probe.swap(_hop(Manner.Pair, pair));
        vm.expectRevert(reason);
        probe.pass(address(token), address(this));
        vm.expectRevert(reason);
        probe.recall(address(token), address(other));
    }

    /* HELP */

    function fund(address asset, address to, uint256 amount) internal override {
        deal(asset, to, amount);
    }

    function _hop(Manner manner, address pool) private view returns (Hop memory) {
        return Hop(manner, pool, weth, address(token), manner == Manner.Pair ? 30 : 0);
    }

    function _way(Hop memory hop) private pure returns (Hop[] memory way) {
        way = new Hop[](1);
        way[0] = hop;
    }

    function _probe(Hop memory hop) private returns (Findings memory) {
        return probe.probe(weth, AMOUNT, _way(hop), address(other));
    }

    /// @notice The same on a fresh pair, by a probe that holds nothing but coin.
    function _again() private returns (Findings memory) {
        address first = pair;
        pair = pairs.create(address(token), DEPTH, weth, DEPTH);
        if (token.pool() == first) token.set(pair, token.purchase(), token.sale(), token.passage());
        probe = ITokenProbe(deployCode("TokenProbe.sol:TokenProbe"));
        vm.deal(address(probe), AMOUNT);
        return _probe(_hop(Manner.Pair, pair));
    }

    function _assertFailed(Findings memory found, Step step, bytes memory reason) private pure {
        assertEq(uint256(found.failed), uint256(step), "step");
        assertEq(found.reason, reason, "reason");
    }

    function _assertHonest(Findings memory found) private pure {
        _assertFailed(found, Step.None, "");
        Trade[4] memory steps = [found.bought, found.passed, found.recalled, found.sold];
        for (uint256 i; i < steps.length; ++i) {
            assertGt(steps[i].received, 0, "nothing");
            assertEq(steps[i].received, steps[i].promised, "promise");
        }
    }
}

/// @notice Mock: a pair that answers every question with a long refusal.
contract Bomb {
    fallback() external {
        assembly ("memory-safe") {
            revert(0, 100000)
        }
    }
}
