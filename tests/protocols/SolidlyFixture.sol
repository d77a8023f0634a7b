// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Fixture} from "./Fixture.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

interface ISolidlyFactory {
    function createPool(address a, address b, bool stable) external returns (address);
    function getFee(address pool, bool stable) external view returns (uint256);
}

interface ISolidlyPool {
    function factory() external view returns (ISolidlyFactory);
    function mint(address to) external returns (uint256);
    function sync() external;
    function getAmountOut(uint256 amountIn, address tokenIn) external view returns (uint256);
    function getReserves() external view returns (uint256 reserve0, uint256 reserve1, uint256 timestamp);
    function swap(uint256 amount0Out, uint256 amount1Out, address to, bytes calldata data) external;
}

/// @notice Aerodrome's pools after Solidly: volatile at 0.3 % or stable at 0.05 %. `make peers` builds them.
/// @dev A stable pool's price is the ratio of its reserves only where they are equal.
contract SolidlyFixture is Fixture {
    string private constant OUT = "build/peers/aerodrome/out/";
    string private constant CODE = ".bytecode.object";

    bool public immutable stable;
    address private immutable implementation = deploy(string.concat(OUT, "Pool.sol/Pool.json"), CODE, "");

    constructor(bool stable_) {
        stable = stable_;
    }

    function name() external view returns (string memory) {
        return stable ? "Solidly stable" : "Solidly volatile";
    }

    function create(address a, uint256 amountA, address b, uint256 amountB) external returns (address pool) {
        address factory =
            deploy(string.concat(OUT, "PoolFactory.sol/PoolFactory.json"), CODE, abi.encode(implementation));
        pool = ISolidlyFactory(factory).createPool(a, b, stable);
        (uint256 firstA, uint256 firstB) = (amountA, amountB);
        if (stable) {
            // The first deposit must be of equal value; the rest is a gift to it.
            (uint256 unitA, uint256 unitB) = (10 ** IERC20Metadata(a).decimals(), 10 ** IERC20Metadata(b).decimals());
            uint256 units = Math.min(amountA / unitA, amountB / unitB);
            (firstA, firstB) = (units * unitA, units * unitB);
        }
        give(a, pool, firstA);
        give(b, pool, firstB);
        ISolidlyPool(pool).mint(address(this));
        give(a, pool, amountA - firstA);
        give(b, pool, amountB - firstB);
        ISolidlyPool(pool).sync();
    }

    function trade(address pool, address tokenIn, uint256 amountIn, address tokenOut)
        external
        returns (uint256 amountOut)
    {
        amountOut = ISolidlyPool(pool).getAmountOut(amountIn, tokenIn);
        take(tokenIn, amountIn);
        pay(tokenIn, pool, amountIn);
        (uint256 out0, uint256 out1) = tokenIn < tokenOut ? (uint256(0), amountOut) : (amountOut, uint256(0));
        ISolidlyPool(pool).swap(out0, out1, msg.sender, "");
    }
}
