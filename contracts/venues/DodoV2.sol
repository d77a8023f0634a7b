// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IDodoV2Pool} from "../interfaces/external/IDodoV2Pool.sol";
import {PackedLeg} from "../types/PackedLeg.sol";

import {ErrorsLib} from "../libraries/ErrorsLib.sol";
import {RouteLib} from "../libraries/RouteLib.sol";
import {Flow, Venue} from "./Venue.sol";

/// @title DodoV2
/// @notice Pools of DODO V2: paid beforehand, or after a loan that doubles as a flash swap. `params` (1 byte): bit 0 is set
/// where the leg sells the pool's base token; bits 1 and 2 say which of its three callbacks the pool uses: 0 DVM, 1 DPP,
/// 2 DSP.
abstract contract DodoV2 is Venue {
    uint256 private constant SELLS_BASE = 1;

    // The pools' own names.
    // slither-disable-start naming-convention

    /// @notice The pool has lent; runs the rest of the route into it.
    function DVMFlashLoanCall(address sender, uint256 base, uint256 quote, bytes calldata data) external {
        _repayDodo(sender, base, quote, data);
    }

    /// @notice The pool has lent; runs the rest of the route into it.
    function DPPFlashLoanCall(address sender, uint256 base, uint256 quote, bytes calldata data) external {
        _repayDodo(sender, base, quote, data);
    }

    /// @notice The pool has lent; runs the rest of the route into it.
    function DSPFlashLoanCall(address sender, uint256 base, uint256 quote, bytes calldata data) external {
        _repayDodo(sender, base, quote, data);
    }

    // slither-disable-end naming-convention

    function _swap(PackedLeg leg, Flow memory flow, address to, uint256 quote)
        internal
        virtual
        override
        returns (uint256)
    {
        if (leg.venue() != RouteLib.DODO_V2) return super._swap(leg, flow, to, quote);
        _pay(flow, leg.target());
        return _sellsBase(leg) ? IDodoV2Pool(leg.target()).sellBase(to) : IDodoV2Pool(leg.target()).sellQuote(to);
    }

    function _lend(PackedLeg leg, Flow memory flow, uint256 amountOut, bytes memory loan) internal virtual override {
        if (leg.venue() != RouteLib.DODO_V2) return super._lend(leg, flow, amountOut, loan);
        bytes memory data = bytes.concat(_debt(flow, leg.tokenOut()), loan);
        _expect(leg.target(), _dodoCallback(leg), data);
        (uint256 base, uint256 quote) = _sellsBase(leg) ? (uint256(0), amountOut) : (amountOut, uint256(0));
        IDodoV2Pool(leg.target()).flashLoan(base, quote, address(this), data);
        _requireAccepted();
    }

    /// @dev Pools look at the transaction's origin for the fee, in their swap as in their quote.
    function _quote(PackedLeg leg, address tokenIn, uint256 amount)
        internal
        view
        virtual
        override
        returns (uint256 amountOut)
    {
        if (leg.venue() != RouteLib.DODO_V2) return super._quote(leg, tokenIn, amount);
        // The amount that the pool names is after its fee, which comes second; the origin authorises nothing here.
        // slither-disable-start unused-return,tx-origin
        if (_sellsBase(leg)) (amountOut,) = IDodoV2Pool(leg.target()).querySellBase(tx.origin, amount);
        else (amountOut,) = IDodoV2Pool(leg.target()).querySellQuote(tx.origin, amount);
        // slither-disable-end unused-return,tx-origin
    }

    function _repayDodo(address sender, uint256 base, uint256 quote, bytes calldata data) private {
        _accept(data);
        require(sender == address(this), ErrorsLib.CallbackUnexpected(msg.sender, msg.sig));
        _repay(data, base == 0 ? quote : base);
    }

    function _sellsBase(PackedLeg leg) private pure returns (bool) {
        return leg.params() & SELLS_BASE != 0;
    }

    function _dodoCallback(PackedLeg leg) private pure returns (bytes4) {
        uint256 kind = leg.params() >> 1;
        if (kind == 0) return this.DVMFlashLoanCall.selector;
        return kind == 1 ? this.DPPFlashLoanCall.selector : this.DSPFlashLoanCall.selector;
    }
}
