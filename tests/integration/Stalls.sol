// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Leg} from "../../contracts/types/Route.sol";
import {IVenueFixture} from "../protocols/IVenueFixture.sol";

import {RouteLib} from "../../contracts/libraries/RouteLib.sol";
import {Base_Test} from "../Base.sol";
import {ModelDodoV2} from "../mocks/ModelDodoV2.sol";
import {ModelLBPair} from "../mocks/ModelLBPair.sol";
import {PlainVault} from "../mocks/PlainVault.sol";
import {AlgebraFixture} from "../protocols/AlgebraFixture.sol";
import {AlgebraIntegralFixture} from "../protocols/AlgebraIntegralFixture.sol";
import {BalancerV2Fixture} from "../protocols/BalancerV2Fixture.sol";
import {BalancerV3Fixture} from "../protocols/BalancerV3Fixture.sol";
import {CurveCryptoFixture} from "../protocols/CurveCryptoFixture.sol";
import {CurveFixture} from "../protocols/CurveFixture.sol";
import {CurveNGFixture} from "../protocols/CurveNGFixture.sol";
import {DodoV2Fixture} from "../protocols/DodoV2Fixture.sol";
import {LiquidityBookFixture} from "../protocols/LiquidityBookFixture.sol";
import {PancakeV3Fixture} from "../protocols/PancakeV3Fixture.sol";
import {SlipstreamFixture} from "../protocols/SlipstreamFixture.sol";
import {SolidlyFixture} from "../protocols/SolidlyFixture.sol";
import {UniswapV2Fixture} from "../protocols/UniswapV2Fixture.sol";
import {UniswapV3Fixture} from "../protocols/UniswapV3Fixture.sol";
import {UniswapV4Fixture} from "../protocols/UniswapV4Fixture.sol";
import {WooFiFixture} from "../protocols/WooFiFixture.sol";
import {NativeFixture} from "./NativeFixture.sol";
import {PancakeV2Fixture} from "./PancakeV2Fixture.sol";
import {VaultFixture} from "./VaultFixture.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";

interface ICoins {
    function coins(uint256 index) external view returns (address);
}

/// @notice Every venue's protocol, each with two pools of the same two tokens that disagree: the coin that routes earn
/// in buys more of the other token in `buying` than it costs in anybody's `selling`.
abstract contract Stalls is Base_Test {
    /// @param venue For native coin, the venue that wraps it.
    /// @param flipped Pools are created with the tokens in the other order, where the venue minds.
    /// @param plenty How much more a pool holds of what it sells cheaply, in tenths. Stable curves hardly bend.
    /// @param other What is traded for the coin.
    struct Stall {
        string name;
        IVenueFixture fixture;
        uint8 venue;
        bool flipped;
        uint256 plenty;
        address other;
        address buying;
        address selling;
    }

    uint256 internal constant DEPTH = 1000e18;

    uint256 private constant PLENTY = 11;
    uint256 private constant PLENTY_FOR_SOLIDLY = 20;
    uint256 private constant PLENTY_FOR_CURVE = 100;

    BalancerV2Fixture internal balancerV2;
    BalancerV3Fixture internal balancerV3;
    UniswapV4Fixture internal uniswapV4;

    /// @notice What routes earn in, and a share in a vault of it, worth the same.
    address internal coin;
    address internal share;

    Stall[] internal stalls;

    function openStalls(address coin_) internal {
        coin = coin_;
        // Tokens are dealt out, wrapped native coin too: what backs it is dealt to it.
        vm.deal(address(weth), 1_000_000 ether);
        PlainVault vault_ = new PlainVault(IERC20(coin_));
        share = address(vault_);
        fund(coin, address(this), 1000 * DEPTH);
        IERC20(coin).approve(share, 1000 * DEPTH);
        vault_.deposit(1000 * DEPTH, address(this));
        balancerV2 = new BalancerV2Fixture();
        balancerV3 = new BalancerV3Fixture();
        uniswapV4 = new UniswapV4Fixture();
        _openProducts();
        _openConcentrated();
        _openManaged();
        _openStable();
        _openOracles();
        _open(new VaultFixture(vault_), RouteLib.ERC4626);
        // Oracles of pools have something to write, and fees to set anew.
        vm.warp(block.timestamp + 1 minutes);
    }

    /// @notice The legs that sell one token for the other in a stall's pool: two where native coin is in between.
    function legsOf(Stall memory stall, address pool, address tokenIn, address tokenOut)
        internal
        view
        returns (Leg[] memory legs)
    {
        if (stall.venue != RouteLib.WRAPPED_NATIVE) {
            legs = new Leg[](1);
            legs[0] = legOf(stall, pool, tokenIn, tokenOut);
        } else if (tokenIn == address(weth)) {
            legs = cycle(wrapped(address(0)), v4(pool, tokenOut));
        } else {
            legs = cycle(v4(pool, address(0)), wrapped(tokenOut));
        }
    }

    function legOf(Stall memory stall, address pool, address tokenIn, address tokenOut)
        internal
        view
        returns (Leg memory)
    {
        uint8 venue = stall.venue;
        if (venue == RouteLib.UNISWAP_V4) return v4(pool, tokenOut);
        if (venue == RouteLib.BALANCER_V2) {
            return Leg(venue, address(balancerV2.vault()), tokenOut, uint256(balancerV2.poolIdOf(pool)));
        }
        if (venue == RouteLib.BALANCER_V3) return Leg(venue, address(balancerV3.vault()), tokenOut, uint160(pool));
        return Leg(venue, pool, tokenOut, _params(stall, pool, tokenIn, tokenOut));
    }

    /// @notice A pool with little of the one token, which it values the more, and plenty of the other.
    function newPool(Stall memory stall, address rare, address plenty) internal returns (address) {
        uint256 little = DEPTH * unitOf(rare) / 1e18;
        uint256 much = DEPTH * unitOf(plenty) / 1e18 * stall.plenty / 10;
        IVenueFixture fixture = stall.fixture;
        return stall.flipped ? fixture.create(plenty, much, rare, little) : fixture.create(rare, little, plenty, much);
    }

    function unitOf(address token) internal view returns (uint256) {
        return token == address(0) ? 1e18 : 10 ** IERC20Metadata(token).decimals();
    }

    function v4(address pool, address tokenOut) internal view returns (Leg memory) {
        (,, uint24 fee, int24 spacing,) = uniswapV4.keyOf(pool);
        uint256 params = uint256(fee) << 24 | uint24(spacing);
        return Leg(RouteLib.UNISWAP_V4, address(uniswapV4.manager()), tokenOut, params);
    }

    function wrapped(address tokenOut) internal view returns (Leg memory) {
        return Leg(RouteLib.WRAPPED_NATIVE, address(weth), tokenOut, 0);
    }

    function _params(Stall memory stall, address pool, address tokenIn, address tokenOut)
        private
        view
        returns (uint256)
    {
        uint8 venue = stall.venue;
        if (venue == RouteLib.UNISWAP_V2 || venue == RouteLib.PANCAKE_V2) return 30;
        if (venue == RouteLib.CURVE) {
            CurveFixture curve = CurveFixture(address(stall.fixture));
            return uint256(int256(curve.indexOf(pool, tokenIn) << 8 | curve.indexOf(pool, tokenOut)));
        }
        if (venue == RouteLib.CURVE_NG || venue == RouteLib.CURVE_CRYPTO) {
            return ICoins(pool).coins(0) == tokenIn ? 0x0001 : 0x0100;
        }
        if (venue == RouteLib.DODO_V2) {
            uint256 sellsBase = address(ModelDodoV2(pool)._BASE_TOKEN_()) == tokenIn ? 1 : 0;
            return uint256(ModelDodoV2(pool).kind()) << 1 | sellsBase;
        }
        if (venue == RouteLib.LIQUIDITY_BOOK) return address(ModelLBPair(pool).getTokenX()) == tokenIn ? 1 : 0;
        return 0;
    }

    /* OPENING */

    function _openProducts() private {
        _open(new UniswapV2Fixture(), RouteLib.UNISWAP_V2);
        _open(new PancakeV2Fixture(), RouteLib.PANCAKE_V2);
        _open(new SolidlyFixture(false), RouteLib.SOLIDLY);
        _open(new CurveCryptoFixture(), RouteLib.CURVE_CRYPTO);
    }

    function _openConcentrated() private {
        _open(new UniswapV3Fixture(), RouteLib.UNISWAP_V3);
        _open(new SlipstreamFixture(), RouteLib.UNISWAP_V3);
        _open(new PancakeV3Fixture(), RouteLib.PANCAKE_V3);
        _open(new AlgebraFixture(), RouteLib.ALGEBRA);
        _open(new AlgebraIntegralFixture(), RouteLib.ALGEBRA);
        _openBothWays(new LiquidityBookFixture(), RouteLib.LIQUIDITY_BOOK);
    }

    function _openManaged() private {
        _open(balancerV2, RouteLib.BALANCER_V2);
        _open(balancerV3, RouteLib.BALANCER_V3);
        _open(uniswapV4, RouteLib.UNISWAP_V4);
        _openNative();
    }

    /// @dev Native coin has a name in routes only next to its wrapped form: that is the coin, or what is traded for it.
    function _openNative() private {
        NativeFixture fixture = new NativeFixture(uniswapV4, address(weth));
        if (coin == address(weth)) return _open(fixture, RouteLib.WRAPPED_NATIVE);
        _open(fixture, RouteLib.WRAPPED_NATIVE, address(weth), PLENTY, false);
        _open(new UniswapV2Fixture(), RouteLib.UNISWAP_V2, address(weth), PLENTY, false);
    }

    function _openStable() private {
        _open(new SolidlyFixture(true), RouteLib.SOLIDLY, share, PLENTY_FOR_SOLIDLY, false);
        _open(new CurveFixture(), RouteLib.CURVE, share, PLENTY_FOR_CURVE, false);
        _open(new CurveNGFixture(), RouteLib.CURVE_NG, share, PLENTY_FOR_CURVE, false);
        _open(new CurveNGFixture(), RouteLib.CURVE_NG, share, PLENTY_FOR_CURVE, true);
    }

    function _openOracles() private {
        _openBothWays(new DodoV2Fixture(ModelDodoV2.Kind.DVM), RouteLib.DODO_V2);
        _openBothWays(new DodoV2Fixture(ModelDodoV2.Kind.DPP), RouteLib.DODO_V2);
        _openBothWays(new DodoV2Fixture(ModelDodoV2.Kind.DSP), RouteLib.DODO_V2);
        _openBothWays(new WooFiFixture(), RouteLib.WOOFI);
    }

    function _openBothWays(IVenueFixture fixture, uint8 venue) private {
        _open(fixture, venue, share, PLENTY, false);
        _open(fixture, venue, share, PLENTY, true);
    }

    function _open(IVenueFixture fixture, uint8 venue) private {
        _open(fixture, venue, share, PLENTY, false);
    }

    function _open(IVenueFixture fixture, uint8 venue, address other, uint256 plenty, bool flipped) private {
        string memory name = flipped ? string.concat(fixture.name(), ", flipped") : fixture.name();
        Stall memory stall = Stall(name, fixture, venue, flipped, plenty, other, address(0), address(0));
        stall.buying = newPool(stall, coin, other);
        stall.selling = newPool(stall, other, coin);
        stalls.push(stall);
    }
}
