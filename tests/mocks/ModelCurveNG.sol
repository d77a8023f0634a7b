// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ModelStableswap} from "./ModelStableswap.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title ModelCurveNG
/// @notice Model: a plain pool of Curve's stableswap-NG (curvefi/stableswap-ng, CurveStableSwapNG), whose code no package
/// carries: exchanges that pull and exchanges paid beforehand.
/// @dev The fee grows with the imbalance, and half of it is the administrator's, as on chain. Left out: shares, ramps of
/// the amplification, moving averages, and coins that rebase or have a rate: with rebasing coins the real
/// `exchange_received` is off.
contract ModelCurveNG {
    using SafeERC20 for IERC20;

    event TokenExchange(
        address indexed buyer, int128 sold_id, uint256 tokens_sold, int128 bought_id, uint256 tokens_bought
    );

    uint256 private constant PRECISION = 1e18;
    uint256 private constant FEE_DENOMINATOR = 1e10;
    uint256 private constant A_PRECISION = 100;
    uint256 public constant admin_fee = 5e9;

    uint256 public immutable A;
    uint256 public immutable fee;
    uint256 public immutable offpeg_fee_multiplier;
    address[] public coins;
    uint256[] public admin_balances;
    uint256[] private _stored;
    uint256[] private _rates;

    /// @param fee_ And its multiplier, in parts of 10^10.
    constructor(address[] memory coins_, uint256 a, uint256 fee_, uint256 multiplier) {
        (coins, A, fee, offpeg_fee_multiplier) = (coins_, a, fee_, multiplier);
        for (uint256 i; i < coins_.length; ++i) {
            _rates.push(10 ** (36 - IERC20Metadata(coins_[i]).decimals()));
            admin_balances.push(0);
            _stored.push(0);
        }
    }

    /// @notice Takes as balances what the pool holds.
    function open() external {
        for (uint256 i; i < coins.length; ++i) {
            _stored[i] = IERC20(coins[i]).balanceOf(address(this));
        }
    }

    /* TRADING */

    function exchange(int128 i, int128 j, uint256 dx, uint256 minDy) external returns (uint256) {
        return exchange(i, j, dx, minDy, msg.sender);
    }

    function exchange(int128 i, int128 j, uint256 dx, uint256 minDy, address receiver) public returns (uint256) {
        IERC20(coins[_index(i)]).safeTransferFrom(msg.sender, address(this), dx);
        return _exchange(i, j, _received(_index(i)), minDy, receiver);
    }

    function exchange_received(int128 i, int128 j, uint256 dx, uint256 minDy) external returns (uint256) {
        return exchange_received(i, j, dx, minDy, msg.sender);
    }

    /// @dev Sells all that came in, which may be more than `dx`.
    function exchange_received(int128 i, int128 j, uint256 dx, uint256 minDy, address receiver)
        public
        returns (uint256)
    {
        uint256 came = _received(_index(i));
        require(came >= dx);
        return _exchange(i, j, came, minDy, receiver);
    }

    function get_dy(int128 i, int128 j, uint256 dx) external view returns (uint256 dy) {
        (dy,) = _bought(_index(i), _index(j), dx);
    }

    function balances(uint256 i) public view returns (uint256) {
        return _stored[i] - admin_balances[i];
    }

    function N_COINS() external view returns (uint256) {
        return coins.length;
    }

    /* INTERNALS */

    function _exchange(int128 i, int128 j, uint256 dx, uint256 minDy, address receiver) private returns (uint256 dy) {
        require(i != j);
        require(dx > 0);
        uint256 taken;
        (dy, taken) = _bought(_index(i), _index(j), dx);
        require(dy >= minDy, "Exchange resulted in fewer coins than expected");
        admin_balances[_index(j)] += taken * admin_fee / FEE_DENOMINATOR;
        _stored[_index(i)] += dx;
        _stored[_index(j)] -= dy;
        IERC20(coins[_index(j)]).safeTransfer(receiver, dy);
        emit TokenExchange(msg.sender, i, dx, j, dy);
    }

    /// @return dy What `dx` buys, after the fee.
    /// @return taken The fee.
    function _bought(uint256 i, uint256 j, uint256 dx) private view returns (uint256 dy, uint256 taken) {
        uint256[] memory xp = new uint256[](coins.length);
        for (uint256 k; k < xp.length; ++k) {
            xp[k] = balances(k) * _rates[k] / PRECISION;
        }
        uint256 ann = A * A_PRECISION * xp.length;
        uint256 d = ModelStableswap.invariant(xp, ann);
        (uint256 before, uint256 out) = (xp[i], xp[j]);
        xp[i] += dx * _rates[i] / PRECISION;
        xp[j] = ModelStableswap.balanceFor(xp, j, ann, d);
        // A unit less, against rounding.
        dy = out - xp[j] - 1;
        taken = dy * _dynamicFee((before + xp[i]) / 2, (out + xp[j]) / 2) / FEE_DENOMINATOR;
        dy = (dy - taken) * PRECISION / _rates[j];
        taken = taken * PRECISION / _rates[j];
    }

    /// @notice The fee at these balances: `fee` where they are equal, towards `offpeg_fee_multiplier` times that where
    /// they are not.
    function _dynamicFee(uint256 x, uint256 y) private view returns (uint256) {
        if (offpeg_fee_multiplier <= FEE_DENOMINATOR) return fee;
        uint256 balance = (offpeg_fee_multiplier - FEE_DENOMINATOR) * 4 * x * y / (x + y) ** 2;
        return offpeg_fee_multiplier * fee / (balance + FEE_DENOMINATOR);
    }

    function _received(uint256 i) private view returns (uint256) {
        return IERC20(coins[i]).balanceOf(address(this)) - _stored[i];
    }

    function _index(int128 i) private pure returns (uint256) {
        return uint256(uint128(i));
    }
}
