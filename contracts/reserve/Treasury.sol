// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IFlashExecutor} from "../interfaces/IFlashExecutor.sol";
import {ITreasury} from "../interfaces/ITreasury.sol";
import {IWrappedNative} from "../interfaces/external/IWrappedNative.sol";
import {PoolWeight} from "../types/Share.sol";

import {Ledger} from "./Ledger.sol";
import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

/// @title Treasury
/// @notice Mined funds, the keepers' gas, and the way to a successor. See ITreasury.
abstract contract Treasury is ITreasury, Ledger {
    using FixedPointMathLib for uint256;
    using SafeTransferLib for address;

    uint256 public constant MAX_MINED_POOLS = 32;

    /// @dev A keeper is an account; one that needs more to receive coin can be paid by hand.
    uint256 private constant GAS_TO_RECEIVE = 10_000;

    /* ANYONE */

    // The lock is held: what is written after a call nobody has seen in between, and no part is more than the bucket has.
    // slither-disable-start reentrancy-eth,reentrancy-no-eth,reentrancy-benign,reentrancy-events,divide-before-multiply

    /// @inheritdoc ITreasury
    function receiveMinedFunds() external payable nonReentrant {
        require(msg.value != 0, MinedNothing());
        IWrappedNative(_wrapped).deposit{value: msg.value}();
        _account(_wrapped, msg.value);
        emit MinedFundsReceived(msg.sender, msg.value);
        _creditByWeight(msg.value);
    }

    /// @inheritdoc ITreasury
    function payKeepers() external nonReentrant returns (uint256 paid) {
        address[] memory keepers = IFlashExecutor(_policy.executor).keepers();
        uint256 part = keepers.length == 0 ? 0 : _gasBucket / keepers.length;
        require(part != 0, NothingToPay(_wrapped));
        uint256 drawn = part * keepers.length;
        IWrappedNative(_wrapped).withdraw(drawn);
        for (uint256 i; i < keepers.length; ++i) {
            if (!keepers[i].trySafeTransferETH(part, GAS_TO_RECEIVE)) continue;
            paid += part;
            emit KeeperPaid(keepers[i], part);
        }
        if (paid < drawn) IWrappedNative(_wrapped).deposit{value: drawn - paid}();
        _gasBucket -= paid;
        _release(_wrapped, paid);
    }

    // slither-disable-end reentrancy-eth,reentrancy-no-eth,reentrancy-benign,reentrancy-events,divide-before-multiply

    /* GOVERNANCE */

    /// @inheritdoc ITreasury
    function setMinedWeights(PoolWeight[] calldata weights) external restricted {
        require(weights.length <= MAX_MINED_POOLS, TooManyPools(MAX_MINED_POOLS));
        delete _minedWeights;
        for (uint256 i; i < weights.length; ++i) {
            require(weights[i].weight != 0, WeightZero(weights[i].pool));
            _minedWeights.push(weights[i]);
        }
        emit MinedWeightsSet(weights);
    }

    /// @inheritdoc ITreasury
    function setGasBudget(uint112 perDay) external restricted {
        _gasBudget.cap = perDay;
        emit GasBudgetSet(perDay);
    }

    /// @inheritdoc ITreasury
    function setPredecessor(address predecessor) external restricted {
        // Zero: there is none.
        // slither-disable-next-line missing-zero-check
        _predecessor = predecessor;
        emit PredecessorSet(predecessor);
    }

    /* SUCCESSION */

    /// @inheritdoc ITreasury
    function migrate(address successor, address token, address[] calldata pools) external restricted nonReentrant {
        for (uint256 i; i < pools.length; ++i) {
            uint256 bucket = _poolBuckets[pools[i]][token];
            _poolBuckets[pools[i]][token] = 0;
            _handOver(successor, pools[i], token, bucket);
        }
        (uint256 pot, uint256 stakers) = (_pots[token], _vaultBuckets[token]);
        (_pots[token], _vaultBuckets[token]) = (0, 0);
        _handOver(successor, address(0), token, pot);
        _handOver(successor, address(this), token, stakers);
    }

    /// @inheritdoc ITreasury
    function receiveMigrated(address pool, address token, uint256 amount) external nonReentrant {
        require(msg.sender == _predecessor, NotPredecessor(msg.sender));
        _account(token, amount);
        if (pool == msg.sender) _vaultBuckets[token] += amount;
        else _creditPool(pool, token, amount);
    }

    /* VIEWS */

    /// @inheritdoc ITreasury
    function minedWeights() external view returns (PoolWeight[] memory) {
        return _minedWeights;
    }

    /// @inheritdoc ITreasury
    function gasBucket() external view returns (uint256) {
        return _gasBucket;
    }

    /// @inheritdoc ITreasury
    function gasBudgetLeft() external view returns (uint256) {
        return _gasBudget.left();
    }

    /* INTERNALS */

    /// @dev What is left of the day's budget for gas is taken off wrapped native profit first [R8].
    function _setAside(address token, uint256 amount) internal override returns (uint256) {
        uint256 aside = token == _wrapped ? amount.min(_gasBudget.left()) : 0;
        if (aside == 0) return amount;
        _gasBudget.use(aside);
        _gasBucket += aside;
        emit GasSetAside(aside);
        return amount - aside;
    }

    function _creditByWeight(uint256 amount) private {
        PoolWeight[] memory weights = _minedWeights;
        if (weights.length == 0) return _creditPot(_wrapped, amount);
        uint256 sum = 0;
        for (uint256 i; i < weights.length; ++i) {
            sum += weights[i].weight;
        }
        uint256 left = amount;
        for (uint256 i = 1; i < weights.length; ++i) {
            uint256 part = amount.fullMulDiv(weights[i].weight, sum);
            left -= part;
            _creditPool(weights[i].pool, _wrapped, part);
        }
        _creditPool(weights[0].pool, _wrapped, left);
    }

    function _handOver(address successor, address pool, address token, uint256 amount) private {
        if (amount == 0) return;
        _release(token, amount);
        emit Migrated(successor, pool, token, amount);
        token.safeTransfer(successor, amount);
        ITreasury(successor).receiveMigrated(pool, token, amount);
    }
}
