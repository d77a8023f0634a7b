// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IUniswapV2Pair} from "../interfaces/external/IUniswapV2Pair.sol";
import {PackedLeg} from "../types/PackedLeg.sol";

import {ErrorsLib} from "../libraries/ErrorsLib.sol";
import {RouteLib} from "../libraries/RouteLib.sol";
import {Kinds} from "./Kinds.sol";
import {Flow, Venue} from "./Venue.sol";

/// @title UniswapV2
/// @notice Pairs of Uniswap V2 and its forks: paid beforehand, or in the callback of a flash swap. `params`: the fee in
/// basis points (2 bytes).
/// @dev The pair itself checks the payment against its constant product, so a quote that is wrong only reverts.
abstract contract UniswapV2 is Venue {
    using Kinds for uint256;

    uint256 private constant BPS = 10_000;
    uint256 private constant CONSTANT_PRODUCT = 1 << RouteLib.UNISWAP_V2 | 1 << RouteLib.PANCAKE_V2;

    /// @notice The pair has paid out; runs the rest of the route into it.
    function uniswapV2Call(address sender, uint256 amount0, uint256 amount1, bytes calldata data) external {
        _repayPair(sender, amount0, amount1, data);
    }

    function _repayPair(address sender, uint256 amount0, uint256 amount1, bytes calldata data) internal {
        _accept(data);
        require(sender == address(this), ErrorsLib.CallbackUnexpected(msg.sender, msg.sig));
        _repay(data, amount0 == 0 ? amount1 : amount0);
    }

    function _swap(PackedLeg leg, Flow memory flow, address to, uint256 quote)
        internal
        virtual
        override
        returns (uint256)
    {
        if (!Kinds.PAIRS.has(leg.venue())) return super._swap(leg, flow, to, quote);
        if (quote == 0) quote = _quote(leg, flow.token, flow.amount);
        _pay(flow, leg.target());
        _callPair(leg, flow.token, quote, to, "");
        return quote;
    }

    /// @dev Takes the output first. The pair calls back whoever it pays, so it pays here.
    function _lend(PackedLeg leg, Flow memory flow, uint256 quote, bytes memory loan) internal virtual override {
        if (!Kinds.PAIRS.has(leg.venue())) return super._lend(leg, flow, quote, loan);
        bytes memory data = bytes.concat(_debt(flow, leg.tokenOut()), loan);
        _expect(leg.target(), _callbackOf(leg.venue()), data);
        _callPair(leg, flow.token, quote, address(this), data);
        _requireAccepted();
    }

    /// @dev Rounds down, in the pair's favour: x·(1 − f)·rOut / (rIn + x·(1 − f)).
    function _quote(PackedLeg leg, address tokenIn, uint256 amount) internal view virtual override returns (uint256) {
        if (!CONSTANT_PRODUCT.has(leg.venue())) return super._quote(leg, tokenIn, amount);
        (uint256 reserveIn, uint256 reserveOut) = _reserves(leg, tokenIn);
        uint256 fee = leg.params();
        // What no pair can take, or no pair can be, brings nothing.
        if (amount > type(uint112).max || fee > BPS) return 0;
        // Reserves and amount have 112 bits, and basis points 14: the products have at most 238.
        unchecked {
            uint256 afterFee = amount * (BPS - fee);
            return afterFee * reserveOut / (reserveIn * BPS + afterFee);
        }
    }

    function _reserves(PackedLeg leg, address tokenIn) internal view returns (uint256 reserveIn, uint256 reserveOut) {
        // The time of the last swap is of no use here.
        // slither-disable-next-line unused-return
        (reserveIn, reserveOut,) = IUniswapV2Pair(leg.target()).getReserves();
        if (tokenIn > leg.tokenOut()) (reserveIn, reserveOut) = (reserveOut, reserveIn);
    }

    function _callbackOf(uint8 venue) internal view virtual override returns (bytes4) {
        return venue == RouteLib.UNISWAP_V2 ? this.uniswapV2Call.selector : super._callbackOf(venue);
    }

    function _callPair(PackedLeg leg, address tokenIn, uint256 amountOut, address to, bytes memory data) private {
        (uint256 amount0Out, uint256 amount1Out) =
            tokenIn < leg.tokenOut() ? (uint256(0), amountOut) : (amountOut, uint256(0));
        IUniswapV2Pair(leg.target()).swap(amount0Out, amount1Out, to, data);
    }
}
