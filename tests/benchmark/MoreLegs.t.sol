// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Header, Leg} from "../../contracts/types/Route.sol";

import {IUniswapV2Factory} from "../Protocols.sol";
import {PlainToken} from "../mocks/PlainToken.sol";
import {Trial} from "./Bench.sol";
import {IContender} from "./IContender.sol";
import {UniswapMarket_Bench} from "./UniswapMarket.sol";
import {V2V2V2Flash, V2V2V2Loan} from "./floors/V2V2V2.sol";
import {V2V3V2V2Flash, V2V3V2V2Loan} from "./floors/V2V3V2V2.sol";
import {V3V2V2Flash, V3V2V2Loan} from "./floors/V3V2V2.sol";
import {V2V2V2Routers, V2V3V2V2Routers, V3V2V2Routers} from "./routers/MoreLegRouters.sol";

/// @notice WETH for tokens of equal price, one after the other, and back; the last pair pays a tenth more than all others.
contract MoreLegsBench is UniswapMarket_Bench {
    uint256 private constant DEPTH = 1000e18;

    address private a;
    address private b;
    address private c;
    address private pairRouter;
    address private pairWethA;
    address private pairAB;
    address private pairBWeth;
    address private poolWethA;
    address private poolAB;
    address private pairBC;
    address private pairCWeth;

    function setUp() public override {
        super.setUp();
        a = token;
        b = address(new PlainToken("B", 18));
        c = address(new PlainToken("C", 18));
        IUniswapV2Factory factory;
        (factory, pairRouter) = exchange();
        pairWethA = createPair(factory, address(weth), DEPTH, a, DEPTH);
        pairAB = createPair(factory, a, DEPTH, b, DEPTH);
        pairBWeth = createPair(factory, b, DEPTH, address(weth), DEPTH * 11 / 10);
        pairBC = createPair(factory, b, DEPTH, c, DEPTH);
        pairCWeth = createPair(factory, c, DEPTH, address(weth), DEPTH * 11 / 10);
        poolWethA = pool(HIGH, address(weth), DEPTH, a, DEPTH);
        poolAB = pool(HIGH, a, DEPTH, b, DEPTH);
        register(pairWethA, pairAB);
        register(pairBWeth, pairBC);
        register(pairCWeth, poolWethA);
        register(poolAB, poolAB);
    }

    function test_V2V2V2_Flash() external {
        IContender floor = new V2V2V2Flash(address(weth), a, b, pairWethA, pairAB, pairBWeth);
        bench(v2v2v2("flash swap", flash(), floor));
    }

    function test_V2V2V2_Loan() external {
        IContender floor = new V2V2V2Loan(address(weth), a, b, pairWethA, pairAB, pairBWeth, balancer);
        bench(v2v2v2("Balancer V2", loan(), floor));
    }

    function test_V3V2V2_Flash() external {
        IContender floor = new V3V2V2Flash(address(weth), a, b, poolWethA, pairAB, pairBWeth);
        bench(v3v2v2("flash swap", flash(), floor));
    }

    function test_V3V2V2_Loan() external {
        IContender floor = new V3V2V2Loan(address(weth), a, b, poolWethA, pairAB, pairBWeth, balancer);
        bench(v3v2v2("Balancer V2", loan(), floor));
    }

    function test_V2V3V2V2_Flash() external {
        IContender floor = new V2V3V2V2Flash([address(weth), a, b, c], [pairWethA, poolAB, pairBC, pairCWeth]);
        bench(v2v3v2v2("flash swap", flash(), floor));
    }

    function test_V2V3V2V2_Loan() external {
        IContender floor = new V2V3V2V2Loan([address(weth), a, b, c], [pairWethA, poolAB, pairBC, pairCWeth], balancer);
        bench(v2v3v2v2("Balancer V2", loan(), floor));
    }

    /* ROUTES */

    function v2v2v2(string memory lender, Header memory header, IContender floor) private returns (Trial memory) {
        Leg[] memory legs = cycle(v2(pairWethA, a), v2(pairAB, b), v2(pairBWeth, address(weth)));
        IContender routers = new V2V2V2Routers(aave, address(weth), a, b, pairRouter);
        return Trial("V2, V2, V2", lender, header, legs, floor, routers);
    }

    function v3v2v2(string memory lender, Header memory header, IContender floor) private returns (Trial memory) {
        Leg[] memory legs = cycle(v3(poolWethA, a), v2(pairAB, b), v2(pairBWeth, address(weth)));
        IContender routers = new V3V2V2Routers(aave, address(weth), a, b, poolRouter, HIGH, pairRouter);
        return Trial("V3, V2, V2", lender, header, legs, floor, routers);
    }

    function v2v3v2v2(string memory lender, Header memory header, IContender floor) private returns (Trial memory) {
        Leg[] memory legs = new Leg[](4);
        (legs[0], legs[1]) = (v2(pairWethA, a), v3(poolAB, b));
        (legs[2], legs[3]) = (v2(pairBC, c), v2(pairCWeth, address(weth)));
        IContender routers = new V2V3V2V2Routers(aave, address(weth), a, b, c, pairRouter, poolRouter, HIGH);
        return Trial("V2, V3, V2, V2", lender, header, legs, floor, routers);
    }
}
