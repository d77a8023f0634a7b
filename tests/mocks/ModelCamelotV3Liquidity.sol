// SPDX-License-Identifier: MIT
// Model: how liquidity comes to a pool of Camelot V3 and goes.
pragma solidity >=0.8.34;

import {IPayer, ModelCamelotV3State} from "./ModelCamelotV3State.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SqrtPriceMath} from "@uniswap/v4-core/src/libraries/SqrtPriceMath.sol";
import {TickMath} from "@uniswap/v4-core/src/libraries/TickMath.sol";

/// @title ModelCamelotV3Liquidity
/// @notice Positions between ticks of the pool's spacing.
/// @dev Left out: fees that positions have earned, farming, the pause between adding liquidity and taking it out.
abstract contract ModelCamelotV3Liquidity is ModelCamelotV3State {
    using SafeERC20 for IERC20;

    error TickWrong();

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

    int24 private constant SPACING = 60;

    mapping(bytes32 key => uint128[3]) private _positions;

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

    function tickSpacing() external pure returns (int24) {
        return SPACING;
    }
}
