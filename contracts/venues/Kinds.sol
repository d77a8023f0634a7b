// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {RouteLib} from "../libraries/RouteLib.sol";

/// @title Kinds
/// @notice What tells the venues apart for whoever runs a route: sets of venues, a bit each.
library Kinds {
    uint256 internal constant PAIRS = 1 << RouteLib.UNISWAP_V2 | 1 << RouteLib.PANCAKE_V2 | 1 << RouteLib.SOLIDLY;
    uint256 internal constant POOLS = 1 << RouteLib.UNISWAP_V3 | 1 << RouteLib.PANCAKE_V3 | 1 << RouteLib.ALGEBRA;

    /// @dev Paid beforehand, so that the leg before can pay straight into them.
    uint256 internal constant PREPAID =
        PAIRS | 1 << RouteLib.CURVE_NG | 1 << RouteLib.DODO_V2 | 1 << RouteLib.WOOFI | 1 << RouteLib.LIQUIDITY_BOOK;

    /// @dev What they will pay can be told beforehand, by a view and exactly [E6].
    uint256 internal constant QUOTABLE = PAIRS | 1 << RouteLib.DODO_V2 | 1 << RouteLib.WOOFI | 1
        << RouteLib.LIQUIDITY_BOOK | 1 << RouteLib.ERC4626 | 1 << RouteLib.WRAPPED_NATIVE;

    /// @dev Pay out before they are paid.
    uint256 internal constant FLASH = PAIRS | POOLS | 1 << RouteLib.DODO_V2;

    /// @dev Keep all pools in one contract, which has to be unlocked, and settles within that what is left.
    uint256 internal constant MANAGED = 1 << RouteLib.UNISWAP_V4 | 1 << RouteLib.BALANCER_V3;

    /// @dev Pay nobody but the caller, and may not say how much.
    uint256 internal constant PAYS_HERE =
        1 << RouteLib.CURVE | 1 << RouteLib.CURVE_CRYPTO | 1 << RouteLib.WRAPPED_NATIVE;

    /// @dev Of the lenders: managers that lend credit, on which legs at the manager itself can run.
    uint256 internal constant CREDITORS = 1 << RouteLib.LENDER_UNISWAP_V4 | 1 << RouteLib.LENDER_BALANCER_V3;

    function has(uint256 kind, uint8 id) internal pure returns (bool) {
        return kind >> id & 1 != 0;
    }
}
