// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Deployment} from "../script/deployment/Deployment.sol";
import {Plan} from "../script/deployment/Plan.sol";
import {Base_Test} from "./Base.sol";
import {Governing} from "./Governing.sol";

/// @title Deploying
/// @notice For tests of the deployment itself: it runs in the test's own contract, where what it keeps can be looked at.
abstract contract Deploying is Governing, Deployment {
    function deployAs(address deployer, Plan memory plan) internal virtual override {
        vm.startPrank(deployer);
        deployMillrace(deployer, plan);
        vm.stopPrank();
    }
}

abstract contract Deploying_Test is Base_Test, Deploying {
    function deployAs(address deployer, Plan memory plan) internal override(Governing, Deploying) {
        super.deployAs(deployer, plan);
    }
}
