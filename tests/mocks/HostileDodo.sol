// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ICallbacks} from "../ICallbacks.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice Mock: a pool in the shape of DODO V2 that pays as much for any payment, names whom it likes as the borrower, or
/// calls nobody back.
contract HostileDodo {
    IERC20 private immutable _base;
    IERC20 private immutable _quote;
    uint256 private immutable _amountOut;
    uint256 private immutable _kind;
    address private _borrower;
    bool private _silent;

    constructor(IERC20 base, IERC20 quote, uint256 amountOut, uint256 kind) {
        (_base, _quote, _amountOut, _kind) = (base, quote, amountOut, kind);
    }

    function sayThatBorrowed(address borrower) external {
        _borrower = borrower;
    }

    function beSilent() external {
        _silent = true;
    }

    function querySellBase(address, uint256) external view returns (uint256, uint256) {
        return (_amountOut, 0);
    }

    function querySellQuote(address, uint256) external view returns (uint256, uint256) {
        return (_amountOut, 0);
    }

    function flashLoan(uint256 base, uint256 quote, address to, bytes calldata data) external {
        require(_base.transfer(to, base) && _quote.transfer(to, quote));
        if (_silent) return;
        address borrower = _borrower == address(0) ? to : _borrower;
        if (_kind == 0) ICallbacks(to).DVMFlashLoanCall(borrower, base, quote, data);
        else if (_kind == 1) ICallbacks(to).DPPFlashLoanCall(borrower, base, quote, data);
        else ICallbacks(to).DSPFlashLoanCall(borrower, base, quote, data);
    }
}
