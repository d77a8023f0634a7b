// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ILidoStrategy} from "../../script/deployment/Interfaces.sol";

import {ModelWithdrawalQueue, ModelWstETH} from "../mocks/ModelLido.sol";
import {ForkTest} from "./ForkTest.sol";

/// @notice Lido's strategy: with Lido's own contracts where there are any; on the replica, which has no bytecode of them,
/// with the model, which shows that the test itself holds and no more.
contract Lido_Fork is ForkTest {
    uint256 private constant STAKED = 10e18;

    ILidoStrategy private strategy;

    /// @dev The strategy's vault is this test.
    function asset() external view returns (address) {
        return wrappedNativeOf();
    }

    function setUp() public override {
        super.setUp();
        (address wstETH, address queue) = (tokenOf("wstETH"), addressAt(".strategies.lido.queue"));
        if (queue.code.length == 0) {
            wstETH = address(new ModelWstETH());
            vm.deal(address(ModelWstETH(payable(wstETH)).stETH()), 1e18);
            queue = address(new ModelWithdrawalQueue(ModelWstETH(payable(wstETH))));
        }
        strategy = ILidoStrategy(payable(deployCode("LidoStrategy", abi.encode(address(this), wstETH, queue))));
        fund("WETH", address(strategy), STAKED);
        strategy.deploy(STAKED, "");
    }

    /// @dev Lido rounds down, by a unit for each of its conversions.
    function test_InAtLidosRate() public view {
        assertApproxEqAbs(strategy.worth(), STAKED, 3);
        assertEq(address(strategy).balance, 0);
        assertEq(balance("WETH", address(strategy)), 0);
    }

    function test_OutThroughTheQueue_CountsWhileItWaits() public {
        assertEq(strategy.release(4e18, ""), 0);
        assertEq(strategy.pendingRequests().length, 1);
        assertApproxEqAbs(strategy.worth(), STAKED, 6);
        assertEq(strategy.release(0, ""), 0);
        assertEq(strategy.pendingRequests().length, 1);
    }

    function test_AnEmergencyExitRequestsAll() public {
        assertEq(strategy.emergencyExit(""), 0);
        assertEq(strategy.pendingRequests().length, 1);
        assertApproxEqAbs(strategy.worth(), STAKED, 3);
    }
}
