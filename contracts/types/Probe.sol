// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @notice How a pool is swapped on: as a pair with a fee, as a pair that says itself what it pays, in a callback.
enum Manner {
    Pair,
    Quoting,
    Concentrated
}

/// @notice A swap on a pool.
/// @param feeBps Of a `Pair`, in basis points of the input; 0 of the others.
struct Hop {
    Manner manner;
    address pool;
    address tokenIn;
    address tokenOut;
    uint256 feeBps;
}

/// @notice What one step came to.
/// @param given Units that were given away.
/// @param promised Units that an honest token would bring for them.
/// @param received Units that came, as measured.
/// @param gas What the step cost.
struct Trade {
    uint256 given;
    uint256 promised;
    uint256 received;
    uint256 gas;
}

/// @notice The steps of a trial, in their order.
enum Step {
    None,
    Fund,
    Buy,
    Pass,
    Recall,
    Sell
}

/// @notice What a trial came to; of a step that was not reached all is 0.
/// @param failed The step that reverted, or `None`.
/// @param reason What it reverted with, at most 256 bytes.
/// @param held Units of the token that the last pool held to begin with.
struct Findings {
    Step failed;
    bytes reason;
    uint256 held;
    Trade bought;
    Trade passed;
    Trade recalled;
    Trade sold;
}
