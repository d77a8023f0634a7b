// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Header, Leg} from "../../contracts/types/Route.sol";

import {Trial} from "./Bench.sol";
import {IContender} from "./IContender.sol";
import {UniswapMarket_Bench} from "./UniswapMarket.sol";
import {V2V2Flash, V2V2Loan} from "./floors/V2V2.sol";
import {V2V3Flash, V2V3Loan} from "./floors/V2V3.sol";
import {V3V2Flash, V3V2Loan} from "./floors/V3V2.sol";
import {V3V3Flash, V3V3Loan} from "./floors/V3V3.sol";
import {V2V2Routers, V2V3Routers, V3V2Routers, V3V3Routers} from "./routers/TwoLegRouters.sol";

interface ISlot0 {
    function slot0() external view returns (uint160 sqrtPriceX96, int24 tick);
}

/// @notice WETH for a token where it is cheap, and back where it is dear, on Uniswap V2 and V3.
contract TwoLegsBench is UniswapMarket_Bench {
    address private cheapPair;
    address private dearPair;
    address private cheapPool;
    address private dearPool;
    address private cheapRouter;
    address private dearRouter;

    function setUp() public override {
        super.setUp();
        (cheapPair, cheapRouter) = pair(CHEAP);
        (dearPair, dearRouter) = pair(DEAR);
        cheapPool = pool(LOW, CHEAP);
        dearPool = pool(HIGH, DEAR);
        register(cheapPair, dearPair);
        register(cheapPool, dearPool);
    }

    /* V2, V2 */

    function test_V2V2_Flash() external {
        bench(v2v2("flash swap", flash(), new V2V2Flash(address(weth), token, cheapPair, dearPair)));
    }

    function test_V2V2_Loan() external {
        bench(v2v2("Balancer V2", loan(), new V2V2Loan(address(weth), token, cheapPair, dearPair, balancer)));
    }

    /// @notice The pairs have been swapped in before in this block, and so write no prices.
    function test_V2V2_SameBlock() external {
        V2V2Flash floor = new V2V2Flash(address(weth), token, cheapPair, dearPair);
        bench(v2v2("flash swap, again in a block", flash(), floor), 0);
    }

    function test_V2V2_Nothing() external {
        benchNothing("V2, V2", "flash swap", flash(), cycle(v2(dearPair, token), v2(cheapPair, address(weth))));
    }

    /* V2, V3 */

    function test_V2V3_Flash() external {
        bench(v2v3("flash swap", flash(), new V2V3Flash(address(weth), token, cheapPair, dearPool)));
    }

    function test_V2V3_Loan() external {
        bench(v2v3("Balancer V2", loan(), new V2V3Loan(address(weth), token, cheapPair, dearPool, balancer)));
    }

    /* V3, V2 */

    function test_V3V2_Flash() external {
        bench(v3v2("flash swap", flash(), new V3V2Flash(address(weth), token, cheapPool, dearPair)));
    }

    function test_V3V2_Loan() external {
        bench(v3v2("Balancer V2", loan(), new V3V2Loan(address(weth), token, cheapPool, dearPair, balancer)));
    }

    /// @notice The swap leaves a narrow position behind, and so crosses an initialised tick.
    function test_V3V2_CrossesATick() external {
        (, int24 tick) = ISlot0(cheapPool).slot0();
        int24 near = tick / 10 * 10;
        deepen(cheapPool, address(weth), token, near - 30, near + 30, 1000e18);
        V3V2Flash floor = new V3V2Flash(address(weth), token, cheapPool, dearPair);
        bench(v3v2("flash swap, a tick crossed", flash(), floor));
    }

    /* V3, V3 */

    function test_V3V3_Flash() external {
        bench(v3v3("flash swap", flash(), new V3V3Flash(address(weth), token, cheapPool, dearPool)));
    }

    function test_V3V3_Loan() external {
        bench(v3v3("Balancer V2", loan(), new V3V3Loan(address(weth), token, cheapPool, dearPool, balancer)));
    }

    function test_V3V3_Nothing() external {
        benchNothing("V3, V3", "flash swap", flash(), cycle(v3(dearPool, token), v3(cheapPool, address(weth))));
    }

    /* ROUTES */

    function v2v2(string memory lender, Header memory header, IContender floor) private returns (Trial memory) {
        Leg[] memory legs = cycle(v2(cheapPair, token), v2(dearPair, address(weth)));
        IContender routers = new V2V2Routers(aave, address(weth), token, cheapRouter, dearRouter);
        return Trial("V2, V2", lender, header, legs, floor, routers);
    }

    function v2v3(string memory lender, Header memory header, IContender floor) private returns (Trial memory) {
        Leg[] memory legs = cycle(v2(cheapPair, token), v3(dearPool, address(weth)));
        IContender routers = new V2V3Routers(aave, address(weth), token, cheapRouter, poolRouter, HIGH);
        return Trial("V2, V3", lender, header, legs, floor, routers);
    }

    function v3v2(string memory lender, Header memory header, IContender floor) private returns (Trial memory) {
        Leg[] memory legs = cycle(v3(cheapPool, token), v2(dearPair, address(weth)));
        IContender routers = new V3V2Routers(aave, address(weth), token, poolRouter, LOW, dearRouter);
        return Trial("V3, V2", lender, header, legs, floor, routers);
    }

    function v3v3(string memory lender, Header memory header, IContender floor) private returns (Trial memory) {
        Leg[] memory legs = cycle(v3(cheapPool, token), v3(dearPool, address(weth)));
        IContender routers = new V3V3Routers(aave, address(weth), token, poolRouter, LOW, HIGH);
        return Trial("V3, V3", lender, header, legs, floor, routers);
    }
}
