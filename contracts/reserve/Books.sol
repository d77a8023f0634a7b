// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ILedger} from "../interfaces/ILedger.sol";
import {DailyCap} from "../types/DailyCap.sol";
import {Pool, Range} from "../types/Pool.sol";
import {PoolWeight, Share} from "../types/Share.sol";

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeCastLib} from "solady/utils/SafeCastLib.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

/// @title Books
/// @notice All that the reserve stores, and how buckets and accounts move together. No function of its own.
/// @dev
/// LAYOUT: LiquidityReserve and Injection are two codes over this one storage. Neither adds a variable.
///
/// ACCOUNTING: of every token, the sum of buckets and journal is `accounted`, and never exceeds the balance. Only what
/// lies here beyond that can be credited; so a token that takes a fee on transfer is refused, and what arrives
/// unannounced waits.
///
/// LOCK: whatever moves tokens or buckets holds it, so that a balance measured before and after says what was moved.
abstract contract Books is AccessManaged, ReentrancyGuardTransient {
    using SafeTransferLib for address;
    using SafeCastLib for uint256;

    /* TYPES */

    /// @dev Whether a token is profit, whether its trades must be guarded, and what is accounted: read and written
    /// together on the hot path.
    struct Account {
        bool listed;
        bool guarded;
        uint240 accounted;
    }

    /// @dev Who may settle, and under which split: one slot, read once a settlement.
    struct Policy {
        address executor;
        uint96 epoch;
    }

    /// @dev Both only grow, so that a settlement never finds an empty word a second time.
    struct Entry {
        uint128 settled;
        uint128 booked;
    }

    struct Split {
        uint16 poolsBps;
        uint16 vaultBps;
        Share[] beneficiaries;
    }

    /* CONSTANTS AND STORAGE */

    uint256 internal constant BPS = 10_000;

    address internal immutable _vault;
    address internal immutable _wrapped;

    // What the one code writes the other may only read, or not use.
    // slither-disable-start uninitialized-state,constable-states,unused-state

    Policy internal _policy;
    mapping(address token => Account) internal _accounts;
    mapping(bytes32 id => Entry) internal _journal;
    mapping(uint256 epoch => Split) internal _splits;

    mapping(address pool => mapping(address token => uint256)) internal _poolBuckets;
    mapping(address beneficiary => mapping(address token => uint256)) internal _beneficiaryBuckets;
    mapping(address token => uint256) internal _vaultBuckets;
    mapping(address token => uint256) internal _pots;

    mapping(address pool => Pool) internal _pools;
    mapping(address pool => Range) internal _wholes;
    mapping(address pool => Range) internal _bands;
    mapping(address keeper => bool) internal _injectors;
    DailyCap internal _lossCap;

    /// @dev Guards the price of what is converted for the stakers, and by how much it may be missed.
    address internal _stakersGuard;
    uint16 internal _stakersSlippageBps;
    /// @dev The reserve before this one, which may hand its buckets over.
    address internal _predecessor;
    PoolWeight[] internal _minedWeights;
    DailyCap internal _gasBudget;
    uint256 internal _gasBucket;

    mapping(uint256 chainId => mapping(address token => address)) internal _bridges;
    mapping(uint256 chainId => mapping(address pool => bool)) internal _destinations;
    mapping(uint256 chainId => mapping(address token => uint256)) internal _inFlight;
    mapping(address token => uint256) internal _largestSendings;
    mapping(address token => DailyCap) internal _sendingCaps;
    mapping(address inbox => address pool) internal _inboxPools;
    /// @dev What inboxes may credit beside the listed tokens.
    mapping(address wrapped => address token) internal _origins;

    // slither-disable-end uninitialized-state,constable-states,unused-state

    /* CONSTRUCTOR */

    constructor(address manager, address vault_, address wrappedNative_) AccessManaged(manager) {
        bool complete = manager != address(0) && vault_ != address(0) && wrappedNative_ != address(0);
        require(complete, ILedger.ZeroAddress());
        (_vault, _wrapped) = (vault_, wrappedNative_);
    }

    /* BUCKETS */

    /// @dev Of tokens that are accounted for.
    function _creditPool(address pool, address token, uint256 amount) internal {
        if (!_pools[pool].active) return _creditPot(token, amount);
        _poolBuckets[pool][token] += amount;
        emit ILedger.PoolCredited(pool, token, amount);
    }

    function _creditPot(address token, uint256 amount) internal {
        _pots[token] += amount;
        emit ILedger.PotCredited(token, amount);
    }

    /// @dev Books to a bucket what a balance has changed by under the lock since it was `before`. More than the bucket
    /// holds cannot be gone: that would underflow.
    function _rebook(mapping(address token => uint256) storage bucket, address token, uint256 before)
        internal
        returns (int256 change)
    {
        uint256 held = _balance(token);
        change = held.toInt256() - before.toInt256();
        if (change == 0) return 0;
        bucket[token] = bucket[token] + held - before;
        _accounts[token].accounted = (uint256(_accounts[token].accounted) + held - before).toUint240();
    }

    /* ACCOUNTS */

    /// @dev Accounts for an amount that lies here unaccounted [R2].
    function _account(address token, uint256 amount) internal {
        Account memory account = _accounts[token];
        require(account.listed, ILedger.TokenNotListed(token));
        uint256 surplus = _balance(token) - account.accounted;
        require(amount <= surplus, ILedger.NotCovered(token, amount, surplus));
        _accounts[token].accounted = (account.accounted + amount).toUint240();
    }

    /// @dev Before tokens leave.
    function _release(address token, uint256 amount) internal {
        _accounts[token].accounted -= amount.toUint240();
    }

    function _balance(address token) internal view returns (uint256) {
        return token.balanceOf(address(this));
    }
}
