// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IUniswapV2Pair} from "../../script/replica/interfaces/IUniswapV2.sol";
import {IUniswapV2Factory, IUniswapV2PairLiquidity} from "../Protocols.sol";
import {Fixture} from "../protocols/Fixture.sol";

/// @notice Pancake V2's pair as far as a caller sees it: Uniswap V2's published code with the callback's selector
/// replaced. No package carries Pancake's own, which is that code with another callback, and another fee: here it
/// stays 0.3 %.
contract PancakeV2Fixture is Fixture {
    error SelectorNotOnce();

    string private constant FACTORY = "node_modules/@uniswap/v2-core/build/UniswapV2Factory.json";
    /// @dev uniswapV2Call and pancakeCall, each (address,uint256,uint256,bytes).
    string private constant ORIGINAL_CALLBACK = "10d1e85c";
    string private constant CALLBACK = "84800812";

    string public constant name = "Pancake V2 (Uniswap's code)";

    function create(address a, uint256 amountA, address b, uint256 amountB) external returns (address pool) {
        address factory = deploy(abi.encodePacked(_factoryCode(), abi.encode(address(this))));
        pool = IUniswapV2Factory(factory).createPair(a, b);
        give(a, pool, amountA);
        give(b, pool, amountB);
        IUniswapV2PairLiquidity(pool).mint(address(this));
    }

    function trade(address pool, address tokenIn, uint256 amountIn, address tokenOut)
        external
        returns (uint256 amountOut)
    {
        take(tokenIn, amountIn);
        pay(tokenIn, pool, amountIn);
        (uint256 reserve0, uint256 reserve1,) = IUniswapV2Pair(pool).getReserves();
        bool zeroForOne = tokenIn < tokenOut;
        (uint256 reserveIn, uint256 reserveOut) = zeroForOne ? (reserve0, reserve1) : (reserve1, reserve0);
        amountOut = amountIn * 997 * reserveOut / (reserveIn * 1000 + amountIn * 997);
        IUniswapV2Pair(pool).swap(zeroForOne ? 0 : amountOut, zeroForOne ? amountOut : 0, msg.sender, "");
    }

    /// @notice The factory's creation code, which carries the pair's.
    function _factoryCode() private view returns (bytes memory) {
        string memory published = vm.parseJsonString(vm.readFile(FACTORY), ".bytecode");
        require(vm.split(published, ORIGINAL_CALLBACK).length == 2, SelectorNotOnce());
        return vm.parseBytes(vm.replace(published, ORIGINAL_CALLBACK, CALLBACK));
    }
}
