// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IInbox} from "../interfaces/IInbox.sol";
import {IOutposts} from "../interfaces/IOutposts.sol";

import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

/// @title Inbox
/// @notice A pool's address for what comes from other chains. See IInbox.
/// @dev
/// ADDRESS: created by the reserve, with the pool as salt and no argument: reserve, pool and this code fix the address. So
/// it is the same on every chain where the reserve's is, before there is code as after, and no other code can ever be there.
///
/// CUSTODY: what lies here can go to the reserve alone, into that pool's bucket. A token that the reserve does not take
/// waits until governance lists or maps it; native coin is refused.
contract Inbox is IInbox {
    using SafeTransferLib for address;

    /// @inheritdoc IInbox
    address public immutable reserve;

    constructor() {
        reserve = msg.sender;
    }

    /// @inheritdoc IInbox
    function flush(address token) external returns (uint256) {
        uint256 amount = token.balanceOf(address(this));
        require(amount != 0, NothingArrived(token));
        token.safeApproveWithRetry(reserve, amount);
        return IOutposts(reserve).receiveBridged(token, amount);
    }
}
