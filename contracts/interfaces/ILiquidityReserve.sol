// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IInjection} from "./IInjection.sol";
import {ILedger} from "./ILedger.sol";
import {IOutposts} from "./IOutposts.sol";
import {IRegistry} from "./IRegistry.sol";
import {ITreasury} from "./ITreasury.sol";

/// @title ILiquidityReserve
/// @notice Receives every profit, splits it, deepens pools, owns the positions, and sends to itself on other chains.
/// @dev Numbers in brackets name the rules in docs/SPEC.md.
interface ILiquidityReserve is ILedger, IRegistry, IInjection, ITreasury, IOutposts {}
