// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IFlashExecutor} from "../contracts/interfaces/IFlashExecutor.sol";
import {ILiquidityReserve} from "../contracts/interfaces/ILiquidityReserve.sol";
import {IPriceGuard} from "../contracts/interfaces/IPriceGuard.sol";
import {IReserveLens, IUpkeep, IVault} from "../script/deployment/Interfaces.sol";

import {Deployment} from "../script/deployment/Deployment.sol";
import {Plan} from "../script/deployment/Plan.sol";
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

/// @notice What has been deployed.
struct Deployed {
    AccessManager manager;
    IVault vault;
    ILiquidityReserve reserve;
    IPriceGuard priceGuard;
    IFlashExecutor executor;
    IUpkeep injectionUpkeep;
    IReserveLens reserveLens;
}

interface IDeployer {
    /// @notice Deploys as the script does, in the name of `deployer`.
    function deploy(address deployer, Plan calldata plan) external returns (Deployed memory);
}

/// @title Deployer
/// @notice The deployment in a contract of its own, and so compiled once and not into every test.
contract Deployer is IDeployer, Deployment {
    /// @inheritdoc IDeployer
    function deploy(address deployer, Plan calldata plan) external returns (Deployed memory) {
        vm.startPrank(deployer);
        deployMillrace(deployer, plan);
        vm.stopPrank();
        return Deployed(manager, vault, reserve, priceGuard, executor, injectionUpkeep, reserveLens);
    }
}
