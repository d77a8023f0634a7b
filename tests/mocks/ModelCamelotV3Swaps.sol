// SPDX-License-Identifier: MIT
// Model: how a pool of Camelot V3 swaps, with a fee each way and a table with a bit for every tick.
pragma solidity >=0.8.34;

import {IPayer, ModelCamelotV3State} from "./ModelCamelotV3State.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {BitMath} from "@uniswap/v4-core/src/libraries/BitMath.sol";
import {SwapMath} from "@uniswap/v4-core/src/libraries/SwapMath.sol";
import {TickMath} from "@uniswap/v4-core/src/libraries/TickMath.sol";

/// @title ModelCamelotV3Swaps
/// @notice The first swap of a second sets the fee of either way anew, and pays its own.
/// @dev A step is Uniswap V4's published arithmetic, which is Algebra's. Left out: the community's share, growth beyond a
/// tick.
abstract contract ModelCamelotV3Swaps is ModelCamelotV3State {
    using SafeERC20 for IERC20;

    error PriceLimit();

    event Swap(
        address indexed sender,
        address indexed recipient,
        int256 amount0,
        int256 amount1,
        uint160 price,
        uint128 liquidity,
        int24 tick
    );

    struct Movement {
        uint160 price;
        int24 tick;
        uint128 liquidity;
        int256 required;
        int256 calculated;
    }

    function swap(address recipient, bool zeroToOne, int256 amountRequired, uint160 limit, bytes calldata data)
        external
        lock
        returns (int256 amount0, int256 amount1)
    {
        require(amountRequired != 0, ZeroAmount());
        (amount0, amount1) = _moved(zeroToOne, amountRequired, limit);
        (uint256 before0, uint256 before1) = _balances();
        if (zeroToOne) {
            if (amount1 < 0) IERC20(token1).safeTransfer(recipient, uint256(-amount1));
            IPayer(msg.sender).algebraSwapCallback(amount0, amount1, data);
            require(IERC20(token0).balanceOf(address(this)) >= before0 + uint256(amount0), PaidShort());
        } else {
            if (amount0 < 0) IERC20(token0).safeTransfer(recipient, uint256(-amount0));
            IPayer(msg.sender).algebraSwapCallback(amount0, amount1, data);
            require(IERC20(token1).balanceOf(address(this)) >= before1 + uint256(amount1), PaidShort());
        }
        emit Swap(msg.sender, recipient, amount0, amount1, globalState.price, liquidity, globalState.tick);
    }

    function _moved(bool zeroToOne, int256 required, uint160 limit) private returns (int256 amount0, int256 amount1) {
        State memory state = globalState;
        require(
            zeroToOne
                ? limit < state.price && limit > TickMath.MIN_SQRT_PRICE
                : limit > state.price && limit < TickMath.MAX_SQRT_PRICE,
            PriceLimit()
        );
        _refreshFees(state);
        Movement memory at = Movement(state.price, state.tick, liquidity, required, 0);
        uint24 fee = zeroToOne ? state.feeZto : state.feeOtz;
        while (at.required != 0 && at.price != limit) {
            _step(at, zeroToOne, required > 0, limit, fee);
        }
        (globalState.price, globalState.tick, liquidity) = (at.price, at.tick, at.liquidity);
        int256 used = required - at.required;
        (amount0, amount1) = zeroToOne == (required > 0) ? (used, at.calculated) : (at.calculated, used);
        _volumePerLiquidityInBlock += dataStorageOperator.zto()
            .calculateVolumePerLiquidity(at.liquidity, amount0, amount1);
    }

    /// @dev To the next tick that is initialised, else to the end of its row of the table, or as far as the amount goes.
    function _step(Movement memory at, bool zeroToOne, bool exactInput, uint160 limit, uint24 fee) private view {
        (int24 next, bool initialised) = _next(at.tick, zeroToOne);
        if (next < TickMath.MIN_TICK) next = TickMath.MIN_TICK;
        if (next > TickMath.MAX_TICK) next = TickMath.MAX_TICK;
        uint160 end = TickMath.getSqrtPriceAtTick(next);
        uint160 start = at.price;
        _trade(at, SwapMath.getSqrtPriceTarget(zeroToOne, end, limit), exactInput, fee);
        if (at.price == end) {
            if (initialised) {
                int128 delta = _ticks[next].liquidityDelta;
                at.liquidity = _sum(at.liquidity, zeroToOne ? -delta : delta);
            }
            at.tick = zeroToOne ? next - 1 : next;
        } else if (at.price != start) {
            at.tick = TickMath.getTickAtSqrtPrice(at.price);
        }
    }

    /// @dev Towards a price.
    function _trade(Movement memory at, uint160 target, bool exactInput, uint24 fee) private pure {
        uint256 input;
        uint256 output;
        uint256 taken;
        (at.price, input, output, taken) = SwapMath.computeSwapStep(at.price, target, at.liquidity, -at.required, fee);
        at.required += exactInput ? -int256(input + taken) : int256(output);
        at.calculated += exactInput ? -int256(output) : int256(input + taken);
    }

    function _next(int24 tick, bool down) private view returns (int24, bool) {
        if (!down) ++tick;
        uint256 row = tickTable[int16(tick >> 8)];
        uint8 bit = uint8(uint24(tick));
        if (down) {
            row <<= 255 - bit;
            if (row == 0) return (tick - int24(uint24(bit)), false);
            return (tick - int24(uint24(255 - BitMath.mostSignificantBit(row))), true);
        }
        row >>= bit;
        if (row == 0) return (tick + int24(uint24(255 - bit)), false);
        return (tick + int24(uint24(BitMath.leastSignificantBit(row))), true);
    }
}
