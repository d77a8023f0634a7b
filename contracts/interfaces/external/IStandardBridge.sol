// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @notice The OP stack's standard bridge, of either layer.
interface IStandardBridge {
    function bridgeERC20To(
        address localToken,
        address remoteToken,
        address to,
        uint256 amount,
        uint32 minGasLimit,
        bytes calldata extraData
    ) external;
}
