// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ILedger} from "../interfaces/ILedger.sol";
import {IStakingVault} from "../interfaces/IStakingVault.sol";
import {Share} from "../types/Share.sol";

import {SplitLib} from "../libraries/SplitLib.sol";
import {Books} from "./Books.sol";
import {SafeCastLib} from "solady/utils/SafeCastLib.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

/// @title Ledger
/// @notice The reserve's books: a journal that is cheap to write, and the buckets that it becomes. See ILedger.
abstract contract Ledger is ILedger, Books {
    using SplitLib for uint256;
    using SafeTransferLib for address;
    using SafeCastLib for uint256;

    /* CONSTANTS */

    /// @notice Booking credits each of them; a contract that splits further can be one.
    uint256 public constant MAX_BENEFICIARIES = 32;

    /* SETTLING */

    /// @inheritdoc ILedger
    function settle(address token, uint256 profit, address[] calldata pools) external {
        Policy memory policy = _policy;
        require(msg.sender == policy.executor, NotExecutor(msg.sender));
        require(!_reentrancyGuardEntered(), SettledWhileLocked());
        _account(token, profit);
        bytes32 id = _entryId(policy.epoch, token, pools);
        Entry storage entry = _journal[id];
        uint128 settled = entry.settled;
        // A word that was never written.
        // slither-disable-next-line incorrect-equality
        if (settled == 0) emit EntryOpened(id, policy.epoch, token, pools);
        entry.settled = settled + profit.toUint128();
        emit ProfitSettled(id, profit);
    }

    /* ANYONE */

    /// @inheritdoc ILedger
    function book(uint256 epoch, address token, address[] calldata pools)
        external
        nonReentrant
        returns (uint256 amount)
    {
        bytes32 id = _entryId(epoch, token, pools);
        Entry storage entry = _journal[id];
        uint128 settled = entry.settled;
        amount = settled - entry.booked;
        require(amount != 0, NothingToBook(id));
        entry.booked = settled;
        _distribute(epoch, token, amount, pools);
    }

    /// @inheritdoc ILedger
    function recognise(address token) external nonReentrant returns (uint256 amount) {
        amount = _surplus(token);
        require(amount != 0, NothingToRecognise(token));
        _account(token, amount);
        _distribute(_policy.epoch, token, amount, new address[](0));
    }

    /// @inheritdoc ILedger
    function payVault() external nonReentrant returns (uint256 amount) {
        address asset = IStakingVault(_vault).asset();
        amount = _vaultBuckets[asset];
        require(amount != 0, NothingToPay(asset));
        _vaultBuckets[asset] = 0;
        _release(asset, amount);
        emit VaultPaid(asset, amount);
        asset.safeApprove(_vault, amount);
        IStakingVault(_vault).addProfit(amount);
    }

    /// @inheritdoc ILedger
    function payBeneficiary(address token, address beneficiary) external nonReentrant returns (uint256 amount) {
        amount = _beneficiaryBuckets[beneficiary][token];
        require(amount != 0, NothingToPay(token));
        _beneficiaryBuckets[beneficiary][token] = 0;
        _release(token, amount);
        emit BeneficiaryPaid(beneficiary, token, amount);
        token.safeTransfer(beneficiary, amount);
    }

    /* GOVERNANCE */

    /// @inheritdoc ILedger
    function setSplit(uint16 poolsBps, uint16 vaultBps, Share[] calldata beneficiaries) external restricted {
        _setSplit(poolsBps, vaultBps, beneficiaries);
    }

    /// @inheritdoc ILedger
    function setExecutor(address newExecutor) external restricted {
        // Zero stops all settlements.
        // slither-disable-next-line missing-zero-check
        _policy.executor = newExecutor;
        emit ExecutorSet(newExecutor);
    }

    /// @inheritdoc ILedger
    function listToken(address token, bool listed) external restricted {
        _accounts[token].listed = listed;
        emit TokenListed(token, listed);
    }

    /// @inheritdoc ILedger
    function guardToken(address token, bool guarded) external restricted {
        _accounts[token].guarded = guarded;
        emit TokenGuarded(token, guarded);
    }

    /* VIEWS */

    /// @inheritdoc ILedger
    function pending(uint256 epoch, address token, address[] calldata pools) external view returns (uint256) {
        Entry memory entry = _journal[_entryId(epoch, token, pools)];
        return entry.settled - entry.booked;
    }

    /// @inheritdoc ILedger
    function currentEpoch() external view returns (uint256) {
        return _policy.epoch;
    }

    /// @inheritdoc ILedger
    function splitOf(uint256 epoch) external view returns (uint256, uint256, Share[] memory) {
        Split memory split = _splits[epoch];
        return (split.poolsBps, split.vaultBps, split.beneficiaries);
    }

    /// @inheritdoc ILedger
    function poolBucket(address pool, address token) external view returns (uint256) {
        return _poolBuckets[pool][token];
    }

    /// @inheritdoc ILedger
    function vaultBucket(address token) external view returns (uint256) {
        return _vaultBuckets[token];
    }

    /// @inheritdoc ILedger
    function beneficiaryBucket(address beneficiary, address token) external view returns (uint256) {
        return _beneficiaryBuckets[beneficiary][token];
    }

    /// @inheritdoc ILedger
    function commonPot(address token) external view returns (uint256) {
        return _pots[token];
    }

    /// @inheritdoc ILedger
    function accounted(address token) public view returns (uint256) {
        return _accounts[token].accounted;
    }

    /// @inheritdoc ILedger
    function profitToken(address token) external view returns (bool listed, bool guarded) {
        return (_accounts[token].listed, _accounts[token].guarded);
    }

    /// @inheritdoc ILedger
    function isListed(address token) public view returns (bool) {
        return _accounts[token].listed;
    }

    /// @inheritdoc ILedger
    function executor() external view returns (address) {
        return _policy.executor;
    }

    /// @inheritdoc ILedger
    function vault() external view returns (address) {
        return _vault;
    }

    /// @inheritdoc ILedger
    function wrappedNative() external view returns (address) {
        return _wrapped;
    }

    /* BUCKETS */

    /// @dev What is taken off a profit before it is split; returns what is left.
    function _setAside(address token, uint256 amount) internal virtual returns (uint256 left);

    /// @dev The parts of the stakers and of the beneficiaries, rounded down; the pools get what is left over [R1].
    function _distribute(uint256 epoch, address token, uint256 amount, address[] memory pools) private {
        amount = _setAside(token, amount);
        Split storage split = _splits[epoch];
        uint256 vaultPart = amount.part(split.vaultBps);
        uint256 poolsPart = amount - vaultPart - _creditBeneficiaries(split.beneficiaries, token, amount);
        _vaultBuckets[token] += vaultPart;
        emit ProfitBooked(token, amount, poolsPart, vaultPart);
        _creditPools(token, poolsPart, pools);
    }

    function _creditBeneficiaries(Share[] storage shares, address token, uint256 amount) private returns (uint256 sum) {
        uint256 count = shares.length;
        for (uint256 i; i < count; ++i) {
            Share memory share = shares[i];
            uint256 part = amount.part(share.bps);
            sum += part;
            _beneficiaryBuckets[share.beneficiary][token] += part;
            emit BeneficiaryCredited(share.beneficiary, token, part);
        }
    }

    /// @dev An equal part for each pool, rounded down; the first one's takes the remainder too [R1, R3].
    function _creditPools(address token, uint256 amount, address[] memory pools) private {
        if (pools.length == 0) return _creditPot(token, amount);
        (uint256 first, uint256 each) = amount.equally(pools.length);
        _creditPool(pools[0], token, first);
        for (uint256 i = 1; i < pools.length; ++i) {
            _creditPool(pools[i], token, each);
        }
    }

    /* ACCOUNTS */

    function _surplus(address token) internal view returns (uint256) {
        return _balance(token) - accounted(token);
    }

    function _entryId(uint256 epoch, address token, address[] calldata pools) private pure returns (bytes32) {
        return keccak256(abi.encode(epoch, token, pools));
    }

    /* THE SPLIT */

    /// @dev Starts an epoch of its own: what was settled before keeps its split.
    function _setSplit(uint16 poolsBps, uint16 vaultBps, Share[] memory beneficiaries) internal {
        require(beneficiaries.length <= MAX_BENEFICIARIES, TooManyBeneficiaries(MAX_BENEFICIARIES));
        uint256 epoch = ++_policy.epoch;
        Split storage split = _splits[epoch];
        (split.poolsBps, split.vaultBps) = (poolsBps, vaultBps);
        uint256 sum = uint256(poolsBps) + vaultBps;
        for (uint256 i; i < beneficiaries.length; ++i) {
            require(beneficiaries[i].beneficiary != address(0), ZeroAddress());
            require(beneficiaries[i].bps != 0, ShareZero(beneficiaries[i].beneficiary));
            sum += beneficiaries[i].bps;
            split.beneficiaries.push(beneficiaries[i]);
        }
        require(sum == BPS, SplitIncomplete(sum));
        emit SplitSet(epoch, poolsBps, vaultBps, beneficiaries);
    }
}
