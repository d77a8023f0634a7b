// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IFlashExecutor} from "../../contracts/interfaces/IFlashExecutor.sol";
import {ILiquidityReserve} from "../../contracts/interfaces/ILiquidityReserve.sol";
import {IPriceGuard} from "../../contracts/interfaces/IPriceGuard.sol";
import {IReserveLens, IUpkeep, IVault} from "./Interfaces.sol";

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

/// @title Contracts
/// @notice What a deployment consists of, and the manager's roles in it.
abstract contract Contracts {
    uint64 internal constant GUARDIAN_ROLE = 1;
    uint64 internal constant RESERVE_ROLE = 2;
    uint64 internal constant CONVERTER_ROLE = 3;
    uint64 internal constant VAULT_KEEPER_ROLE = 4;
    uint64 internal constant WITHDRAWER_ROLE = 5;

    AccessManager internal manager;
    IVault internal vault;
    ILiquidityReserve internal reserve;
    IPriceGuard internal priceGuard;
    IFlashExecutor internal executor;
    IUpkeep internal injectionUpkeep;
    IReserveLens internal reserveLens;
}
