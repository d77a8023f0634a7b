// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IFlashExecutor} from "../interfaces/IFlashExecutor.sol";
import {IPriceGuard} from "../interfaces/IPriceGuard.sol";
import {IRateProvider} from "../interfaces/external/IRateProvider.sol";

/// @notice What a WrappedStakedStrategy works with, fixed at its construction.
/// @param staked The token bought and sold; it grows in worth, not in number.
/// @param rate What one of it is worth by its protocol, and not on a market.
/// @param executor Where it is bought and sold; governance must have given the strategy the right to convert there.
/// @param guard Whose prices bound what a conversion may cost.
/// @param maxSlippageBps Basis points below the guard's price that a conversion may bring.
/// @param maxEmergencySlippageBps The same of an emergency exit.
/// @param maxDailyVolume Units of the asset that may be converted in a day, either way; an emergency exit not counted.
struct Market {
    address staked;
    IRateProvider rate;
    IFlashExecutor executor;
    IPriceGuard guard;
    uint16 maxSlippageBps;
    uint16 maxEmergencySlippageBps;
    uint128 maxDailyVolume;
}
