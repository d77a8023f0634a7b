// SPDX-License-Identifier: MIT
// Model: the factory and the pools of Camelot V3 on Arbitrum, Algebra 1.9 with a fee each way, whose code no package carries.
pragma solidity >=0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {BitMath} from "@uniswap/v4-core/src/libraries/BitMath.sol";
import {SqrtPriceMath} from "@uniswap/v4-core/src/libraries/SqrtPriceMath.sol";
import {SwapMath} from "@uniswap/v4-core/src/libraries/SwapMath.sol";
import {TickMath} from "@uniswap/v4-core/src/libraries/TickMath.sol";

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

interface IPayer {
    function algebraSwapCallback(int256 amount0, int256 amount1, bytes calldata data) external;
    function algebraMintCallback(uint256 amount0, uint256 amount1, bytes calldata data) external;
    function algebraFlashCallback(uint256 fee0, uint256 fee1, bytes calldata data) external;
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

/// @title ModelCamelotV3Factory
/// @notice Makes pools, one for two tokens, each with two of the published keepers of timepoints, one a direction.
contract ModelCamelotV3Factory {
    error PoolExists();
    error CreationFailed();

    event Pool(address indexed token0, address indexed token1, address pool);

    address public immutable owner;
    /// @notice Who makes the pools on chain; here the factory does.
    address public immutable poolDeployer;
    /// @dev Where the code lies that creates a keeper of timepoints.
    address private immutable _keeperCode;
    mapping(address a => mapping(address b => address pool)) public poolByPair;

    constructor(address owner_, address deployer, address keeperCode) {
        (owner, poolDeployer, _keeperCode) = (owner_, deployer, keeperCode);
    }

    function createPool(address a, address b) external returns (address pool) {
        require(poolByPair[a][b] == address(0), PoolExists());
        (address token0, address token1) = a < b ? (a, b) : (b, a);
        ModelCamelotV3Pool made = new ModelCamelotV3Pool{salt: keccak256(abi.encode(token0, token1))}(token0, token1);
        pool = address(made);
        made.setKeepers(new ModelCamelotOperator(_keeperOf(pool), _keeperOf(pool)));
        (poolByPair[a][b], poolByPair[b][a]) = (pool, pool);
        emit Pool(token0, token1, pool);
    }

    /// @dev Whoever owns this factory may set its fee anew.
    function _keeperOf(address pool) private returns (ITimepoints keeper) {
        bytes memory code = bytes.concat(_keeperCode.code, abi.encode(pool));
        address created;
        assembly ("memory-safe") {
            created := create(0, add(code, 32), mload(code))
        }
        require(created != address(0), CreationFailed());
        keeper = ITimepoints(created);
        keeper.changeFeeConfiguration(CamelotFeeConfiguration(2900, 12_000, 360, 60_000, 59, 8500, 0, 10, 100));
    }
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

/// @title ModelCamelotV3Pool
/// @notice Concentrated liquidity whose first swap of a second sets the fee of either direction anew, and pays its own.
/// @dev Its storage is laid out as the original's as far as anyone looks: price and fees in slot 2, liquidity in range and
/// the volume since the last timepoint in slot 3, ticks in slot 5 and their table, a bit for each tick, in slot 6. A step of a
/// swap is Uniswap V4's published arithmetic, which is Algebra's. Left out: fees that positions have earned, the
/// community's share, farming, the pause between adding liquidity and taking it out, growth beyond a tick.
contract ModelCamelotV3Pool {
    using SafeERC20 for IERC20;

    error AlreadyInitialised();
    error Locked();
    error OnlyFactory();
    error PaidShort();
    error PriceLimit();
    error TickWrong();
    error ZeroAmount();

    event Initialize(uint160 price, int24 tick);
    event Fee(uint16 feeZto, uint16 feeOtz);
    event Swap(
        address indexed sender,
        address indexed recipient,
        int256 amount0,
        int256 amount1,
        uint160 price,
        uint128 liquidity,
        int24 tick
    );
    event Mint(
        address sender,
        address indexed owner,
        int24 indexed bottomTick,
        int24 indexed topTick,
        uint128 liquidityAmount,
        uint256 amount0,
        uint256 amount1
    );
    event Burn(
        address indexed owner,
        int24 indexed bottomTick,
        int24 indexed topTick,
        uint128 liquidityAmount,
        uint256 amount0,
        uint256 amount1
    );

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

    struct Movement {
        uint160 price;
        int24 tick;
        uint128 liquidity;
        int256 required;
        int256 calculated;
    }

    int24 private constant SPACING = 60;
    uint16 private constant BASE_FEE = 100;

    uint256[2] private _unused;
    State public globalState;
    uint128 public liquidity;
    uint128 private _volumePerLiquidityInBlock;
    ModelCamelotOperator public dataStorageOperator;
    mapping(int24 tick => Tick) private _ticks;
    mapping(int16 row => uint256) public tickTable;
    mapping(bytes32 key => uint128[3]) private _positions;

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

    /* LIQUIDITY */

    function mint(address, address recipient, int24 bottom, int24 top, uint128 amount, bytes calldata data)
        external
        lock
        returns (uint256 amount0, uint256 amount1, uint128)
    {
        require(amount != 0, ZeroAmount());
        require(bottom < top && bottom % SPACING == 0 && top % SPACING == 0, TickWrong());
        (amount0, amount1) = _changed(recipient, bottom, top, int128(amount));
        (uint256 before0, uint256 before1) = _balances();
        IPayer(msg.sender).algebraMintCallback(amount0, amount1, data);
        (uint256 after0, uint256 after1) = _balances();
        require(after0 >= before0 + amount0 && after1 >= before1 + amount1, PaidShort());
        emit Mint(msg.sender, recipient, bottom, top, amount, amount0, amount1);
        return (amount0, amount1, amount);
    }

    function burn(int24 bottom, int24 top, uint128 amount) external lock returns (uint256 amount0, uint256 amount1) {
        (amount0, amount1) = _changed(msg.sender, bottom, top, -int128(amount));
        uint128[3] storage position = _positions[keccak256(abi.encode(msg.sender, bottom, top))];
        position[1] += uint128(amount0);
        position[2] += uint128(amount1);
        emit Burn(msg.sender, bottom, top, amount, amount0, amount1);
    }

    function collect(address recipient, int24 bottom, int24 top, uint128 most0, uint128 most1)
        external
        lock
        returns (uint128 amount0, uint128 amount1)
    {
        uint128[3] storage position = _positions[keccak256(abi.encode(msg.sender, bottom, top))];
        amount0 = most0 < position[1] ? most0 : position[1];
        amount1 = most1 < position[2] ? most1 : position[2];
        position[1] -= amount0;
        position[2] -= amount1;
        if (amount0 != 0) IERC20(token0).safeTransfer(recipient, amount0);
        if (amount1 != 0) IERC20(token1).safeTransfer(recipient, amount1);
    }

    /// @dev What it takes, or gives; a change of what is in range first does what a second's first swap does.
    function _changed(address owner, int24 bottom, int24 top, int128 change)
        private
        returns (uint256 amount0, uint256 amount1)
    {
        uint128[3] storage position = _positions[keccak256(abi.encode(owner, bottom, top))];
        position[0] = _sum(position[0], change);
        _turn(bottom, change, change);
        _turn(top, change, -change);
        (uint160 low, uint160 high) = (TickMath.getSqrtPriceAtTick(bottom), TickMath.getSqrtPriceAtTick(top));
        uint128 amount = change < 0 ? uint128(-change) : uint128(change);
        bool up = change > 0;
        State memory state = globalState;
        if (state.tick < bottom) return (SqrtPriceMath.getAmount0Delta(low, high, amount, up), 0);
        if (state.tick >= top) return (0, SqrtPriceMath.getAmount1Delta(low, high, amount, up));
        if (change != 0) {
            _refreshFees(state);
            liquidity = _sum(liquidity, change);
        }
        amount0 = SqrtPriceMath.getAmount0Delta(state.price, high, amount, up);
        amount1 = SqrtPriceMath.getAmount1Delta(low, state.price, amount, up);
    }

    function _turn(int24 at, int128 change, int128 delta) private {
        Tick storage tick = _ticks[at];
        bool before = tick.liquidityTotal != 0;
        tick.liquidityTotal = _sum(tick.liquidityTotal, change);
        tick.liquidityDelta += delta;
        if (before != (tick.liquidityTotal != 0)) tickTable[int16(at >> 8)] ^= 1 << uint8(uint24(at));
    }

    /* SWAPS */

    function swap(address recipient, bool zeroToOne, int256 amountRequired, uint160 limit, bytes calldata data)
        external
        lock
        returns (int256 amount0, int256 amount1)
    {
        require(amountRequired != 0, ZeroAmount());
        (amount0, amount1) = _moved(zeroToOne, amountRequired, limit);
        (uint256 before0, uint256 before1) = _balances();
        if (zeroToOne) {
            if (amount1 < 0) IERC20(token1).safeTransfer(recipient, uint256(-amount1));
            IPayer(msg.sender).algebraSwapCallback(amount0, amount1, data);
            require(IERC20(token0).balanceOf(address(this)) >= before0 + uint256(amount0), PaidShort());
        } else {
            if (amount0 < 0) IERC20(token0).safeTransfer(recipient, uint256(-amount0));
            IPayer(msg.sender).algebraSwapCallback(amount0, amount1, data);
            require(IERC20(token1).balanceOf(address(this)) >= before1 + uint256(amount1), PaidShort());
        }
        emit Swap(msg.sender, recipient, amount0, amount1, globalState.price, liquidity, globalState.tick);
    }

    function _moved(bool zeroToOne, int256 required, uint160 limit) private returns (int256 amount0, int256 amount1) {
        State memory state = globalState;
        require(
            zeroToOne
                ? limit < state.price && limit > TickMath.MIN_SQRT_PRICE
                : limit > state.price && limit < TickMath.MAX_SQRT_PRICE,
            PriceLimit()
        );
        _refreshFees(state);
        Movement memory at = Movement(state.price, state.tick, liquidity, required, 0);
        uint24 fee = zeroToOne ? state.feeZto : state.feeOtz;
        while (at.required != 0 && at.price != limit) {
            _step(at, zeroToOne, required > 0, limit, fee);
        }
        (globalState.price, globalState.tick, liquidity) = (at.price, at.tick, at.liquidity);
        int256 used = required - at.required;
        (amount0, amount1) = zeroToOne == (required > 0) ? (used, at.calculated) : (at.calculated, used);
        _volumePerLiquidityInBlock += dataStorageOperator.zto()
            .calculateVolumePerLiquidity(at.liquidity, amount0, amount1);
    }

    /// @dev Once a second.
    function _refreshFees(State memory state) private {
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

    /// @dev To the next tick that is initialised, else to the end of its row of the table, or as far as the amount goes.
    function _step(Movement memory at, bool zeroToOne, bool exactInput, uint160 limit, uint24 fee) private view {
        (int24 next, bool initialised) = _next(at.tick, zeroToOne);
        if (next < TickMath.MIN_TICK) next = TickMath.MIN_TICK;
        if (next > TickMath.MAX_TICK) next = TickMath.MAX_TICK;
        uint160 end = TickMath.getSqrtPriceAtTick(next);
        uint160 start = at.price;
        _trade(at, SwapMath.getSqrtPriceTarget(zeroToOne, end, limit), exactInput, fee);
        if (at.price == end) {
            if (initialised) {
                int128 delta = _ticks[next].liquidityDelta;
                at.liquidity = _sum(at.liquidity, zeroToOne ? -delta : delta);
            }
            at.tick = zeroToOne ? next - 1 : next;
        } else if (at.price != start) {
            at.tick = TickMath.getTickAtSqrtPrice(at.price);
        }
    }

    /// @dev Towards a price.
    function _trade(Movement memory at, uint160 target, bool exactInput, uint24 fee) private pure {
        uint256 input;
        uint256 output;
        uint256 taken;
        (at.price, input, output, taken) = SwapMath.computeSwapStep(at.price, target, at.liquidity, -at.required, fee);
        at.required += exactInput ? -int256(input + taken) : int256(output);
        at.calculated += exactInput ? -int256(output) : int256(input + taken);
    }

    function _next(int24 tick, bool down) private view returns (int24, bool) {
        if (!down) ++tick;
        uint256 row = tickTable[int16(tick >> 8)];
        uint8 bit = uint8(uint24(tick));
        if (down) {
            row <<= 255 - bit;
            if (row == 0) return (tick - int24(uint24(bit)), false);
            return (tick - int24(uint24(255 - BitMath.mostSignificantBit(row))), true);
        }
        row >>= bit;
        if (row == 0) return (tick + int24(uint24(255 - bit)), false);
        return (tick + int24(uint24(BitMath.leastSignificantBit(row))), true);
    }

    /* LOANS */

    function flash(address recipient, uint256 amount0, uint256 amount1, bytes calldata data) external lock {
        uint256 fee0 = (amount0 * BASE_FEE + 1e6 - 1) / 1e6;
        uint256 fee1 = (amount1 * BASE_FEE + 1e6 - 1) / 1e6;
        (uint256 before0, uint256 before1) = _balances();
        if (amount0 != 0) IERC20(token0).safeTransfer(recipient, amount0);
        if (amount1 != 0) IERC20(token1).safeTransfer(recipient, amount1);
        IPayer(msg.sender).algebraFlashCallback(fee0, fee1, data);
        (uint256 after0, uint256 after1) = _balances();
        require(after0 >= before0 + fee0 && after1 >= before1 + fee1, PaidShort());
    }

    /* VIEWS */

    function tickSpacing() external pure returns (int24) {
        return SPACING;
    }

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

    function _balances() private view returns (uint256, uint256) {
        return (IERC20(token0).balanceOf(address(this)), IERC20(token1).balanceOf(address(this)));
    }

    function _sum(uint128 amount, int128 change) private pure returns (uint128) {
        return change < 0 ? amount - uint128(-change) : amount + uint128(change);
    }
}
