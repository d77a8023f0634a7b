// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IAggLayerBridge} from "../interfaces/external/IAggLayerBridge.sol";

import {Bridge} from "./Bridge.sol";

/// @title AggLayerBridge
/// @notice AggLayer's unified bridge, to one network, for any token.
/// @dev
/// ARRIVAL: a claim is anyone's to make, once, and goes to the inbox whoever makes it. What arrives is the token itself
/// where it comes home, else a wrapped one that the first claim deploys.
///
/// NETWORKS: AggLayer counts chains its own way. That the network is the chain, governance must have made sure of.
// Coin that is sent along is refused.
// slither-disable-next-line locked-ether
contract AggLayerBridge is Bridge {
    /// @notice The destination, by AggLayer's own count.
    uint32 public immutable network;

    constructor(address reserve_, address bridge_, uint256 chainId_, uint32 network_)
        Bridge(reserve_, bridge_, chainId_)
    {
        uint32 here = IAggLayerBridge(bridge_).networkID();
        require(network_ != here, LeadsElsewhere(network_, here));
        network = network_;
    }

    function name() external pure returns (string memory) {
        return "AggLayer's unified bridge";
    }

    function _send(address token, uint256 amount, address to) internal override {
        IAggLayerBridge(bridge).bridgeAsset(network, to, amount, token, true, "");
    }
}
