// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IPriceSources} from "../../contracts/interfaces/IPriceSources.sol";
import {IStakingVault} from "../../contracts/interfaces/IStakingVault.sol";
import {Pool} from "../../contracts/types/Pool.sol";
import {PoolKind} from "../../contracts/types/PoolKind.sol";
import {Share} from "../../contracts/types/Share.sol";

import {Change} from "../../script/deployment/Changes.sol";
import {GuardSettings} from "../../script/deployment/GuardSettings.sol";
import {Plan, SendingCap} from "../../script/deployment/Plan.sol";
import {Deploying_Test} from "../Deploying.sol";
import {ModelAggregator} from "../mocks/ModelAggregator.sol";
import {PlainToken} from "../mocks/PlainToken.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice D2: what differs from the plan is found by name, one thing at a time, and the call beside it mends it.
contract Drift_Test is Deploying_Test {
    PlainToken internal token;
    address internal pool;
    ModelAggregator internal feed;
    ModelAggregator internal sequencer;

    function setUp() public override {
        vm.warp(1_750_000_000);
        weth = IERC20(deployWrappedNative());
        token = new PlainToken("TKN", 18);
        vm.deal(address(weth), 100e18);
        pool = createPair(deployV2Factory(), address(weth), 100e18, address(token), 100e18);
        feed = new ModelAggregator(8, "ETH / USD", address(this), 2000e8);
        sequencer = new ModelAggregator(0, "sequencer", address(this), 0);
        deployUndelayed(deployer, _plan());
    }

    /// @dev All that a plan can name.
    function _plan() private view returns (Plan memory plan) {
        plan = planOf(address(weth));
        (plan.pools, plan.terms) = (_one(pool), _terms());
        plan.yieldShareBps = 500;
        (plan.maxTipBps, plan.gasBudget) = (100, 1e17);
        (plan.poolsBps, plan.vaultBps) = (5000, 4000);
        plan.beneficiaries = new Share[](1);
        plan.beneficiaries[0] = Share(stranger, 1000);
        plan.sendingCaps = new SendingCap[](1);
        plan.sendingCaps[0] = SendingCap(address(token), 10e18, 30e18);
        plan.guardCalls = new bytes[](3);
        IPriceSources.FeedSpec memory spec = IPriceSources.FeedSpec(address(feed), 3900, 0, 0);
        plan.guardCalls[0] = abi.encodeCall(IPriceSources.setFeed, (address(weth), spec));
        plan.guardCalls[1] = _registration(300);
        plan.guardCalls[2] = abi.encodeCall(IPriceSources.setSequencer, (address(sequencer), 3600));
    }

    /* NOTHING */

    function test_ADeploymentIsAsPlanned() public {
        compare(_plan());
        assertEq(changes.length, 0);
    }

    /// @dev The list of them is what the deployer sent.
    function test_ASecondRunChangesNothing() public {
        vm.recordLogs();
        vm.prank(deployer);
        this.deployAgain();
        assertEq(vm.getRecordedLogs().length, 0);
        assertTrue(isHandedOver());
    }

    function deployAgain() external {
        deployMillrace(deployer, _plan());
    }

    /* THE RESERVE */

    function test_TheSplit() public {
        _assertDrift(
            address(reserve),
            abi.encodeCall(reserve.setSplit, (2000, 8000, new Share[](0))),
            "split",
            "pools 2000, stakers 8000",
            string.concat("pools 5000, stakers 4000, ", vm.toString(stranger), " 1000")
        );
    }

    function test_AToken() public {
        string memory what = string.concat("lists ", vm.toString(address(weth)));
        _assertDrift(address(reserve), abi.encodeCall(reserve.listToken, (address(weth), false)), what, "no", "yes");
    }

    function test_APool() public {
        string memory what = string.concat("registers ", vm.toString(pool));
        _assertDrift(address(reserve), abi.encodeCall(reserve.registerPools, (_one(pool), false)), what, "no", "yes");
    }

    function test_APoolsTerms() public {
        Plan memory plan = _plan();
        plan.terms[0].guard = address(priceGuard);
        plan.terms[0].depthBps = 999;
        string memory rest =
            string.concat(", rest 3600, half width 0, fee 30, guard ", vm.toString(address(priceGuard)));
        _assertDrift(
            address(reserve),
            abi.encodeCall(reserve.setPool, (pool, plan.terms[0])),
            string.concat("terms of ", vm.toString(pool)),
            string.concat("deviation 200, slippage 150, depth 999", rest),
            string.concat("deviation 200, slippage 150, depth 20", rest)
        );
    }

    function test_TheStakersGuard() public {
        string memory guard = vm.toString(address(priceGuard));
        _assertDrift(
            address(reserve),
            abi.encodeCall(reserve.setStakersGuard, (address(priceGuard), 7)),
            "stakers' guard",
            string.concat(guard, ", slippage 7"),
            string.concat(guard, ", slippage 150")
        );
    }

    function test_TheCapOnLosses() public {
        bytes memory call = abi.encodeCall(reserve.setLossCap, (5));
        _assertDrift(address(reserve), call, "cap on losses a day", "5", "1000000000000000000");
    }

    function test_TheBudgetForGas() public {
        bytes memory call = abi.encodeCall(reserve.setGasBudget, (6));
        _assertDrift(address(reserve), call, "budget for gas a day", "6", "100000000000000000");
    }

    function test_ACapOnSendings() public {
        string memory what = string.concat("sendings of ", vm.toString(address(token)));
        string memory wanted = "10000000000000000000 at once, 30000000000000000000 a day";
        bytes memory call = abi.encodeCall(reserve.setSendingCap, (address(token), 7, 30e18));
        _assertDrift(address(reserve), call, what, "7 at once, 30000000000000000000 a day", wanted);
        call = abi.encodeCall(reserve.setSendingCap, (address(token), 10e18, 8));
        _assertDrift(address(reserve), call, what, "10000000000000000000 at once, 8 a day", wanted);
    }

    function test_TheUpkeepAsInjector() public {
        string memory what = string.concat("injector ", vm.toString(address(injectionUpkeep)));
        bytes memory call = abi.encodeCall(reserve.setInjector, (address(injectionUpkeep), false));
        _assertDrift(address(reserve), call, what, "no", "yes");
    }

    /* THE GUARD */

    function test_AFeed() public {
        IPriceSources.FeedSpec memory spec = IPriceSources.FeedSpec(address(feed), 5, 0, 0);
        string memory source = vm.toString(address(feed));
        _assertDrift(
            address(priceGuard),
            abi.encodeCall(IPriceSources.setFeed, (address(weth), spec)),
            string.concat("feed of ", vm.toString(address(weth))),
            string.concat(source, " for 5 s"),
            string.concat(source, " for 3900 s")
        );
    }

    function test_APoolsBound() public {
        string memory what = string.concat("bound of ", vm.toString(pool));
        _assertDrift(address(priceGuard), _registration(1), what, "1 basis points", "300 basis points");
    }

    function test_TheSequencer() public {
        _assertDrift(
            address(priceGuard),
            abi.encodeCall(IPriceSources.setSequencer, (address(0), 0)),
            "sequencer",
            "none",
            string.concat(vm.toString(address(sequencer)), " for 3600 s")
        );
    }

    function test_RevertWhen_ACallOfTheGuardIsUnknown() public {
        Plan memory plan = _plan();
        plan.guardCalls[0] = abi.encodeCall(IPriceSources.observe, (pool));
        vm.expectRevert(abi.encodeWithSelector(GuardSettings.SettingUnknown.selector, IPriceSources.observe.selector));
        this.comparePlan(plan);
    }

    function comparePlan(Plan calldata plan) external {
        compare(plan);
    }

    /* EXECUTOR, VAULT, UPKEEP */

    function test_TheExecutorsGuard() public {
        bytes memory call = abi.encodeCall(executor.setPriceGuard, (stranger));
        _assertDrift(address(executor), call, "guard", vm.toString(stranger), vm.toString(address(priceGuard)));
    }

    function test_TheLargestTip() public {
        bytes memory call = abi.encodeCall(executor.setMaxTip, (9));
        _assertDrift(address(executor), call, "largest tip, basis points", "9", "100");
    }

    function test_AKeeper() public {
        string memory what = string.concat("keeper ", vm.toString(keeper));
        _assertDrift(address(executor), abi.encodeCall(executor.setKeeper, (keeper, false)), what, "no", "yes");
    }

    function test_AKeeperTooMany() public {
        string memory what = string.concat("keeper ", vm.toString(stranger));
        _assertDrift(address(executor), abi.encodeCall(executor.setKeeper, (stranger, true)), what, "yes", "no");
    }

    function test_APerformer() public {
        string memory what = string.concat("keeper ", vm.toString(keeper));
        bytes memory call = abi.encodeCall(injectionUpkeep.setPerformer, (keeper, false));
        _assertDrift(address(injectionUpkeep), call, what, "no", "yes");
    }

    function test_ThePartOfTheYield() public {
        string memory to = vm.toString(address(reserve));
        _assertDrift(
            address(vault),
            abi.encodeCall(vault.setYieldShare, (address(reserve), 1)),
            "part of the yield",
            string.concat("1 basis points to ", to),
            string.concat("500 basis points to ", to)
        );
    }

    function test_TheCapOnDeposits() public {
        bytes memory call = abi.encodeCall(vault.setDepositCap, (1e18));
        _assertDrift(address(vault), call, "cap on deposits", "1000000000000000000", vm.toString(DEPOSIT_CAP));
    }

    /* RIGHTS */

    function test_AFunctionsRole() public {
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = IStakingVault.report.selector;
        bytes memory call = abi.encodeCall(manager.setTargetFunctionRole, (address(vault), selectors, GUARDIAN_ROLE));
        _assertDrift(address(manager), call, "role for vault.report", "1", "4");
    }

    function test_AGuardian() public {
        bytes memory call = abi.encodeCall(manager.revokeRole, (GUARDIAN_ROLE, guardian));
        string memory what = string.concat("guardian ", vm.toString(guardian));
        _assertDrift(address(manager), call, what, "no", "at once");
    }

    function test_AKeeperOfTheVault() public {
        bytes memory call = abi.encodeCall(manager.revokeRole, (VAULT_KEEPER_ROLE, keeper));
        string memory what = string.concat("vault keeper ", vm.toString(keeper));
        _assertDrift(address(manager), call, what, "no", "at once");
    }

    function test_TheWithdrawer() public {
        bytes memory call = abi.encodeCall(manager.revokeRole, (WITHDRAWER_ROLE, governance));
        string memory what = string.concat("withdrawer ", vm.toString(governance));
        _assertDrift(address(manager), call, what, "no", "after 172800 s");
    }

    /* INTERNALS */

    /// @dev Makes one change, finds it and nothing else, makes the call beside it, and finds nothing.
    function _assertDrift(
        address target,
        bytes memory call,
        string memory what,
        string memory found,
        string memory wanted
    ) private {
        _govern(target, call);
        compare(_plan());
        assertEq(changes.length, 1, "changes");
        Change memory change = changes[0];
        assertEq(change.what, what);
        assertEq(change.found, found);
        assertEq(change.wanted, wanted);
        assertEq(change.to, target);
        _govern(change.to, change.call);
        compare(_plan());
        assertEq(changes.length, 0, "changes left");
    }

    function _govern(address target, bytes memory call) private {
        vm.prank(governance);
        (bool done,) = target.call(call);
        assertTrue(done);
    }

    function _registration(uint16 bound) private view returns (bytes memory) {
        (address a, address b) = _sorted();
        return abi.encodeCall(IPriceSources.registerPool, (pool, PoolKind.ConstantProduct, a, b, bound));
    }

    function _terms() private view returns (Pool[] memory terms) {
        terms = new Pool[](1);
        (terms[0].token0, terms[0].token1) = _sorted();
        (terms[0].kind, terms[0].fee) = (PoolKind.ConstantProduct, 30);
        (terms[0].maxDeviationBps, terms[0].slippageBps) = (200, 150);
        (terms[0].depthBps, terms[0].coolDown) = (20, 1 hours);
    }

    function _one(address item) private pure returns (address[] memory items) {
        items = new address[](1);
        items[0] = item;
    }

    function _sorted() private view returns (address, address) {
        (address a, address b) = (address(weth), address(token));
        return a < b ? (a, b) : (b, a);
    }
}
