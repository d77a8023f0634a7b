// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IAlgebraHistory, IAlgebraIntegralPool, IUniswapV3History} from "../interfaces/external/IPriceHistory.sol";
import {Ratio} from "../types/Ratio.sol";

import {RatioLib} from "./RatioLib.sol";
import {SpotLib} from "./SpotLib.sol";
import {TickLib} from "./TickLib.sol";
import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";
import {LibBytes} from "solady/utils/LibBytes.sol";

/// @title TwapLib
/// @notice The mean price of a concentrated pool, which keeps its history itself: `token1` for `token0`.
/// @dev The mean is geometric, and rounded down to a tick, as in Uniswap's periphery; so are the ticks that it is the mean
/// of. Together it is at most two basis points too low.
///
/// Algebra Integral's history is kept by a plugin, asked of the pool each time. One that the pool does not tell of its
/// swaps would take the price of now for that of the whole window, and is refused.
library TwapLib {
    /// @dev Integral's state has fewer words than any other Algebra's; the fourth holds the plugin's flags.
    uint256 private constant INTEGRAL_STATE = 192;
    uint256 private constant PLUGIN_CONFIG_AT = 96;
    uint256 private constant BEFORE_SWAP_FLAG = 1;

    /// @notice The pool's history does not reach back over the window, or cannot be read.
    error TwapTooShort(address pool, uint256 window);
    /// @notice The pool does not tell its plugin of swaps.
    error PluginDetached(address pool);

    /// @return price Over the last `window` seconds.
    /// @return depth Harmonic mean of the liquidity in range over the window; 0 where there is no record of it.
    function read(address pool, uint32 window) internal view returns (Ratio memory price, uint256 depth) {
        (int56[] memory ticks, uint160[] memory perLiquidity) = _history(pool, window);
        // Differences of sums that overflow as their pools mean them to.
        unchecked {
            price = RatioLib.fromSqrtPrice(TickLib.sqrtPriceAt(_mean(ticks[1] - ticks[0], window)));
            if (perLiquidity.length != 0) {
                depth = FixedPointMathLib.rawDiv(uint256(window) << 128, perLiquidity[1] - perLiquidity[0]);
            }
        }
    }

    /// @notice Whether the pool's history tells its depth: all but Integral's does.
    function knowsDepth(address pool) internal view returns (bool) {
        (bytes memory state, bool isAlgebra) = SpotLib.stateOf(pool);
        return !isAlgebra || state.length != INTEGRAL_STATE;
    }

    /// @dev The sums then and now.
    function _history(address pool, uint32 window)
        private
        view
        returns (int56[] memory ticks, uint160[] memory perLiquidity)
    {
        (bytes memory state, bool isAlgebra) = SpotLib.stateOf(pool);
        bool isIntegral = isAlgebra && state.length == INTEGRAL_STATE;
        if (isIntegral) {
            uint256 config = uint256(LibBytes.load(state, PLUGIN_CONFIG_AT));
            require(config & BEFORE_SWAP_FLAG != 0, PluginDetached(pool));
        }
        uint32[] memory ago = new uint32[](2);
        ago[0] = window;
        bytes memory question = isAlgebra
            ? abi.encodeCall(IAlgebraHistory.getTimepoints, (ago))
            : abi.encodeCall(IUniswapV3History.observe, (ago));
        address keeper = isIntegral ? IAlgebraIntegralPool(pool).plugin() : pool;
        // Asked so that no answer is refused by name.
        // slither-disable-next-line low-level-calls
        (bool answered, bytes memory history) = keeper.staticcall(question);
        require(answered && history.length != 0, TwapTooShort(pool, window));
        if (isIntegral) ticks = abi.decode(history, (int56[]));
        else (ticks, perLiquidity) = abi.decode(history, (int56[], uint160[]));
    }

    /// @dev Rounded down, below zero too.
    function _mean(int56 sum, uint32 window) private pure returns (int24 tick) {
        int256 seconds_ = int256(uint256(window));
        int256 mean = sum / seconds_;
        if (sum % seconds_ < 0) --mean;
        // A mean of ticks; of a pool that answers nonsense, TickLib refuses what is left.
        // forge-lint: disable-next-line(unsafe-typecast)
        return int24(mean);
    }
}
