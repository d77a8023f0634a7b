// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {CommonBase} from "forge-std/Base.sol";

interface IUniswapV2Factory {
    function createPair(address a, address b) external returns (address);
}

interface IUniswapV2PairLiquidity {
    function mint(address to) external returns (uint256);
}

interface IUniswapV3Factory {
    function createPool(address a, address b, uint24 fee) external returns (address);
}

interface IUniswapV3PoolLiquidity {
    function initialize(uint160 sqrtPriceX96) external;
    function mint(address to, int24 lower, int24 upper, uint128 liquidity, bytes calldata data)
        external
        returns (uint256, uint256);
}

interface IMintable {
    function mint(address to, uint256 amount) external;
}

/// @notice The protocols' published bytecode, deployed fresh, with pools of mintable tokens.
abstract contract Protocols is CommonBase {
    string private constant V2_FACTORY = "node_modules/@uniswap/v2-core/build/UniswapV2Factory.json";
    string private constant V3_FACTORY =
        "node_modules/@uniswap/v3-core/artifacts/contracts/UniswapV3Factory.sol/UniswapV3Factory.json";
    string private constant WETH9 = "node_modules/@uniswap/v2-periphery/build/WETH9.json";

    function deployWrappedNative() internal returns (address) {
        return _create(_bytecode(WETH9));
    }

    function deployV2Factory() internal returns (IUniswapV2Factory) {
        return IUniswapV2Factory(_create(abi.encodePacked(_bytecode(V2_FACTORY), abi.encode(address(this)))));
    }

    function deployV3Factory() internal returns (IUniswapV3Factory) {
        return IUniswapV3Factory(_create(_bytecode(V3_FACTORY)));
    }

    function createPair(IUniswapV2Factory factory, address a, uint256 amountA, address b, uint256 amountB)
        internal
        returns (address pair)
    {
        pair = factory.createPair(a, b);
        fund(a, pair, amountA);
        fund(b, pair, amountB);
        IUniswapV2PairLiquidity(pair).mint(address(this));
    }

    /// @notice A 0.3 % pool with `liquidity` over the whole range, at `sqrtPriceX96`.
    function createPool(IUniswapV3Factory factory, address a, address b, uint160 sqrtPriceX96, uint128 liquidity)
        internal
        returns (address pool)
    {
        pool = factory.createPool(a, b, 3000);
        IUniswapV3PoolLiquidity(pool).initialize(sqrtPriceX96);
        (address token0, address token1) = a < b ? (a, b) : (b, a);
        IUniswapV3PoolLiquidity(pool).mint(address(this), -887_220, 887_220, liquidity, abi.encode(token0, token1));
    }

    function uniswapV3MintCallback(uint256 owed0, uint256 owed1, bytes calldata data) external {
        (address token0, address token1) = abi.decode(data, (address, address));
        fund(token0, msg.sender, owed0);
        fund(token1, msg.sender, owed1);
    }

    /// @dev Overridden where a token is not minted, but wrapped or dealt.
    function fund(address token, address to, uint256 amount) internal virtual {
        IMintable(token).mint(to, amount);
    }

    function _bytecode(string memory artifact) private view returns (bytes memory) {
        return vm.parseJsonBytes(vm.readFile(artifact), ".bytecode");
    }

    function _create(bytes memory creation) private returns (address created) {
        // Solidity has no `new` for bare creation code.
        assembly ("memory-safe") {
            created := create(0, add(creation, 32), mload(creation))
        }
        require(created != address(0), "creation failed");
    }
}
