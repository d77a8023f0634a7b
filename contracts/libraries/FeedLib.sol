// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IAggregatorV3} from "../interfaces/external/IAggregatorV3.sol";
import {Feed} from "../types/PriceSources.sol";
import {Ratio} from "../types/Ratio.sol";

import {RatioLib} from "./RatioLib.sol";
import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";

/// @title FeedLib
/// @notice Chainlink's answers: read, or refused with the reason [G1].
library FeedLib {
    /// @notice A whole token is worth less than 2^80 of what a feed quotes in. With that, and with decimals up to 24,
    /// no fraction of two answers exceeds what a Ratio holds: 2^80 · 10^48 < 2^240.
    uint256 private constant LARGEST_PRICE = 1 << 80;

    /// @notice No contract, or one that does not answer as a feed does.
    error FeedUnreadable(address feed);
    /// @notice Not positive, or outside of the bounds that governance set for the feed.
    error FeedAnswerInvalid(address feed, int256 answer);
    /// @notice The round has no answer of its own yet, or says that it is from the future.
    error FeedRoundUnfinished(address feed, uint256 roundId);
    error FeedStale(address feed, uint256 updatedAt, uint256 heartbeat);
    /// @notice The rollup's sequencer is down since then.
    error SequencerDown(uint256 since);
    /// @notice It is back since then, and not yet for as long as the grace.
    error SequencerGrace(uint256 since, uint256 grace);

    /// @notice The feed's latest answer, positive and at most its `maxAnswer`.
    function read(Feed storage self) internal view returns (uint256) {
        (address feed, uint256 heartbeat) = (self.source, self.heartbeat);
        (uint256 roundId, int256 answer,, uint256 updatedAt, uint256 answeredInRound) = _latest(feed);
        require(answer > 0, FeedAnswerInvalid(feed, answer));
        // It is positive.
        // forge-lint: disable-next-line(unsafe-typecast)
        uint256 price = uint256(answer);
        (uint256 least, uint256 most) = bounds(self);
        require(price >= least && price <= most, FeedAnswerInvalid(feed, answer));
        bool finished = updatedAt != 0 && updatedAt <= block.timestamp && answeredInRound >= roundId;
        require(finished, FeedRoundUnfinished(feed, roundId));
        require(block.timestamp - updatedAt <= heartbeat, FeedStale(feed, updatedAt, heartbeat));
        return price;
    }

    /// @notice Between which its answers must be. The widest bounds follow from its decimals, without a second slot.
    function bounds(Feed storage self) internal view returns (uint256 least, uint256 most) {
        if (self.bounded) return (self.minAnswer, self.maxAnswer);
        return (0, answerLimit(self.decimals));
    }

    /// @notice answer / otherAnswer · 10^exponent, exactly.
    function ratio(uint256 answer, uint256 otherAnswer, int256 exponent) internal pure returns (Ratio memory) {
        // At most 48 either way.
        uint256 power = 10 ** FixedPointMathLib.abs(exponent);
        return exponent < 0 ? RatioLib.from(answer, otherAnswer * power) : RatioLib.from(answer * power, otherAnswer);
    }

    /// @notice The largest answer that a feed of so many decimals may be allowed.
    function answerLimit(uint8 decimals) internal pure returns (uint128) {
        uint256 limit = LARGEST_PRICE * 10 ** decimals;
        // The smaller of both.
        // forge-lint: disable-next-line(unsafe-typecast)
        return limit > type(uint128).max ? type(uint128).max : uint128(limit);
    }

    /// @notice Refuses while a rollup's sequencer is down, and for `grace` seconds after.
    /// @dev Chainlink's uptime feed answers 0 while it is up; `startedAt` is when that last changed.
    function requireSequencerUp(address feed, uint256 grace) internal view {
        (uint256 roundId, int256 answer, uint256 startedAt,,) = _latest(feed);
        require(startedAt != 0, FeedRoundUnfinished(feed, roundId));
        require(answer == 0, SequencerDown(startedAt));
        bool waited = startedAt <= block.timestamp && block.timestamp - startedAt > grace;
        require(waited, SequencerGrace(startedAt, grace));
    }

    function _latest(address feed) private view returns (uint256, int256, uint256, uint256, uint256) {
        // Asked so that no answer is refused by name.
        // slither-disable-next-line low-level-calls
        (bool answered, bytes memory round) = feed.staticcall(abi.encodeCall(IAggregatorV3.latestRoundData, ()));
        require(answered && round.length >= 160, FeedUnreadable(feed));
        return abi.decode(round, (uint256, int256, uint256, uint256, uint256));
    }
}
