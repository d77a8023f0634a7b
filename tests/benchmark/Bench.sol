// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IFlashExecutor} from "../../contracts/interfaces/IFlashExecutor.sol";
import {Header, Leg} from "../../contracts/types/Route.sol";

import {RouteEncoder} from "../../contracts/libraries/RouteEncoder.sol";
import {Base_Test} from "../Base.sol";
import {AaveV3Lender} from "../protocols/AaveV3Lender.sol";
import {IContender} from "./IContender.sol";
import {OpenReserve} from "./OpenReserve.sol";

/// @notice Measures a route: ours, ours without the payout, the floor, and what one would do otherwise; each as a
/// transaction of its own, on the very same state.
/// @dev That state is the steady one. The executor is empty, as it is between transactions; the others hold earlier
/// profit, which is cheaper to add to than nothing is. Every pool has been swapped in, in an earlier block, the buckets
/// hold an earlier profit, and Aave has lent before.
abstract contract Bench_Test is Base_Test {
    string private constant OUTPUT = "build/bench/";
    uint256 private constant BLOCK = 12;

    IFlashExecutor internal payoutless;
    address internal aave;

    function setUp() public virtual override {
        super.setUp();
        vm.createDir(OUTPUT, true);
        OpenReserve open = new OpenReserve(address(weth));
        payoutless =
            IFlashExecutor(deployExecutor("PayoutlessExecutor", address(manager), address(open), address(weth)));
        vm.prank(governance);
        payoutless.setKeeper(keeper, true);
        (aave,) = new AaveV3Lender().create(address(weth), 1000e18);
    }

    /// @param name The route, as the table names it.
    /// @param lender Who lends, as the table names it.
    function bench(
        string memory name,
        string memory lender,
        Header memory header,
        Leg[] memory legs,
        IContender floor,
        IContender routers
    ) internal {
        rehearse(header, legs, floor, routers);
        uint256 state = vm.snapshotState();
        (uint256 ours, uint256 profit) = measureExecutor(executor, address(reserve), header, legs);
        vm.revertToState(state);
        (uint256 bare, uint256 bareProfit) = measureExecutor(payoutless, address(payoutless), header, legs);
        vm.revertToState(state);
        (uint256 least, uint256 leastProfit) = measure(floor, header.amountIn);
        vm.revertToState(state);
        (uint256 most, uint256 mostProfit) = measure(routers, header.amountIn);
        vm.revertToState(state);
        assertGt(profit, 0, "profit");
        assertEq(bareProfit, profit, "the same trade without payout");
        assertEq(leastProfit, profit, "the floor's trade is the same");
        assertGt(mostProfit, 0, "the routers' trade is one");
        write(name, lender, legs.length, ours, bare, least, most);
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

    /// @dev A hundredth of the amount by each, and a block after.
    function rehearse(Header memory header, Leg[] memory legs, IContender floor, IContender routers) private {
        uint256 amountIn = header.amountIn;
        header.amountIn = amountIn / 100;
        skip(BLOCK);
        header.deadline = uint40(block.timestamp + BLOCK);
        fund(address(weth), address(payoutless), 1e18);
        fund(address(weth), address(floor), 1e18);
        fund(address(weth), address(routers), 1e18);
        measureExecutor(executor, address(reserve), header, legs);
        measureExecutor(payoutless, address(payoutless), header, legs);
        measure(floor, header.amountIn);
        measure(routers, header.amountIn);
        skip(BLOCK);
        header.amountIn = amountIn;
    }

    function measureExecutor(IFlashExecutor who, address holder, Header memory header, Leg[] memory legs)
        private
        returns (uint256 used, uint256 profit)
    {
        bytes memory route = RouteEncoder.encode(header, legs);
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

    function write(
        string memory name,
        string memory lender,
        uint256 legs,
        uint256 ours,
        uint256 bare,
        uint256 floor,
        uint256 routers
    ) private {
        string memory key = string.concat(name, " by ", lender);
        vm.serializeString(key, "route", name);
        vm.serializeString(key, "lender", lender);
        vm.serializeUint(key, "legs", legs);
        vm.serializeUint(key, "ours", ours);
        vm.serializeUint(key, "withoutPayout", bare);
        vm.serializeUint(key, "floor", floor);
        vm.writeJson(vm.serializeUint(key, "routers", routers), string.concat(OUTPUT, key, ".json"));
    }
}
