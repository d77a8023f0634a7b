// SPDX-License-Identifier: MIT
// Model: what a pool of Camelot V3 keeps, and the fees that it sets anew each second.
pragma solidity >=0.8.34;

import {ModelCamelotOperator} from "./ModelCamelotV3Timepoints.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {TickMath} from "@uniswap/v4-core/src/libraries/TickMath.sol";

interface IPayer {
    function algebraSwapCallback(int256 amount0, int256 amount1, bytes calldata data) external;
    function algebraMintCallback(uint256 amount0, uint256 amount1, bytes calldata data) external;
    function algebraFlashCallback(uint256 fee0, uint256 fee1, bytes calldata data) external;
}

/// @title ModelCamelotV3State
/// @notice Price, liquidity and ticks; the first change of what is in range in a second sets the fee of either way anew.
/// @dev Its storage is laid out as the original's as far as anyone looks: price and fees in slot 2, liquidity in range and
/// the volume since the last timepoint in slot 3, ticks in slot 5 and their table, a bit for each tick, in slot 6.
abstract contract ModelCamelotV3State {
    error AlreadyInitialised();
    error Locked();
    error OnlyFactory();
    error PaidShort();
    error ZeroAmount();

    event Initialize(uint160 price, int24 tick);
    event Fee(uint16 feeZto, uint16 feeOtz);

    struct State {
        uint160 price;
        int24 tick;
        uint16 feeZto;
        uint16 feeOtz;
        uint16 timepointIndex;
        uint8 communityFeeToken0;
        uint8 communityFeeToken1;
        bool unlocked;
    }

    struct Tick {
        uint128 liquidityTotal;
        int128 liquidityDelta;
    }

    uint16 internal constant BASE_FEE = 100;

    uint256[2] private _unused;
    State public globalState;
    uint128 public liquidity;
    uint128 internal _volumePerLiquidityInBlock;
    ModelCamelotOperator public dataStorageOperator;
    mapping(int24 tick => Tick) internal _ticks;
    mapping(int16 row => uint256) public tickTable;

    address public immutable factory = msg.sender;
    address public immutable token0;
    address public immutable token1;

    modifier lock() {
        require(globalState.unlocked, Locked());
        globalState.unlocked = false;
        _;
        globalState.unlocked = true;
    }

    constructor(address a, address b) {
        (token0, token1) = (a, b);
        (globalState.feeZto, globalState.feeOtz) = (BASE_FEE, BASE_FEE);
    }

    function setKeepers(ModelCamelotOperator operator) external {
        require(msg.sender == factory, OnlyFactory());
        dataStorageOperator = operator;
    }

    function initialize(uint160 price) external {
        require(globalState.price == 0, AlreadyInitialised());
        int24 tick = TickMath.getTickAtSqrtPrice(price);
        dataStorageOperator.zto().initialize(uint32(block.timestamp), tick);
        dataStorageOperator.otz().initialize(uint32(block.timestamp), tick);
        (globalState.price, globalState.tick, globalState.unlocked) = (price, tick, true);
        emit Initialize(price, tick);
    }

    /* FEES */

    /// @dev Once a second.
    function _refreshFees(State memory state) internal {
        uint16 index = _write(state.timepointIndex, state.tick, liquidity);
        if (index == state.timepointIndex) return;
        uint32 time = uint32(block.timestamp);
        state.feeZto = dataStorageOperator.zto().getFee(time, state.tick, index, liquidity);
        state.feeOtz = dataStorageOperator.otz().getFee(time, state.tick, index, liquidity);
        (globalState.feeZto, globalState.feeOtz, globalState.timepointIndex) = (state.feeZto, state.feeOtz, index);
        _volumePerLiquidityInBlock = 0;
        emit Fee(state.feeZto, state.feeOtz);
    }

    function _write(uint16 index, int24 tick, uint128 inRange) private returns (uint16) {
        uint128 volume = _volumePerLiquidityInBlock;
        dataStorageOperator.otz().write(index, uint32(block.timestamp), tick, inRange, volume);
        return dataStorageOperator.zto().write(index, uint32(block.timestamp), tick, inRange, volume);
    }

    /* VIEWS */

    function ticks(int24 at) external view returns (uint128, int128, uint256, uint256, int56, uint160, uint32, bool) {
        Tick memory tick = _ticks[at];
        return (tick.liquidityTotal, tick.liquidityDelta, 0, 0, 0, 0, 0, tick.liquidityTotal != 0);
    }

    function timepoints(uint256 index) external view returns (bool, uint32, int56, uint160, uint88, int24, uint144) {
        return dataStorageOperator.zto().timepoints(index);
    }

    function getTimepoints(uint32[] calldata ago)
        external
        view
        returns (int56[] memory, uint160[] memory, uint112[] memory, uint256[] memory)
    {
        State memory state = globalState;
        return dataStorageOperator.zto()
            .getTimepoints(uint32(block.timestamp), ago, state.tick, state.timepointIndex, liquidity);
    }

    /* BOOKS */

    function _balances() internal view returns (uint256, uint256) {
        return (IERC20(token0).balanceOf(address(this)), IERC20(token1).balanceOf(address(this)));
    }

    function _sum(uint128 amount, int128 change) internal pure returns (uint128) {
        return change < 0 ? amount - uint128(-change) : amount + uint128(change);
    }
}
