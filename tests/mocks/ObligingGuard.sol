// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Ratio} from "../../contracts/types/Ratio.sol";

/// @notice Model: a guard for whom every pool of two tokens is near, and one unit of anything is worth one of anything.
contract ObligingGuard {
    address private immutable _token0;
    address private immutable _token1;

    constructor(address token0, address token1) {
        (_token0, _token1) = (token0, token1);
    }

    function requireNear(address, uint256) external pure returns (Ratio memory) {
        return Ratio(1, 1);
    }

    function requireStillNear(address, Ratio calldata, uint256) external pure {}

    function quote(address, uint256 amountIn, address) external pure returns (uint256) {
        return amountIn;
    }

    function poolTokens(address) external view returns (address, address) {
        return (_token0, _token1);
    }
}
