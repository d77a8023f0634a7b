// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {EveryExecutor} from "../../contracts/executors/EveryExecutor.sol";

/// @notice The executor of tests but for the last step: it keeps the profit, as the floors do that it is measured against.
contract PayoutlessExecutor is EveryExecutor {
    constructor(address manager, address reserve_, address wrappedNative_)
        EveryExecutor(manager, reserve_, wrappedNative_)
    {}

    function _payOut(address, uint256, address[] memory) internal override {}
}
