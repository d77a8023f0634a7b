// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @dev Chainlink's feeds. Round ids are 80 bits there; read as words, so that nothing a feed answers fails to decode.
interface IAggregatorV3 {
    function latestRoundData()
        external
        view
        returns (uint256 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint256 answeredInRound);
}
