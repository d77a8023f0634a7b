// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IInjection} from "./IInjection.sol";
import {ILedger} from "./ILedger.sol";
import {IRegistry} from "./IRegistry.sol";
import {ITreasury} from "./ITreasury.sol";

/// @title ILiquidityReserve
/// @notice Receives every profit, splits it, deepens pools and owns the positions.
/// @dev Numbers in brackets name the rules in docs/SPEC.md.
interface ILiquidityReserve is ILedger, IRegistry, IInjection, ITreasury {}
