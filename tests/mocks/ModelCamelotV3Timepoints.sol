// SPDX-License-Identifier: MIT
// Model: what keeps the timepoints of a pool of Camelot V3 and makes its fees, a keeper of the published code for either way.
pragma solidity >=0.8.34;

/// @dev The published keeper of timepoints of Algebra 1.9, which makes one fee.
interface ITimepoints {
    function initialize(uint32 time, int24 tick) external;
    function write(uint16 index, uint32 time, int24 tick, uint128 liquidity, uint128 volume) external returns (uint16);
    function changeFeeConfiguration(CamelotFeeConfiguration calldata configuration) external;
    function getFee(uint32 time, int24 tick, uint16 index, uint128 liquidity) external view returns (uint16);
    function calculateVolumePerLiquidity(uint128 liquidity, int256 amount0, int256 amount1)
        external
        pure
        returns (uint128);
    function feeConfig() external view returns (CamelotFeeConfiguration memory);
    function timepoints(uint256 index) external view returns (bool, uint32, int56, uint160, uint88, int24, uint144);
    function getTimepoints(uint32 time, uint32[] calldata ago, int24 tick, uint16 index, uint128 liquidity)
        external
        view
        returns (int56[] memory, uint160[] memory, uint112[] memory, uint256[] memory);
}

/// @dev Two sigmoids of the volatility, one of the volume, and the least fee.
struct CamelotFeeConfiguration {
    uint16 alpha1;
    uint16 alpha2;
    uint32 beta1;
    uint32 beta2;
    uint16 gamma1;
    uint16 gamma2;
    uint32 volumeBeta;
    uint16 volumeGamma;
    uint16 baseFee;
}

/// @title ModelCamelotOperator
/// @notice What a pool names as its operator: it tells how the fee of either direction is made.
contract ModelCamelotOperator {
    ITimepoints public immutable zto;
    ITimepoints public immutable otz;

    constructor(ITimepoints zto_, ITimepoints otz_) {
        (zto, otz) = (zto_, otz_);
    }

    function feeConfigZto() external view returns (CamelotFeeConfiguration memory) {
        return zto.feeConfig();
    }

    function feeConfigOtz() external view returns (CamelotFeeConfiguration memory) {
        return otz.feeConfig();
    }
}
