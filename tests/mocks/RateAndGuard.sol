// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IRateProvider} from "../../contracts/interfaces/external/IRateProvider.sol";

/// @notice Mock: the token's rate by its protocol, and the guard's price of it, as a test sets them.
contract RateAndGuard is IRateProvider {
    address private immutable _staked;
    uint256 public getRate = 1.2e18;
    uint256 public price = 1.2e18;
    bool private _mute;

    error Mute();

    constructor(address staked) {
        _staked = staked;
    }

    function set(uint256 rate_, uint256 price_) external {
        (getRate, price) = (rate_, price_);
    }

    function beMute() external {
        _mute = true;
    }

    function quote(address tokenIn, uint256 amountIn, address) external view returns (uint256) {
        require(!_mute, Mute());
        return tokenIn == _staked ? amountIn * price / 1e18 : amountIn * 1e18 / price;
    }
}
