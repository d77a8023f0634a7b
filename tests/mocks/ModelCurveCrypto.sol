// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title ModelCurveCrypto
/// @notice Model: how a pool of Curve's for two volatile coins is called (curvefi/twocrypto-ng, Twocrypto), whose code no
/// package carries: indices are unsigned, `exchange` pulls its payment and returns what it paid the caller.
/// @dev Its prices are not Curve's: the core is a constant product with a flat fee on the output, where the real one has
/// the cryptoswap invariant, a price scale that follows the market, and a fee that grows with the imbalance.
contract ModelCurveCrypto {
    using SafeERC20 for IERC20;

    event TokenExchange(
        address indexed buyer, uint256 sold_id, uint256 tokens_sold, uint256 bought_id, uint256 tokens_bought
    );

    uint256 private constant FEE_DENOMINATOR = 1e10;

    uint256 public immutable fee;
    address[2] public coins;
    uint256[2] public balances;

    /// @param fee_ In parts of 10^10.
    constructor(address[2] memory coins_, uint256 fee_) {
        (coins, fee) = (coins_, fee_);
    }

    /// @notice Takes as balances what the pool holds.
    function open() external {
        balances = [IERC20(coins[0]).balanceOf(address(this)), IERC20(coins[1]).balanceOf(address(this))];
    }

    function exchange(uint256 i, uint256 j, uint256 dx, uint256 minDy) external returns (uint256) {
        return exchange(i, j, dx, minDy, msg.sender);
    }

    function exchange(uint256 i, uint256 j, uint256 dx, uint256 minDy, address receiver) public returns (uint256 dy) {
        dy = get_dy(i, j, dx);
        require(dy >= minDy, "Slippage");
        IERC20(coins[i]).safeTransferFrom(msg.sender, address(this), dx);
        balances[i] += dx;
        balances[j] -= dy;
        IERC20(coins[j]).safeTransfer(receiver, dy);
        emit TokenExchange(msg.sender, i, dx, j, dy);
    }

    function get_dy(uint256 i, uint256 j, uint256 dx) public view returns (uint256 dy) {
        require(i != j && i < 2 && j < 2, "coin index out of range");
        dy = balances[j] * dx / (balances[i] + dx);
        dy -= dy * fee / FEE_DENOMINATOR;
    }
}
