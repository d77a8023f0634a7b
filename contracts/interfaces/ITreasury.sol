// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PoolWeight} from "../types/Share.sol";

/// @title ITreasury
/// @notice What comes to the reserve otherwise than as profit, what goes to the keepers as gas, and the way to a successor.
interface ITreasury {
    /// @notice Native coin that was mined or staked elsewhere has come in, wrapped [R6].
    event MinedFundsReceived(address indexed from, uint256 amount);
    event MinedWeightsSet(PoolWeight[] weights);
    event GasBudgetSet(uint256 perDay);
    /// @notice Some of a profit was kept for the keepers' gas [R8].
    event GasSetAside(uint256 amount);
    event KeeperPaid(address indexed keeper, uint256 amount);
    event PredecessorSet(address indexed predecessor);
    /// @notice A bucket has gone to a successor; its pool, zero for the common pot, this reserve for the stakers' [R5].
    event Migrated(address indexed successor, address indexed pool, address indexed token, uint256 amount);

    error MinedNothing();
    error WeightZero(address pool);
    error TooManyPools(uint256 limit);
    error NotPredecessor(address caller);

    /// @notice Takes native coin, wraps it and credits the pools by their weights; the first takes what rounding drops, and
    /// without weights the common pot takes all [R6]. Anyone may call.
    function receiveMinedFunds() external payable;

    /// @notice Sets how mined funds are shared among pools. Governance only. At most `MAX_MINED_POOLS`.
    function setMinedWeights(PoolWeight[] calldata weights) external;

    /// @notice Sets how much wrapped native profit a day is kept for the keepers' gas; 0, as after deployment, for none [R8].
    /// Governance only.
    function setGasBudget(uint112 perDay) external;

    /// @notice Sends what was kept for gas to the executor's keepers, in equal parts, as native coin [R8]. Anyone may call.
    /// @return paid What could be sent; the rest stays for the next time.
    function payKeepers() external returns (uint256 paid);

    /// @notice Hands the buckets of these pools, the common pot and the stakers' bucket of a token over to a successor, which
    /// must have named this reserve its predecessor. Governance only, after the delay [R5].
    /// @dev Positions are to be withdrawn, entries booked and beneficiaries paid beforehand.
    function migrate(address successor, address token, address[] calldata pools) external;

    /// @notice Takes a bucket over, which has just been transferred here. The predecessor only.
    /// @param pool Zero for the common pot, the predecessor for the stakers.
    function receiveMigrated(address pool, address token, uint256 amount) external;

    /// @notice Names the reserve whose buckets may be handed over to this one. Governance only.
    function setPredecessor(address predecessor) external;

    function minedWeights() external view returns (PoolWeight[] memory);

    /// @notice Wrapped native coin kept for the keepers' gas.
    function gasBucket() external view returns (uint256);

    /// @notice How much of today's profit may still be kept for gas.
    function gasBudgetLeft() external view returns (uint256);
}
