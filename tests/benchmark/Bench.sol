// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IFlashExecutor} from "../../contracts/interfaces/IFlashExecutor.sol";
import {Header, Leg} from "../../contracts/types/Route.sol";

import {ErrorsLib} from "../../contracts/libraries/ErrorsLib.sol";
import {RouteEncoder} from "../../contracts/libraries/RouteEncoder.sol";
import {RouteLib} from "../../contracts/libraries/RouteLib.sol";
import {Base_Test} from "../Base.sol";
import {AaveV3Lender} from "../protocols/AaveV3Lender.sol";
import {BalancerV2Lender} from "../protocols/BalancerV2Lender.sol";
import {IContender} from "./IContender.sol";
import {OpenReserve} from "./OpenReserve.sol";

/// @notice A route, as the table names it, and who trades it beside us.
struct Trial {
    string name;
    string lender;
    Header header;
    Leg[] legs;
    IContender floor;
    IContender routers;
}

/// @notice Measures a route: ours, ours without the payout, the floor, and what one would do otherwise; each as a
/// transaction of its own, on the very same state.
/// @dev That state is the steady one. The executor is empty, as it is between transactions; the others hold earlier
/// profit, which is cheaper to add to than nothing is. Every pool has been swapped in, in an earlier block unless a test
/// says otherwise, the buckets hold an earlier profit, and Aave has lent before.
abstract contract Bench_Test is Base_Test {
    string private constant OUTPUT = "build/bench/";
    uint256 internal constant BLOCK = 12;
    uint128 internal constant AMOUNT = 5e18;

    IFlashExecutor internal payoutless;
    address internal aave;
    address internal balancer;

    function setUp() public virtual override {
        super.setUp();
        vm.createDir(OUTPUT, true);
        OpenReserve open = new OpenReserve(address(weth));
        payoutless =
            IFlashExecutor(deployExecutor("PayoutlessExecutor", address(manager), address(open), address(weth)));
        vm.prank(governance);
        payoutless.setKeeper(keeper, true);
        (aave,) = new AaveV3Lender().create(address(weth), 1000e18);
        (balancer,) = new BalancerV2Lender().create(address(weth), 1000e18);
    }

    /* ROUTES */

    function bench(Trial memory trial) internal {
        bench(trial, BLOCK);
    }

    /// @param pause Seconds since the pools were swapped in last.
    function bench(Trial memory trial, uint256 pause) internal {
        rehearse(trial);
        skip(pause);
        uint256 state = vm.snapshotState();
        (uint256 ours, uint256 profit) = measure(executor, address(reserve), trial);
        vm.revertToState(state);
        (uint256 bare, uint256 bareProfit) = measure(payoutless, address(payoutless), trial);
        vm.revertToState(state);
        (uint256 floor, uint256 floorProfit) = measure(trial.floor, trial.header.amountIn);
        vm.revertToState(state);
        (uint256 routers, uint256 routersProfit) = measure(trial.routers, trial.header.amountIn);
        assertGt(profit, 0, "profit");
        assertEq(bareProfit, profit, "the same trade without payout");
        assertEq(floorProfit, profit, "the floor makes the same trade");
        assertGt(routersProfit, 0, "the routers make the trade");
        string memory key = label("routes", trial.name, trial.lender);
        vm.serializeUint(key, "ours", ours);
        vm.serializeUint(key, "withoutPayout", bare);
        vm.serializeUint(key, "floor", floor);
        write(key, vm.serializeUint(key, "routers", routers));
    }

    /// @notice An attempt that comes too late: there is nothing to be earned, and the executor refuses.
    function benchNothing(string memory name, string memory lender, Header memory header, Leg[] memory legs) internal {
        bytes memory route = RouteEncoder.encode(header, legs);
        vm.prank(keeper);
        (bool ok, bytes memory reason) = address(executor).call(abi.encodeCall(executor.execute, (route)));
        uint256 used = vm.lastCallGas().gasTotalUsed;
        assertFalse(ok, "nothing to be earned");
        bytes4 why = bytes4(reason);
        assertTrue(
            why == ErrorsLib.NotProfitable.selector || why == ErrorsLib.Loss.selector, "refused for another reason"
        );
        string memory key = label("nothing", name, lender);
        write(key, vm.serializeUint(key, "ours", used));
    }

    /// @dev A hundredth of the amount, by each.
    function rehearse(Trial memory trial) private {
        uint256 amountIn = trial.header.amountIn;
        trial.header.amountIn = AMOUNT / 100;
        trial.header.deadline = uint40(block.timestamp + 2 * BLOCK);
        skip(BLOCK);
        fund(address(weth), address(payoutless), 1e18);
        fund(address(weth), address(trial.floor), 1e18);
        fund(address(weth), address(trial.routers), 1e18);
        measure(executor, address(reserve), trial);
        measure(payoutless, address(payoutless), trial);
        measure(trial.floor, trial.header.amountIn);
        measure(trial.routers, trial.header.amountIn);
        trial.header.amountIn = amountIn;
    }

    function measure(IFlashExecutor who, address holder, Trial memory trial)
        private
        returns (uint256 used, uint256 profit)
    {
        bytes memory route = RouteEncoder.encode(trial.header, trial.legs);
        uint256 before = weth.balanceOf(holder);
        vm.prank(keeper);
        who.execute(route);
        used = vm.lastCallGas().gasTotalUsed;
        profit = weth.balanceOf(holder) - before;
    }

    function measure(IContender who, uint256 amountIn) private returns (uint256 used, uint256 profit) {
        uint256 before = weth.balanceOf(address(who));
        vm.prank(keeper);
        who.run(amountIn);
        used = vm.lastCallGas().gasTotalUsed;
        profit = weth.balanceOf(address(who)) - before;
    }

    /* OUTPUT */

    function label(string memory kind, string memory name, string memory lender) private returns (string memory key) {
        key = string.concat(kind, ", ", name, ", ", lender);
        vm.serializeString(key, "kind", kind);
        vm.serializeString(key, "route", name);
        vm.serializeString(key, "lender", lender);
    }

    function write(string memory key, string memory json) private {
        vm.writeJson(json, string.concat(OUTPUT, key, ".json"));
    }

    /* HEADERS */

    function flash() internal view returns (Header memory) {
        return flashSwap(address(weth), AMOUNT);
    }

    function loan() internal view returns (Header memory) {
        return loan(address(weth), AMOUNT, RouteLib.LENDER_BALANCER_V2, balancer, 0);
    }

    /// @notice Deploys published bytecode.
    function deploy(string memory artifact, bytes memory arguments) internal returns (address created) {
        bytes memory creation = bytes.concat(vm.parseJsonBytes(vm.readFile(artifact), ".bytecode"), arguments);
        // Solidity has no `new` for bare creation code.
        assembly ("memory-safe") {
            created := create(0, add(creation, 32), mload(creation))
        }
        require(created != address(0), "creation failed");
    }
}
