// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IPriceGuard} from "../interfaces/IPriceGuard.sol";
import {IPriceSources} from "../interfaces/IPriceSources.sol";
import {IBalancerV2Pools, IBalancerV2WeightedPool} from "../interfaces/external/IBalancerV2Pool.sol";
import {ISolidlyPair} from "../interfaces/external/IConcentratedPool.sol";
import {PoolKind} from "../types/PoolKind.sol";
import {Feed} from "../types/PriceSources.sol";

import {FeedLib} from "./FeedLib.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";

interface IPair {
    function token0() external view returns (address);
    function token1() external view returns (address);
}

/// @title RegistryLib
/// @notice What governance declares, checked against the feeds, tokens and pools themselves.
library RegistryLib {
    uint256 private constant MAX_DECIMALS = 24;

    /// @notice A feed of a token of so many decimals, in a currency or token of so many.
    function feed(IPriceSources.FeedSpec calldata spec, uint8 decimals, uint8 quotedDecimals)
        internal
        view
        returns (Feed memory)
    {
        require(spec.heartbeat != 0, IPriceSources.HeartbeatZero());
        require(spec.source.code.length != 0, FeedLib.FeedUnreadable(spec.source));
        uint8 feedDecimals = decimalsOf(spec.source);
        uint128 limit = FeedLib.answerLimit(feedDecimals);
        uint128 maxAnswer = spec.maxAnswer == 0 ? limit : spec.maxAnswer;
        bool ordered = spec.minAnswer <= maxAnswer && maxAnswer <= limit;
        require(ordered, IPriceSources.BoundsWrong(spec.minAnswer, maxAnswer, limit));
        // From -24 to 48.
        // forge-lint: disable-next-line(unsafe-typecast)
        int8 scale = int8(feedDecimals + decimals) - int8(quotedDecimals);
        bool bounded = spec.minAnswer != 0 || maxAnswer != limit;
        return Feed(spec.source, spec.heartbeat, scale, feedDecimals, bounded, spec.minAnswer, maxAnswer);
    }

    /// @notice A token's decimals, or a feed's.
    function decimalsOf(address source) internal view returns (uint8) {
        // Asked so that no answer is refused by name.
        // slither-disable-next-line low-level-calls
        (bool answered, bytes memory answer) = source.staticcall(abi.encodeCall(IERC20Metadata.decimals, ()));
        require(answered && answer.length >= 32, IPriceSources.DecimalsUnreadable(source));
        uint256 decimals = abi.decode(answer, (uint256));
        require(decimals <= MAX_DECIMALS, IPriceSources.DecimalsTooMany(source, decimals));
        // At most 24.
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint8(decimals);
    }

    /// @dev A Solidly pair that is stable has another price than its reserves say.
    function requirePool(address pool, PoolKind kind, address token0, address token1) internal view {
        bool fits = kind == PoolKind.ConstantProduct || kind == PoolKind.Concentrated;
        require(fits && !_isStable(pool), IPriceSources.KindWrong(pool, kind));
        bool same = IPair(pool).token0() == token0 && IPair(pool).token1() == token1;
        require(same, IPriceGuard.PoolTokensDiffer(pool, token0, token1));
    }

    /// @return id By which the vault knows this very pool, of just these tokens.
    function balancerPoolId(address vault, address pool, address token0, address token1)
        internal
        view
        returns (bytes32 id)
    {
        id = IBalancerV2WeightedPool(pool).getPoolId();
        // What is left out is not needed here.
        // slither-disable-next-line unused-return
        (address registered,) = IBalancerV2Pools(vault).getPool(id);
        require(registered == pool, IPriceSources.KindWrong(pool, PoolKind.Balancer));
        // slither-disable-next-line unused-return
        (address[] memory tokens,,) = IBalancerV2Pools(vault).getPoolTokens(id);
        bool same = tokens.length == 2 && tokens[0] == token0 && tokens[1] == token1;
        require(same, IPriceGuard.PoolTokensDiffer(pool, token0, token1));
    }

    function _isStable(address pool) private view returns (bool) {
        // A pool that is no Solidly pair does not answer.
        // slither-disable-next-line low-level-calls
        (bool answered, bytes memory answer) = pool.staticcall(abi.encodeCall(ISolidlyPair.stable, ()));
        return answered && answer.length >= 32 && abi.decode(answer, (uint256)) != 0;
    }
}
