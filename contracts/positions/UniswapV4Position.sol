// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IUniswapV4Liquidity} from "../interfaces/external/IUniswapV4Liquidity.sol";
import {IUniswapV4PoolManager, IUnlockCallback} from "../interfaces/external/IUniswapV4PoolManager.sol";
import {IWrappedNative} from "../interfaces/external/IWrappedNative.sol";
import {Pool, Range} from "../types/Pool.sol";

import {LiquidityLib} from "../libraries/LiquidityLib.sol";
import {PoolLib} from "../libraries/PoolLib.sol";
import {UniswapV4Lib} from "../libraries/UniswapV4Lib.sol";
import {RangePosition} from "./RangePosition.sol";
import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";
import {SafeCastLib} from "solady/utils/SafeCastLib.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

/// @title UniswapV4Position
/// @notice Liquidity in pools of Uniswap V4's manager without hooks. Native coin is wrapped here and unwrapped for it.
/// @dev Commits to the unlock's data: the pool's entry, the change, the most of each token.
abstract contract UniswapV4Position is RangePosition, IUnlockCallback {
    using SafeCastLib for uint256;
    using SafeTransferLib for address;

    /// @dev One call to modifyLiquidity.
    struct Change {
        Pool entry;
        int24 lower;
        int24 upper;
        int256 liquidity;
        uint256 most0;
        uint256 most1;
    }

    /* CALLBACK */

    /// @dev The manager is the caller: the commitment says so.
    function unlockCallback(bytes calldata data) external returns (bytes memory) {
        _accept(data);
        Change memory change = abi.decode(data, (Change));
        // The fees are in the delta.
        // slither-disable-next-line unused-return
        (int256 delta,) = IUniswapV4Liquidity(msg.sender)
            .modifyLiquidity(
                PoolLib.key(change.entry),
                IUniswapV4Liquidity.ModifyLiquidityParams(change.lower, change.upper, change.liquidity, 0),
                ""
            );
        // The halves of the word.
        // forge-lint: disable-next-line(unsafe-typecast)
        (int128 delta0, int128 delta1) = (int128(delta >> 128), int128(delta));
        _square(change.entry.token0, change.entry.native, delta0, change.most0);
        _square(change.entry.token1, false, delta1, change.most1);
        return "";
    }

    /// @dev Pays what the manager is owed, takes what it owes.
    function _square(address token, bool native, int256 delta, uint256 most) private {
        IUniswapV4PoolManager manager = IUniswapV4PoolManager(msg.sender);
        address currency = native ? address(0) : token;
        uint256 amount = FixedPointMathLib.abs(delta);
        if (delta > 0) {
            manager.take(currency, address(this), amount);
            // Wraps what the manager has just paid.
            // slither-disable-next-line arbitrary-send-eth
            if (native) IWrappedNative(token).deposit{value: amount}();
        } else if (delta < 0) {
            require(amount <= most, Overcharged(token, amount, most));
            manager.sync(currency);
            if (native) IWrappedNative(token).withdraw(amount);
            else token.safeTransfer(msg.sender, amount);
            // The manager is the one that was committed to; it credits what it has received.
            // slither-disable-next-line unused-return,arbitrary-send-eth
            manager.settle{value: native ? amount : 0}();
        }
    }

    /* LIQUIDITY */

    function _v4Price(Pool memory entry) internal view returns (uint160 sqrtPrice, int24 tick) {
        bytes32 state = PoolLib.stateSlot(entry);
        // The fee does not matter here.
        // slither-disable-next-line unused-return
        (sqrtPrice, tick,) = UniswapV4Lib.decodeSlot0(IUniswapV4PoolManager(entry.home).extsload(state), true);
    }

    function _v4Depth(Pool memory entry) internal view returns (uint256) {
        bytes32 slot = UniswapV4Lib.liquiditySlot(PoolLib.stateSlot(entry));
        // The slot holds nothing else.
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint128(uint256(IUniswapV4PoolManager(entry.home).extsload(slot)));
    }

    function _v4Provide(Pool memory entry, address pool, uint256 most0, uint256 most1) internal returns (uint256) {
        (uint160 sqrtPrice, int24 tick) = _v4Price(entry);
        Range storage range = _target(entry, pool, tick);
        uint128 liquidity = LiquidityLib.liquidityFor(sqrtPrice, range.lower, range.upper, most0, most1);
        range.liquidity += liquidity;
        _modify(Change(entry, range.lower, range.upper, uint256(liquidity).toInt256(), most0, most1));
        return liquidity;
    }

    /// @dev Takes a share of a position out, or none of it, and its fees in any case.
    function _v4Withdraw(Pool memory entry, Range storage position, uint256 shareBps) internal {
        Range memory range = position;
        if (range.liquidity == 0) return;
        uint128 liquidity = _part(range, shareBps);
        position.liquidity = range.liquidity - liquidity;
        _modify(Change(entry, range.lower, range.upper, -uint256(liquidity).toInt256(), 0, 0));
    }

    function _modify(Change memory change) private {
        bytes memory data = abi.encode(change);
        _expect(change.entry.home, this.unlockCallback.selector, data);
        // It returns what the callback does: nothing.
        // slither-disable-next-line unused-return
        IUniswapV4PoolManager(change.entry.home).unlock(data);
        _requireAccepted();
    }
}
