// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IFlashExecutor} from "../interfaces/IFlashExecutor.sol";
import {IPriceGuard} from "../interfaces/IPriceGuard.sol";
import {IStakingStrategy} from "../interfaces/IStakingStrategy.sol";
import {IRateProvider} from "../interfaces/external/IRateProvider.sol";
import {Market} from "../types/Market.sol";

import {Strategy} from "./Strategy.sol";
import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";
import {SafeCastLib} from "solady/utils/SafeCastLib.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

/// @title WrappedStakedStrategy
/// @notice Holds a wrapped staked token that is bought and sold on venues, where it cannot be minted: on rollups, on Polygon.
/// @dev
/// CONVERSIONS run in the executor, which holds nothing [R9]: exact input out, measured output back, at least what the guard
/// says it is worth less the slippage allowed.
///
/// A HOSTILE KEEPER can choose bad legs, and so lose the slippage allowed on what is converted; the volume of a day bounds
/// that to maxDailyVolume · maxSlippageBps a day. A hostile guardian can lose the emergency's slippage, once.
///
/// WHILE THE GUARD IS MUTE, its feed stale or its sources at odds, nothing is bought or sold; but an emergency exit is, at
/// least at the protocol's rate less the emergency's slippage. Where a market trades below that, it waits for the guard.
///
/// WORTH is the protocol's rate, which no trade moves. A token that trades below it is worth less to whoever must sell; that
/// loss shows when it is sold.
contract WrappedStakedStrategy is Strategy {
    using FixedPointMathLib for uint256;
    using SafeCastLib for uint256;
    using SafeTransferLib for address;

    /* CONSTANTS, IMMUTABLES AND STORAGE */

    uint256 private constant BPS = 10_000;
    uint256 private constant WAD = 1e18;

    address public immutable staked;
    IRateProvider public immutable rate;
    IFlashExecutor public immutable executor;
    IPriceGuard public immutable guard;
    uint256 public immutable maxSlippageBps;
    uint256 public immutable maxEmergencySlippageBps;
    uint256 public immutable maxDailyVolume;

    uint128 private _day;
    uint128 private _volume;

    error SlippageTooHigh(uint256 bps);
    /// @notice The conversion brought less than the guard's price allows.
    error TooLittleBack(uint256 amountOut, uint256 floor);
    error VolumeExceeded(uint256 volume, uint256 maxDailyVolume);

    constructor(address vault_, Market memory market) Strategy(vault_) {
        require(market.maxSlippageBps <= BPS, SlippageTooHigh(market.maxSlippageBps));
        require(market.maxEmergencySlippageBps <= BPS, SlippageTooHigh(market.maxEmergencySlippageBps));
        (staked, rate, executor, guard) = (market.staked, market.rate, market.executor, market.guard);
        maxSlippageBps = market.maxSlippageBps;
        maxEmergencySlippageBps = market.maxEmergencySlippageBps;
        maxDailyVolume = market.maxDailyVolume;
    }

    /* THE VAULT */

    /// @inheritdoc IStakingStrategy
    /// @param legs The executor's packed legs, from the asset to the staked token.
    function deploy(uint256 amount, bytes calldata legs) external onlyVault {
        _count(amount);
        emit Deployed(amount, _convert(asset, amount, staked, legs));
    }

    // Only the vault calls, and it is locked while it does: nothing can come between a conversion and its event.
    // slither-disable-start reentrancy-events

    /// @inheritdoc IStakingStrategy
    /// @param legs The executor's packed legs, from the staked token to the asset.
    function release(uint256 amount, bytes calldata legs) external onlyVault returns (uint256) {
        uint256 held = staked.balanceOf(address(this));
        uint256 all = _worth(held);
        if (amount < all) held = held.min(amount.fullMulDivUp(WAD, rate.getRate()));
        if (held != 0 && amount != 0) {
            _count(all.min(amount));
            _convert(staked, held, asset, legs);
        }
        return _sendAll();
    }

    /// @inheritdoc IStakingStrategy
    /// @param legs As for `release`.
    function emergencyExit(bytes calldata legs) external onlyVault returns (uint256) {
        uint256 held = staked.balanceOf(address(this));
        if (held != 0) _swap(staked, held, asset, legs, _emergencyPrice(held), maxEmergencySlippageBps);
        return _sendAll();
    }

    // slither-disable-end reentrancy-events

    /* VIEWS */

    /// @inheritdoc IStakingStrategy
    function worth() external view returns (uint256) {
        return _worth(staked.balanceOf(address(this)));
    }

    /* INTERNALS */

    function _worth(uint256 held) private view returns (uint256) {
        return held.fullMulDiv(rate.getRate(), WAD);
    }

    /// @dev A guard that is mute cannot keep the vault in. Nobody gains by making it mute: the rate is what no trade moves.
    function _emergencyPrice(uint256 held) private view returns (uint256) {
        try guard.quote(staked, held, asset) returns (uint256 price) {
            return price;
        } catch {
            return _worth(held);
        }
    }

    function _convert(address tokenIn, uint256 amountIn, address tokenOut, bytes calldata legs)
        private
        returns (uint256)
    {
        return _swap(tokenIn, amountIn, tokenOut, legs, guard.quote(tokenIn, amountIn, tokenOut), maxSlippageBps);
    }

    /// @dev The floor is rounded up, in the favour of the vault.
    function _swap(
        address tokenIn,
        uint256 amountIn,
        address tokenOut,
        bytes calldata legs,
        uint256 price,
        uint256 slippageBps
    ) private returns (uint256 amountOut) {
        uint256 floor = price.fullMulDivUp(BPS - slippageBps, BPS);
        uint256 before = tokenOut.balanceOf(address(this));
        tokenIn.safeTransfer(address(executor), amountIn);
        // What comes is measured, not believed.
        // slither-disable-next-line unused-return
        executor.convert(tokenIn, amountIn, legs);
        amountOut = tokenOut.balanceOf(address(this)) - before;
        require(amountOut >= floor, TooLittleBack(amountOut, floor));
    }

    function _count(uint256 amount) private {
        uint256 day = block.timestamp / 1 days;
        // The very day is asked for.
        // slither-disable-next-line incorrect-equality
        uint256 volume = (day == _day ? _volume : 0) + amount;
        require(volume <= maxDailyVolume, VolumeExceeded(volume, maxDailyVolume));
        (_day, _volume) = (day.toUint128(), volume.toUint128());
    }
}
