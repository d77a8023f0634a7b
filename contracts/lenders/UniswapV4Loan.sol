// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IUniswapV4PoolManager, IUnlockCallback} from "../interfaces/external/IUniswapV4PoolManager.sol";
import {Header} from "../types/Route.sol";

import {RouteLib} from "../libraries/RouteLib.sol";
import {Loan} from "./Loan.sol";

/// @title UniswapV4Loan
/// @notice The credit of Uniswap V4's pool manager while it is unlocked, without a fee.
abstract contract UniswapV4Loan is Loan {
    bytes1 private constant ROUTE = 0x01;

    function _borrow(Header memory header, bytes memory loan) internal virtual override {
        if (header.lender != RouteLib.LENDER_UNISWAP_V4) return super._borrow(header, loan);
        address manager = header.lenderAddress;
        bytes memory data = bytes.concat(ROUTE, loan);
        _expect(manager, IUnlockCallback.unlockCallback.selector, data);
        // The callback returns nothing.
        // slither-disable-next-line unused-return
        IUniswapV4PoolManager(manager).unlock(data);
        _requireAccepted();
    }
}
