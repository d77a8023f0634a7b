// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice What a floor of two legs has by heart: WETH for the token in the first pool, and back in the second.
abstract contract TwoLegs {
    IERC20 internal immutable weth;
    IERC20 internal immutable token;
    address internal immutable first;
    address internal immutable second;

    constructor(address weth_, address token_, address first_, address second_) {
        (weth, token, first, second) = (IERC20(weth_), IERC20(token_), first_, second_);
    }
}
