// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IStakingStrategy} from "../interfaces/IStakingStrategy.sol";
import {IStakingVault} from "../interfaces/IStakingVault.sol";
import {ITreasury} from "../interfaces/ITreasury.sol";
import {IWrappedNative} from "../interfaces/external/IWrappedNative.sol";
import {Status} from "../types/Book.sol";

import {VaultBook} from "./VaultBook.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";
import {ReentrancyGuardTransient} from "solady/utils/ReentrancyGuardTransient.sol";
import {SafeCastLib} from "solady/utils/SafeCastLib.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

/// @title Lending
/// @notice Lends what lies idle to strategies, takes it back, and books what they gain and lose [V5].
/// @dev A keeper moves assets between the vault and strategies that governance has named, up to their caps, and nowhere
/// else. What comes back is measured.
abstract contract Lending is VaultBook, AccessManaged, ReentrancyGuardTransient {
    using FixedPointMathLib for uint256;
    using SafeCastLib for uint256;
    using SafeTransferLib for address;

    uint256 private constant BPS = 10_000;
    uint256 private constant MAX_YIELD_SHARE = 5000;

    address internal immutable _asset;
    bool public immutable isNative;

    address private _reserve;
    uint16 private _yieldShareBps;

    constructor(address asset_, bool native) {
        (_asset, isNative) = (asset_, native);
    }

    /* KEEPERS */

    /// @inheritdoc IStakingVault
    function allocate(address strategy, uint256 amount, bytes calldata data) external restricted nonReentrant {
        State memory s = _read();
        _bookLosses(s);
        Loan storage loan = _known(strategy);
        uint256 debt = loan.debt + amount;
        require(s.book.status() != Status.Shut, VaultShut());
        require(amount != 0, AmountZero());
        require(debt <= loan.cap, DebtAboveCap(strategy, debt, loan.cap));
        require(amount <= s.idle, NotLiquid(amount, s.idle));
        loan.debt = debt.toUint96();
        if (loan.reported == 0) loan.reported = block.timestamp.toUint32();
        s.idle -= amount;
        s.debts += amount;
        _leave(s);
        emit Allocated(strategy, amount, debt);
        _asset.safeTransfer(strategy, amount);
        IStakingStrategy(strategy).deploy(amount, data);
        _bookAll();
    }

    /// @inheritdoc IStakingVault
    function recall(address strategy, uint256 amount, bytes calldata data)
        external
        restricted
        nonReentrant
        returns (uint256 recalled)
    {
        uint256 before = _beforeRecall(strategy);
        // What comes is measured, not believed.
        // slither-disable-next-line unused-return
        IStakingStrategy(strategy).release(amount, data);
        return _afterRecall(strategy, before);
    }

    /// @inheritdoc IStakingVault
    function report(address strategy) external restricted nonReentrant returns (uint256 gain) {
        State memory s = _read();
        _bookLosses(s);
        Loan storage loan = _known(strategy);
        (bool known, uint256 worth) = _worth(strategy);
        require(known && !s.unsure, ValueUnknown());
        loan.reported = block.timestamp.toUint32();
        gain = worth - loan.debt;
        loan.debt = worth.toUint96();
        s.debts += gain;
        _gain(s, strategy, gain);
    }

    /* GUARDIAN */

    /// @inheritdoc IStakingVault
    function emergencyExit(address strategy, bytes calldata data)
        external
        restricted
        nonReentrant
        returns (uint256 recalled)
    {
        uint256 before = _beforeRecall(strategy);
        _loans[strategy].cap = 0;
        emit StrategySet(strategy, 0);
        // Measured likewise.
        // slither-disable-next-line unused-return
        IStakingStrategy(strategy).emergencyExit(data);
        return _afterRecall(strategy, before);
    }

    /* GOVERNANCE */

    /// @inheritdoc IStakingVault
    function setStrategy(address strategy, uint256 cap) external restricted {
        if (!_loans[strategy].known) _add(strategy);
        _loans[strategy].cap = cap.toUint96();
        emit StrategySet(strategy, cap);
    }

    /// @inheritdoc IStakingVault
    function removeStrategy(address strategy) external restricted nonReentrant {
        _known(strategy);
        _bookAll();
        uint256 last = _strategies.length - 1;
        for (uint256 i; i < last; ++i) {
            if (_strategies[i] == strategy) _strategies[i] = _strategies[last];
        }
        _strategies.pop();
        _book = _book.withStrategies(last);
        uint256 lost = _loans[strategy].debt;
        delete _loans[strategy];
        State memory s = _read();
        s.locked = s.locked.zeroFloorSub(lost);
        s.bent = true;
        _leave(s);
        emit StrategyRemoved(strategy, lost);
    }

    /// @inheritdoc IStakingVault
    function setYieldShare(address reserve, uint256 bps) external restricted {
        require(isNative, AssetNotNative());
        require(bps == 0 || reserve.code.length != 0, NotContract(reserve));
        require(bps <= MAX_YIELD_SHARE, ShareTooHigh(bps, MAX_YIELD_SHARE));
        (_reserve, _yieldShareBps) = (reserve, bps.toUint16());
        emit YieldShareSet(reserve, bps);
    }

    /* VIEWS */

    /// @inheritdoc IStakingVault
    function strategies() external view returns (address[] memory) {
        return _strategies;
    }

    /// @inheritdoc IStakingVault
    function strategyOf(address strategy) external view returns (uint256 debt, uint256 cap, uint256 reportedAt) {
        Loan memory loan = _loans[strategy];
        return (loan.debt, loan.cap, loan.reported);
    }

    /// @inheritdoc IStakingVault
    function yieldShare() external view returns (address reserve, uint256 bps) {
        return (_reserve, _yieldShareBps);
    }

    /* INTERNALS */

    function _known(address strategy) private view returns (Loan storage loan) {
        loan = _loans[strategy];
        require(loan.known, StrategyUnknown(strategy));
    }

    function _add(address strategy) private {
        bool ours = IStakingStrategy(strategy).vault() == address(this) && IStakingStrategy(strategy).asset() == _asset;
        require(ours, StrategyMismatch(strategy));
        require(_strategies.length < MAX_STRATEGIES, TooManyStrategies(MAX_STRATEGIES));
        _strategies.push(strategy);
        _book = _book.withStrategies(_strategies.length);
        _loans[strategy].known = true;
    }

    function _beforeRecall(address strategy) private returns (uint256 held) {
        _known(strategy);
        _bookAll();
        return _asset.balanceOf(address(this));
    }

    /// @dev Of a strategy that is lent to or recalled: what the way there or back has cost.
    function _bookAll() private {
        State memory s = _read();
        _bookLosses(s);
        _leave(s);
    }

    /// @dev What came back pays the debt first; what exceeds it is a gain. A loss on the way is booked before this ends.
    /// Whoever could change a balance in between is locked out, by the functions that call this.
    // slither-disable-next-line reentrancy-eth
    function _afterRecall(address strategy, uint256 before) private returns (uint256 recalled) {
        recalled = _asset.balanceOf(address(this)) - before;
        Loan storage loan = _loans[strategy];
        uint256 debt = loan.debt;
        uint256 paid = recalled.min(debt);
        loan.debt = (debt - paid).toUint96();
        State memory s = _read();
        s.idle += recalled;
        emit Recalled(strategy, recalled, debt - paid);
        _gain(s, strategy, recalled - paid);
        _bookAll();
    }

    /// @dev Ends the change. The reserve's share is rounded down, in the stakers' favour. To whom
    /// it goes governance has said; no exit depends on whether it is taken. The vault is locked meanwhile.
    // slither-disable-next-line arbitrary-send-eth,reentrancy-benign
    function _gain(State memory s, address strategy, uint256 gain) private {
        uint256 mined = gain * _yieldShareBps / BPS;
        require(mined <= s.idle, NotLiquid(mined, s.idle));
        s.idle -= mined;
        _lock(s, gain - mined, streamFloor);
        _leave(s);
        if (gain != 0) emit GainBooked(strategy, gain, mined);
        // Nothing to send is nothing to send.
        // slither-disable-next-line incorrect-equality
        if (mined == 0) return;
        IWrappedNative(_asset).withdraw(mined);
        try ITreasury(_reserve).receiveMinedFunds{value: mined}() {}
        catch {
            _keep(s, mined);
        }
    }

    /// @dev What the reserve does not take goes the way of the rest. The asset is the wrapped coin, and the vault locked.
    // slither-disable-next-line arbitrary-send-eth,reentrancy-benign
    function _keep(State memory s, uint256 share) private {
        IWrappedNative(_asset).deposit{value: share}();
        s.idle += share;
        _lock(s, share, streamFloor);
        _leave(s);
        emit ShareRefused(_reserve, share);
    }

    /// @dev On every chain that a vault is deployed to there is transient storage.
    function _useTransientReentrancyGuardOnlyOnMainnet() internal pure override returns (bool) {
        return false;
    }
}
