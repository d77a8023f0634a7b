// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ICallbacks} from "../ICallbacks.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice Mock: a pair in the shape of Uniswap V2 that names whom it likes as the one who swaps, or calls nobody back; or,
/// as Pancake V2's do, calls back by another name.
contract HostilePair {
    IERC20 private immutable _tokenOut;
    address private _swapper;
    bool private _silent;
    bool private _pancake;

    constructor(IERC20 tokenOut) {
        _tokenOut = tokenOut;
    }

    function sayThatSwapped(address swapper) external {
        _swapper = swapper;
    }

    function beSilent() external {
        _silent = true;
    }

    function beOfPancake() external {
        _pancake = true;
    }

    function getReserves() external pure returns (uint112, uint112, uint32) {
        return (1_000_000e18, 1_000_000e18, 0);
    }

    function swap(uint256 amount0Out, uint256 amount1Out, address to, bytes calldata data) external {
        require(_tokenOut.transfer(to, amount0Out + amount1Out));
        if (_silent) return;
        if (_pancake) ICallbacks(to).pancakeCall(_swapper, amount0Out, amount1Out, data);
        else ICallbacks(to).uniswapV2Call(_swapper, amount0Out, amount1Out, data);
    }
}
