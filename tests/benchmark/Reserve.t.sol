// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PoolForm} from "../../contracts/types/Pool.sol";
import {PoolKind} from "../../contracts/types/PoolKind.sol";

import {UniswapV2Fixture} from "../protocols/UniswapV2Fixture.sol";
import {Deepening_Test} from "../unit/reserve/DeepeningTest.sol";

/// @notice What the reserve's work costs, each call a transaction of its own and in steady state: the position is there, the
/// bucket was used before, the pool was swapped in before.
contract ReserveBench is Deepening_Test {
    uint256 private constant MOST = 305_000;

    function test_Injection_OneSided() external {
        UniswapV2Fixture fixture = new UniswapV2Fixture();
        address pool = open(fixture);
        guardAndSet(pool, entryOf(PoolKind.ConstantProduct, PoolForm.Plain));
        fill(pool, address(weth), 5e18);
        skip(1 hours);
        trade(fixture, pool, address(weth), 1e18);
        inject(pool, 1e18, 0);
        skip(1 hours);
        trade(fixture, pool, address(token), 2000 * unit());
        skip(12);
        (uint256 amount0, uint256 amount1) = order(1e18, 0);
        vm.prank(injector);
        reserve.provideLiquidity(pool, amount0, amount1, 0);
        assertLe(vm.lastCallGas().gasTotalUsed, MOST);
    }
}
