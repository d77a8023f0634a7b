// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {V2V3Flash, V2V3Loan} from "./V2V3.sol";

/// @dev Solidly's pools state their reserves in whole words.
interface IReserves {
    function getReserves() external view returns (uint256 reserve0, uint256 reserve1, uint256 timestamp);
}

/// @notice A volatile pool, whose fee of 0.3 % is taken off the input.
library Volatile {
    function quote(address pool, address tokenIn, address tokenOut, uint256 amountIn) internal view returns (uint256) {
        (uint256 reserveIn, uint256 reserveOut,) = IReserves(pool).getReserves();
        if (tokenIn > tokenOut) (reserveIn, reserveOut) = (reserveOut, reserveIn);
        unchecked {
            amountIn -= amountIn * 30 / 10_000;
            return amountIn * reserveOut / (reserveIn + amountIn);
        }
    }
}

contract SolidlyV3Flash is V2V3Flash {
    constructor(address weth, address token, address first, address second) V2V3Flash(weth, token, first, second) {}

    function quoteFirst(uint256 amountIn) internal view override returns (uint256) {
        return Volatile.quote(first, address(weth), address(token), amountIn);
    }
}

contract SolidlyV3Loan is V2V3Loan {
    constructor(address weth, address token, address first, address second, address vault)
        V2V3Loan(weth, token, first, second, vault)
    {}

    function quoteFirst(uint256 amountIn) internal view override returns (uint256) {
        return Volatile.quote(first, address(weth), address(token), amountIn);
    }
}
