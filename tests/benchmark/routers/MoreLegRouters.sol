// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {AaveReceiver} from "./AaveReceiver.sol";
import {RouterCalls} from "./RouterCalls.sol";

/// @notice Three or four legs; those that follow each other in pairs of one factory are one call of its router.
abstract contract MoreLegRouters is AaveReceiver {
    address internal immutable weth;
    address internal immutable a;
    address internal immutable b;
    address internal immutable pairRouter;

    constructor(address aave, address weth_, address a_, address b_, address pairRouter_) AaveReceiver(aave, weth_) {
        (weth, a, b, pairRouter) = (weth_, a_, b_, pairRouter_);
        allow(weth, pairRouter);
        allow(a, pairRouter);
        allow(b, pairRouter);
    }

    /// @notice Along two pairs, back to WETH.
    function swapBack(address from, address by, uint256 amount) internal {
        address[] memory path = new address[](3);
        (path[0], path[1], path[2]) = (from, by, weth);
        RouterCalls.swapPairs(pairRouter, path, amount);
    }
}

contract V2V2V2Routers is MoreLegRouters {
    constructor(address aave, address weth, address a, address b, address pairRouter)
        MoreLegRouters(aave, weth, a, b, pairRouter)
    {}

    function trade(uint256 amountIn) internal override {
        address[] memory path = new address[](4);
        (path[0], path[1], path[2], path[3]) = (weth, a, b, weth);
        RouterCalls.swapPairs(pairRouter, path, amountIn);
    }
}

contract V3V2V2Routers is MoreLegRouters {
    address private immutable _poolRouter;
    uint24 private immutable _fee;

    constructor(address aave, address weth, address a, address b, address poolRouter, uint24 fee, address pairRouter)
        MoreLegRouters(aave, weth, a, b, pairRouter)
    {
        (_poolRouter, _fee) = (poolRouter, fee);
        allow(weth, poolRouter);
    }

    function trade(uint256 amountIn) internal override {
        swapBack(a, b, RouterCalls.swapPool(_poolRouter, weth, a, _fee, amountIn));
    }
}

contract V2V3V2V2Routers is MoreLegRouters {
    address private immutable _c;
    address private immutable _poolRouter;
    uint24 private immutable _fee;

    constructor(
        address aave,
        address weth,
        address a,
        address b,
        address c,
        address pairRouter,
        address poolRouter,
        uint24 fee
    ) MoreLegRouters(aave, weth, a, b, pairRouter) {
        (_c, _poolRouter, _fee) = (c, poolRouter, fee);
        allow(a, poolRouter);
    }

    function trade(uint256 amountIn) internal override {
        uint256 amount = RouterCalls.swapPair(pairRouter, weth, a, amountIn);
        swapBack(b, _c, RouterCalls.swapPool(_poolRouter, a, b, _fee, amount));
    }
}
