// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IUniswapV4PoolManager} from "../../contracts/interfaces/external/IUniswapV4PoolManager.sol";
import {Header, Leg} from "../../contracts/types/Route.sol";

import {RouteLib} from "../../contracts/libraries/RouteLib.sol";
import {AlgebraIntegralFixture} from "../protocols/AlgebraIntegralFixture.sol";
import {BalancerV2Fixture} from "../protocols/BalancerV2Fixture.sol";
import {CurveFixture} from "../protocols/CurveFixture.sol";
import {IVenueFixture} from "../protocols/IVenueFixture.sol";
import {MorphoLender} from "../protocols/MorphoLender.sol";
import {SolidlyFixture} from "../protocols/SolidlyFixture.sol";
import {UniswapV4Fixture} from "../protocols/UniswapV4Fixture.sol";
import {Trial} from "./Bench.sol";
import {IContender} from "./IContender.sol";
import {UniswapMarket_Bench} from "./UniswapMarket.sol";
import {AlgebraV2Flash, AlgebraV2Loan} from "./floors/AlgebraV2.sol";
import {BalancerV2V2Morpho, BalancerV2V2UniswapV3} from "./floors/BalancerV2V2.sol";
import {CurveV3Loan} from "./floors/CurveV3.sol";
import {SolidlyV3Flash, SolidlyV3Loan} from "./floors/SolidlyV3.sol";
import {V4V3, V4V4} from "./floors/V4.sol";
import {AlgebraV2Routers, BalancerV2V2Routers, CurveV3Routers, SolidlyV3Routers} from "./routers/PeerRouters.sol";
import {V4V3Routers, V4V4Routers} from "./routers/V4Routers.sol";

/// @notice WETH for a token at another protocol, where it is cheap, and back at Uniswap, where it is dear.
contract PeersBench is UniswapMarket_Bench {
    uint24 private constant V4_FEE = 3000;

    address private dearPair;
    address private pairRouter;
    address private dearPool;

    function setUp() public override {
        super.setUp();
        (dearPair, pairRouter) = pair(DEAR);
        dearPool = pool(HIGH, DEAR);
        register(dearPair, dearPool);
    }

    /* UNISWAP V4 */

    function test_V4V3() external {
        UniswapV4Fixture v4 = new UniswapV4Fixture();
        address manager_ = address(v4.manager());
        (Leg memory leg, int24 spacing) = v4Leg(v4, cheap(v4), token);
        IContender floor = new V4V3(IUniswapV4PoolManager(manager_), address(weth), token, V4_FEE, spacing, dearPool);
        IContender routers = new V4V3Routers(
            aave, IUniswapV4PoolManager(manager_), address(weth), token, V4_FEE, spacing, poolRouter, HIGH
        );
        Leg[] memory legs = cycle(leg, v3(dearPool, address(weth)));
        bench(Trial("V4, V3", "V4 unlock", onCredit(manager_), legs, floor, routers));
    }

    function test_V4V4() external {
        UniswapV4Fixture v4 = new UniswapV4Fixture();
        address manager_ = address(v4.manager());
        (Leg memory first, int24 firstSpacing) = v4Leg(v4, cheap(v4), token);
        (Leg memory second, int24 secondSpacing) =
            v4Leg(v4, v4.create(address(weth), 1000e18, token, 1000e18 * DEAR), address(weth));
        IContender floor =
            new V4V4(IUniswapV4PoolManager(manager_), address(weth), token, V4_FEE, firstSpacing, secondSpacing);
        IContender routers = new V4V4Routers(
            aave, IUniswapV4PoolManager(manager_), address(weth), token, V4_FEE, firstSpacing, secondSpacing
        );
        bench(Trial("V4, V4", "V4 unlock", onCredit(manager_), cycle(first, second), floor, routers));
    }

    /* ALGEBRA */

    function test_AlgebraV2_Flash() external {
        address first = cheap(new AlgebraIntegralFixture());
        bench(algebraV2("flash swap", first, flash(), new AlgebraV2Flash(address(weth), token, first, dearPair)));
    }

    function test_AlgebraV2_Loan() external {
        address first = cheap(new AlgebraIntegralFixture());
        IContender floor = new AlgebraV2Loan(address(weth), token, first, dearPair, balancer);
        bench(algebraV2("Balancer V2", first, loan(), floor));
    }

    /* SOLIDLY */

    function test_SolidlyV3_Flash() external {
        address first = cheap(new SolidlyFixture(false));
        bench(solidlyV3("flash swap", first, flash(), new SolidlyV3Flash(address(weth), token, first, dearPool)));
    }

    function test_SolidlyV3_Loan() external {
        address first = cheap(new SolidlyFixture(false));
        IContender floor = new SolidlyV3Loan(address(weth), token, first, dearPool, balancer);
        bench(solidlyV3("Balancer V2", first, loan(), floor));
    }

    /* CURVE */

    /// @dev Curve's pool trades near one to one.
    function test_CurveV3() external {
        CurveFixture curve = new CurveFixture();
        address first = curve.create(address(weth), 1000e18, token, 1000e18);
        address second = pool(LOW, token, 1000e18, address(weth), 1100e18);
        (int128 i, int128 j) = (curve.indexOf(first, address(weth)), curve.indexOf(first, token));
        Leg memory leg = Leg(RouteLib.CURVE, first, token, uint256(int256(i)) << 8 | uint256(int256(j)));
        IContender floor = new CurveV3Loan(address(weth), token, first, i, j, second, balancer);
        IContender routers = new CurveV3Routers(aave, address(weth), token, first, i, j, poolRouter, LOW);
        register(first, second);
        bench(Trial("Curve, V3", "Balancer V2", loan(), cycle(leg, v3(second, address(weth))), floor, routers));
    }

    /* BALANCER V2 */

    function test_BalancerV2V2_Morpho() external {
        (address morpho,) = new MorphoLender().create(address(weth), 1000e18);
        BalancerV2Fixture fixture = new BalancerV2Fixture();
        bytes32 id = fixture.poolIdOf(cheap(fixture));
        address vault_ = address(fixture.vault());
        IContender floor = new BalancerV2V2Morpho(address(weth), token, vault_, id, dearPair, morpho);
        Header memory header = loan(address(weth), AMOUNT, RouteLib.LENDER_MORPHO, morpho, 0);
        bench(balancerV2V2("Morpho", vault_, id, header, floor));
    }

    function test_BalancerV2V2_UniswapV3() external {
        address lender = pool(LOW, DEAR);
        BalancerV2Fixture fixture = new BalancerV2Fixture();
        bytes32 id = fixture.poolIdOf(cheap(fixture));
        address vault_ = address(fixture.vault());
        IContender floor = new BalancerV2V2UniswapV3(address(weth), token, vault_, id, dearPair, lender);
        Header memory header = loan(address(weth), AMOUNT, RouteLib.LENDER_UNISWAP_V3, lender, 5);
        bench(balancerV2V2("V3 flash", vault_, id, header, floor));
    }

    /* ROUTES */

    function algebraV2(string memory lender, address first, Header memory header, IContender floor)
        private
        returns (Trial memory)
    {
        Leg[] memory legs = cycle(Leg(RouteLib.ALGEBRA, first, token, 0), v2(dearPair, address(weth)));
        IContender routers = new AlgebraV2Routers(aave, address(weth), token, first, pairRouter);
        return Trial("Algebra, V2", lender, header, legs, floor, routers);
    }

    function solidlyV3(string memory lender, address first, Header memory header, IContender floor)
        private
        returns (Trial memory)
    {
        Leg[] memory legs = cycle(Leg(RouteLib.SOLIDLY, first, token, 0), v3(dearPool, address(weth)));
        IContender routers = new SolidlyV3Routers(aave, address(weth), token, first, poolRouter, HIGH);
        return Trial("Solidly, V3", lender, header, legs, floor, routers);
    }

    function balancerV2V2(string memory lender, address vault_, bytes32 id, Header memory header, IContender floor)
        private
        returns (Trial memory)
    {
        Leg[] memory legs = cycle(Leg(RouteLib.BALANCER_V2, vault_, token, uint256(id)), v2(dearPair, address(weth)));
        IContender routers = new BalancerV2V2Routers(aave, address(weth), token, vault_, id, pairRouter);
        return Trial("Balancer V2, V2", lender, header, legs, floor, routers);
    }

    function cheap(IVenueFixture fixture) private returns (address created) {
        created = fixture.create(address(weth), 1000e18, token, 1000e18 * CHEAP);
        register(created, created);
    }

    function v4Leg(UniswapV4Fixture v4, address handle, address tokenOut)
        private
        returns (Leg memory leg, int24 spacing)
    {
        (,,, spacing,) = v4.keyOf(handle);
        register(handle, handle);
        leg =
            Leg(RouteLib.UNISWAP_V4, address(v4.manager()), tokenOut, uint256(V4_FEE) << 24 | uint256(uint24(spacing)));
    }

    function onCredit(address manager_) private view returns (Header memory) {
        return loan(address(weth), AMOUNT, RouteLib.LENDER_UNISWAP_V4, manager_, 0);
    }
}
