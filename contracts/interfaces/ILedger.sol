// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Share} from "../types/Share.sol";

/// @title ILedger
/// @notice The reserve's books: what every wei of profit is for.
/// @dev A settlement writes one word of a journal: how much the cycle through these pools has earned while this split was
/// in force. `book` turns that into buckets, at anyone's call and whenever it suits. Numbers in brackets name the rules
/// in docs/SPEC.md.
interface ILedger {
    /// @notice The first profit of a cycle under a split: what `entry` stands for in the events that follow.
    event EntryOpened(bytes32 indexed entry, uint256 indexed epoch, address indexed token, address[] pools);
    /// @notice A profit has entered the journal.
    event ProfitSettled(bytes32 indexed entry, uint256 profit);
    /// @notice A profit has become buckets; what is neither the vault's nor in the events that follow does not exist [R1].
    event ProfitBooked(address indexed token, uint256 profit, uint256 poolsPart, uint256 vaultPart);
    /// @notice One pool's part of a profit, credited to its bucket.
    event PoolCredited(address indexed pool, address indexed token, uint256 amount);
    /// @notice The part of an unregistered pool, credited to the common pot [R3].
    event PotCredited(address indexed token, uint256 amount);
    event BeneficiaryCredited(address indexed beneficiary, address indexed token, uint256 amount);
    event BeneficiaryPaid(address indexed beneficiary, address indexed token, uint256 amount);
    event VaultPaid(address indexed token, uint256 amount);
    /// @notice Profits settled from now on are split so. The beneficiaries' parts make up what is missing.
    event SplitSet(uint256 indexed epoch, uint256 poolsBps, uint256 vaultBps, Share[] beneficiaries);
    event TokenListed(address indexed token, bool listed);
    event TokenGuarded(address indexed token, bool guarded);
    event ExecutorSet(address indexed executor);

    error NotExecutor(address caller);
    /// @notice Nothing can be settled while the reserve is at work with what it holds.
    error SettledWhileLocked();
    /// @notice The token is not listed as profit; governance lists tokens.
    error TokenNotListed(address token);
    /// @notice Less lies here beyond what is accounted than is to be credited.
    error NotCovered(address token, uint256 profit, uint256 surplus);
    error NothingToRecognise(address token);
    error NothingToBook(bytes32 entry);
    error NothingToPay(address token);
    /// @notice The shares must add up to 10,000 basis points.
    error SplitIncomplete(uint256 sumBps);
    error TooManyBeneficiaries(uint256 limit);
    /// @notice A share of nothing is a mistake.
    error ShareZero(address beneficiary);
    error ZeroAddress();
    /// @notice Native coin is taken only while something is under way that brings it.
    error NativeUnexpected(address sender);

    /// @notice Enters a profit that the executor has just transferred here into the journal. The executor only.
    /// @dev Credits `profit` exactly and only if that much lies here beyond what is accounted [R2].
    /// @param token A listed token.
    /// @param profit Units of `token`.
    /// @param pools The pools of the cycle, in its order.
    function settle(address token, uint256 profit, address[] calldata pools) external;

    /// @notice Turns what an entry of the journal holds into buckets, by the split of its epoch. Anyone may call.
    /// @dev Rounding goes to the pools, among them to the first [R1]. Whether a pool is registered is asked now [R3].
    /// @param epoch The split's number at the time of the settlements.
    /// @param pools The cycle's pools, in the order in which they were settled; each gets an equal part of the pools' share.
    /// @return amount Units booked.
    function book(uint256 epoch, address token, address[] calldata pools) external returns (uint256 amount);

    /// @notice Makes profit of tokens that arrived unannounced: the pools' share goes to the common pot [R2]. Anyone may call.
    /// @return amount Units recognised.
    function recognise(address token) external returns (uint256 amount);

    /// @notice Sends the stakers' bucket of the vault's asset into the vault's stream. Anyone may call.
    /// @return amount Units sent.
    function payVault() external returns (uint256 amount);

    /// @notice Sends a beneficiary its bucket. Anyone may call; one that cannot be paid holds up nobody else.
    /// @return amount Units sent.
    function payBeneficiary(address token, address beneficiary) external returns (uint256 amount);

    /// @notice Sets the split of profits that are settled from now on. Governance only.
    /// @dev All shares add up to 10,000 basis points [R1]; at most `MAX_BENEFICIARIES`.
    function setSplit(uint16 poolsBps, uint16 vaultBps, Share[] calldata beneficiaries) external;

    /// @notice Lists or unlists a token as profit. Governance only. What is credited already stays credited.
    function listToken(address token, bool listed) external;

    /// @notice Marks a token whose trades the price guard must look at, or takes the mark off [E7]. Governance only.
    function guardToken(address token, bool guarded) external;

    /// @notice Names the contract that may settle. Governance only.
    function setExecutor(address newExecutor) external;

    /// @notice Units of `token` in the journal for these pools, not yet booked.
    function pending(uint256 epoch, address token, address[] calldata pools) external view returns (uint256);

    /// @notice The number of the split in force; it grows by one with each change.
    function currentEpoch() external view returns (uint256);

    /// @notice Basis points of a profit that was settled in `epoch`; they add up to 10,000.
    function splitOf(uint256 epoch)
        external
        view
        returns (uint256 poolsBps, uint256 vaultBps, Share[] memory beneficiaries);

    /// @notice Units of `token` credited to `pool`.
    function poolBucket(address pool, address token) external view returns (uint256);

    /// @notice Units of `token` credited to the stakers and not yet paid to the vault.
    function vaultBucket(address token) external view returns (uint256);

    /// @notice Units of `token` credited to `beneficiary` and not yet paid.
    function beneficiaryBucket(address beneficiary, address token) external view returns (uint256);

    /// @notice Units of `token` credited to no registered pool.
    function commonPot(address token) external view returns (uint256);

    /// @notice Sum of all buckets of `token` and of what the journal holds; never more than the balance [R2].
    function accounted(address token) external view returns (uint256);

    function isListed(address token) external view returns (bool);

    /// @notice What the executor asks before a route: whether the token is profit, and whether it is marked.
    function profitToken(address token) external view returns (bool listed, bool guarded);

    function executor() external view returns (address);

    function vault() external view returns (address);

    /// @notice The chain's wrapped native coin.
    function wrappedNative() external view returns (address);
}
