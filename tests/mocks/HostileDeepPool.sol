// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ILedger} from "../../contracts/interfaces/ILedger.sol";
import {IUniswapV3MintCallback} from "../../contracts/interfaces/external/ILiquidityPool.sol";

/// @notice A concentrated pool that governance was wrong to list: when it is added to it does as it was told.
contract HostileDeepPool {
    enum Manner {
        Honest,
        AsksForMore,
        AsksTwice,
        AsksWithOtherData,
        AsksForNothing,
        AsksForOne,
        CallsBack
    }

    address public immutable token0;
    address public immutable token1;
    int24 public constant tickSpacing = 60;
    uint128 public constant liquidity = type(uint128).max;

    Manner public manner;
    bytes public call;
    address public target;
    bool public called;
    bytes public answer;

    constructor(address token0_, address token1_) {
        (token0, token1) = (token0_, token1_);
    }

    function behave(Manner manner_, address target_, bytes calldata call_) external {
        (manner, target, call) = (manner_, target_, call_);
    }

    function slot0() external pure returns (uint160, int24) {
        return (1 << 96, 0);
    }

    function mint(address, int24, int24, uint128 amount, bytes calldata data) external returns (uint256, uint256) {
        IUniswapV3MintCallback payer = IUniswapV3MintCallback(msg.sender);
        uint256 owed = manner == Manner.AsksForMore ? _bucketOf(msg.sender) : amount / 1000;
        if (manner == Manner.AsksForOne) owed = 1;
        if (manner == Manner.CallsBack) (called, answer) = target.call(call);
        if (manner == Manner.AsksForNothing) return (0, 0);
        payer.uniswapV3MintCallback(owed, 0, manner == Manner.AsksWithOtherData ? bytes("other") : data);
        if (manner == Manner.AsksTwice) payer.uniswapV3MintCallback(owed, 0, data);
        return (owed, 0);
    }

    /// @dev All that is there for this pool.
    function _bucketOf(address reserve) private view returns (uint256) {
        return ILedger(reserve).poolBucket(address(this), token0);
    }
}
