// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IBridge} from "../interfaces/IBridge.sol";

import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

/// @title Bridge
/// @notice What the bridges have in common: just the amount goes, and nothing stays. See IBridge.
/// @dev
/// CUSTODY: it holds tokens within one call of the reserve's, and an allowance within one call of the bridge's. Whatever a
/// stranger sends here is nobody's, and is not sent on.
///
/// TRUST: governance chooses the bridge's contract. It is allowed just the amount, and must take just that: a token that
/// takes a fee fails here.
///
/// NOTHING TO SET: another token's counterpart or another chain is another contract of this kind.
abstract contract Bridge is IBridge {
    using SafeTransferLib for address;

    /// @inheritdoc IBridge
    address public immutable reserve;
    /// @inheritdoc IBridge
    address public immutable bridge;
    /// @inheritdoc IBridge
    uint256 public immutable chainId;

    constructor(address reserve_, address bridge_, uint256 chainId_) {
        require(reserve_ != address(0), ZeroAddress());
        require(bridge_.code.length != 0, NotContract(bridge_));
        require(chainId_ != block.chainid, LeadsElsewhere(chainId_, block.chainid));
        (reserve, bridge, chainId) = (reserve_, bridge_, chainId_);
    }

    /// @inheritdoc IBridge
    function send(address token, uint256 amount, uint256 destinationChainId, address to) external payable {
        require(msg.sender == reserve, NotReserve(msg.sender));
        require(msg.value == 0, FeeUnasked(msg.value));
        require(destinationChainId == chainId, LeadsElsewhere(destinationChainId, chainId));
        uint256 held = token.balanceOf(address(this));
        token.safeApproveWithRetry(bridge, amount);
        _send(token, amount, to);
        // Of a token that is burnt nothing was pulled.
        token.safeApproveWithRetry(bridge, 0);
        uint256 left = token.balanceOf(address(this));
        require(left + amount == held, NotTaken(token, amount, left));
    }

    /// @dev Of an amount that lies here, and that the bridge may pull.
    function _send(address token, uint256 amount, address to) internal virtual;
}
