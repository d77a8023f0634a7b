// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PoolForm} from "../../../contracts/types/Pool.sol";
import {PoolKind} from "../../../contracts/types/PoolKind.sol";
import {IReserveLens} from "../../../script/deployment/Interfaces.sol";

import {Deepening_Test} from "../../DeepeningTest.sol";
import {UniswapV2Fixture} from "../../protocols/UniswapV2Fixture.sol";

/// @notice What the lens says where there is little to say; integration/Deepening.t.sol has what it says of each kind.
contract Lens_Test is Deepening_Test {
    IReserveLens internal lens;
    address internal pool;

    function setUp() public override {
        super.setUp();
        pool = open(new UniswapV2Fixture());
        guardAndSet(pool, entryOf(PoolKind.ConstantProduct, PoolForm.Plain));
        lens = IReserveLens(create("ReserveLens", abi.encode(address(reserve))));
    }

    function test_OfAPoolWithoutTermsThereIsNothing() public view {
        (uint256 amount0, uint256 amount1) = lens.positionOf(stranger);
        assertEq(amount0, 0);
        assertEq(amount1, 0);
    }

    /// @dev The wrapped coin is its own measure.
    function test_TheGuardIsAskedOnlyForWhatNeedsAPrice() public {
        bytes memory question = abi.encodeWithSelector(guard.quote.selector);
        vm.mockCallRevert(address(guard), question, "no price");
        assertEq(lens.valueOf(pool), 0);
        vm.clearMockedCalls();
        fill(pool, address(weth), 1e18);
        fill(pool, address(token), 2000e6);
        inject(pool, 1e18, 2000e6);
        vm.mockCallRevert(address(guard), abi.encodeWithSelector(guard.quote.selector, weth), "no price");
        assertApproxEqRel(lens.valueOf(pool), 2e18, 0.001e18);
        vm.mockCallRevert(address(guard), abi.encodeWithSelector(guard.quote.selector, token), "no price");
        vm.expectRevert("no price");
        lens.valueOf(pool);
    }
}
