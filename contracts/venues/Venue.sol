// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PackedLeg} from "../types/PackedLeg.sol";
import {Header} from "../types/Route.sol";

import {CalldataLib} from "../libraries/CalldataLib.sol";
import {Commitment} from "../libraries/Commitment.sol";
import {ErrorsLib} from "../libraries/ErrorsLib.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeCastLib} from "solady/utils/SafeCastLib.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

/// @notice An amount on its way through a route, and where it lies: here; at the pool that is about to swap it; or, as
/// credit, at the manager that is unlocked.
struct Flow {
    address token;
    uint256 amount;
    address place;
}

/// @title Venue
/// @notice What the DEX families share: money in hand, and the debts that a pool's callback is to pay.
/// @dev The data of a pool's callback, all of it committed to. For an ordinary swap it is a debt,
///
///     token (20), amount (32), payer (20), tokenOut (20)
///
/// and where the pool lends by flash swap, the rest of the route follows:
///
///     borrowed (20), amountIn (32), balance of tokenOut before (32), length of the legs before (2), their count (1),
///     quotes of the legs before (32 each), legs before, legs after
///
/// The legs after run first and bring the borrowed token. With it the legs before run, into the pool; where there are
/// none, the pool is the route's first and is paid directly.
abstract contract Venue is Commitment {
    using CalldataLib for bytes;
    using SafeTransferLib for address;

    uint256 private constant DEBT_LENGTH = 92;
    uint256 private constant QUOTES_AT = 179;

    /// @dev The one manager that is unlocked for the route's loan, if any, and of which venue it is.
    address internal transient unlocked;
    uint8 internal transient unlockedVenue;

    /* HOOKS: a venue answers for itself and passes others on, the chain's executor inherits those it has */

    /// @dev Swaps the whole of a flow and pays somebody; last comes what the leg is known to bring, 0 where it is not.
    /// @return amountOut What the venue says that it has paid; 0 where it says nothing.
    function _swap(PackedLeg leg, Flow memory, address, uint256) internal virtual returns (uint256) {
        require(false, ErrorsLib.VenueUnknown(leg.venue()));
        return 0;
    }

    /// @dev What a venue of `QUOTABLE` will pay, exactly.
    function _quote(PackedLeg leg, address, uint256) internal view virtual returns (uint256) {
        require(false, ErrorsLib.VenueUnknown(leg.venue()));
        return 0;
    }

    /// @dev Takes the output of a pool of `FLASH` first, and runs the rest of the route before paying it: the leg; what
    /// the pool is owed, at the place where its output goes; what the leg is known to bring, if it is; the rest as data.
    function _lend(PackedLeg leg, Flow memory, uint256, bytes memory) internal virtual {
        require(false, ErrorsLib.VenueUnknown(leg.venue()));
    }

    /// @dev The callback by which a fork asks for its payment.
    function _callbackOf(uint8 venue) internal view virtual returns (bytes4) {
        require(false, ErrorsLib.VenueUnknown(venue));
        return bytes4(0);
    }

    /// @dev The pool as the reserve knows it.
    function _poolOf(PackedLeg leg, address) internal pure virtual returns (address) {
        return leg.target();
    }

    /* HOOKS OF THE MANAGERS, which keep all pools in one contract and settle what is left at the end */

    /// @dev Changes credit in one token into credit in another.
    function _swapOnCredit(PackedLeg leg, Flow memory) internal virtual returns (uint256) {
        require(false, ErrorsLib.VenueUnknown(leg.venue()));
        return 0;
    }

    /// @dev To precede an output that goes straight to the manager.
    function _announce(uint8, address, address) internal virtual {}

    /// @dev Makes credit of what has come to the manager.
    function _credit(uint8 venue, address, Flow memory) internal virtual returns (uint256) {
        require(false, ErrorsLib.VenueUnknown(venue));
        return 0;
    }

    /// @dev Pays out of the manager's credit.
    function _draw(uint8 venue, Flow memory, address) internal virtual {
        require(false, ErrorsLib.VenueUnknown(venue));
    }

    /// @dev What a locked manager is to be unlocked for, but for the leg's params. Brings the amount here if need be.
    function _toUnlock(PackedLeg leg, Flow memory flow, address to) internal returns (bytes memory) {
        _fetch(flow);
        return abi.encodePacked(flow.token, flow.amount, to, leg.venue(), leg.target(), leg.tokenOut());
    }

    /// @dev Runs one leg at a manager of `venue`, which is the caller and unlocked for it.
    function _runUnlocked(uint8 venue, bytes calldata data) internal returns (uint256 amountOut) {
        (address outer, uint8 outerVenue) = (unlocked, unlockedVenue);
        // The leg in between reads it.
        // slither-disable-start write-after-write
        (unlocked, unlockedVenue) = (msg.sender, venue);
        Flow memory flow = Flow(data.addressAt(0), data.wordAt(20), address(this));
        amountOut = _run(data.slice(72, data.length), data.slice(0, 0), flow, data.addressAt(52));
        (unlocked, unlockedVenue) = (outer, outerVenue);
        // slither-disable-end write-after-write
    }

    /* THE RUN */

    /// @dev Runs `legs` on `flow`; the last output goes to `end`.
    /// @param quotes What the legs are known to bring, 32 bytes each, or nothing.
    /// @return amountOut What the last leg says that it brings: for naming a loss early, not for trusting [E4].
    function _run(bytes calldata legs, bytes calldata quotes, Flow memory flow, address end)
        internal
        virtual
        returns (uint256 amountOut);

    /// @dev Runs a route on the credit of a manager of `venue`, which is the caller and unlocked. See Loan.
    function _lendCredit(uint8 venue, bytes calldata loan) internal virtual;

    /// @dev Where an output goes: to the target of the first of `rest` if that is paid beforehand, else here.
    function _payee(bytes calldata rest) internal view virtual returns (address);

    /* MONEY */

    /// @dev Moves an amount to where it is needed, unless it lies there.
    function _pay(Flow memory flow, address to) internal {
        if (flow.place == to) return;
        if (flow.place != address(this)) _draw(unlockedVenue, flow, to);
        else _send(flow.token, to, flow.amount);
    }

    function _send(address token, address to, uint256 amount) internal {
        if (token == address(0)) to.safeTransferETH(amount);
        else token.safeTransfer(to, amount);
    }

    function _balanceOf(address token) internal view returns (uint256) {
        return _balanceOf(token, address(this));
    }

    function _balanceOf(address token, address account) internal view returns (uint256) {
        return token == address(0) ? account.balance : token.balanceOf(account);
    }

    /// @dev Brings a flow here, if need be; what a manager pays is measured.
    function _fetch(Flow memory flow) internal {
        if (flow.place == address(this)) return;
        uint256 before = _balanceOf(flow.token);
        _draw(unlockedVenue, flow, address(this));
        (flow.amount, flow.place) = (_balanceOf(flow.token) - before, address(this));
    }

    /// @dev For venues that pull: fetches the amount here if need be, and allows `spender` just that much.
    function _approve(Flow memory flow, address spender) internal {
        _fetch(flow);
        if (flow.token != address(0)) flow.token.safeApproveWithRetry(spender, flow.amount);
    }

    /// @dev E1: whoever pulled less than it was allowed to keeps no allowance.
    function _revoke(address token, address spender) internal {
        if (token == address(0) || IERC20(token).allowance(address(this), spender) == 0) return;
        token.safeApproveWithRetry(spender, 0);
    }

    /* DEBTS */

    function _debt(Flow memory flow, address tokenOut) internal pure returns (bytes memory) {
        return abi.encodePacked(flow.token, flow.amount, flow.place, tokenOut);
    }

    function _readDebt(bytes calldata data) internal pure returns (Flow memory flow, address tokenOut) {
        flow = Flow(data.addressAt(0), data.wordAt(20), data.addressAt(52));
        tokenOut = data.addressAt(72);
    }

    /// @dev What follows the debt where the pool lends.
    function _flashLoan(
        Header memory header,
        bytes calldata legsBefore,
        bytes calldata legsAfter,
        uint256[] memory quotes,
        uint256 balance
    ) internal pure returns (bytes memory) {
        // At most as many quotes as legs, and a leg has at most 73 bytes.
        // forge-lint: disable-next-line(unsafe-typecast)
        (uint16 length, uint8 count) = (uint16(legsBefore.length), uint8(quotes.length));
        return abi.encodePacked(header.token, header.amountIn, balance, length, count, quotes, legsBefore, legsAfter);
    }

    /// @dev Whether the caller has lent by flash swap.
    function _isLoan(bytes calldata data) internal pure returns (bool) {
        return data.length > DEBT_LENGTH;
    }

    /// @dev Uses what the caller, a pool, has lent by flash swap, and pays it. The debt's place is where the loan lies.
    /// @param lent What the pool says that it has paid out: believed only where the next pool will check it.
    function _repay(bytes calldata data, uint256 lent) internal {
        (Flow memory debt, address tokenOut) = _readDebt(data);
        uint256 amountIn = data.wordAt(112);
        uint256 afterAt;
        uint256 legsAt;
        // A byte, and two.
        unchecked {
            legsAt = QUOTES_AT + 32 * data.byteAt(178);
            afterAt = legsAt + (data.wordAt(176) >> 240);
        }
        uint256 back = lent;
        if (afterAt < data.length) {
            if (debt.place == address(this)) lent = _balanceOf(tokenOut) - data.wordAt(144);
            bytes calldata legsAfter = data.slice(afterAt, data.length);
            back = _run(legsAfter, data.slice(0, 0), Flow(tokenOut, lent, debt.place), address(this));
        }
        require(back >= amountIn, ErrorsLib.Loss(back, amountIn));
        if (legsAt == afterAt) return _send(debt.token, msg.sender, debt.amount);
        Flow memory flow = Flow(data.addressAt(DEBT_LENGTH), amountIn, address(this));
        _run(data.slice(legsAt, afterAt), data.slice(QUOTES_AT, legsAt), flow, msg.sender);
    }

    /// @dev An output as the signed amount in which pools of the Uniswap V3 family state it.
    function _paidOut(address pool, int256 delta) internal pure returns (uint256) {
        require(delta < 0, ErrorsLib.OutputZero(pool));
        return SafeCastLib.toUint256(-delta);
    }
}
