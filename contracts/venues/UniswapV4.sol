// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IUniswapV4PoolManager, IUnlockCallback} from "../interfaces/external/IUniswapV4PoolManager.sol";
import {PackedLeg} from "../types/PackedLeg.sol";

import {CalldataLib} from "../libraries/CalldataLib.sol";
import {ErrorsLib} from "../libraries/ErrorsLib.sol";
import {RouteLib} from "../libraries/RouteLib.sol";
import {TickLib} from "../libraries/TickLib.sol";
import {UniswapV4Lib} from "../libraries/UniswapV4Lib.sol";
import {Flow, Venue} from "./Venue.sol";
import {SafeCastLib} from "solady/utils/SafeCastLib.sol";

/// @title UniswapV4
/// @notice Pools without hooks of Uniswap V4, native coin included. `target` is the pool manager; `params`: the pool's fee
/// (3 bytes) and tick spacing (3 bytes).
/// @dev Where the manager has been unlocked by the route's loan, a swap only changes what the manager owes; else the leg
/// unlocks it for itself.
abstract contract UniswapV4 is IUnlockCallback, Venue {
    bytes1 private constant ONE_LEG = 0;

    /// @notice The manager is unlocked: for one leg, or for the route that runs on its credit.
    function unlockCallback(bytes calldata data) external returns (bytes memory) {
        _accept(data);
        bytes calldata rest = CalldataLib.slice(data, 1, data.length);
        if (data[0] == ONE_LEG) return abi.encode(_runUnlocked(RouteLib.UNISWAP_V4, rest));
        _lendCredit(RouteLib.UNISWAP_V4, rest);
        return "";
    }

    /// @dev Of a manager that is locked.
    function _swap(PackedLeg leg, Flow memory flow, address to, uint256 quote)
        internal
        virtual
        override
        returns (uint256)
    {
        if (leg.venue() != RouteLib.UNISWAP_V4) return super._swap(leg, flow, to, quote);
        // The leg's six bytes of params.
        // forge-lint: disable-next-line(unsafe-typecast)
        bytes memory data = bytes.concat(ONE_LEG, _toUnlock(leg, flow, to), bytes6(uint48(leg.params())));
        // Drawing on another manager's credit comes first and calls nothing that is ours.
        // slither-disable-next-line reentrancy-benign
        _expect(leg.target(), this.unlockCallback.selector, data);
        bytes memory result = IUniswapV4PoolManager(leg.target()).unlock(data);
        _requireAccepted();
        return abi.decode(result, (uint256));
    }

    /* THE MANAGER'S CREDIT */

    function _swapOnCredit(PackedLeg leg, Flow memory flow) internal virtual override returns (uint256 amountOut) {
        if (leg.venue() != RouteLib.UNISWAP_V4) return super._swapOnCredit(leg, flow);
        bool zeroForOne = flow.token < leg.tokenOut();
        int256 exactInput = -SafeCastLib.toInt256(flow.amount);
        int256 delta = IUniswapV4PoolManager(leg.target())
            .swap(
                UniswapV4Lib.poolKey(leg, flow.token),
                IUniswapV4PoolManager.SwapParams(
                    zeroForOne, exactInput, zeroForOne ? TickLib.LOWEST_LIMIT : TickLib.HIGHEST_LIMIT
                ),
                ""
            );
        // Halves of a word.
        // forge-lint: disable-next-line(unsafe-typecast)
        (int256 amount0, int256 amount1) = (delta >> 128, int128(delta));
        (int256 paid, int256 got) = zeroForOne ? (amount0, amount1) : (amount1, amount0);
        require(paid == exactInput, ErrorsLib.PaymentMismatch(leg.target(), flow.amount, -paid));
        require(got > 0, ErrorsLib.OutputZero(leg.target()));
        // Positive, as the line above says.
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint256(got);
    }

    /// @dev Of native coin the manager wants to hear too: it forgets what it was told of another token.
    function _announce(uint8 venue, address manager, address token) internal virtual override {
        if (venue == RouteLib.UNISWAP_V4) IUniswapV4PoolManager(manager).sync(token);
        else super._announce(venue, manager, token);
    }

    function _credit(uint8 venue, address manager, Flow memory flow) internal virtual override returns (uint256) {
        if (venue != RouteLib.UNISWAP_V4) return super._credit(venue, manager, flow);
        uint256 value = flow.token == address(0) ? flow.amount : 0;
        return IUniswapV4PoolManager(manager).settle{value: value}();
    }

    function _draw(uint8 venue, Flow memory flow, address to) internal virtual override {
        if (venue != RouteLib.UNISWAP_V4) return super._draw(venue, flow, to);
        IUniswapV4PoolManager(flow.place).take(flow.token, to, flow.amount);
    }

    /// @dev The first 20 bytes of the pool's id.
    function _poolOf(PackedLeg leg, address tokenIn) internal pure virtual override returns (address) {
        if (leg.venue() != RouteLib.UNISWAP_V4) return super._poolOf(leg, tokenIn);
        return address(bytes20(UniswapV4Lib.poolId(leg, tokenIn)));
    }
}
