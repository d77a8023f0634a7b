// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Commitment} from "../libraries/Commitment.sol";
import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

/// @title Position
/// @notice What the kinds of positions share: paying what a pool asks for, up to what was agreed.
/// @dev A kind adds liquidity, takes it out and says how deep a pool is. It believes no amount that a pool states: whoever
/// calls it measures balances. `liquidity` is counted in the pool's own units, the same for depth and for what is added.
abstract contract Position is Commitment {
    using FixedPointMathLib for uint256;
    using SafeTransferLib for address;

    /// @notice The pool asks for more than it was to get.
    error Overcharged(address token, uint256 asked, uint256 most);

    /// @notice The token takes a fee: less came to the pool than was paid.
    error PaidShort(address pool);

    uint256 internal constant WHOLE = 10_000;

    function _payAtMost(address token, address to, uint256 asked, uint256 most) internal virtual {
        require(asked <= most, Overcharged(token, asked, most));
        if (asked != 0) token.safeTransfer(to, asked);
    }

    /// @dev One amount in full; of the other what that needs, rounded up so that it is not what limits the shares.
    function _inRatio(uint256 reserve0, uint256 reserve1, uint256 most0, uint256 most1)
        internal
        pure
        returns (uint256, uint256)
    {
        if (most0 * reserve1 <= most1 * reserve0) return (most0, most0.fullMulDivUp(reserve1, reserve0));
        return (most1.fullMulDivUp(reserve0, reserve1), most1);
    }
}
