// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IStakingStrategy} from "../interfaces/IStakingStrategy.sol";
import {IStakingVault} from "../interfaces/IStakingVault.sol";
import {Book, Tally, Terms, tallyOf} from "../types/Book.sol";

import {StreamLib} from "../libraries/StreamLib.sol";
import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";
import {SafeCastLib} from "solady/utils/SafeCastLib.sol";

/// @title VaultBook
/// @notice What the vault has: what lies idle, what strategies owe and are worth, and the profit not yet streamed.
/// @dev
/// LIVING ASSETS: idle + debts − max(locked, losses), where a strategy's loss is what its worth lacks of its debt. So a
/// loss takes from the profit not yet streamed first, and what exceeds that is everybody's at once [V5].
///
/// BOOKING: whoever changes anything books the losses there are first: debts go down to worth, and the locked profit by as
/// much as it has. That moves no price. Were a loss not booked, a profit that came later, or the strategy's recovery, would
/// lift the price in one step, and somebody would buy just before.
///
/// THE STREAM is a line between changes. A change books it only where the line bends: a profit or a loss comes, the line
/// would exceed the cap, or the stream starts or ceases to rest.
///
/// A STRATEGY THAT CANNOT SAY WHAT IT IS WORTH counts for nothing, and nothing of it is booked; deposits rest until it can,
/// exits do not. Nobody brings that about by calling with little gas: what a failing call leaves does not pay for the rest.
abstract contract VaultBook is IStakingVault {
    using FixedPointMathLib for uint256;
    using SafeCastLib for uint256;

    /* TYPES */

    struct Loan {
        uint96 debt;
        uint96 cap;
        uint32 reported;
        bool known;
    }

    /// @dev All there is to know at this moment, read once. `locked` and `remaining` are the stream's as of now.
    struct State {
        Book book;
        uint256 supply;
        uint256 idle;
        uint256 locked;
        uint256 remaining;
        uint256 debts;
        uint256 losses;
        uint256 supplyBefore;
        bool unsure;
        bool bent;
    }

    /* CONSTANTS AND IMMUTABLES */

    uint256 internal constant DEAD_SHARES = 1e9;
    uint256 internal constant MAX_STRATEGIES = 4;
    uint256 private constant LONGEST_PERIOD = 30 days;

    uint256 public immutable streamPeriod;
    uint256 public immutable streamFloor;
    uint256 public immutable maxRate;
    uint256 public immutable livingFloor;
    uint256 private immutable _restsBelow;

    /* STORAGE */

    Tally internal _tally;
    Book internal _book;
    address[] internal _strategies;
    mapping(address strategy => Loan) internal _loans;

    /* CONSTRUCTOR */

    constructor(Terms memory terms) {
        require(terms.streamPeriod != 0 && terms.streamPeriod <= LONGEST_PERIOD, PeriodWrong(terms.streamPeriod));
        require(terms.streamFloor <= terms.streamPeriod, FloorAbovePeriod());
        require(terms.maxRate != 0, RateZero());
        streamPeriod = terms.streamPeriod;
        streamFloor = terms.streamFloor;
        maxRate = terms.maxRate;
        livingFloor = terms.livingFloor;
        _restsBelow = livingFloor + DEAD_SHARES;
        _book = _book.withDepositCap(type(uint88).max);
    }

    /* READING */

    /// @dev As of now: streamed up to this second, losses known and not yet booked.
    function _read() internal view virtual returns (State memory s) {
        Tally tally = _tally;
        Book book = _book;
        s.book = book;
        (s.supply, s.idle) = (tally.supply(), tally.idle());
        s.supplyBefore = s.supply;
        (s.locked, s.remaining) = (book.locked(), book.remaining());
        if (s.locked != 0 && !_rests(s.supply)) _stream(s);
        if (book.strategies() != 0) _value(s);
    }

    function _stream(State memory s) private view {
        uint256 elapsed = block.timestamp - s.book.since();
        s.locked = StreamLib.left(s.locked, s.remaining, elapsed);
        s.remaining = s.remaining.zeroFloorSub(elapsed);
    }

    function _value(State memory s) private view {
        for (uint256 i; i < s.book.strategies(); ++i) {
            address strategy = _strategies[i];
            uint256 debt = _loans[strategy].debt;
            (bool known, uint256 worth) = _worth(strategy);
            s.debts += debt;
            s.losses += debt.zeroFloorSub(worth);
            if (!known) s.unsure = true;
        }
    }

    function _worth(address strategy) internal view returns (bool known, uint256 worth) {
        try IStakingStrategy(strategy).worth() returns (uint256 value) {
            return (true, value);
        } catch {
            return (false, 0);
        }
    }

    function _rests(uint256 supply) private view returns (bool) {
        return supply < _restsBelow;
    }

    /// @dev What the shares are worth together.
    function _living(State memory s) internal pure returns (uint256) {
        // Numbers of 128 bits. Losses are parts of debts, and locked profit of what there is.
        unchecked {
            return s.idle + s.debts - s.losses.max(s.locked);
        }
    }

    /* CHANGING */

    /// @dev Begins every change, after reading. Leaves `_living` as it was: i + d − max(k, l) = i + (d − l) − (k − min(k, l)).
    function _bookLosses(State memory s) internal {
        if (s.losses == 0 || s.unsure) return;
        for (uint256 i; i < s.book.strategies(); ++i) {
            address strategy = _strategies[i];
            uint256 debt = _loans[strategy].debt;
            (, uint256 worth) = _worth(strategy);
            if (worth >= debt) continue;
            _loans[strategy].debt = worth.toUint96();
            emit LossBooked(strategy, debt - worth);
        }
        (s.debts, s.locked) = (s.debts - s.losses, s.locked.zeroFloorSub(s.losses));
        (s.losses, s.bent) = (0, true);
    }

    /// @dev Lets `amount` join the stream; `floor` is the least that the stream takes from now on.
    function _lock(State memory s, uint256 amount, uint256 floor) internal view {
        s.remaining = StreamLib.join(s.locked, s.remaining, amount, streamPeriod, floor);
        s.locked += amount;
        s.bent = true;
    }

    /// @dev Ends every change.
    function _leave(State memory s) internal {
        _tally = tallyOf(s.idle, s.supply);
        if (s.book.locked() != 0 || s.bent) _pace(s);
        if (s.bent) _bend(s);
    }

    /// @dev A deposit leaves a stream as it is that neither the cap nor a rest had held back.
    function _pace(State memory s) private view {
        bool rested = _rests(s.supplyBefore);
        bool held = rested || s.bent || s.remaining > streamPeriod;
        if (!held && s.supply >= s.supplyBefore) return;
        bool rests = _rests(s.supply);
        if (rests != rested) s.bent = true;
        if (rests) return;
        uint256 pace = StreamLib.pace(s.locked, s.remaining, streamPeriod, _living(s), maxRate);
        if (pace != s.remaining) (s.remaining, s.bent) = (pace, true);
    }

    function _bend(State memory s) private {
        _book = s.book.withStream(s.locked, block.timestamp, s.remaining);
    }
}
