// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PoolForm} from "../../contracts/types/Pool.sol";
import {PoolKind} from "../../contracts/types/PoolKind.sol";

import {Deepening_Test} from "../DeepeningTest.sol";
import {UniswapV2Fixture} from "../protocols/UniswapV2Fixture.sol";
import {intrinsicGas} from "./Intrinsic.sol";

/// @notice What the reserve's work costs, each call a transaction of its own and in steady state: the position is there, the
/// bucket was used before, the pool was swapped in before. Without the 21,000 and the calldata.
contract ReserveBench is Deepening_Test {
    UniswapV2Fixture private fixture;
    address private pool;

    function setUp() public override {
        super.setUp();
        fixture = new UniswapV2Fixture();
        pool = open(fixture);
        guardAndSet(pool, entryOf(PoolKind.ConstantProduct, PoolForm.Plain));
        fill(pool, address(weth), 5e18);
        fill(pool, address(token), 10_000 * unit());
        skip(1 hours);
        trade(fixture, pool, address(weth), 1e18);
        inject(pool, 1e18, 1000 * unit());
        skip(1 hours);
        trade(fixture, pool, address(token), 2000 * unit());
        skip(12);
    }

    function test_Injection_OneSided() external {
        _bench("one-sided injection, V2", 1e18, 0);
    }

    function test_Injection_OfBoth() external {
        _bench("injection of both tokens, V2", 1e18, 2000 * unit());
    }

    function _bench(string memory name, uint256 amountWeth, uint256 amountToken) private {
        (uint256 amount0, uint256 amount1) = order(amountWeth, amountToken);
        bytes memory data = abi.encodeCall(reserve.provideLiquidity, (pool, amount0, amount1, 0));
        vm.prank(injector);
        (bool done,) = address(reserve).call(data);
        uint256 used = vm.lastCallGas().gasTotalUsed - intrinsicGas(data);
        assertTrue(done);
        string memory key = string.concat("reserve, ", name);
        vm.serializeString(key, "kind", "reserve");
        vm.serializeString(key, "call", name);
        vm.createDir("build/bench", true);
        vm.writeJson(vm.serializeUint(key, "ours", used), string.concat("build/bench/", key, ".json"));
    }
}
