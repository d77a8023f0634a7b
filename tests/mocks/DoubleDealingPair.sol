// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ILedger} from "../../contracts/interfaces/ILedger.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice Mock: a pair in the shape of Uniswap V2 that pays fairly, and has what it pays recognised as somebody's profit
/// before whoever swaps has measured it.
contract DoubleDealingPair {
    ILedger private immutable _reserve;
    IERC20 private immutable _tokenOut;
    uint112 private immutable _reserve0;
    uint112 private immutable _reserve1;

    bytes public answer;

    constructor(ILedger reserve, IERC20 tokenOut, uint112 reserve0, uint112 reserve1) {
        (_reserve, _tokenOut, _reserve0, _reserve1) = (reserve, tokenOut, reserve0, reserve1);
    }

    function getReserves() external view returns (uint112, uint112, uint32) {
        return (_reserve0, _reserve1, 0);
    }

    function swap(uint256 amount0Out, uint256 amount1Out, address to, bytes calldata) external {
        require(_tokenOut.transfer(to, amount0Out + amount1Out));
        (, answer) = address(_reserve).call(abi.encodeCall(ILedger.recognise, (address(_tokenOut))));
    }
}
