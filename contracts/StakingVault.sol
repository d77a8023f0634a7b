// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IStakingVault} from "./interfaces/IStakingVault.sol";
import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";
import {SafeCastLib} from "solady/utils/SafeCastLib.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

/// @title StakingVault
/// @notice Shares in a growing stake. See IStakingVault.
/// @dev
/// PRICE: assets are counted when they come by `deposit` or `addProfit`, not weighed, so a donation moves nothing. A
/// million virtual shares a unit of the asset (OpenZeppelin's decimals offset) make it a loss to inflate the first share.
///
/// STREAM: a profit is locked when it arrives, and unlocks in a straight line; what is locked is not part of
/// `totalAssets`. While nobody holds shares the stream rests, so that profit never goes to whoever comes first.
///
/// ROLES: the reserve adds profit; the guardian can stop deposits, never withdrawals; nobody can take assets out but by
/// burning shares.
///
/// TOKENS: the asset is a plain ERC-20, no fee on transfer, no rebase: a deployment takes the wrapped native coin.
contract StakingVault is IStakingVault, ERC4626, ERC20Permit, AccessManaged {
    using SafeCastLib for uint256;
    using SafeTransferLib for address;

    /* TYPES */

    struct Stream {
        /// Not yet unlocked, as of `updated`.
        uint128 locked;
        uint40 updated;
        uint40 end;
        bool depositsStopped;
    }

    /* STORAGE */

    uint256 public immutable streamPeriod;

    Stream private _stream;

    /// @dev What was counted in and not yet out, locked profit included.
    uint256 private _counted;

    /* CONSTRUCTOR */

    constructor(address manager, IERC20 asset_, string memory name_, string memory symbol_, uint256 streamPeriod_)
        ERC20(name_, symbol_)
        ERC20Permit(name_)
        ERC4626(asset_)
        AccessManaged(manager)
    {
        require(streamPeriod_ != 0, PeriodZero());
        streamPeriod = streamPeriod_;
    }

    /* PROFIT */

    /// @inheritdoc IStakingVault
    function addProfit(uint256 amount) external restricted {
        require(amount != 0, ProfitZero());
        _accrue();
        uint256 locked = _stream.locked;
        uint256 end = block.timestamp + _averagePeriod(locked, amount);
        (_stream.locked, _stream.end) = ((locked + amount).toUint128(), end.toUint40());
        _counted += amount;
        emit ProfitAdded(msg.sender, amount, locked + amount, end);
        asset().safeTransferFrom(msg.sender, address(this), amount);
    }

    /* GUARDIAN */

    /// @inheritdoc IStakingVault
    function stopDeposits(bool stopped) external restricted {
        _stream.depositsStopped = stopped;
        emit DepositsStopped(stopped);
    }

    /* VIEWS */

    /// @notice What the shares are worth together: all that was counted in, less the profit still locked.
    function totalAssets() public view override(ERC4626, IERC4626) returns (uint256) {
        return _counted - lockedProfit();
    }

    /// @inheritdoc IStakingVault
    function lockedProfit() public view returns (uint256) {
        return _stream.locked - _unlocked();
    }

    /// @inheritdoc IStakingVault
    function streamEnd() external view returns (uint256) {
        return totalSupply() == 0 ? _stream.end + (block.timestamp - _stream.updated) : _stream.end;
    }

    /// @inheritdoc IStakingVault
    function depositsStopped() public view returns (bool) {
        return _stream.depositsStopped;
    }

    /// @notice Zero while deposits are stopped.
    function maxDeposit(address receiver) public view override(ERC4626, IERC4626) returns (uint256) {
        return depositsStopped() ? 0 : super.maxDeposit(receiver);
    }

    /// @notice Zero while deposits are stopped.
    function maxMint(address receiver) public view override(ERC4626, IERC4626) returns (uint256) {
        return depositsStopped() ? 0 : super.maxMint(receiver);
    }

    function decimals() public view override(ERC4626, ERC20, IERC20Metadata) returns (uint8) {
        return ERC4626.decimals();
    }

    /* INTERNALS */

    function _deposit(address caller, address receiver, uint256 assets, uint256 shares) internal override {
        _accrue();
        _counted += assets;
        super._deposit(caller, receiver, assets, shares);
    }

    function _withdraw(address caller, address receiver, address owner, uint256 assets, uint256 shares)
        internal
        override
    {
        _accrue();
        _counted -= assets;
        super._withdraw(caller, receiver, owner, assets, shares);
    }

    /// @dev Books what has unlocked. Where nobody held shares since the last time, the stream's end moves on by as long.
    function _accrue() private {
        Stream memory stream = _stream;
        // Nothing unlocks within a second.
        // slither-disable-next-line incorrect-equality
        if (stream.updated == block.timestamp) return;
        if (totalSupply() == 0) _stream.end = SafeCastLib.toUint40(stream.end + block.timestamp - stream.updated);
        else _stream.locked = SafeCastLib.toUint128(stream.locked - _unlocked());
        _stream.updated = block.timestamp.toUint40();
    }

    /// @dev What has unlocked since `updated`, rounded down: a wei less for those who leave, and never above the whole.
    function _unlocked() private view returns (uint256) {
        Stream memory stream = _stream;
        // Nothing locked, or nobody there: both are exact, and nobody can bend either but by staking.
        // slither-disable-next-line incorrect-equality
        if (stream.locked == 0 || totalSupply() == 0) return 0;
        if (block.timestamp >= stream.end) return stream.locked;
        return uint256(stream.locked) * (block.timestamp - stream.updated) / (stream.end - stream.updated);
    }

    /// @dev Seconds until the stream ends once `amount` has joined what is `locked`: the mean of what remains of the
    /// running period and a new one, weighted by amount, rounded up.
    function _averagePeriod(uint256 locked, uint256 amount) private view returns (uint256) {
        uint256 remaining = FixedPointMathLib.zeroFloorSub(_stream.end, block.timestamp);
        return FixedPointMathLib.divUp(locked * remaining + amount * streamPeriod, locked + amount);
    }

    /// @dev Virtual shares a unit of the asset, as a power of ten.
    function _decimalsOffset() internal pure override returns (uint8) {
        return 6;
    }
}
