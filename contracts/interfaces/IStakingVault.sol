// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Status} from "../types/Book.sol";

/// @title IStakingVault
/// @notice ERC-4626 shares, with ERC-2612, of the wrapped native coin; profit is streamed to them in a straight line. What
/// ERC-4626 itself says is not repeated here.
/// @dev Assets are counted, not weighed: a token that is sent here without `addProfit` or `deposit` moves no price [V3].
/// Numbers in brackets name the rules in docs/SPEC.md.
interface IStakingVault {
    event ProfitAdded(address indexed from, uint256 amount, uint256 locked, uint256 streamEnd);
    event DepositsStopped(bool stopped);
    event ShutDown();
    event DepositCapSet(uint256 cap);
    event YieldShareSet(address indexed reserve, uint256 bps);
    event StrategySet(address indexed strategy, uint256 cap);
    event StrategyRemoved(address indexed strategy, uint256 lost);
    /// @notice The vault has lent `amount` to a strategy, whose debt is now `debt`.
    event Allocated(address indexed strategy, uint256 amount, uint256 debt);
    /// @notice A strategy has sent `amount` back.
    event Recalled(address indexed strategy, uint256 amount, uint256 debt);
    /// @notice A strategy's gain: `mined` of it went to the reserve, the rest is streamed.
    event GainBooked(address indexed strategy, uint256 gain, uint256 mined);
    /// @notice The reserve did not take its share of the gain booked just before: it is streamed as well.
    event ShareRefused(address indexed reserve, uint256 share);
    event LossBooked(address indexed strategy, uint256 loss);
    event ExitRequested(address indexed owner, uint256 indexed id, uint256 shares, uint256 assets, uint256 claimableAt);
    /// @notice `forfeited` is what the shares have gained since the request; it is streamed to those who stay.
    event ExitClaimed(
        address indexed owner, uint256 indexed id, address to, uint256 shares, uint256 assets, uint256 forfeited
    );

    /// @notice Zero, or more than 30 days.
    error PeriodWrong(uint256 period);
    /// @notice The floor of a stream exceeds its period.
    error FloorAbovePeriod();
    error RateZero();
    error NotContract(address account);
    /// @notice A profit of zero would move the stream's clock and nothing else.
    error ProfitZero();
    error AmountZero();
    /// @notice The first deposit does not cover the dead shares.
    error FirstDepositTooSmall();
    /// @notice The asset is not the wrapped native coin.
    error AssetNotNative();
    /// @notice Native coin is taken only by `depositNative` and from the wrapped coin.
    error NativeUnexpected(address sender);
    /// @notice Governance has shut the vault down; that is for good.
    error VaultShut();
    error ShareTooHigh(uint256 bps, uint256 most);
    /// @notice Less lies idle here than is needed; something has to be recalled first.
    error NotLiquid(uint256 needed, uint256 idle);

    error StrategyUnknown(address strategy);
    /// @notice The strategy belongs to another vault or takes another asset.
    error StrategyMismatch(address strategy);
    error TooManyStrategies(uint256 limit);
    error DebtAboveCap(address strategy, uint256 debt, uint256 cap);
    /// @notice The strategy or another one cannot say what it is worth; nothing is booked until it can, or is removed.
    error ValueUnknown();

    /// @notice Shares are redeemed at once here, and not requested.
    error CooldownOff();
    /// @notice Shares are not redeemed at once here: `requestExit`, then `claimExit`.
    error CooldownOn();
    error ExitUnknown(address owner, uint256 id);
    error ExitTooEarly(uint256 claimableAt);

    /* PROFIT */

    /// @notice Takes a profit from the caller and streams it [V2]. The reserve only. Refused once the vault is shut: there may
    /// be nobody left to have it.
    /// @dev Overlapping profit is taken in by the average of the periods, weighted by amount, and never reverts for it.
    /// @param amount Units of the asset; the caller must have approved them.
    function addProfit(uint256 amount) external;

    /* NATIVE COIN */

    /// @notice Like `deposit`, with the native coin sent along [V6].
    function depositNative(address to) external payable returns (uint256 shares);

    /// @notice Like `redeem`, paid in native coin [V6].
    function redeemNative(uint256 shares, address to, address owner) external returns (uint256 assets);

    /* EXITS, WHERE A COOLDOWN IS SET */

    /// @notice Starts an exit, beside any others of the same owner. The shares wait here, and share losses until they are
    /// claimed, but no gains: those go to the ones who stay.
    /// @return id The owner's number of the request, for `claimExit`.
    function requestExit(uint256 shares, address owner) external returns (uint256 id);

    /// @notice Ends an exit of the caller's, or a part of it, after the cooldown, or at once when the vault is shut.
    /// @return assets What the shares were worth at the request, or what they are worth now if that is less.
    function claimExit(uint256 id, uint256 shares, address to) external returns (uint256 assets);

    /* KEEPERS */

    /// @notice Lends `amount` of what lies idle to a strategy, up to its cap.
    function allocate(address strategy, uint256 amount, bytes calldata data) external;

    /// @notice Has a strategy release `amount`, or what was to be released earlier and is ready.
    /// @return recalled Units of the asset that came back.
    function recall(address strategy, uint256 amount, bytes calldata data) external returns (uint256 recalled);

    /// @notice Books what a strategy has gained: the reserve's share is paid out of what lies idle, if the reserve takes it;
    /// the rest is streamed.
    /// Losses, which count without being booked, are booked with every change [V5].
    /// @return gain Units of the asset.
    function report(address strategy) external returns (uint256 gain);

    /* GUARDIAN */

    /// @notice Stops or allows deposits; withdrawals are never stopped [V4].
    function stopDeposits(bool stopped) external;

    /// @notice Has a strategy leave its protocol at once, at the terms that governance has set there, and lends it no more.
    function emergencyExit(address strategy, bytes calldata data) external returns (uint256 recalled);

    /* GOVERNANCE */

    /// @notice Ends deposits, profit from the reserve and allocations for good, and any cooldown.
    function shutDown() external;

    /// @notice Sets the living assets beyond which nothing is deposited. Profit may lift them higher.
    function setDepositCap(uint256 cap) external;

    /// @notice Sets the share of strategies' gains that goes to the reserve as mined funds, in basis points.
    function setYieldShare(address reserve, uint256 bps) external;

    /// @notice Adds a strategy, or changes the most that it may be lent.
    function setStrategy(address strategy, uint256 cap) external;

    /// @notice Forgets a strategy. What it still owes is a loss, whatever it says of itself.
    function removeStrategy(address strategy) external;

    /* VIEWS */

    function asset() external view returns (address);

    /// @notice Profit taken in and not yet streamed, less what losses have consumed of it; not part of `totalAssets()`.
    function lockedProfit() external view returns (uint256);

    /// @notice When the running stream ends, in Unix seconds, at the present assets, if it does not rest until then.
    function streamEnd() external view returns (uint256);

    /// @notice Units of the asset that can be withdrawn now.
    function idleAssets() external view returns (uint256);

    function status() external view returns (Status);

    function depositsStopped() external view returns (bool);

    function depositCap() external view returns (uint256);

    /// @notice Who is paid the share of strategies' gains, and how much of them in basis points.
    function yieldShare() external view returns (address reserve, uint256 bps);

    function strategies() external view returns (address[] memory);

    /// @notice What a strategy owes, the most it may owe, and when it was last reported, in Unix seconds.
    function strategyOf(address strategy) external view returns (uint256 debt, uint256 cap, uint256 reportedAt);

    /// @notice An exit that was requested and not yet claimed in full.
    function exitOf(address owner, uint256 id)
        external
        view
        returns (uint256 shares, uint256 assets, uint256 claimableAt);

    function exitCount(address owner) external view returns (uint256);

    function streamPeriod() external view returns (uint256);

    function streamFloor() external view returns (uint256);

    function maxRate() external view returns (uint256);

    function livingFloor() external view returns (uint256);

    function cooldown() external view returns (uint256);

    function isNative() external view returns (bool);
}
