// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Commitment} from "../libraries/Commitment.sol";
import {ErrorsLib} from "../libraries/ErrorsLib.sol";
import {RouteLib} from "../libraries/RouteLib.sol";
import {SafeCastLib} from "solady/utils/SafeCastLib.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

/// @title Venue
/// @notice What the DEX families share: the debt that a pool's callback is to pay, and what runs before it is paid.
/// @dev A debt is the data of the callback: token (20), amount (32), tokenOut (20); for a flash swap also the balance of
/// tokenOut here before the swap (32) and the legs still to run. All of it is committed to.
abstract contract Venue is Commitment {
    using SafeTransferLib for address;

    uint256 private constant DEBT_LENGTH = 72;
    uint256 private constant LEGS_OFFSET = 104;

    /// @dev Runs `legs` on `amount` of `tokenIn`, which lies here or, if `delivered`, already at the first leg's pool.
    /// @return amountOut What the last leg says that it brings: for naming a loss early, not for trusting [E4].
    function _run(bytes calldata legs, address tokenIn, uint256 amount, bool delivered)
        internal
        virtual
        returns (uint256 amountOut);

    /// @dev Where an output goes: to the pool of the first of `rest` if that is paid beforehand, else here.
    function _recipient(bytes calldata rest) internal view returns (address) {
        return RouteLib.recipient(rest, address(this));
    }

    function _debt(address token, uint256 amount, address tokenOut) internal pure returns (bytes memory) {
        return abi.encodePacked(token, amount, tokenOut);
    }

    function _flashDebt(address token, uint256 amount, address tokenOut, bytes calldata rest)
        internal
        view
        returns (bytes memory)
    {
        return abi.encodePacked(token, amount, tokenOut, tokenOut.balanceOf(address(this)), rest);
    }

    /// @dev The token and the amount to pay, and the token bought.
    function _readDebt(bytes calldata data) internal pure returns (address token, uint256 amount, address tokenOut) {
        return (address(bytes20(data[:20])), uint256(bytes32(data[20:52])), address(bytes20(data[52:DEBT_LENGTH])));
    }

    /// @dev The legs that a flash swap still has to run before it pays; empty for an ordinary swap.
    function _legsToRun(bytes calldata data) internal pure returns (bytes calldata) {
        return data.length > DEBT_LENGTH ? data[LEGS_OFFSET:] : data[DEBT_LENGTH:];
    }

    /// @dev What a flash swap has brought here: measured, not believed.
    function _flashOutput(bytes calldata data, address tokenOut) internal view returns (uint256) {
        return tokenOut.balanceOf(address(this)) - uint256(bytes32(data[DEBT_LENGTH:LEGS_OFFSET]));
    }

    /// @dev An output as the signed amount in which pools of the Uniswap V3 family state it.
    function _paidOut(address pool, int256 delta) internal pure returns (uint256) {
        require(delta < 0, ErrorsLib.OutputZero(pool));
        return SafeCastLib.toUint256(-delta);
    }
}
