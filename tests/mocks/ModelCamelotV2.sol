// SPDX-License-Identifier: MIT
// Model: a pair of Camelot V2 on Arbitrum, whose code no package carries.
pragma solidity >=0.8.34;

import {ModelCamelotV2Liquidity} from "./ModelCamelotV2Liquidity.sol";
import {ICamelotFactory} from "./ModelCamelotV2State.sol";
import {ModelCamelotV2Swaps} from "./ModelCamelotV2Swaps.sol";

/// @title ModelCamelotPair
/// @notice A pair with a fee each way, on the constant product or, where its owner has said so, on x³y + y³x.
/// @dev Left out: permits, recovery of stray tokens, and the end of changes to a pair's kind.
contract ModelCamelotPair is ModelCamelotV2Liquidity, ModelCamelotV2Swaps {
    event FeePercentUpdated(uint16 token0FeePercent, uint16 token1FeePercent);
    event SetStableSwap(bool prevStableSwap, bool stableSwap);

    uint256 public constant MAX_FEE_PERCENT = 2000;

    modifier onlyOwner() {
        require(msg.sender == ICamelotFactory(factory).owner(), Forbidden());
        _;
    }

    function setFeePercent(uint16 fee0, uint16 fee1) external lock onlyOwner {
        require(fee0 != 0 && fee0 <= MAX_FEE_PERCENT && fee1 != 0 && fee1 <= MAX_FEE_PERCENT, Forbidden());
        (token0FeePercent, token1FeePercent) = (fee0, fee1);
        emit FeePercentUpdated(fee0, fee1);
    }

    /// @dev The reserves have to be those that whoever sets it knows of.
    function setStableSwap(bool stable, uint112 expected0, uint112 expected1) external lock onlyOwner {
        require(stable != stableSwap && expected0 == _reserve0 && expected1 == _reserve1, Forbidden());
        bool feeOn = _mintFee();
        emit SetStableSwap(stableSwap, stable);
        stableSwap = stable;
        kLast = stable && feeOn ? _k(_reserve0, _reserve1) : 0;
    }
}
