// SPDX-License-Identifier: MIT
// Model: Chainlink's EACAggregatorProxy (@chainlink/contracts, AggregatorV3Interface); stands in for the price feeds.
pragma solidity >=0.8.34;

/// @title ModelAggregator
/// @notice A feed with one answer to begin with; its transmitter can add rounds, as the oracles' network does.
/// @dev Round ids carry the aggregator's phase in their upper bits, as the proxy's do: phase << 64 | round.
contract ModelAggregator {
    event AnswerUpdated(int256 indexed current, uint256 indexed roundId, uint256 updatedAt);

    error NotTransmitter(address caller, address transmitter);

    struct Round {
        int256 answer;
        uint256 updatedAt;
    }

    uint80 private constant PHASE = 1 << 64;
    uint256 public constant version = 4;

    uint8 public immutable decimals;
    address public immutable transmitter;
    string public description;
    uint80 private _latest;
    mapping(uint80 roundId => Round) private _rounds;

    constructor(uint8 decimals_, string memory description_, address transmitter_, int256 answer) {
        decimals = decimals_;
        description = description_;
        transmitter = transmitter_;
        _latest = PHASE;
        _record(answer);
    }

    /// @notice Adds a round with this answer at the block's time.
    function transmit(int256 answer) external {
        require(msg.sender == transmitter, NotTransmitter(msg.sender, transmitter));
        _record(answer);
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return getRoundData(_latest);
    }

    /// @notice A round by its id; a round that is not there answers with zeros, as the proxy does for a young phase.
    function getRoundData(uint80 roundId) public view returns (uint80, int256, uint256, uint256, uint80) {
        Round memory round = _rounds[roundId];
        return (roundId, round.answer, round.updatedAt, round.updatedAt, roundId);
    }

    function latestAnswer() external view returns (int256) {
        return _rounds[_latest].answer;
    }

    function latestTimestamp() external view returns (uint256) {
        return _rounds[_latest].updatedAt;
    }

    function _record(int256 answer) private {
        _rounds[++_latest] = Round(answer, block.timestamp);
        emit AnswerUpdated(answer, _latest, block.timestamp);
    }
}
