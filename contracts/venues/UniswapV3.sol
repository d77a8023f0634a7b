// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IUniswapV3Pool} from "../interfaces/external/IUniswapV3Pool.sol";
import {PackedLeg} from "../types/PackedLeg.sol";

import {ErrorsLib} from "../libraries/ErrorsLib.sol";
import {RouteLib} from "../libraries/RouteLib.sol";
import {TickLib} from "../libraries/TickLib.sol";
import {Kinds} from "./Kinds.sol";
import {Flow, Venue} from "./Venue.sol";
import {SafeCastLib} from "solady/utils/SafeCastLib.sol";

/// @title UniswapV3
/// @notice Pools of Uniswap V3 and the forks that kept its callback, Sushi and Slipstream among them: always paid in the
/// callback.
abstract contract UniswapV3 is Venue {
    using Kinds for uint256;

    /// @notice The pool has paid out; for a flash swap runs the rest of the route; pays the pool.
    function uniswapV3SwapCallback(int256 amount0Delta, int256 amount1Delta, bytes calldata data) external {
        _payPool(amount0Delta, amount1Delta, data);
    }

    function _payPool(int256 amount0Delta, int256 amount1Delta, bytes calldata data) internal {
        _accept(data);
        (Flow memory debt, address tokenOut) = _readDebt(data);
        (int256 asked, int256 paid) =
            debt.token < tokenOut ? (amount0Delta, amount1Delta) : (amount1Delta, amount0Delta);
        require(asked == SafeCastLib.toInt256(debt.amount), ErrorsLib.PaymentMismatch(msg.sender, debt.amount, asked));
        if (_isLoan(data)) _repay(data, _paidOut(msg.sender, paid));
        else _pay(debt, msg.sender);
    }

    function _swap(PackedLeg leg, Flow memory flow, address to, uint256 quote)
        internal
        virtual
        override
        returns (uint256)
    {
        if (!Kinds.POOLS.has(leg.venue())) return super._swap(leg, flow, to, quote);
        return _callPool(leg, flow, to, _debt(flow, leg.tokenOut()));
    }

    /// @dev Takes the output first, straight to the next pool where that is paid beforehand.
    function _lend(PackedLeg leg, Flow memory flow, uint256 quote, bytes memory loan) internal virtual override {
        if (!Kinds.POOLS.has(leg.venue())) return super._lend(leg, flow, quote, loan);
        // What the pool paid out, its callback has used.
        // slither-disable-next-line unused-return
        _callPool(leg, flow, flow.place, bytes.concat(_debt(flow, leg.tokenOut()), loan));
    }

    function _callbackOf(uint8 venue) internal view virtual override returns (bytes4) {
        return venue == RouteLib.UNISWAP_V3 ? this.uniswapV3SwapCallback.selector : super._callbackOf(venue);
    }

    function _callPool(PackedLeg leg, Flow memory flow, address to, bytes memory data) private returns (uint256) {
        bool zeroForOne = flow.token < leg.tokenOut();
        // A swap may go all the way, and E4 judges what came of it.
        uint160 limit = zeroForOne ? TickLib.LOWEST_LIMIT : TickLib.HIGHEST_LIMIT;
        _expect(leg.target(), _callbackOf(leg.venue()), data);
        (int256 amount0, int256 amount1) =
            IUniswapV3Pool(leg.target()).swap(to, zeroForOne, SafeCastLib.toInt256(flow.amount), limit, data);
        _requireAccepted();
        return _paidOut(leg.target(), zeroForOne ? amount1 : amount0);
    }
}
