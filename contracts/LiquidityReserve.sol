// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ILiquidityReserve} from "./interfaces/ILiquidityReserve.sol";
import {IStakingVault} from "./interfaces/IStakingVault.sol";

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {SafeCastLib} from "solady/utils/SafeCastLib.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

/// @title LiquidityReserve
/// @notice Receives every profit and keeps it in buckets: one a pool, one for the stakers, a common pot. See
/// ILiquidityReserve.
/// @dev
/// ACCOUNTING: of every token, the sum of its buckets is `accounted`, and never exceeds the balance. Only what lies here
/// beyond that can be credited; so a token that takes a fee on transfer is refused, and what arrives unannounced waits.
///
/// ROLES: the executor settles; governance, the manager's admin, sets everything else; `recognise` and `payVault` move
/// value only where it belongs, and are anyone's to call.
///
/// TOKENS: only listed ones are credited. Governance lists no token whose balances change by themselves.
contract LiquidityReserve is ILiquidityReserve, AccessManaged {
    using SafeTransferLib for address;
    using SafeCastLib for uint256;

    /* TYPES */

    /// @dev Whether a token is profit, whether its trades must be guarded, and the sum of its buckets: read and written
    /// together on the hot path.
    struct Account {
        bool listed;
        bool guarded;
        uint240 accounted;
    }

    /// @dev Who may settle, and how: one slot, read once a settlement.
    struct Policy {
        address executor;
        uint16 poolsBps;
        uint16 vaultBps;
    }

    /* CONSTANTS AND STORAGE */

    uint256 private constant BPS = 10_000;

    address public immutable vault;

    Policy private _policy;
    mapping(address token => Account) private _accounts;

    mapping(address pool => bool) public isRegistered;
    mapping(address pool => mapping(address token => uint256)) public poolBucket;
    mapping(address token => uint256) public vaultBucket;
    mapping(address token => uint256) public commonPot;

    /* CONSTRUCTOR */

    constructor(address manager, address vault_, uint256 poolsBps, uint256 vaultBps) AccessManaged(manager) {
        require(manager != address(0) && vault_ != address(0), ZeroAddress());
        vault = vault_;
        _setSplit(poolsBps, vaultBps);
    }

    /* SETTLING */

    /// @inheritdoc ILiquidityReserve
    function settle(address token, uint256 profit, address[] calldata pools) external {
        Policy memory policy = _policy;
        require(msg.sender == policy.executor, NotExecutor(msg.sender));
        uint256 poolsPart = _account(policy, token, profit);
        _creditPools(token, poolsPart, pools);
    }

    /// @inheritdoc ILiquidityReserve
    function recognise(address token) external returns (uint256 amount) {
        amount = _surplus(token);
        require(amount != 0, NothingToRecognise(token));
        _creditPot(token, _account(_policy, token, amount));
    }

    /// @inheritdoc ILiquidityReserve
    function payVault() external returns (uint256 amount) {
        address asset = IStakingVault(vault).asset();
        amount = vaultBucket[asset];
        require(amount != 0, NothingToPay(asset));
        vaultBucket[asset] = 0;
        _accounts[asset].accounted -= amount.toUint240();
        emit VaultPaid(asset, amount);
        asset.safeApprove(vault, amount);
        IStakingVault(vault).addProfit(amount);
    }

    /* GOVERNANCE */

    /// @inheritdoc ILiquidityReserve
    function setSplit(uint256 poolsBps, uint256 vaultBps) external restricted {
        _setSplit(poolsBps, vaultBps);
    }

    /// @inheritdoc ILiquidityReserve
    function setExecutor(address newExecutor) external restricted {
        _policy.executor = newExecutor;
        emit ExecutorSet(newExecutor);
    }

    /// @inheritdoc ILiquidityReserve
    function listToken(address token, bool listed) external restricted {
        _accounts[token].listed = listed;
        emit TokenListed(token, listed);
    }

    /// @inheritdoc ILiquidityReserve
    function guardToken(address token, bool guarded) external restricted {
        _accounts[token].guarded = guarded;
        emit TokenGuarded(token, guarded);
    }

    /// @inheritdoc ILiquidityReserve
    function registerPools(address[] calldata pools, bool registered) external restricted {
        for (uint256 i; i < pools.length; ++i) {
            require(pools[i] != address(0), ZeroAddress());
            isRegistered[pools[i]] = registered;
            emit PoolRegistered(pools[i], registered);
        }
    }

    /// @inheritdoc ILiquidityReserve
    function spendPot(address token, address pool, uint256 amount) external restricted {
        require(isRegistered[pool], PoolNotRegistered(pool));
        uint256 pot = commonPot[token];
        require(amount <= pot, PotTooSmall(token, amount, pot));
        commonPot[token] = pot - amount;
        poolBucket[pool][token] += amount;
        emit PotSpent(pool, token, amount);
    }

    /* VIEWS */

    /// @inheritdoc ILiquidityReserve
    function accounted(address token) public view returns (uint256) {
        return _accounts[token].accounted;
    }

    /// @inheritdoc ILiquidityReserve
    function profitToken(address token) external view returns (bool listed, bool guarded) {
        return (_accounts[token].listed, _accounts[token].guarded);
    }

    /// @inheritdoc ILiquidityReserve
    function isListed(address token) external view returns (bool) {
        return _accounts[token].listed;
    }

    /// @inheritdoc ILiquidityReserve
    function executor() external view returns (address) {
        return _policy.executor;
    }

    /// @inheritdoc ILiquidityReserve
    function split() external view returns (uint256 poolsBps, uint256 vaultBps) {
        return (_policy.poolsBps, _policy.vaultBps);
    }

    /* INTERNALS */

    /// @dev Accounts for a profit and credits the stakers' part, rounded down: the pools get what is left over [R1].
    function _account(Policy memory policy, address token, uint256 profit) private returns (uint256 poolsPart) {
        Account memory account = _accounts[token];
        require(account.listed, TokenNotListed(token));
        uint256 surplus = token.balanceOf(address(this)) - account.accounted;
        require(profit <= surplus, NotCovered(token, profit, surplus));
        uint256 vaultPart = profit * policy.vaultBps / BPS;
        poolsPart = profit - vaultPart;
        _accounts[token].accounted = SafeCastLib.toUint240(account.accounted + profit);
        vaultBucket[token] += vaultPart;
        emit ProfitSettled(token, profit, poolsPart, vaultPart);
    }

    /// @dev An equal part for each pool, rounded down; the first one's takes the remainder too [R1, R3].
    function _creditPools(address token, uint256 amount, address[] calldata pools) private {
        // What the division drops comes back in the remainder.
        // slither-disable-next-line divide-before-multiply
        uint256 part = amount / pools.length;
        _creditPool(pools[0], token, amount - part * (pools.length - 1));
        for (uint256 i = 1; i < pools.length; ++i) {
            _creditPool(pools[i], token, part);
        }
    }

    function _creditPool(address pool, address token, uint256 amount) private {
        if (!isRegistered[pool]) return _creditPot(token, amount);
        poolBucket[pool][token] += amount;
        emit PoolCredited(pool, token, amount);
    }

    function _creditPot(address token, uint256 amount) private {
        commonPot[token] += amount;
        emit PotCredited(token, amount);
    }

    function _setSplit(uint256 poolsBps, uint256 vaultBps) private {
        require(poolsBps <= BPS && vaultBps == BPS - poolsBps, SplitIncomplete(poolsBps, vaultBps));
        (_policy.poolsBps, _policy.vaultBps) = (poolsBps.toUint16(), vaultBps.toUint16());
        emit SplitSet(poolsBps, vaultBps);
    }

    function _surplus(address token) private view returns (uint256) {
        return token.balanceOf(address(this)) - accounted(token);
    }
}
