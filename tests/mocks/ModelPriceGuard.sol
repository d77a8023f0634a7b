// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IPriceGuard} from "../../contracts/interfaces/IPriceGuard.sol";
import {Ratio} from "../../contracts/types/Ratio.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice Model: a price guard that refuses on request, and can be told what a pool must hold by the time it is asked.
contract ModelPriceGuard is IPriceGuard {
    error PriceUnfair();
    error AskedTooEarly();

    bool private _refuses;
    IERC20 private _token;
    address private _holder;
    uint256 private _balance;

    function refuse(bool refuses) external {
        _refuses = refuses;
    }

    function expectBalance(address token, address holder, uint256 balance) external {
        (_token, _holder, _balance) = (IERC20(token), holder, balance);
    }

    function requireFair(address[] calldata, address[] calldata) external view {
        require(!_refuses, PriceUnfair());
        if (address(_token) != address(0)) require(_token.balanceOf(_holder) == _balance, AskedTooEarly());
    }

    function requireNear(address, uint256) external view returns (Ratio memory) {
        require(!_refuses, PriceUnfair());
        return Ratio(1, 1);
    }

    function requireStillNear(address, Ratio calldata, uint256) external view {
        require(!_refuses, PriceUnfair());
    }

    function quote(address, uint256 amountIn, address) external pure returns (uint256) {
        return amountIn;
    }

    function spot(address) external pure returns (uint256) {
        return 1 << 128;
    }

    function poolTokens(address) external pure returns (address, address) {}
}
