// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IStandardBridge} from "../interfaces/external/IStandardBridge.sol";

import {Bridge} from "./Bridge.sol";

/// @title OptimismBridge
/// @notice The OP stack's standard bridge, from either layer to the other, for one token and its counterpart.
/// @dev
/// COUNTERPART: the sending bridge takes whatever it is told stands for the token; only the receiving one checks, and what
/// it refuses is stuck. So the pair is fixed here, and governance must have made sure of it.
///
/// TIME: a deposit arrives by itself within minutes; a withdrawal is to be proven and finalised on Ethereum after the
/// challenge, by anyone, and goes to the inbox whoever does it.
// Coin that is sent along is refused.
// slither-disable-next-line locked-ether
contract OptimismBridge is Bridge {
    /// @dev What the receiving bridge is given at least: minting and an event.
    uint32 private constant MIN_GAS = 200_000;

    /// @notice The token that is sent.
    address public immutable token;
    /// @notice What arrives for it on the destination chain.
    address public immutable remoteToken;

    constructor(address reserve_, address bridge_, uint256 chainId_, address token_, address remoteToken_)
        Bridge(reserve_, bridge_, chainId_)
    {
        require(token_ != address(0) && remoteToken_ != address(0), ZeroAddress());
        (token, remoteToken) = (token_, remoteToken_);
    }

    function name() external pure returns (string memory) {
        return "OP stack's standard bridge";
    }

    function _send(address token_, uint256 amount, address to) internal override {
        require(token_ == token, OtherToken(token_));
        IStandardBridge(bridge).bridgeERC20To(token, remoteToken, to, amount, MIN_GAS, "");
    }
}
