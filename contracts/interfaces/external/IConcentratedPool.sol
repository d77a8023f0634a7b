// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @dev What pools of Uniswap V3 and its forks say of their state. What follows the tick in `slot0` differs between them.
interface IConcentratedPool {
    function slot0() external view returns (uint160 sqrtPriceX96, int24 tick);
    function liquidity() external view returns (uint128);
    function fee() external view returns (uint24);
    function tickSpacing() external view returns (int24);
    function tickBitmap(int16 word) external view returns (uint256);
}

/// @dev Algebra's names. `globalState` has 7 words in version 1.9, 8 in Camelot's and 6 in Integral.
interface IAlgebraPool {
    function globalState() external view returns (uint160 sqrtPriceX96, int24 tick);
    function tickTable(int16 word) external view returns (uint256);
    function prevTickGlobal() external view returns (int24);
    function nextTickGlobal() external view returns (int24);
}

interface ISolidlyPair {
    function getReserves() external view returns (uint256 reserve0, uint256 reserve1, uint256 timestamp);
    function stable() external view returns (bool);
    function factory() external view returns (address);
}

interface ISolidlyFactory {
    function getFee(address pool, bool stable) external view returns (uint256);
}
