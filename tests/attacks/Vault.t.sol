// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IPriceGuard} from "../../contracts/interfaces/IPriceGuard.sol";
import {Terms} from "../../contracts/types/Book.sol";
import {PoolWeight} from "../../contracts/types/Share.sol";
import {IVault, IWrappedStakedStrategy} from "../../script/deployment/Interfaces.sol";

import {RouteEncoder} from "../../contracts/libraries/RouteEncoder.sol";
import {Market} from "../../contracts/types/Market.sol";
import {IUniswapV2Factory} from "../Protocols.sol";
import {MockStrategy} from "../mocks/MockStrategy.sol";
import {PlainToken} from "../mocks/PlainToken.sol";
import {PlainVault} from "../mocks/PlainVault.sol";
import {RateAndGuard} from "../mocks/RateAndGuard.sol";
import {StaleStrategy} from "../mocks/StaleStrategy.sol";
import {Staking_Test} from "../unit/vault/Staking.sol";
import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";

/// @notice Attacks on the vault, each first on what is deliberately weaker.
contract VaultAttacks_Test is Staking_Test {
    address private mallory = makeAddr("mallory");

    /* INFLATION OF THE FIRST DEPOSIT */

    /// @return loss What the victim is short of.
    /// @return gain What the attacker has gained.
    function _inflate(IERC4626 target, uint256 seed) private returns (uint256 loss, int256 gain) {
        uint256 cost = seed + 10e18;
        fund(address(weth), mallory, cost);
        vm.startPrank(mallory);
        weth.approve(address(target), type(uint256).max);
        uint256 shares = target.deposit(seed, mallory);
        weth.transfer(address(target), 10e18);
        vm.stopPrank();
        fund(address(weth), alice, 10e18);
        vm.startPrank(alice);
        weth.approve(address(target), type(uint256).max);
        uint256 victims = target.deposit(10e18, alice);
        loss = 10e18 - target.convertToAssets(victims);
        vm.stopPrank();
        vm.prank(mallory);
        gain = int256(target.redeem(shares, mallory, mallory)) - int256(cost);
    }

    function test_Inflation_RobsAPlainVault() public {
        (uint256 loss,) = _inflate(new PlainVault(weth), 1);
        assertGt(loss, 3e18);
    }

    function test_Inflation_RobsNobodyHere() public {
        (uint256 loss, int256 gain) = _inflate(IERC4626(address(vault)), 1001);
        assertEq(loss, 0);
        assertLt(gain, -9.9e18);
    }

    /* DONATION */

    /// @dev Who knows of a donation, such as somebody's mistake, buys before it.
    function _donate() private returns (int256 gain) {
        _stake(alice, 10e18);
        _stake(mallory, 90e18);
        fund(address(weth), address(vault), 10e18);
        gain = int256(_leave(mallory)) - 90e18;
    }

    function test_Donation_IsCaughtFromAVaultThatWeighs() public {
        vault = IVault(payable(create("WeighingVault", abi.encode(manager, weth, _terms()))));
        assertGt(_donate(), 8e18);
    }

    function test_Donation_MovesNothingHere() public {
        assertLe(_donate(), 0);
    }

    /* SNIPING A PAYOUT */

    function _snipe() private returns (int256 gain) {
        _stake(alice, 10e18);
        _stake(mallory, 1000e18);
        _profit(10e18);
        skip(12);
        gain = int256(_leave(mallory)) - 1000e18;
    }

    function test_Sniping_PaysWhereNothingIsStreamed() public {
        Terms memory terms = _terms();
        (terms.streamPeriod, terms.streamFloor, terms.maxRate) = (1, 1, 1e18);
        _replaceVault(address(weth), terms);
        assertGt(_snipe(), 9.8e18);
    }

    /// @dev One block of a week.
    function test_Sniping_PaysNothingWorthHavingHere() public {
        assertLe(_snipe(), int256(uint256(10e18) * 12 / 7 days));
    }

    /* RUNNING FROM A LOSS */

    function _run(MockStrategy strategy) private returns (uint256 back) {
        _stake(alice, 100e18);
        _stake(mallory, 100e18);
        vm.prank(governance);
        vault.setStrategy(address(strategy), 100e18);
        _allocate(strategy, 100e18);
        strategy.setResult(-50e18);
        back = _leave(mallory);
    }

    function test_Running_WorksWhereALossShowsLate() public {
        StaleStrategy stale = new StaleStrategy(address(vault), address(weth));
        assertGt(_run(stale), 99.9e18);
        stale.tell();
        assertApproxEqAbs(vault.convertToAssets(vault.balanceOf(alice)), 50e18, 1000);
    }

    function test_Running_GainsNothingHere() public {
        assertApproxEqAbs(_run(new MockStrategy(address(vault), address(weth))), 75e18, 1000);
        assertApproxEqAbs(vault.convertToAssets(vault.balanceOf(alice)), 75e18, 1000);
    }

    /* BUYING CHEAP WITH LITTLE GAS */

    /// @dev Whatever gas a caller brings, the strategy is valued in full or the deposit fails.
    function test_LittleGas_NeverMakesSharesCheap() public {
        _stake(alice, 100e18);
        MockStrategy strategy = _strategy(100e18);
        _allocate(strategy, 90e18);
        _endow(mallory, 1e18);
        uint256 fair = vault.previewDeposit(1e18);
        uint256 passed;
        for (uint256 limit = 5000; limit < 200_000; limit += 500) {
            uint256 state = vm.snapshotState();
            vm.prank(mallory);
            (bool done, bytes memory result) =
                address(vault).call{gas: limit}(abi.encodeCall(vault.deposit, (1e18, mallory)));
            if (done) {
                assertEq(abi.decode(result, (uint256)), fair);
                ++passed;
            }
            vm.revertToState(state);
        }
        assertGt(passed, 0);
    }

    /// @dev Nor does a keeper who brings little gas make the reserve refuse its share, however many pools it has to credit.
    function test_LittleGas_NeverKeepsTheReservesShare() public {
        MockStrategy strategy = _earning();
        uint256 passed;
        for (uint256 limit = 20_000; limit < 2_500_000; limit += 10_000) {
            uint256 state = vm.snapshotState();
            vm.prank(keeper);
            (bool done,) = address(vault).call{gas: limit}(abi.encodeCall(vault.report, (address(strategy))));
            if (done) {
                assertEq(weth.balanceOf(address(reserve)), 1e18);
                ++passed;
            }
            vm.revertToState(state);
        }
        assertGt(passed, 0);
    }

    /* A RESERVE THAT REFUSES */

    /// @dev A tenth of what a strategy gains is the reserve's, which shares it among as many pools as it may.
    function _earning() private returns (MockStrategy strategy) {
        PoolWeight[] memory weights = new PoolWeight[](32);
        address[] memory pools = new address[](32);
        for (uint160 i; i < 32; ++i) {
            pools[i] = address(i + 1000);
            weights[i] = PoolWeight(pools[i], 1);
        }
        _stake(alice, 100e18);
        strategy = _strategy(100e18);
        vm.startPrank(governance);
        reserve.registerPools(pools, true);
        reserve.setMinedWeights(weights);
        vault.setYieldShare(address(reserve), 1000);
        vm.stopPrank();
        _allocate(strategy, 50e18);
        strategy.setResult(10e18);
        fund(address(weth), address(strategy), 10e18);
    }

    /// @dev Governance, or who has its key, unlists the wrapped coin: the reserve refuses its share, and nobody is kept in.
    function test_RefusedShare_KeepsNobodyIn() public {
        MockStrategy strategy = _earning();
        vm.prank(governance);
        reserve.listToken(address(weth), false);
        uint256 state = vm.snapshotState();
        vm.prank(keeper);
        assertEq(vault.recall(address(strategy), type(uint256).max, ""), 60e18);
        _assertAllStays();
        vm.revertToState(state);
        vm.prank(guardian);
        assertEq(vault.emergencyExit(address(strategy), ""), 59.4e18);
    }

    function _assertAllStays() private {
        assertEq(weth.balanceOf(address(reserve)), 0);
        assertEq(vault.idleAssets(), 110e18);
        assertEq(vault.lockedProfit(), 10e18);
        assertEq(_leave(alice), 100e18 - 1000);
    }

    /* A HOSTILE KEEPER */

    /// @dev The keeper bends the pool, has the vault buy there, and bends it back.
    function _sandwich(uint16 slippageBps) private returns (int256 gain) {
        PlainToken staked = new PlainToken("stTKN", 18);
        RateAndGuard rates = new RateAndGuard(address(staked));
        IUniswapV2Factory factory = deployV2Factory();
        address pair = createPair(factory, address(weth), 1200e18, address(staked), 1000e18);
        Market memory market =
            Market(address(staked), rates, executor, IPriceGuard(address(rates)), slippageBps, 0, 100e18);
        IWrappedStakedStrategy strategy =
            IWrappedStakedStrategy(create("WrappedStakedStrategy", abi.encode(address(vault), market)));
        vm.startPrank(governance);
        manager.grantRole(CONVERTER_ROLE, address(strategy), 0);
        vault.setStrategy(address(strategy), 100e18);
        vm.stopPrank();
        _stake(alice, 100e18);
        fund(address(weth), keeper, 1200e18);
        uint256 bought = _sell(pair, address(weth), address(staked), 1200e18);
        bytes memory leg = RouteEncoder.encodeLeg(v2(pair, address(staked)));
        vm.prank(keeper);
        try vault.allocate(address(strategy), 100e18, leg) {} catch {}
        gain = int256(_sell(pair, address(staked), address(weth), bought)) - 1200e18;
    }

    /// @dev By the keeper, at the pair itself.
    function _sell(address pair, address tokenIn, address tokenOut, uint256 amountIn) private returns (uint256 out) {
        (bool done, bytes memory result) = pair.staticcall(abi.encodeWithSignature("getReserves()"));
        assertTrue(done);
        (uint256 reserveIn, uint256 reserveOut) = abi.decode(result, (uint112, uint112));
        if (tokenIn > tokenOut) (reserveIn, reserveOut) = (reserveOut, reserveIn);
        out = amountIn * 997 * reserveOut / (reserveIn * 1000 + amountIn * 997);
        vm.startPrank(keeper);
        PlainToken(tokenIn).transfer(pair, amountIn);
        (uint256 out0, uint256 out1) = tokenIn < tokenOut ? (uint256(0), out) : (out, uint256(0));
        (done,) = pair.call(abi.encodeWithSignature("swap(uint256,uint256,address,bytes)", out0, out1, keeper, ""));
        assertTrue(done);
        vm.stopPrank();
    }

    function test_HostileKeeper_SandwichesAStrategyWithoutAFloor() public {
        assertGt(_sandwich(10_000), 50e18);
    }

    function test_HostileKeeper_GainsNothingHere() public {
        assertLt(_sandwich(50), 0);
    }
}
