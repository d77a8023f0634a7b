// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Header} from "../types/Route.sol";

import {CalldataLib} from "../libraries/CalldataLib.sol";
import {ErrorsLib} from "../libraries/ErrorsLib.sol";
import {Flow, Venue} from "../venues/Venue.sol";
import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

/// @title Loan
/// @notice What the flash lenders share: the loan agreed on, as the data that the lender's callback must bring back.
/// @dev All of it is committed to:
///
///     token (20), amount (32), largest fee (32), number of quotes (1), quotes (32 each), legs
abstract contract Loan is Venue {
    using CalldataLib for bytes;
    using SafeTransferLib for address;

    uint256 internal constant BPS = 10_000;
    uint256 private constant LOANS_QUOTES_AT = 85;

    /// @dev A lender answers for itself and passes others on, as venues do.
    function _borrow(Header memory header, bytes memory) internal virtual {
        require(false, ErrorsLib.LenderUnknown(header.lender));
    }

    /// @dev What the lender could lend now.
    function _available(Header memory header) internal view virtual returns (uint256) {
        return header.token.balanceOf(header.lenderAddress);
    }

    function _requireAvailable(Header memory header) internal view {
        address lender = header.lenderAddress;
        require(lender.code.length != 0, ErrorsLib.NotContract(lender));
        uint256 available = _available(header);
        require(header.amountIn <= available, ErrorsLib.LoanTooLarge(lender, header.amountIn, available));
    }

    /// @dev Rounds up, to allow for lenders that do: a wei more for the lender, bounded by E4 anyway.
    function _maxFee(Header memory header) internal pure returns (uint256) {
        return FixedPointMathLib.mulDivUp(header.amountIn, header.maxFeeBps, BPS);
    }

    function _loan(Header memory header, bytes calldata legs, uint256[] memory quotes)
        internal
        pure
        returns (bytes memory)
    {
        // At most as many quotes as legs.
        // forge-lint: disable-next-line(unsafe-typecast)
        uint8 count = uint8(quotes.length);
        return abi.encodePacked(header.token, header.amountIn, _maxFee(header), count, quotes, legs);
    }

    function _readLoan(bytes calldata data) internal pure returns (address token, uint256 amount) {
        return (data.addressAt(0), data.wordAt(20));
    }

    /// @dev Checks what the lender says of the loan against what was agreed, and uses what has come here.
    /// @return owed The loan and its fee.
    function _takeLoan(bytes calldata data, address token, uint256 amount, uint256 fee)
        internal
        returns (uint256 owed)
    {
        (address agreedToken, uint256 agreedAmount) = _readLoan(data);
        require(token == agreedToken && amount == agreedAmount, ErrorsLib.LoanMismatch(msg.sender));
        uint256 maxFee = data.wordAt(52);
        require(fee <= maxFee, ErrorsLib.FeeTooHigh(fee, maxFee));
        owed = amount + fee;
        uint256 back = _useLoan(data, Flow(token, amount, address(this)));
        require(back >= owed, ErrorsLib.Loss(back, owed));
    }

    /// @dev Runs the route on the loan and brings it back to where it lay.
    function _useLoan(bytes calldata data, Flow memory loan) internal returns (uint256) {
        uint256 legsAt = LOANS_QUOTES_AT + 32 * data.byteAt(84);
        return _run(data.slice(legsAt, data.length), data.slice(LOANS_QUOTES_AT, legsAt), loan, loan.place);
    }

    /* CREDIT */

    /// @dev Runs the route on the credit of a manager, which is the caller and unlocked; takes what is gained here.
    function _lendCredit(uint8 venue, bytes calldata data) internal override {
        // The legs in between read it.
        // slither-disable-start write-after-write
        (unlocked, unlockedVenue) = (msg.sender, venue);
        (address token, uint256 amount) = _readLoan(data);
        uint256 back = _useLoan(data, Flow(token, amount, msg.sender));
        require(back >= amount, ErrorsLib.Loss(back, amount));
        _draw(venue, Flow(token, back - amount, msg.sender), address(this));
        (unlocked, unlockedVenue) = (address(0), 0);
        // slither-disable-end write-after-write
    }
}
