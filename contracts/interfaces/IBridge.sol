// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @title IBridge
/// @notice A way to one other chain. Called by the reserve alone, which has transferred the tokens here just before.
/// @dev Numbers in brackets name the rules in docs/SPEC.md.
interface IBridge {
    error NotReserve(address caller);
    error ZeroAddress();
    error NotContract(address account);
    /// @notice The way leads to another chain.
    error LeadsElsewhere(uint256 wanted, uint256 chainId);
    /// @notice The way is for another token.
    error OtherToken(address token);
    /// @notice The bridge takes no fee in native coin.
    error FeeUnasked(uint256 amount);
    /// @notice The bridge took more or less than what was to be sent.
    error NotTaken(address token, uint256 amount, uint256 left);

    /// @notice Sends what has just been transferred here [R7]. The reserve only.
    /// @param to Receives the token, or what stands for it, on the destination chain.
    function send(address token, uint256 amount, uint256 destinationChainId, address to) external payable;

    /// @notice What the bridge is called.
    function name() external view returns (string memory);

    function reserve() external view returns (address);

    /// @notice The protocol's own contract on this chain.
    function bridge() external view returns (address);

    /// @notice The only destination.
    function chainId() external view returns (uint256);
}
