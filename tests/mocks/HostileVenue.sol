// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IUniswapV4PoolManager, IUnlockCallback} from "../../contracts/interfaces/external/IUniswapV4PoolManager.sol";
import {ICallbacks} from "../ICallbacks.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice Mock: answers as a Uniswap V4 manager, an old Curve pool or a pair; claims what it is told to claim and brings
/// nothing of it, but two wei of `paying`, so that the route earns something; takes whatever it is allowed to take.
contract HostileVenue {
    IERC20 private immutable _paying;
    address private _taking;
    int256 private _claim;
    int256 private _more;
    bool private _silent;

    constructor(IERC20 paying) {
        _paying = paying;
    }

    receive() external payable {}

    function claim(uint256 amount) external {
        _claim = int256(amount);
    }

    /// @dev Claims to be owed what it should bring.
    function claimToBeOwed(uint256 amount) external {
        _claim = -int256(amount);
    }

    /// @dev Of every swap's input.
    function takeMore(int256 amount) external {
        _more = amount;
    }

    function beSilent() external {
        _silent = true;
    }

    function take(address token) external {
        _taking = token;
    }

    /* A MANAGER */

    function unlock(bytes calldata data) external returns (bytes memory) {
        return _silent ? abi.encode(_claim) : IUnlockCallback(msg.sender).unlockCallback(data);
    }

    function swap(
        IUniswapV4PoolManager.PoolKey calldata,
        IUniswapV4PoolManager.SwapParams calldata params,
        bytes calldata
    ) external view returns (int256) {
        (int128 paid, int128 got) = (int128(params.amountSpecified - _more), int128(_claim));
        (int128 delta0, int128 delta1) = params.zeroForOne ? (paid, got) : (got, paid);
        return int256(uint256(uint128(delta0)) << 128 | uint256(uint128(delta1)));
    }

    function sync(address) external {}

    function settle() external payable returns (uint256) {
        return 3;
    }

    function take(address token, address to, uint256 amount) external {
        if (token == address(_paying)) _paying.transfer(to, amount);
    }

    /* AN OLD CURVE POOL */

    function exchange(int128, int128, uint256 amountIn, uint256) external payable {
        if (_taking != address(0)) IERC20(_taking).transferFrom(msg.sender, address(this), amountIn);
        _paying.transfer(msg.sender, 2);
    }

    /* A PAIR */

    function getReserves() external pure returns (uint112, uint112, uint32) {
        return (1e18, 1e18, 0);
    }

    function swap(uint256 amount0, uint256 amount1, address to, bytes calldata data) external {
        _paying.transfer(to, amount0 + amount1);
        if (data.length != 0) ICallbacks(to).uniswapV2Call(to, amount0, amount1, data);
    }
}

/// @notice Mock: a pool like Curve's old ones that pays a fixed amount of one token for whatever it is given.
contract FixedPool {
    IERC20 private immutable _tokenIn;
    IERC20 private immutable _tokenOut;
    uint256 private immutable _amountOut;

    constructor(IERC20 tokenIn, IERC20 tokenOut, uint256 amountOut) {
        (_tokenIn, _tokenOut, _amountOut) = (tokenIn, tokenOut, amountOut);
    }

    receive() external payable {}

    function exchange(int128, int128, uint256 amountIn, uint256) external payable {
        if (address(_tokenIn) != address(0)) _tokenIn.transferFrom(msg.sender, address(this), amountIn);
        _tokenOut.transfer(msg.sender, _amountOut);
    }
}

/// @notice Mock: a pair that pays in native coin.
contract NativePair {
    receive() external payable {}

    function getReserves() external pure returns (uint112, uint112, uint32) {
        return (20e18, 1, 0);
    }

    function swap(uint256 amount0, uint256 amount1, address to, bytes calldata) external {
        (bool paid,) = to.call{value: amount0 + amount1}("");
        require(paid);
    }
}

/// @notice Mock: a pair that says it pays in native coin, and pays nothing.
contract IdlePair {
    function getReserves() external pure returns (uint112, uint112, uint32) {
        return (20e18, 1, 0);
    }

    function swap(uint256, uint256, address, bytes calldata) external {}
}
