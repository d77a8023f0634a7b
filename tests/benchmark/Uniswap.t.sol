// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Header, Leg} from "../../contracts/types/Route.sol";

import {RouteLib} from "../../contracts/libraries/RouteLib.sol";
import {IUniswapV2Factory, IUniswapV3Factory, IUniswapV3PoolLiquidity} from "../Protocols.sol";
import {PlainToken} from "../mocks/PlainToken.sol";
import {BalancerV2Lender} from "../protocols/BalancerV2Lender.sol";
import {Bench_Test} from "./Bench.sol";
import {IContender} from "./IContender.sol";
import {V2V2Flash, V2V2Loan} from "./floors/V2V2.sol";
import {V2V3Flash, V2V3Loan} from "./floors/V2V3.sol";
import {V3V2Flash, V3V2Loan} from "./floors/V3V2.sol";
import {V3V3Flash, V3V3Loan} from "./floors/V3V3.sol";
import {V2V2Routers, V2V3Routers, V3V2Routers, V3V3Routers} from "./routers/TwoLegRouters.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice Two pairs and two concentrated pools of WETH and a token: the first of each sells 1,100 tokens for a WETH, the
/// second buys them at 1,000.
contract UniswapBench is Bench_Test {
    string private constant V2_ROUTER = "node_modules/@uniswap/v2-periphery/build/UniswapV2Router02.json";
    string private constant V3_ROUTER =
        "node_modules/@uniswap/v3-periphery/artifacts/contracts/SwapRouter.sol/SwapRouter.json";

    uint24 private constant LOW = 500;
    uint24 private constant HIGH = 3000;
    uint128 private constant AMOUNT = 5e18;

    PlainToken private token;
    address private cheapPair;
    address private dearPair;
    address private cheapPool;
    address private dearPool;
    address private cheapRouter;
    address private dearRouter;
    address private poolRouter;
    address private lender;

    function setUp() public override {
        super.setUp();
        token = new PlainToken("TKN", 18);
        (lender,) = new BalancerV2Lender().create(address(weth), 1000e18);
        (cheapPair, cheapRouter) = pair(1_100_000e18);
        (dearPair, dearRouter) = pair(1_000_000e18);
        IUniswapV3Factory factory = deployV3Factory();
        poolRouter = deploy(V3_ROUTER, abi.encode(factory, weth));
        cheapPool = pool(factory, LOW, 1100);
        dearPool = pool(factory, HIGH, 1000);
        register(cheapPair, dearPair);
        register(cheapPool, dearPool);
    }

    function test_V2V2_Flash() external {
        compareV2V2("flash swap", flash(), new V2V2Flash(address(weth), address(token), cheapPair, dearPair));
    }

    function test_V2V2_Loan() external {
        compareV2V2("Balancer V2", loan(), new V2V2Loan(address(weth), address(token), cheapPair, dearPair, lender));
    }

    function test_V2V3_Flash() external {
        compareV2V3("flash swap", flash(), new V2V3Flash(address(weth), address(token), cheapPair, dearPool));
    }

    function test_V2V3_Loan() external {
        compareV2V3("Balancer V2", loan(), new V2V3Loan(address(weth), address(token), cheapPair, dearPool, lender));
    }

    function test_V3V2_Flash() external {
        compareV3V2("flash swap", flash(), new V3V2Flash(address(weth), address(token), cheapPool, dearPair));
    }

    function test_V3V2_Loan() external {
        compareV3V2("Balancer V2", loan(), new V3V2Loan(address(weth), address(token), cheapPool, dearPair, lender));
    }

    function test_V3V3_Flash() external {
        compareV3V3("flash swap", flash(), new V3V3Flash(address(weth), address(token), cheapPool, dearPool));
    }

    function test_V3V3_Loan() external {
        compareV3V3("Balancer V2", loan(), new V3V3Loan(address(weth), address(token), cheapPool, dearPool, lender));
    }

    /* ROUTES */

    function compareV2V2(string memory by, Header memory header, IContender floor) private {
        V2V2Routers routers = new V2V2Routers(aave, address(weth), address(token), cheapRouter, dearRouter);
        bench("V2, V2", by, header, cycle(v2(cheapPair, address(token)), v2(dearPair, address(weth))), floor, routers);
    }

    function compareV2V3(string memory by, Header memory header, IContender floor) private {
        V2V3Routers routers = new V2V3Routers(aave, address(weth), address(token), cheapRouter, poolRouter, HIGH);
        bench("V2, V3", by, header, cycle(v2(cheapPair, address(token)), v3(dearPool, address(weth))), floor, routers);
    }

    function compareV3V2(string memory by, Header memory header, IContender floor) private {
        V3V2Routers routers = new V3V2Routers(aave, address(weth), address(token), poolRouter, LOW, dearRouter);
        bench("V3, V2", by, header, cycle(v3(cheapPool, address(token)), v2(dearPair, address(weth))), floor, routers);
    }

    function compareV3V3(string memory by, Header memory header, IContender floor) private {
        V3V3Routers routers = new V3V3Routers(aave, address(weth), address(token), poolRouter, LOW, HIGH);
        bench("V3, V3", by, header, cycle(v3(cheapPool, address(token)), v3(dearPool, address(weth))), floor, routers);
    }

    function flash() private view returns (Header memory) {
        return flashSwap(address(weth), AMOUNT);
    }

    function loan() private view returns (Header memory) {
        return loan(address(weth), AMOUNT, RouteLib.LENDER_BALANCER_V2, lender, 0);
    }

    /* MARKET */

    function pair(uint256 tokens) private returns (address created, address router) {
        IUniswapV2Factory factory = deployV2Factory();
        created = createPair(factory, address(weth), 1000e18, address(token), tokens);
        router = deploy(V2_ROUTER, abi.encode(factory, weth));
    }

    function pool(IUniswapV3Factory factory, uint24 fee, uint256 price) private returns (address created) {
        created = factory.createPool(address(weth), address(token), fee);
        bool ordered = address(weth) < address(token);
        IUniswapV3PoolLiquidity(created)
            .initialize(uint160(ordered ? Math.sqrt(price << 192) : Math.sqrt((1 << 192) / price)));
        int24 limit = fee == LOW ? int24(887_270) : int24(887_220);
        bytes memory tokens = ordered ? abi.encode(weth, token) : abi.encode(token, weth);
        IUniswapV3PoolLiquidity(created).mint(address(this), -limit, limit, 30_000e18, tokens);
    }
}
