// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title ModelLBPair
/// @notice Model: a pair of LFJ's Liquidity Book 2.1 (traderjoe-xyz/joe-v2, LBPair), whose code no package carries: bins
/// of one price each, swept one after the other by selling what was paid beforehand.
/// @dev Bin `id` trades at (1 + binStep/10,000)^(id - 2^23) units of Y for one of X. Bins above the active one hold X, those
/// below it Y. Fees stay in the bin. Left out: the part of the fee that varies with volatility, the protocol's share,
/// shares of liquidity, the oracle, flash loans and 2.2's hooks.
contract ModelLBPair {
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    error LBPair__InsufficientAmountIn();
    error LBPair__InsufficientAmountOut();
    error LBPair__OutOfLiquidity();

    struct Bin {
        uint128 x;
        uint128 y;
    }

    event Swap(
        address indexed sender,
        address indexed to,
        uint24 id,
        bytes32 amountsIn,
        bytes32 amountsOut,
        uint24 volatilityAccumulator,
        bytes32 totalFees,
        bytes32 protocolFees
    );

    uint256 private constant ONE = 1e18;
    uint24 private constant ID_OF_ONE = 1 << 23;

    IERC20 public immutable getTokenX;
    IERC20 public immutable getTokenY;
    uint16 public immutable getBinStep;
    uint16 private immutable _baseFactor;

    uint24 public getActiveId;
    mapping(uint24 id => Bin) public getBin;
    Bin private _reserves;
    /// @dev Where the bins end on either side. The real pair keeps a tree of those that are not empty.
    uint24 private _lowest;
    uint24 private _highest;

    constructor(IERC20 tokenX, IERC20 tokenY, uint16 binStep, uint16 baseFactor) {
        (getTokenX, getTokenY, getBinStep, _baseFactor) = (tokenX, tokenY, binStep, baseFactor);
    }

    /// @notice Spreads what the pair holds evenly: X over the active bin and `reach` bins above it, Y over it and those
    /// below.
    function open(uint24 activeId, uint24 reach) external {
        uint256 x = getTokenX.balanceOf(address(this));
        uint256 y = getTokenY.balanceOf(address(this));
        (getActiveId, _lowest, _highest) = (activeId, activeId - reach, activeId + reach);
        _reserves = Bin(x.toUint128(), y.toUint128());
        for (uint24 i = reach; i > 0; --i) {
            getBin[activeId + i].x = uint128(x / (reach + 1));
            getBin[activeId - i].y = uint128(y / (reach + 1));
        }
        getBin[activeId] = Bin(uint128(x - reach * (x / (reach + 1))), uint128(y - reach * (y / (reach + 1))));
    }

    /* TRADING */

    /// @notice Sells what came in since the last swap, all of it or none.
    /// @return amountsOut Of X in the lower half, of Y in the upper.
    function swap(bool swapForY, address to) external returns (bytes32 amountsOut) {
        uint128 left = _received(swapForY);
        require(left > 0, LBPair__InsufficientAmountIn());
        uint128 total;
        uint24 id = getActiveId;
        while (true) {
            (uint128 taken, uint128 out, uint128 fee) = _sweep(id, swapForY, left);
            if (taken > 0) _move(id, swapForY, taken, out, fee, to);
            (left, total) = (left - taken, total + out);
            if (left == 0) break;
            id = _next(id, swapForY);
            require(id != 0, LBPair__OutOfLiquidity());
        }
        require(total > 0, LBPair__InsufficientAmountOut());
        getActiveId = id;
        (swapForY ? getTokenY : getTokenX).safeTransfer(to, total);
        _reserves = Bin(getTokenX.balanceOf(address(this)).toUint128(), getTokenY.balanceOf(address(this)).toUint128());
        return _packed(!swapForY, total);
    }

    /// @notice What a swap of `amountIn` pays, and what of it is left when the bins run out: then a swap reverts.
    function getSwapOut(uint128 amountIn, bool swapForY)
        external
        view
        returns (uint128 amountInLeft, uint128 amountOut, uint128 fee)
    {
        amountInLeft = amountIn;
        for (uint24 id = getActiveId; id != 0 && amountInLeft > 0; id = _next(id, swapForY)) {
            (uint128 taken, uint128 out, uint128 binFee) = _sweep(id, swapForY, amountInLeft);
            (amountInLeft, amountOut, fee) = (amountInLeft - taken, amountOut + out, fee + binFee);
        }
    }

    function getReserves() external view returns (uint128 reserveX, uint128 reserveY) {
        return (_reserves.x, _reserves.y);
    }

    /// @notice Units of Y for one of X, with 128 bits behind the point.
    function getPriceFromId(uint24 id) public view returns (uint256 price) {
        uint256 base = (1 << 128) + (uint256(getBinStep) << 128) / 10_000;
        uint256 exponent = id > ID_OF_ONE ? id - ID_OF_ONE : ID_OF_ONE - id;
        if (exponent == 0) return 1 << 128;
        // Powers of the inverse, which is below one: no product overflows.
        uint256 square = type(uint256).max / base;
        price = 1 << 128;
        for (; exponent > 0; exponent >>= 1) {
            if (exponent & 1 == 1) price = price * square >> 128;
            square = square * square >> 128;
        }
        if (id > ID_OF_ONE) price = type(uint256).max / price;
    }

    /* BINS */

    /// @notice What a bin takes of `left`, fee included, and what it pays for it.
    function _sweep(uint24 id, bool swapForY, uint128 left)
        private
        view
        returns (uint128 taken, uint128 out, uint128 fee)
    {
        uint128 reserve = swapForY ? getBin[id].y : getBin[id].x;
        if (reserve == 0) return (0, 0, 0);
        (uint256 sold, uint256 bought) = (getPriceFromId(id), 1 << 128);
        if (swapForY) (sold, bought) = (bought, sold);
        uint256 rate = uint256(_baseFactor) * getBinStep * 1e10;
        uint256 most = Math.mulDiv(reserve, sold, bought, Math.Rounding.Ceil);
        uint256 mostFee = Math.mulDiv(most, rate, ONE - rate, Math.Rounding.Ceil);
        if (left >= most + mostFee) return (uint128(most + mostFee), reserve, uint128(mostFee));
        fee = uint128(Math.mulDiv(left, rate, ONE, Math.Rounding.Ceil));
        uint256 due = Math.mulDiv(left - fee, bought, sold);
        return (left, uint128(Math.min(due, reserve)), fee);
    }

    function _move(uint24 id, bool swapForY, uint128 taken, uint128 out, uint128 fee, address to) private {
        Bin storage bin = getBin[id];
        if (swapForY) (bin.x, bin.y) = (bin.x + taken, bin.y - out);
        else (bin.x, bin.y) = (bin.x - out, bin.y + taken);
        emit Swap(
            msg.sender, to, id, _packed(swapForY, taken), _packed(!swapForY, out), 0, _packed(swapForY, fee), bytes32(0)
        );
    }

    /// @notice The next bin that has some of what is bought; zero where there is none.
    function _next(uint24 id, bool swapForY) private view returns (uint24) {
        while (swapForY ? id > _lowest : id < _highest) {
            id = swapForY ? id - 1 : id + 1;
            if ((swapForY ? getBin[id].y : getBin[id].x) > 0) return id;
        }
        return 0;
    }

    function _received(bool isX) private view returns (uint128) {
        uint256 balance = (isX ? getTokenX : getTokenY).balanceOf(address(this));
        return (balance - (isX ? _reserves.x : _reserves.y)).toUint128();
    }

    function _packed(bool isX, uint128 amount) private pure returns (bytes32) {
        return bytes32(isX ? amount : uint256(amount) << 128);
    }
}
