// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @title IInjectionUpkeep
/// @notice Says when a pool is due to be deepened and worth its gas, in the forms that automation networks ask for, and does
/// it for those whom governance has named.
/// @dev Holds nothing. It can only do what the reserve lets an injector do, within the reserve's own limits [R4].
interface IInjectionUpkeep {
    event PerformerSet(address indexed performer, bool enabled);
    event WorthSet(uint256 gas, uint256 multiple);

    error NotPerformer(address caller);
    error MultipleZero();

    /// @notice In Chainlink's form: whether any of these pools is due.
    /// @param checkData abi.encode(address[] pools), asked in their order.
    /// @return isDue Whether there is one.
    /// @return performData What to hand to `performUpkeep`.
    function checkUpkeep(bytes calldata checkData) external view returns (bool isDue, bytes memory performData);

    /// @notice In Gelato's form: the same, with the whole call.
    function checker(address[] calldata pools) external view returns (bool isDue, bytes memory call);

    /// @notice Deepens the pool that `checkUpkeep` has found. Named performers only.
    /// @param performData abi.encode(address pool, uint256 amount0, uint256 amount1).
    function performUpkeep(bytes calldata performData) external;

    /// @notice Whether a pool can be deepened now and is worth its gas, and with which amounts.
    function due(address pool) external view returns (bool isDue, uint256 amount0, uint256 amount1);

    /// @notice Names who may perform: a Chainlink forwarder, a Gelato executor. Governance only.
    function setPerformer(address performer, bool enabled) external;

    /// @notice Sets what is worth its gas: buckets of at least `multiple` times what `gas` units cost now. Governance only.
    function setWorth(uint128 gas, uint128 multiple) external;
}
