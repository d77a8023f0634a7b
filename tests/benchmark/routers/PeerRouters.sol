// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IBalancerV2Vault} from "../../../contracts/interfaces/external/IBalancerV2Vault.sol";
import {ISolidlyPool} from "../../../contracts/interfaces/external/ISolidlyPool.sol";
import {ICurvePool} from "../../../script/replica/interfaces/IPeers.sol";
import {Calls} from "../floors/Calls.sol";
import {RouterCalls} from "./RouterCalls.sol";
import {TwoLegRouters} from "./TwoLegRouters.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice The first leg's protocol has published no router that fits: its pool or vault, `first`, is called directly.
contract AlgebraV2Routers is TwoLegRouters {
    constructor(address aave, address weth, address token, address first, address second)
        TwoLegRouters(aave, weth, token, first, second)
    {}

    function trade(uint256 amountIn) internal override {
        uint256 amount = Calls.swapPool(first, weth, token, amountIn, address(this), "");
        RouterCalls.swapPair(second, token, weth, amount);
    }

    function algebraSwapCallback(int256 amount0, int256 amount1, bytes calldata) external {
        require(msg.sender == first, "not our pool");
        IERC20(weth).transfer(first, uint256(weth < token ? amount0 : amount1));
    }
}

contract SolidlyV3Routers is TwoLegRouters {
    uint24 private immutable _fee;

    constructor(address aave, address weth, address token, address first, address second, uint24 fee)
        TwoLegRouters(aave, weth, token, first, second)
    {
        _fee = fee;
    }

    function trade(uint256 amountIn) internal override {
        uint256 amount = ISolidlyPool(first).getAmountOut(amountIn, weth);
        IERC20(weth).transfer(first, amountIn);
        Calls.swapPair(first, weth, token, amount, address(this), "");
        RouterCalls.swapPool(second, token, weth, _fee, amount);
    }
}

contract CurveV3Routers is TwoLegRouters {
    int128 private immutable _i;
    int128 private immutable _j;
    uint24 private immutable _fee;

    constructor(
        address aave,
        address weth,
        address token,
        address first,
        int128 i,
        int128 j,
        address second,
        uint24 fee
    ) TwoLegRouters(aave, weth, token, first, second) {
        (_i, _j, _fee) = (i, j, fee);
    }

    function trade(uint256 amountIn) internal override {
        ICurvePool(first).exchange(_i, _j, amountIn, 0);
        RouterCalls.swapPool(second, token, weth, _fee, IERC20(token).balanceOf(address(this)));
    }
}

contract BalancerV2V2Routers is TwoLegRouters {
    bytes32 private immutable _poolId;

    constructor(address aave, address weth, address token, address first, bytes32 poolId, address second)
        TwoLegRouters(aave, weth, token, first, second)
    {
        _poolId = poolId;
    }

    function trade(uint256 amountIn) internal override {
        uint256 amount = IBalancerV2Vault(first)
            .swap(
                IBalancerV2Vault.SingleSwap(_poolId, 0, weth, token, amountIn, ""),
                IBalancerV2Vault.FundManagement(address(this), false, address(this), false),
                0,
                block.timestamp
            );
        RouterCalls.swapPair(second, token, weth, amount);
    }
}
