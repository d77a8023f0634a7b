// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @notice AggLayer's unified bridge, as far as it is sent over.
interface IAggLayerBridge {
    function bridgeAsset(
        uint32 destinationNetwork,
        address destinationAddress,
        uint256 amount,
        address token,
        bool forceUpdateGlobalExitRoot,
        bytes calldata permitData
    ) external payable;

    /// @notice The network that the bridge stands on, by AggLayer's own count.
    function networkID() external view returns (uint32);
}
