// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IAaveV3Pool} from "../interfaces/external/IAaveV3Pool.sol";
import {Header} from "../types/Route.sol";

import {ErrorsLib} from "../libraries/ErrorsLib.sol";
import {Lender} from "./Lender.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

/// @title AaveV3
/// @notice Loans of an Aave V3 pool, which pulls the repayment after the callback.
abstract contract AaveV3 is Lender {
    using SafeTransferLib for address;

    /// @notice The pool has lent; runs the route and allows the pool to take the loan and its premium back.
    function executeOperation(address asset, uint256 amount, uint256 premium, address initiator, bytes calldata data)
        external
        returns (bool)
    {
        _accept(data);
        require(initiator == address(this), ErrorsLib.CallbackUnexpected(msg.sender, msg.sig));
        _takeLoan(data, asset, amount, premium);
        asset.safeApprove(msg.sender, amount + premium);
        return true;
    }

    /// @dev A pool that pulls less than it was allowed to keeps no allowance [E1].
    function _borrowAaveV3(Header memory header, bytes calldata legs) internal {
        (address pool, address token) = (header.lenderAddress, header.token);
        bytes memory data = _loan(header, legs);
        _expect(pool, this.executeOperation.selector, data);
        IAaveV3Pool(pool).flashLoanSimple(address(this), token, header.amountIn, data, 0);
        _requireAccepted();
        if (IERC20(token).allowance(address(this), pool) != 0) token.safeApprove(pool, 0);
    }
}
