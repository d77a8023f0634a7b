// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IFlashExecutor} from "../../contracts/interfaces/IFlashExecutor.sol";
import {ICallbacks} from "../ICallbacks.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice Mock: a pool in the shape of Uniswap V3 that misbehaves in one way at a time.
contract HostilePool {
    enum Manner {
        Honest,
        NoCallback,
        CallsTwice,
        OtherData,
        OtherKind,
        ThroughAccomplice,
        AsksMore,
        AsksLess,
        ClaimsMore,
        ClaimsNothing,
        Skims,
        Executes,
        ThroughNeighbour,
        ClaimsToBeOwedBoth
    }

    Manner public manner;
    uint256 public amountOut;
    IERC20 private immutable _tokenOut;
    bytes private _route;

    constructor(IERC20 tokenOut) {
        _tokenOut = tokenOut;
    }

    function behave(Manner manner_, uint256 amountOut_) external {
        (manner, amountOut) = (manner_, amountOut_);
    }

    function reenterWith(bytes calldata route) external {
        _route = route;
    }

    function swap(address recipient, bool zeroForOne, int256 amountIn, uint160, bytes calldata data)
        external
        returns (int256, int256)
    {
        if (manner != Manner.ClaimsMore) _tokenOut.transfer(recipient, amountOut);
        if (manner == Manner.Skims) IFlashExecutor(msg.sender).skim(address(_tokenOut));
        if (manner == Manner.Executes) IFlashExecutor(msg.sender).execute(_route);
        int256 out = -int256(amountOut);
        if (manner == Manner.ClaimsNothing) out = 0;
        if (manner == Manner.ClaimsToBeOwedBoth) out = 1;
        if (manner != Manner.NoCallback) _callBack(zeroForOne, amountIn, out, data);
        return zeroForOne ? (amountIn, out) : (out, amountIn);
    }

    function _callBack(bool zeroForOne, int256 amountIn, int256 out, bytes calldata data) private {
        int256 asked = amountIn;
        if (manner == Manner.AsksMore) ++asked;
        if (manner == Manner.AsksLess) --asked;
        (int256 amount0, int256 amount1) = zeroForOne ? (asked, out) : (out, asked);
        if (manner == Manner.ThroughAccomplice) {
            return new Accomplice().callBack(msg.sender, amount0, amount1, data);
        }
        if (manner == Manner.ThroughNeighbour) {
            return Accomplice(address(uint160(address(this)) ^ 1)).callBack(msg.sender, amount0, amount1, data);
        }
        if (manner == Manner.OtherKind) return IUniswapV2Callee(msg.sender).uniswapV2Call(msg.sender, 0, 0, data);
        bytes memory told = manner == Manner.OtherData ? abi.encodePacked(data, uint8(0)) : data;
        ICallbacks(msg.sender).uniswapV3SwapCallback(amount0, amount1, told);
        if (manner == Manner.CallsTwice) ICallbacks(msg.sender).uniswapV3SwapCallback(amount0, amount1, told);
    }
}

interface IUniswapV2Callee {
    function uniswapV2Call(address sender, uint256 amount0, uint256 amount1, bytes calldata data) external;
}

/// @notice Mock: makes somebody else's callback.
contract Accomplice {
    function callBack(address executor, int256 amount0, int256 amount1, bytes calldata data) external {
        ICallbacks(executor).uniswapV3SwapCallback(amount0, amount1, data);
    }
}
