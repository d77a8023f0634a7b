// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {AaveReceiver} from "./AaveReceiver.sol";
import {RouterCalls} from "./RouterCalls.sol";

/// @notice Two legs, each through a router: WETH for the token by the first, and back by the second.
abstract contract TwoLegRouters is AaveReceiver {
    address internal immutable weth;
    address internal immutable token;
    address internal immutable first;
    address internal immutable second;

    constructor(address aave, address weth_, address token_, address first_, address second_)
        AaveReceiver(aave, weth_)
    {
        (weth, token, first, second) = (weth_, token_, first_, second_);
        allow(weth, first);
        allow(token, second);
    }
}

contract V2V2Routers is TwoLegRouters {
    constructor(address aave, address weth, address token, address first, address second)
        TwoLegRouters(aave, weth, token, first, second)
    {}

    function trade(uint256 amountIn) internal override {
        uint256 amount = RouterCalls.swapPair(first, weth, token, amountIn);
        RouterCalls.swapPair(second, token, weth, amount);
    }
}

contract V2V3Routers is TwoLegRouters {
    uint24 private immutable _fee;

    constructor(address aave, address weth, address token, address first, address second, uint24 fee)
        TwoLegRouters(aave, weth, token, first, second)
    {
        _fee = fee;
    }

    function trade(uint256 amountIn) internal override {
        uint256 amount = RouterCalls.swapPair(first, weth, token, amountIn);
        RouterCalls.swapPool(second, token, weth, _fee, amount);
    }
}

contract V3V2Routers is TwoLegRouters {
    uint24 private immutable _fee;

    constructor(address aave, address weth, address token, address first, uint24 fee, address second)
        TwoLegRouters(aave, weth, token, first, second)
    {
        _fee = fee;
    }

    function trade(uint256 amountIn) internal override {
        uint256 amount = RouterCalls.swapPool(first, weth, token, _fee, amountIn);
        RouterCalls.swapPair(second, token, weth, amount);
    }
}

/// @notice Both pools are of one factory, so that one call of its router suffices.
contract V3V3Routers is AaveReceiver {
    address private immutable _weth;
    address private immutable _token;
    address private immutable _router;
    uint24 private immutable _firstFee;
    uint24 private immutable _secondFee;

    constructor(address aave, address weth, address token, address router, uint24 firstFee, uint24 secondFee)
        AaveReceiver(aave, weth)
    {
        (_weth, _token, _router, _firstFee, _secondFee) = (weth, token, router, firstFee, secondFee);
        allow(weth, router);
    }

    function trade(uint256 amountIn) internal override {
        RouterCalls.swapPools(_router, abi.encodePacked(_weth, _firstFee, _token, _secondFee, _weth), amountIn);
    }
}
