// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IUniswapV2Factory, IUniswapV3Factory, IUniswapV3PoolLiquidity} from "../Protocols.sol";
import {PlainToken} from "../mocks/PlainToken.sol";
import {Bench_Test} from "./Bench.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice Uniswap's pools and routers. A place that sells 1,100 tokens for a WETH is cheap, one that buys them at 1,000
/// dear.
abstract contract UniswapMarket_Bench is Bench_Test {
    string private constant PAIR_ROUTER = "node_modules/@uniswap/v2-periphery/build/UniswapV2Router02.json";
    string private constant POOL_ROUTER =
        "node_modules/@uniswap/v3-periphery/artifacts/contracts/SwapRouter.sol/SwapRouter.json";

    uint24 internal constant LOW = 500;
    uint24 internal constant HIGH = 3000;
    uint256 internal constant CHEAP = 1100;
    uint256 internal constant DEAR = 1000;

    address internal token;
    IUniswapV3Factory internal poolFactory;
    address internal poolRouter;

    function setUp() public virtual override {
        super.setUp();
        token = address(new PlainToken("TKN", 18));
        poolFactory = deployV3Factory();
        poolRouter = deploy(POOL_ROUTER, abi.encode(poolFactory, weth));
    }

    /// @notice A factory of pairs and its router.
    function exchange() internal returns (IUniswapV2Factory factory, address router) {
        factory = deployV2Factory();
        router = deploy(PAIR_ROUTER, abi.encode(factory, weth));
    }

    /// @notice A pair of 1,000 WETH that buys and sells a WETH for `price` tokens, in an exchange of its own.
    function pair(uint256 price) internal returns (address created, address router) {
        IUniswapV2Factory factory;
        (factory, router) = exchange();
        created = createPair(factory, address(weth), 1000e18, token, 1000e18 * price);
    }

    /// @notice A pool as deep as such a pair, over the whole range.
    function pool(uint24 fee, uint256 price) internal returns (address) {
        return pool(fee, address(weth), 1000e18, token, 1000e18 * price);
    }

    /// @notice A pool over the whole range that holds these amounts.
    function pool(uint24 fee, address a, uint256 amountA, address b, uint256 amountB)
        internal
        returns (address created)
    {
        created = poolFactory.createPool(a, b, fee);
        (uint256 amount0, uint256 amount1) = a < b ? (amountA, amountB) : (amountB, amountA);
        IUniswapV3PoolLiquidity(created).initialize(uint160(Math.sqrt(Math.mulDiv(amount1, 1 << 192, amount0))));
        int24 limit = fee == LOW ? int24(887_270) : int24(887_220);
        deepen(created, a, b, -limit, limit, uint128(Math.sqrt(amountA * amountB)));
    }

    function deepen(address pool_, address a, address b, int24 lower, int24 upper, uint128 liquidity) internal {
        bytes memory tokens = a < b ? abi.encode(a, b) : abi.encode(b, a);
        IUniswapV3PoolLiquidity(pool_).mint(address(this), lower, upper, liquidity, tokens);
    }
}
