// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Curve} from "../../script/replica/Curve.sol";
import {ICurvePool} from "../../script/replica/interfaces/IPeers.sol";
import {PlainToken} from "../mocks/PlainToken.sol";
import {PlacedFixture} from "./PlacedFixture.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @notice Curve's sUSD pool, of the time when `exchange` returned nothing, at 0.04 %. It has four coins of 18, 6, 6 and
/// 18 decimals: the two that are asked for, and fillers with as much as the first of the two. Prices stay near one
/// to one, whatever the ratio of the amounts.
contract CurveFixture is PlacedFixture, Curve {
    using SafeERC20 for IERC20;

    error DecimalsDoNotFit(address coin, uint8 decimals);
    error NotACoin(address pool, address token);

    string public constant name = "Curve stableswap";
    uint256 private constant AMPLIFICATION = 256;
    uint256 private constant FEE = 4_000_000;

    uint256 private _count;

    function create(address a, uint256 amountA, address b, uint256 amountB) external returns (address pool) {
        address[4] memory coins;
        uint256[4] memory amounts;
        uint256 placeA = _put(coins, a);
        uint256 placeB = _put(coins, b);
        uint256 whole = amountA / 10 ** _decimalsAt(placeA);
        for (uint256 i; i < coins.length; ++i) {
            if (coins[i] == address(0)) coins[i] = address(new PlainToken("FILL", uint8(_decimalsAt(i))));
            amounts[i] = i == placeA ? amountA : i == placeB ? amountB : whole * 10 ** _decimalsAt(i);
            give(coins[i], address(this), amounts[i]);
        }
        string memory label = vm.toString(++_count);
        pool = sideAddress(string.concat("pool ", label));
        placeStableswap(pool, sideAddress(string.concat("pool token ", label)), coins, AMPLIFICATION, FEE);
        fillStableswap(pool, coins, amounts);
    }

    /// @dev The pool says nothing of what it paid.
    function trade(address pool, address tokenIn, uint256 amountIn, address tokenOut)
        external
        returns (uint256 amountOut)
    {
        take(tokenIn, amountIn);
        IERC20(tokenIn).forceApprove(pool, amountIn);
        uint256 before = IERC20(tokenOut).balanceOf(address(this));
        ICurvePool(pool).exchange(indexOf(pool, tokenIn), indexOf(pool, tokenOut), amountIn, 0);
        amountOut = IERC20(tokenOut).balanceOf(address(this)) - before;
        pay(tokenOut, msg.sender, amountOut);
    }

    function indexOf(address pool, address token) public view returns (int128) {
        for (int128 i; i < 4; ++i) {
            if (ICurvePool(pool).coins(i) == token) return i;
        }
        revert NotACoin(pool, token);
    }

    /// @notice Puts a token into the first free place of its decimals.
    function _put(address[4] memory coins, address token) private view returns (uint256) {
        uint8 decimals = IERC20Metadata(token).decimals();
        for (uint256 i; i < coins.length; ++i) {
            if (coins[i] != address(0) || decimals != _decimalsAt(i)) continue;
            coins[i] = token;
            return i;
        }
        revert DecimalsDoNotFit(token, decimals);
    }

    function _decimalsAt(uint256 place) private pure returns (uint256) {
        return place == 0 || place == 3 ? 18 : 6;
    }
}
