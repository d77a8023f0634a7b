// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IStakingVault} from "./interfaces/IStakingVault.sol";
import {IWrappedNative} from "./interfaces/external/IWrappedNative.sol";
import {Book, Status, Terms} from "./types/Book.sol";

import {StreamLib} from "./libraries/StreamLib.sol";
import {Lending} from "./staking/Lending.sol";
import {VaultBook} from "./staking/VaultBook.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ERC4626} from "solady/tokens/ERC4626.sol";
import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";
import {SafeCastLib} from "solady/utils/SafeCastLib.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

/// @title StakingVault
/// @notice Shares in a growing stake: ERC-4626 and ERC-2612. See IStakingVault.
/// @dev
/// PRICE: assets are counted when they come, not weighed, so a donation moves nothing. A million virtual shares a unit of
/// the asset make it a loss to inflate the first share; and the first depositor leaves a thousand units for dead shares,
/// out of which the roundings of everybody else are paid, so that whoever holds shares can leave whole to the last unit.
/// Every rounding is in the favour of the vault, that is of those who stay.
///
/// STREAM: a profit is locked when it arrives, and is released in a straight line, but in each second at most a set part of
/// what the shares are worth. What is locked is no part of `totalAssets`. While too few shares live the stream rests.
///
/// STRATEGIES: see VaultBook and Lending. What is lent to them is no longer idle, and only what is idle can be withdrawn.
///
/// ROLES: the reserve adds profit; keepers lend and take back; the guardian can stop deposits and have strategies left,
/// never stop withdrawals; governance sets caps, and can shut the vault down for good. Nobody takes assets out but by
/// burning shares.
///
/// TOKENS: the asset is a plain ERC-20, no fee on transfer, no rebase, at most 2^95 units of it: a deployment takes the
/// wrapped native coin. Solady's ERC-20 lets shares be sent to the zero address, where they are lost.
contract StakingVault is IStakingVault, Lending, ERC4626 {
    using FixedPointMathLib for uint256;
    using SafeCastLib for uint256;
    using SafeTransferLib for address;

    /* TYPES */

    struct Exit {
        uint96 assets;
        uint32 claimableAt;
        uint128 shares;
    }

    /* CONSTANTS, IMMUTABLES AND STORAGE */

    address private constant DEAD = 0x000000000000000000000000000000000000dEaD;
    uint256 private constant VIRTUAL_SHARES = 1e6;
    /// @dev Where Solady's ERC-20 keeps balances: at keccak256 of the owner's 20 bytes and this, 12 bytes long.
    uint256 private constant BALANCE_SLOT_SEED = 0x87a211a2;

    uint256 public immutable cooldown;
    uint8 private immutable _assetDecimals;

    string private _name;
    string private _symbol;
    mapping(address owner => Exit[]) private _exits;

    /* CONSTRUCTOR */

    constructor(address manager, address asset_, string memory name_, string memory symbol_, Terms memory terms)
        AccessManaged(manager)
        VaultBook(terms)
        Lending(asset_, terms.native)
    {
        (_name, _symbol) = (name_, symbol_);
        cooldown = terms.cooldown;
        (bool known, uint8 assetDecimals) = _tryGetAssetDecimals(asset_);
        _assetDecimals = known ? assetDecimals : _DEFAULT_UNDERLYING_DECIMALS;
    }

    /// @notice Takes native coin from the wrapped coin alone.
    receive() external payable {
        require(msg.sender == _asset, NativeUnexpected(msg.sender));
    }

    /* DEPOSITS */

    function deposit(uint256 assets, address to) public override nonReentrant returns (uint256 shares) {
        State memory s = _read();
        _bookLosses(s);
        shares = _issued(s, assets);
        _take(s, assets, shares, to);
        _asset.safeTransferFrom(msg.sender, address(this), assets);
    }

    function mint(uint256 shares, address to) public override nonReentrant returns (uint256 assets) {
        State memory s = _read();
        _bookLosses(s);
        assets = _price(s, shares);
        _take(s, assets, shares, to);
        _asset.safeTransferFrom(msg.sender, address(this), assets);
    }

    /// @inheritdoc IStakingVault
    function depositNative(address to) external payable nonReentrant returns (uint256 shares) {
        require(isNative, AssetNotNative());
        State memory s = _read();
        _bookLosses(s);
        shares = _issued(s, msg.value);
        _take(s, msg.value, shares, to);
        IWrappedNative(_asset).deposit{value: msg.value}();
    }

    /* WITHDRAWALS */

    function withdraw(uint256 assets, address to, address owner) public override nonReentrant returns (uint256 shares) {
        State memory s = _read();
        _bookLosses(s);
        shares = _toShares(s, assets, true);
        _give(s, assets, shares, to, owner);
        _asset.safeTransfer(to, assets);
    }

    function redeem(uint256 shares, address to, address owner) public override nonReentrant returns (uint256 assets) {
        State memory s = _read();
        _bookLosses(s);
        assets = _toAssets(s, shares, false);
        _give(s, assets, shares, to, owner);
        _asset.safeTransfer(to, assets);
    }

    /// @inheritdoc IStakingVault
    function redeemNative(uint256 shares, address to, address owner) external nonReentrant returns (uint256 assets) {
        require(isNative, AssetNotNative());
        State memory s = _read();
        _bookLosses(s);
        assets = _toAssets(s, shares, false);
        _give(s, assets, shares, to, owner);
        IWrappedNative(_asset).withdraw(assets);
        to.safeTransferETH(assets);
    }

    /* EXITS, WHERE A COOLDOWN IS SET */

    /// @inheritdoc IStakingVault
    function requestExit(uint256 shares, address owner) external nonReentrant returns (uint256 id) {
        require(cooldown != 0, CooldownOff());
        require(shares != 0, AmountZero());
        State memory s = _read();
        _bookLosses(s);
        uint256 assets = _toAssets(s, shares, false);
        uint256 claimableAt = block.timestamp + cooldown;
        if (msg.sender != owner) _spendAllowance(owner, msg.sender, shares);
        id = _exits[owner].length;
        _exits[owner].push(Exit(assets.toUint96(), claimableAt.toUint32(), shares.toUint128()));
        _leave(s);
        emit ExitRequested(owner, id, shares, assets, claimableAt);
        _transfer(owner, address(this), shares);
    }

    /// @inheritdoc IStakingVault
    function claimExit(uint256 id, uint256 shares, address to) external nonReentrant returns (uint256 assets) {
        require(id < _exits[msg.sender].length, ExitUnknown(msg.sender, id));
        Exit storage exit = _exits[msg.sender][id];
        State memory s = _read();
        _bookLosses(s);
        bool open = block.timestamp >= exit.claimableAt || s.book.status() == Status.Shut;
        require(open, ExitTooEarly(exit.claimableAt));
        uint256 worth = _toAssets(s, shares, false);
        assets = _settle(exit, shares, worth);
        // No floor: else a claim of next to nothing could hold the stream up.
        _lock(s, worth - assets, 0);
        _pay(s, assets, shares, address(this));
        emit ExitClaimed(msg.sender, id, to, shares, assets, worth - assets);
        emit Withdraw(msg.sender, to, msg.sender, assets, shares);
        _asset.safeTransfer(to, assets);
    }

    /* PROFIT */

    /// @inheritdoc IStakingVault
    function addProfit(uint256 amount) external restricted nonReentrant {
        require(amount != 0, ProfitZero());
        State memory s = _read();
        require(s.book.status() != Status.Shut, VaultShut());
        _bookLosses(s);
        s.idle += amount;
        _lock(s, amount, streamFloor);
        _leave(s);
        emit ProfitAdded(msg.sender, amount, s.locked, block.timestamp + s.remaining);
        _asset.safeTransferFrom(msg.sender, address(this), amount);
    }

    /* GUARDIAN AND GOVERNANCE */

    /// @inheritdoc IStakingVault
    function stopDeposits(bool stopped) external restricted {
        Book book = _book;
        require(book.status() != Status.Shut, VaultShut());
        _book = book.withStatus(stopped ? Status.Stopped : Status.Open);
        emit DepositsStopped(stopped);
    }

    /// @inheritdoc IStakingVault
    function shutDown() external restricted {
        _book = _book.withStatus(Status.Shut);
        emit ShutDown();
    }

    /// @inheritdoc IStakingVault
    function setDepositCap(uint256 cap) external restricted {
        _book = _book.withDepositCap(cap);
        emit DepositCapSet(cap);
    }

    /* ERC-4626 VIEWS */

    /// @inheritdoc IStakingVault
    function asset() public view override(IStakingVault, ERC4626) returns (address) {
        return _asset;
    }

    function totalAssets() public view override returns (uint256) {
        return _living(_read());
    }

    function convertToShares(uint256 assets) public view override returns (uint256) {
        return _toShares(_read(), assets, false);
    }

    function convertToAssets(uint256 shares) public view override returns (uint256) {
        return _toAssets(_read(), shares, false);
    }

    function previewDeposit(uint256 assets) public view override returns (uint256) {
        return _issued(_read(), assets);
    }

    function previewMint(uint256 shares) public view override returns (uint256) {
        return _price(_read(), shares);
    }

    function previewWithdraw(uint256 assets) public view override returns (uint256) {
        return _toShares(_read(), assets, true);
    }

    function maxDeposit(address) public view override returns (uint256) {
        return _room(_read());
    }

    function maxMint(address) public view override returns (uint256) {
        State memory s = _read();
        return _issued(s, _room(s));
    }

    function maxWithdraw(address owner) public view override returns (uint256) {
        State memory s = _read();
        return _redeemable(s) ? _toAssets(s, balanceOf(owner), false).min(s.idle) : 0;
    }

    /// @dev The most shares that are worth no more than what is idle, and not a share less.
    function maxRedeem(address owner) public view override returns (uint256) {
        State memory s = _read();
        if (!_redeemable(s)) return 0;
        uint256 covered = (s.idle + 1).fullMulDivUp(s.supply + VIRTUAL_SHARES, _living(s) + 1) - 1;
        return balanceOf(owner).min(covered);
    }

    /* VIEWS */

    function name() public view override returns (string memory) {
        return _name;
    }

    function symbol() public view override returns (string memory) {
        return _symbol;
    }

    /// @inheritdoc IStakingVault
    function lockedProfit() external view returns (uint256) {
        State memory s = _read();
        return s.locked.zeroFloorSub(s.losses);
    }

    /// @inheritdoc IStakingVault
    function streamEnd() external view returns (uint256) {
        return block.timestamp + _read().remaining;
    }

    /// @inheritdoc IStakingVault
    function idleAssets() external view returns (uint256) {
        return _tally.idle();
    }

    /// @inheritdoc IStakingVault
    function status() external view returns (Status) {
        return _book.status();
    }

    /// @inheritdoc IStakingVault
    function depositsStopped() external view returns (bool) {
        return _book.status() != Status.Open;
    }

    /// @inheritdoc IStakingVault
    function depositCap() external view returns (uint256) {
        return _book.depositCap();
    }

    /// @inheritdoc IStakingVault
    function exitOf(address owner, uint256 id)
        external
        view
        returns (uint256 shares, uint256 assets, uint256 claimableAt)
    {
        Exit memory exit = _exits[owner][id];
        return (exit.shares, exit.assets, exit.claimableAt);
    }

    /// @inheritdoc IStakingVault
    function exitCount(address owner) external view returns (uint256) {
        return _exits[owner].length;
    }

    /* INTERNALS: SHARES AND ASSETS */

    /// @dev What `deposit` issues, rounded down; less the dead shares if it is the first.
    function _issued(State memory s, uint256 assets) private pure returns (uint256) {
        return _toShares(s, assets, false).zeroFloorSub(_dead(s));
    }

    /// @dev What `mint` asks for, rounded up; with the dead shares if it is the first.
    function _price(State memory s, uint256 shares) private pure returns (uint256) {
        return _toAssets(s, shares + _dead(s), true);
    }

    function _dead(State memory s) private pure returns (uint256) {
        return s.supply == 0 ? DEAD_SHARES : 0;
    }

    function _toShares(State memory s, uint256 assets, bool up) private pure returns (uint256) {
        (uint256 shares, uint256 worth) = (s.supply + VIRTUAL_SHARES, _living(s) + 1);
        return up ? assets.fullMulDivUp(shares, worth) : assets.fullMulDiv(shares, worth);
    }

    function _toAssets(State memory s, uint256 shares, bool up) private pure returns (uint256) {
        (uint256 worth, uint256 all) = (_living(s) + 1, s.supply + VIRTUAL_SHARES);
        return up ? shares.fullMulDivUp(worth, all) : shares.fullMulDiv(worth, all);
    }

    /// @dev What may be deposited now. Nothing while a strategy cannot say what it is worth: shares might be too cheap.
    function _room(State memory s) private pure returns (uint256) {
        if (s.book.status() != Status.Open || s.unsure) return 0;
        return s.book.depositCap().zeroFloorSub(_living(s));
    }

    function _redeemable(State memory s) private view returns (bool) {
        return cooldown == 0 || s.book.status() == Status.Shut;
    }

    /* INTERNALS: MOVING */

    function _take(State memory s, uint256 assets, uint256 shares, address to) private {
        require(assets <= _room(s), DepositMoreThanMax());
        if (s.supply == 0) _mintDead(s, assets);
        s.idle += assets;
        s.supply += shares;
        _leave(s);
        emit Deposit(msg.sender, to, assets, shares);
        _mint(to, shares);
    }

    function _mintDead(State memory s, uint256 assets) private {
        require(assets * VIRTUAL_SHARES > DEAD_SHARES, FirstDepositTooSmall());
        s.supply = DEAD_SHARES;
        _mint(DEAD, DEAD_SHARES);
    }

    function _give(State memory s, uint256 assets, uint256 shares, address to, address owner) private {
        require(_redeemable(s), CooldownOn());
        if (msg.sender != owner) _spendAllowance(owner, msg.sender, shares);
        _pay(s, assets, shares, owner);
        emit Withdraw(msg.sender, to, owner, assets, shares);
    }

    /// @dev Burning is checked against the owner's balance before the supply counts.
    function _pay(State memory s, uint256 assets, uint256 shares, address owner) private {
        require(assets <= s.idle, NotLiquid(assets, s.idle));
        _burn(owner, shares);
        s.idle -= assets;
        s.supply -= shares;
        _leave(s);
    }

    /// @dev Takes a part off an exit. What it was worth at the request is rounded down.
    function _settle(Exit storage exit, uint256 shares, uint256 worth) private returns (uint256) {
        require(shares != 0, AmountZero());
        require(shares <= exit.shares, InsufficientBalance());
        uint256 agreed = uint256(exit.assets) * shares / exit.shares;
        exit.assets -= agreed.toUint96();
        exit.shares -= shares.toUint128();
        return agreed.min(worth);
    }

    /// @dev The supply is part of the tally, which a change writes once.
    function totalSupply() public view override returns (uint256) {
        return _tally.supply();
    }

    /// @dev Only the balance: balanceOf[to] += amount; emit Transfer(address(0), to, amount). The sum of all balances is
    /// the supply, which fits 128 bits.
    function _mint(address to, uint256 amount) internal override {
        assembly ("memory-safe") {
            mstore(0x0c, BALANCE_SLOT_SEED)
            mstore(0x00, to)
            let slot := keccak256(0x0c, 0x20)
            sstore(slot, add(sload(slot), amount))
        }
        emit Transfer(address(0), to, amount);
    }

    /// @dev Only the balance: balanceOf[from] -= amount; emit Transfer(from, address(0), amount).
    function _burn(address from, uint256 amount) internal override {
        require(amount <= balanceOf(from), InsufficientBalance());
        assembly ("memory-safe") {
            mstore(0x0c, BALANCE_SLOT_SEED)
            mstore(0x00, from)
            let slot := keccak256(0x0c, 0x20)
            sstore(slot, sub(sload(slot), amount))
        }
        emit Transfer(from, address(0), amount);
    }

    function _underlyingDecimals() internal view override returns (uint8) {
        return _assetDecimals;
    }

    /// @dev Virtual shares a unit of the asset, as a power of ten.
    function _decimalsOffset() internal pure override returns (uint8) {
        return 6;
    }

    /// @dev Nobody is allowed what the owner did not allow.
    function _givePermit2InfiniteAllowance() internal pure override returns (bool) {
        return false;
    }
}
