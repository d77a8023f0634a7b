// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @title ILiquidityReserve
/// @notice Receives every profit and splits it: a share for the pools it came from, the rest for the stakers.
/// @dev Numbers in brackets name the rules in docs/SPEC.md.
interface ILiquidityReserve {
    /// @notice A profit was credited. `poolsPart + vaultPart` is the whole of it [R1].
    event ProfitSettled(address indexed token, uint256 profit, uint256 poolsPart, uint256 vaultPart);
    /// @notice One pool's part of a profit, credited to its bucket.
    event PoolCredited(address indexed pool, address indexed token, uint256 amount);
    /// @notice The part of an unregistered pool, credited to the common pot [R3].
    event PotCredited(address indexed token, uint256 amount);
    /// @notice Governance has moved some of the common pot into a registered pool's bucket [R3].
    event PotSpent(address indexed pool, address indexed token, uint256 amount);
    event VaultPaid(address indexed token, uint256 amount);
    event SplitSet(uint256 poolsBps, uint256 vaultBps);
    event TokenListed(address indexed token, bool listed);
    event TokenGuarded(address indexed token, bool guarded);
    event PoolRegistered(address indexed pool, bool registered);
    event ExecutorSet(address indexed executor);

    error NotExecutor(address caller);
    /// @notice The token is not listed as profit; governance lists tokens.
    error TokenNotListed(address token);
    /// @notice Less lies here beyond what is accounted than is to be credited.
    error NotCovered(address token, uint256 profit, uint256 surplus);
    error NothingToRecognise(address token);
    error NothingToPay(address token);
    error PoolNotRegistered(address pool);
    error PotTooSmall(address token, uint256 wanted, uint256 there);
    error SplitIncomplete(uint256 poolsBps, uint256 vaultBps);
    error ZeroAddress();

    /// @notice Credits a profit that the executor has just transferred here. The executor only.
    /// @dev Credits `profit` exactly and only if that much lies here beyond what is accounted [R2]. Rounding goes to the
    /// pools, among them to the first [R1].
    /// @param token A listed token.
    /// @param profit Units of `token`.
    /// @param pools The pools of the cycle, in its order; each gets an equal part of the pools' share [R3].
    function settle(address token, uint256 profit, address[] calldata pools) external;

    /// @notice Makes profit of tokens that arrived unannounced: the pools' share goes to the common pot [R2]. Anyone may call.
    /// @return amount Units recognised.
    function recognise(address token) external returns (uint256 amount);

    /// @notice Sends the stakers' bucket of the vault's asset into the vault's stream. Anyone may call.
    /// @return amount Units sent.
    function payVault() external returns (uint256 amount);

    /// @notice Sets the split of profits that come after. Governance only. Must add up to 10,000 [R1].
    function setSplit(uint256 poolsBps, uint256 vaultBps) external;

    /// @notice Lists or unlists a token as profit. Governance only. What is credited already stays credited.
    function listToken(address token, bool listed) external;

    /// @notice Marks a token whose trades the price guard must look at, or takes the mark off [E7]. Governance only.
    function guardToken(address token, bool guarded) external;

    /// @notice Registers or unregisters pools as ones to be deepened. Governance only. Buckets keep what they hold.
    function registerPools(address[] calldata pools, bool registered) external;

    /// @notice Moves some of the common pot into a registered pool's bucket. Governance only [R3].
    function spendPot(address token, address pool, uint256 amount) external;

    /// @notice Names the contract that may settle. Governance only.
    function setExecutor(address newExecutor) external;

    /// @notice Units of `token` credited to `pool`.
    function poolBucket(address pool, address token) external view returns (uint256);

    /// @notice Units of `token` credited to the stakers and not yet paid to the vault.
    function vaultBucket(address token) external view returns (uint256);

    /// @notice Units of `token` credited to no registered pool.
    function commonPot(address token) external view returns (uint256);

    /// @notice Sum of all buckets of `token`; never more than the balance held [R2].
    function accounted(address token) external view returns (uint256);

    function isListed(address token) external view returns (bool);

    /// @notice What the executor asks before a route: whether the token is profit, and whether it is marked.
    function profitToken(address token) external view returns (bool listed, bool guarded);

    function isRegistered(address pool) external view returns (bool);

    function executor() external view returns (address);

    function vault() external view returns (address);

    /// @notice Basis points of a profit for the pools and for the vault; they add up to 10,000.
    function split() external view returns (uint256 poolsBps, uint256 vaultBps);
}
