// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice What a floor of three legs has by heart: WETH for `a`, that for `b`, and back.
abstract contract ThreeLegs {
    IERC20 internal immutable weth;
    address internal immutable a;
    address internal immutable b;
    address internal immutable first;
    address internal immutable second;
    address internal immutable third;

    constructor(address weth_, address a_, address b_, address first_, address second_, address third_) {
        (weth, a, b) = (IERC20(weth_), a_, b_);
        (first, second, third) = (first_, second_, third_);
    }
}
