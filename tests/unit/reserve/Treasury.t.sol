// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IInjection} from "../../../contracts/interfaces/IInjection.sol";
import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {ILiquidityReserve} from "../../../contracts/interfaces/ILiquidityReserve.sol";
import {ITreasury} from "../../../contracts/interfaces/ITreasury.sol";
import {PoolWeight} from "../../../contracts/types/Share.sol";

import {RouteLib} from "../../../contracts/libraries/RouteLib.sol";
import {Deepening_Test} from "../../DeepeningTest.sol";
import {UniswapV2Fixture} from "../../protocols/UniswapV2Fixture.sol";
import {Vm} from "forge-std/Vm.sol";

/// @notice R5's succession, R6, R8 and R9's part for the stakers.
contract Treasury_Test is Deepening_Test {
    address internal poolA = makeAddr("pool A");
    address internal poolB = makeAddr("pool B");

    function setUp() public override {
        super.setUp();
        register(poolA, poolB);
        vm.deal(address(this), 100e18);
        // What tests fund in wrapped coin has coin behind it.
        vm.deal(address(weth), 100e18);
    }

    /* MINED FUNDS */

    function test_MinedFunds_GoToThePotWithoutWeights() public {
        vm.expectEmit(address(reserve));
        emit ITreasury.MinedFundsReceived(address(this), 3e18);
        reserve.receiveMinedFunds{value: 3e18}();
        assertEq(reserve.commonPot(address(weth)), 3e18);
        assertEq(weth.balanceOf(address(reserve)), 3e18);
        assertEq(reserve.accounted(address(weth)), 3e18);
    }

    /// @dev By weight; the first takes what rounding drops; one that is not registered leaves its part to the pot.
    function testFuzz_MinedFunds_GoByWeight(uint96 amount, uint96 weightA, uint96 weightB, uint96 weightC) public {
        amount = uint96(bound(amount, 1, 100e18));
        weightA = uint96(bound(weightA, 1, type(uint96).max));
        weightB = uint96(bound(weightB, 1, type(uint96).max));
        weightC = uint96(bound(weightC, 1, type(uint96).max));
        PoolWeight[] memory weights = new PoolWeight[](3);
        weights[0] = PoolWeight(poolA, weightA);
        weights[1] = PoolWeight(poolB, weightB);
        weights[2] = PoolWeight(stranger, weightC);
        vm.prank(governance);
        reserve.setMinedWeights(weights);
        assertEq(abi.encode(reserve.minedWeights()), abi.encode(weights));
        reserve.receiveMinedFunds{value: amount}();
        uint256 sum = uint256(weightA) + weightB + weightC;
        uint256 partB = uint256(amount) * weightB / sum;
        uint256 partC = uint256(amount) * weightC / sum;
        assertEq(bucket(poolB, address(weth)), partB);
        assertEq(reserve.commonPot(address(weth)), partC);
        assertEq(bucket(poolA, address(weth)), amount - partB - partC);
        assertEq(reserve.accounted(address(weth)), amount);
    }

    function test_RevertWhen_MinedNothing() public {
        vm.expectRevert(ITreasury.MinedNothing.selector);
        reserve.receiveMinedFunds();
    }

    function test_RevertWhen_NativeCoinJustArrives() public {
        vm.expectRevert(abi.encodeWithSelector(ILedger.NativeUnexpected.selector, address(this)));
        payable(address(reserve)).transfer(1);
    }

    /// @dev As many as there can be, and what was set before is gone.
    function test_WeightsAreSetAnew() public {
        vm.startPrank(governance);
        for (uint256 count = 32; count != 0; count -= 31) {
            PoolWeight[] memory weights = new PoolWeight[](count);
            for (uint256 i; i < count; ++i) {
                weights[i] = PoolWeight(poolA, 7);
            }
            reserve.setMinedWeights(weights);
            assertEq(reserve.minedWeights().length, count);
            if (count == 1) break;
        }
    }

    function test_RevertWhen_WeightsAreWrong() public {
        vm.startPrank(governance);
        PoolWeight[] memory weights = new PoolWeight[](1);
        weights[0] = PoolWeight(poolA, 0);
        vm.expectRevert(abi.encodeWithSelector(ITreasury.WeightZero.selector, poolA));
        reserve.setMinedWeights(weights);
        weights = new PoolWeight[](33);
        vm.expectRevert(abi.encodeWithSelector(ITreasury.TooManyPools.selector, 32));
        reserve.setMinedWeights(weights);
    }

    /* GAS */

    /// @dev Off the top of wrapped native profit, until the day's budget is used.
    function test_GasIsSetAside_UpToTheDaysBudget() public {
        vm.prank(governance);
        reserve.setGasBudget(0.3e18);
        _earn(address(weth), 0.2e18);
        assertEq(reserve.gasBucket(), 0.2e18);
        assertEq(reserve.vaultBucket(address(weth)), 0);
        _earn(address(weth), 1.1e18);
        assertEq(reserve.gasBucket(), 0.3e18);
        assertEq(reserve.vaultBucket(address(weth)), 0.8e18);
        assertEq(reserve.gasBudgetLeft(), 0);
        skip(1 days);
        assertEq(reserve.gasBudgetLeft(), 0.3e18);
        _earn(address(token), 1e6);
        assertEq(reserve.gasBucket(), 0.3e18);
        assertEq(reserve.accounted(address(weth)), 1.3e18);
    }

    /// @dev The last unit of the day's budget is used; and nothing is nothing to tell.
    function test_GasIsSetAside_ToTheUnit() public {
        vm.recordLogs();
        _earn(address(weth), 0.2e18);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i; i < logs.length; ++i) {
            assertNotEq(logs[i].topics[0], ITreasury.GasSetAside.selector);
        }
        vm.prank(governance);
        reserve.setGasBudget(1);
        _earn(address(weth), 0.2e18);
        assertEq(reserve.gasBucket(), 1);
    }

    function test_WhatIsSetAndSetAsideIsTold() public {
        PoolWeight[] memory weights = new PoolWeight[](1);
        weights[0] = PoolWeight(poolA, 7);
        vm.startPrank(governance);
        vm.expectEmit(address(reserve));
        emit ITreasury.MinedWeightsSet(weights);
        reserve.setMinedWeights(weights);
        vm.expectEmit(address(reserve));
        emit ITreasury.PredecessorSet(stranger);
        reserve.setPredecessor(stranger);
        vm.expectEmit(address(reserve));
        emit ITreasury.GasBudgetSet(0.3e18);
        reserve.setGasBudget(0.3e18);
        vm.stopPrank();
        fund(address(weth), address(reserve), 0.2e18);
        vm.prank(address(executor));
        reserve.settle(address(weth), 0.2e18, _both());
        vm.expectEmit(address(reserve));
        emit ITreasury.GasSetAside(0.2e18);
        reserve.book(1, address(weth), _both());
    }

    function test_PayKeepers_InEqualPartsAsNativeCoin() public {
        address second = makeAddr("second keeper");
        vm.startPrank(governance);
        reserve.setGasBudget(1e18);
        executor.setKeeper(second, true);
        vm.stopPrank();
        _earn(address(weth), 0.5e18 + 1);
        vm.expectEmit(address(reserve));
        emit ITreasury.KeeperPaid(keeper, 0.25e18);
        vm.expectEmit(address(reserve));
        emit ITreasury.KeeperPaid(second, 0.25e18);
        vm.prank(stranger);
        assertEq(reserve.payKeepers(), 0.5e18);
        assertEq(keeper.balance, 0.25e18);
        assertEq(second.balance, 0.25e18);
        assertEq(reserve.gasBucket(), 1);
        assertEq(reserve.accounted(address(weth)), 1);
        vm.expectRevert(abi.encodeWithSelector(ILedger.NothingToPay.selector, weth));
        reserve.payKeepers();
    }

    function test_PayKeepers_OneOrNone() public {
        vm.prank(governance);
        reserve.setGasBudget(1e18);
        _earn(address(weth), 0.5e18);
        vm.prank(governance);
        executor.setKeeper(keeper, false);
        vm.expectRevert(abi.encodeWithSelector(ILedger.NothingToPay.selector, weth));
        reserve.payKeepers();
        vm.prank(governance);
        executor.setKeeper(keeper, true);
        assertEq(reserve.payKeepers(), 0.5e18);
        assertEq(keeper.balance, 0.5e18);
    }

    /// @dev One that takes no coin holds up nobody; its part waits.
    function test_PayKeepers_PastOneThatTakesNone() public {
        vm.startPrank(governance);
        reserve.setGasBudget(1e18);
        executor.setKeeper(address(guard), true);
        vm.stopPrank();
        _earn(address(weth), 0.5e18);
        assertEq(reserve.payKeepers(), 0.25e18);
        assertEq(keeper.balance, 0.25e18);
        assertEq(reserve.gasBucket(), 0.25e18);
        assertEq(reserve.accounted(address(weth)), 0.25e18);
        assertEq(weth.balanceOf(address(reserve)), 0.25e18);
        assertEq(address(reserve).balance, 0);
    }

    /* THE STAKERS' SHARE IN OTHER TOKENS */

    function test_ConvertVaultBucket_IntoTheVaultsAsset() public {
        UniswapV2Fixture fixture = new UniswapV2Fixture();
        address pool = open(fixture);
        _earn(address(token), 1000e6);
        bytes memory leg = abi.encodePacked(RouteLib.UNISWAP_V2, pool, address(weth), uint16(30));
        vm.prank(governance);
        reserve.setStakersGuard(address(guard), 100);
        vm.startPrank(injector);
        bytes4 above = IInjection.AmountAboveBucket.selector;
        vm.expectRevert(abi.encodeWithSelector(above, vault, token, 801e6, 800e6));
        reserve.convertVaultBucket(address(token), 801e6, leg);
        vm.expectRevert(abi.encodeWithSelector(IInjection.TokenNotOfPool.selector, vault, weth));
        reserve.convertVaultBucket(address(weth), 0, leg);
        uint256 before = vm.snapshotState();
        reserve.convertVaultBucket(address(token), 300e6, leg);
        assertEq(reserve.vaultBucket(address(token)), 500e6);
        vm.revertToState(before);
        vm.expectEmit(address(reserve));
        emit IInjection.BucketConverted(
            address(vault), address(token), address(weth), 800e6, 0.398641021960442175e18, 0.4e18
        );
        uint256 out = reserve.convertVaultBucket(address(token), 800e6, leg);
        assertApproxEqRel(out, 0.4e18, 0.005e18);
        assertEq(reserve.vaultBucket(address(token)), 0);
        assertEq(reserve.vaultBucket(address(weth)), out);
        assertEq(reserve.accounted(address(weth)), out);
        assertEq(reserve.payVault(), out);
    }

    /// @dev A reserve that no deployment has configured yet.
    function test_RevertGiven_NoGuardForTheStakers() public {
        bytes memory arguments = abi.encode(manager, vault, weth, uint16(2000), uint16(8000));
        ILiquidityReserve fresh = ILiquidityReserve(create("LiquidityReserve", arguments));
        vm.prank(governance);
        fresh.setInjector(injector, true);
        vm.expectRevert(IInjection.StakersGuardMissing.selector);
        vm.prank(injector);
        fresh.convertVaultBucket(address(token), 0, "");
    }

    /* SUCCESSION */

    function test_Migrate_HandsEveryBucketOver() public {
        ILiquidityReserve successor = _successor();
        _earn(address(weth), 10e18);
        reserve.receiveMinedFunds{value: 1e18}();
        address[] memory pools = _both();
        bytes memory call = abi.encodeCall(reserve.migrate, (address(successor), address(weth), pools));
        vm.prank(governance);
        (bool now_,) = address(reserve).call(call);
        assertFalse(now_);
        announced(address(reserve), call);
        assertEq(successor.poolBucket(poolA, address(weth)), 1e18);
        assertEq(successor.commonPot(address(weth)), 1e18 + 1e18);
        assertEq(successor.vaultBucket(address(weth)), 8e18);
        assertEq(successor.accounted(address(weth)), 11e18);
        assertEq(weth.balanceOf(address(successor)), 11e18);
        assertEq(reserve.accounted(address(weth)), 0);
        assertEq(weth.balanceOf(address(reserve)), 0);
        assertEq(bucket(poolA, address(weth)) + bucket(poolB, address(weth)), 0);
        assertEq(reserve.commonPot(address(weth)) + reserve.vaultBucket(address(weth)), 0);
    }

    /// @dev Of one unit too; and of what is empty nothing.
    function test_Migrate_TellsOfEachBucket() public {
        address successor = address(_successor());
        uint256[2] memory earned = [uint256(1), 10e18];
        for (uint256 i; i < 2; ++i) {
            uint256 state = vm.snapshotState();
            _earn(address(weth), earned[i]);
            bytes memory call = abi.encodeCall(reserve.migrate, (successor, address(weth), _both()));
            vm.recordLogs();
            announced(address(reserve), call);
            assertEq(_migrations(vm.getRecordedLogs(), successor), i == 0 ? 1 : 3);
            vm.revertToState(state);
        }
    }

    function _migrations(Vm.Log[] memory logs, address successor) private view returns (uint256 count) {
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] != ITreasury.Migrated.selector) continue;
            address owner = count == 0 ? poolA : count == 1 ? poolB : address(reserve);
            assertEq(logs[i].topics[1], bytes32(uint256(uint160(successor))));
            assertEq(logs[i].topics[2], bytes32(uint256(uint160(owner))));
            ++count;
        }
    }

    function test_RevertWhen_NotThePredecessorHandsOver() public {
        vm.expectRevert(abi.encodeWithSelector(ITreasury.NotPredecessor.selector, stranger));
        vm.prank(stranger);
        reserve.receiveMigrated(poolA, address(weth), 0);
    }

    function test_OnlyGovernanceSets() public {
        bytes[] memory calls = new bytes[](3);
        calls[0] = abi.encodeCall(reserve.setMinedWeights, (new PoolWeight[](0)));
        calls[1] = abi.encodeCall(reserve.setGasBudget, (1));
        calls[2] = abi.encodeCall(reserve.setPredecessor, (stranger));
        for (uint256 i; i < calls.length; ++i) {
            assertRefused(injector, address(reserve), calls[i]);
        }
        assertGovernancesAlone(address(reserve), calls);
        assertRefused(stranger, address(reserve), abi.encodeCall(reserve.migrate, (stranger, address(weth), _both())));
    }

    /// @dev A profit of two registered pools, booked.
    function _earn(address asset, uint256 amount) private {
        if (asset == address(token)) token.mint(address(reserve), amount);
        else fund(asset, address(reserve), amount);
        vm.prank(address(executor));
        reserve.settle(asset, amount, _both());
        reserve.book(1, asset, _both());
    }

    /// @dev It has registered one of the two pools.
    function _successor() private returns (ILiquidityReserve successor) {
        successor = ILiquidityReserve(deployReserve(address(manager), address(vault), address(weth)));
        vm.startPrank(governance);
        successor.setPredecessor(address(reserve));
        successor.listToken(address(weth), true);
        successor.registerPools(one(poolA), true);
        vm.stopPrank();
    }

    function _both() private view returns (address[] memory pools) {
        pools = new address[](2);
        (pools[0], pools[1]) = (poolA, poolB);
    }
}
