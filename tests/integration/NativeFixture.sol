// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IWrappedNative} from "../../contracts/interfaces/external/IWrappedNative.sol";
import {Fixture} from "../protocols/Fixture.sol";
import {UniswapV4Fixture} from "../protocols/UniswapV4Fixture.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice Uniswap V4's pools of native coin, which comes and goes wrapped.
contract NativeFixture is Fixture {
    address private constant NATIVE = address(0);

    string public constant name = "wrapped native coin, Uniswap V4";
    UniswapV4Fixture private immutable _venue;
    address private immutable _wrapped;

    constructor(UniswapV4Fixture venue, address wrapped) {
        (_venue, _wrapped) = (venue, wrapped);
    }

    receive() external payable {}

    function create(address a, uint256 amountA, address b, uint256 amountB) external returns (address pool) {
        return _venue.create(_bare(a), amountA, _bare(b), amountB);
    }

    function trade(address pool, address tokenIn, uint256 amountIn, address tokenOut)
        external
        returns (uint256 amountOut)
    {
        take(tokenIn, amountIn);
        if (tokenIn == _wrapped) {
            IWrappedNative(_wrapped).withdraw(amountIn);
            amountOut = _venue.tradeNative{value: amountIn}(pool, NATIVE, amountIn, tokenOut);
        } else {
            IERC20(tokenIn).approve(address(_venue), amountIn);
            amountOut = _venue.tradeNative(pool, tokenIn, amountIn, NATIVE);
            IWrappedNative(_wrapped).deposit{value: amountOut}();
        }
        pay(tokenOut, msg.sender, amountOut);
    }

    function _bare(address token) private view returns (address) {
        return token == _wrapped ? NATIVE : token;
    }
}
