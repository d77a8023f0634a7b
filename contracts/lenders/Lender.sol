// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Header} from "../types/Route.sol";

import {Commitment} from "../libraries/Commitment.sol";
import {ErrorsLib} from "../libraries/ErrorsLib.sol";
import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";

/// @title Lender
/// @notice What the flash lenders share: the loan agreed on, as the data that the lender's callback must bring back.
/// @dev A loan is token (20), amount (32), largest fee (32), and the legs to run on it. All of it is committed to.
abstract contract Lender is Commitment {
    uint256 private constant BPS = 10_000;

    /// @dev Runs `legs` on `amount` of `token`, which lies here.
    /// @return back What the last leg says that it brings: for naming a loss early, not for trusting [E4].
    function _useLoan(bytes calldata legs, address token, uint256 amount) internal virtual returns (uint256 back);

    /// @dev The largest fee rounds up, to allow for lenders that do: a wei more for the lender, bounded by E4 anyway.
    function _loan(Header memory header, bytes calldata legs) internal pure returns (bytes memory) {
        uint256 maxFee = FixedPointMathLib.mulDivUp(header.amountIn, header.maxFeeBps, BPS);
        return abi.encodePacked(header.token, uint256(header.amountIn), maxFee, legs);
    }

    /// @dev Checks what the lender says of the loan against what was agreed, and uses it.
    function _takeLoan(bytes calldata data, address token, uint256 amount, uint256 fee) internal {
        bool agreed = token == address(bytes20(data[:20])) && amount == uint256(bytes32(data[20:52]));
        require(agreed, ErrorsLib.LoanMismatch(msg.sender));
        uint256 maxFee = uint256(bytes32(data[52:84]));
        require(fee <= maxFee, ErrorsLib.FeeTooHigh(fee, maxFee));
        uint256 back = _useLoan(data[84:], token, amount);
        require(back >= amount + fee, ErrorsLib.Loss(back, amount + fee));
    }
}
