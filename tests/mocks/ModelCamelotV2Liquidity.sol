// SPDX-License-Identifier: MIT
// Model: how liquidity comes to a pair of Camelot V2 and goes, and how its owner is paid for what it has grown.
pragma solidity >=0.8.34;

import {ICamelotFactory, ModelCamelotV2State} from "./ModelCamelotV2State.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title ModelCamelotV2Liquidity
/// @notice Shares of both reserves.
abstract contract ModelCamelotV2Liquidity is ModelCamelotV2State {
    using SafeERC20 for IERC20Metadata;

    uint256 private constant MINIMUM_LIQUIDITY = 1000;
    address private constant NOBODY = address(0xdead);

    function mint(address to) external lock returns (uint256 liquidity) {
        (uint256 balance0, uint256 balance1) = _balances();
        (uint256 amount0, uint256 amount1) = (balance0 - _reserve0, balance1 - _reserve1);
        bool feeOn = _mintFee();
        if (totalSupply() == 0) {
            liquidity = Math.sqrt(amount0 * amount1) - MINIMUM_LIQUIDITY;
            _mint(NOBODY, MINIMUM_LIQUIDITY);
        } else {
            liquidity = Math.min(amount0 * totalSupply() / _reserve0, amount1 * totalSupply() / _reserve1);
        }
        require(liquidity != 0, InsufficientLiquidity());
        _mint(to, liquidity);
        _update(balance0, balance1);
        if (feeOn) kLast = _k(_reserve0, _reserve1);
    }

    function burn(address to) external lock returns (uint256 amount0, uint256 amount1) {
        (uint256 balance0, uint256 balance1) = _balances();
        uint256 liquidity = balanceOf(address(this));
        bool feeOn = _mintFee();
        (amount0, amount1) = (liquidity * balance0 / totalSupply(), liquidity * balance1 / totalSupply());
        require(amount0 != 0 && amount1 != 0, InsufficientLiquidity());
        _burn(address(this), liquidity);
        IERC20Metadata(token0).safeTransfer(to, amount0);
        IERC20Metadata(token1).safeTransfer(to, amount1);
        (balance0, balance1) = _balances();
        _update(balance0, balance1);
        if (feeOn) kLast = _k(_reserve0, _reserve1);
    }

    function skim(address to) external lock {
        (uint256 balance0, uint256 balance1) = _balances();
        IERC20Metadata(token0).safeTransfer(to, balance0 - _reserve0);
        IERC20Metadata(token1).safeTransfer(to, balance1 - _reserve1);
    }

    function sync() external lock {
        (uint256 balance0, uint256 balance1) = _balances();
        _update(balance0, balance1);
    }

    /// @dev A volatile pair's owner is paid in shares for what √k has grown, whenever liquidity changes.
    function _mintFee() internal returns (bool feeOn) {
        if (stableSwap) return false;
        (uint256 share, address feeTo) = ICamelotFactory(factory).feeInfo();
        feeOn = feeTo != address(0);
        if (feeOn && kLast != 0) {
            (uint256 root, uint256 last) = (Math.sqrt(_k(_reserve0, _reserve1)), Math.sqrt(kLast));
            if (root <= last) return feeOn;
            uint256 part = FEE_DENOMINATOR * 100 / share - 100;
            uint256 liquidity = totalSupply() * (root - last) * 100 / (root * part + last * 100);
            if (liquidity != 0) _mint(feeTo, liquidity);
        } else if (!feeOn && kLast != 0) {
            kLast = 0;
        }
    }
}
