// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Base_Test} from "../Base.sol";
import {IUniswapV2Factory, IUniswapV3Factory} from "../Protocols.sol";
import {HostileLender} from "../mocks/HostileLender.sol";
import {PlainToken} from "../mocks/PlainToken.sol";
import {Donor, Handler, Keeper, Rulers, Skimmer, Trader} from "./ExecutorHandlers.sol";
import {Thief} from "./ExecutorThief.sol";
import {World} from "./ExecutorWorld.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {console} from "forge-std/console.sol";
import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";

/// @notice See README.md for what the invariants mean.
/// forge-config: default.invariant.fail-on-revert = true
contract Executor_Invariants is Base_Test {
    uint256 internal constant LENDERS_FUNDS = 1e40;

    World internal world;
    Keeper internal honest;
    Thief internal thief;
    Handler[] internal handlers;
    string[] internal names;
    address[3] internal tokens;
    address[3][3] internal pools;

    function setUp() public override {
        super.setUp();
        tokens = [address(weth), address(new PlainToken("USD", 6)), address(new PlainToken("TKN", 18))];
        _createPools();
        world = new World(executor, keeper, tokens, pools);
        vm.deal(address(weth), type(uint128).max);
        deal(address(weth), address(world), 1e60);
        _createHandlers();
        _allow();
    }

    /* INVARIANTS */

    /// @dev All in one campaign: each asks for as many calls, and the calls are what takes time.
    function invariant_EveryRuleHoldsAfterEveryCall() public view {
        _routesNeitherSpendNorLeaveAnything();
        _nobodyMaySpendTheExecutorsTokens();
        _theReserveHoldsWhatItAccounts();
        _theReserveGetsEveryProfitAndEveryStray();
        _anHonestRouteWorksAfterAnyAttempt();
        _noTokenGetsInTwice();
    }

    function _routesNeitherSpendNorLeaveAnything() private view {
        for (uint256 i; i < 3; ++i) {
            assertEq(world.held(tokens[i]), world.strays(tokens[i]), "token");
        }
        assertEq(world.held(address(0)), world.strays(address(0)), "native");
    }

    function _nobodyMaySpendTheExecutorsTokens() private view {
        address[] memory spenders = world.spenders();
        for (uint256 i; i < 3; ++i) {
            for (uint256 j; j < spenders.length; ++j) {
                assertEq(IERC20(tokens[i]).allowance(address(executor), spenders[j]), 0);
            }
        }
    }

    function _theReserveHoldsWhatItAccounts() private view {
        for (uint256 i; i < 3; ++i) {
            assertLe(reserve.accounted(tokens[i]), IERC20(tokens[i]).balanceOf(address(reserve)));
        }
        assertEq(world.falls(), 0, "the reserve paid");
    }

    function _theReserveGetsEveryProfitAndEveryStray() private view {
        for (uint256 i; i < 3; ++i) {
            uint256 balance = IERC20(tokens[i]).balanceOf(address(reserve));
            assertEq(balance, world.earned(tokens[i]) + world.skimmed(tokens[i]));
            assertGe(reserve.accounted(tokens[i]), world.earned(tokens[i]));
        }
    }

    function _anHonestRouteWorksAfterAnyAttempt() private view {
        assertEq(thief.failures(), 0);
    }

    function _noTokenGetsInTwice() private view {
        assertEq(thief.reentries(), 0);
    }

    /// @dev A long run of all handlers in turn, to see that they do what they are for.
    function test_EveryHandlerSucceedsOften() public {
        for (uint256 i; i < 1200; ++i) {
            handlers[i % handlers.length].act(uint256(keccak256(abi.encode(i))));
            _routesNeitherSpendNorLeaveAnything();
        }
        _report();
        for (uint256 i; i < handlers.length; ++i) {
            assertGt(handlers[i].successes() * 10, handlers[i].calls() * 3, names[i]);
        }
        assertGt(thief.executions() * 10, thief.calls(), "the thief's routes that went through");
        assertGt(thief.heists() * 10, thief.calls(), "the thief's routes for what lies there");
        _nobodyMaySpendTheExecutorsTokens();
    }

    function afterInvariant() public {
        if (executor.paused()) {
            vm.prank(governance);
            executor.unpause();
        }
        if (!honest.work(1)) {
            world.push(0, 0, true, 50);
            assertTrue(honest.work(1), "a gap of a tenth is not taken");
        }
        _routesNeitherSpendNorLeaveAnything();
        _nobodyMaySpendTheExecutorsTokens();
    }

    /* THE WORLD */

    function _createPools() private {
        (IUniswapV2Factory first, IUniswapV2Factory second) = (deployV2Factory(), deployV2Factory());
        IUniswapV3Factory concentrated = deployV3Factory();
        uint256[3] memory amounts = [uint256(1000e18), 2_000_000e6, 1_000_000e18];
        for (uint256 third; third < 3; ++third) {
            (uint256 i, uint256 j) = ((third + 1) % 3, (third + 2) % 3);
            (address a, address b) = (tokens[i], tokens[j]);
            pools[third][0] = createPair(first, a, amounts[i], b, amounts[j]);
            pools[third][1] = createPair(second, a, amounts[i], b, amounts[j]);
            pools[third][2] = _concentrated(concentrated, a, amounts[i], b, amounts[j]);
        }
    }

    function _concentrated(IUniswapV3Factory factory, address a, uint256 amountA, address b, uint256 amountB)
        private
        returns (address)
    {
        (uint256 amount0, uint256 amount1) = a < b ? (amountA, amountB) : (amountB, amountA);
        uint256 price = FixedPointMathLib.fullMulDiv(amount1, 1 << 192, amount0);
        uint256 liquidity = FixedPointMathLib.sqrt(amount0 * amount1);
        return createPool(factory, a, b, uint160(FixedPointMathLib.sqrt(price)), uint128(liquidity));
    }

    function _createHandlers() private {
        HostileLender lender = new HostileLender();
        world.addSpender(address(lender));
        for (uint256 i; i < 3; ++i) {
            world.give(tokens[i], address(lender), LENDERS_FUNDS);
        }
        honest = new Keeper(world, address(lender));
        thief = new Thief(world, honest);
        thief.equip();
        _add("trader", new Trader(world));
        _add("keeper", honest);
        _add("donor", new Donor(world));
        _add("thief", thief);
        _add("skimmer", new Skimmer(world));
        _add("rulers", new Rulers(world, guardian, governance));
    }

    function _add(string memory name, Handler handler) private {
        names.push(name);
        handlers.push(handler);
        targetContract(address(handler));
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = Handler.act.selector;
        targetSelector(FuzzSelector(address(handler), selectors));
    }

    function _allow() private {
        vm.startPrank(governance);
        for (uint256 i; i < 3; ++i) {
            reserve.listToken(tokens[i], true);
            address[] memory allowed = new address[](3);
            for (uint256 j; j < 3; ++j) {
                allowed[j] = pools[i][j];
            }
            executor.allowPools(allowed, true);
        }
        address[] memory lenders = new address[](1);
        lenders[0] = world.spenders()[9];
        executor.allowPools(lenders, true);
        vm.stopPrank();
    }

    function _report() private view {
        for (uint256 i; i < handlers.length; ++i) {
            (uint256 calls, uint256 successes) = (handlers[i].calls(), handlers[i].successes());
            console.log("%s: %d of %d", names[i], successes, calls);
        }
        console.log("thief: %d executed, %d proofs after", thief.executions(), thief.proofs());
    }
}
