// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Findings, Hop, Trade} from "../types/Probe.sol";

/// @title ITokenProbe
/// @notice Buys a token, passes it on and sells it, and says what came of each step.
interface ITokenProbe {
    /// @notice A step is the probe's own affair.
    error NotSelf(address caller);
    /// @notice Nobody is called back a second time, nor by another than the pool that a swap runs on.
    error CallbackUnexpected(address caller);
    /// @notice The pool has taken nothing, and yet the swap is over.
    error CallbackMissing(address pool);
    /// @notice The pool is too shallow to take the whole input.
    error TakenInPart(uint256 amount, uint256 taken);
    /// @notice Less has arrived at the pool than was paid, or more.
    error PaidWrong(uint256 amount, uint256 arrived);
    /// @notice What is there is not enough to try anything with.
    error AmountZero();

    /// @notice Goes along `way` with native coin that this address holds, and back over the last hop with all that came.
    /// @dev Between purchase and sale half of the token goes to `other` and comes back. The first step that reverts is
    /// the last.
    /// @param wrappedNative What native coin is wrapped as.
    /// @param amount Wei of native coin.
    /// @param way Hops from wrapped native coin to the token; the last buys the token that is tried.
    /// @param other Another address with this code.
    function probe(address wrappedNative, uint256 amount, Hop[] calldata way, address other)
        external
        returns (Findings memory);

    /// @notice Wraps native coin and swaps it along `way` but for the last hop.
    function fund(address wrappedNative, uint256 amount, Hop[] calldata way) external returns (Trade memory);

    /// @notice Swaps all that is here of the hop's first token.
    function swap(Hop calldata hop) external returns (Trade memory);

    /// @notice Sends half of what is here of a token.
    function pass(address token, address to) external returns (Trade memory);

    /// @notice Has `other` send back all that it has of a token.
    function recall(address token, address other) external returns (Trade memory);

    /// @notice Sends the caller all that is here of a token.
    function giveBack(address token) external;

    function uniswapV3SwapCallback(int256 amount0, int256 amount1, bytes calldata data) external;

    function pancakeV3SwapCallback(int256 amount0, int256 amount1, bytes calldata data) external;

    function algebraSwapCallback(int256 amount0, int256 amount1, bytes calldata data) external;
}
