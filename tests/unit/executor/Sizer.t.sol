// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ISizer} from "../../../contracts/interfaces/ISizer.sol";
import {
    IAlgebraPool,
    IConcentratedPool,
    ISolidlyFactory,
    ISolidlyPair
} from "../../../contracts/interfaces/external/IConcentratedPool.sol";
import {IUniswapV2Pair} from "../../../contracts/interfaces/external/IUniswapV2Pair.sol";
import {IUniswapV4PoolManager} from "../../../contracts/interfaces/external/IUniswapV4PoolManager.sol";
import {ConstantProduct} from "../../../contracts/types/ConstantProduct.sol";
import {Leg} from "../../../contracts/types/Route.sol";

import {ConcentratedLib} from "../../../contracts/libraries/ConcentratedLib.sol";
import {ErrorsLib} from "../../../contracts/libraries/ErrorsLib.sol";
import {RouteEncoder} from "../../../contracts/libraries/RouteEncoder.sol";
import {RouteLib} from "../../../contracts/libraries/RouteLib.sol";
import {SizingLib} from "../../../contracts/libraries/SizingLib.sol";
import {TickLib} from "../../../contracts/libraries/TickLib.sol";
import {Base_Test} from "../../Base.sol";

/// @notice What the sizer reads of each kind of pool, and what it makes of it: to the unit what the libraries say of the
/// curves that the pools are. Pools answer by mocked calls, and revert when they are asked for what their kind lacks.
/// Sized.t.sol has the protocols' own.
contract Sizer_Test is Base_Test {
    address internal constant COIN = address(0x1000);
    address internal constant SHARE = address(0x2000);
    uint256 internal constant UNBOUNDED = type(uint256).max;
    uint256 internal constant LOAN_FEE_BPS = 5;
    uint256 internal constant CAP = type(uint128).max;

    int24 internal constant TICK = -75;
    int24 internal constant SPACING = 60;
    uint128 internal constant LIQUIDITY = 1e24;
    uint160 internal immutable PRICE = TickLib.sqrtPriceAt(TICK) + 1e20;

    /// @dev Initialised ticks around the current one, in the word that has it: -180, -120 and -60.
    uint256 internal constant AROUND = 7 << 253;

    address internal pool = makeAddr("pool");
    address internal pair = makeAddr("pair");
    ISizer internal sizer;

    function setUp() public override {
        super.setUp();
        sizer = executor.sizer();
        vm.etch(pool, hex"5f5ffd");
        vm.etch(pair, hex"5f5ffd");
    }

    /* PAIRS */

    function test_UniswapV2_PancakeV2() public {
        _setReserves(pool, 1e24, 1.01e24);
        _assertSized(
            RouteLib.UNISWAP_V2,
            30,
            ConstantProduct(1e24, 1.01e24, 3000, UNBOUNDED),
            ConstantProduct(1.01e24, 1e24, 3000, UNBOUNDED)
        );
        _assertSized(
            RouteLib.PANCAKE_V2,
            25,
            ConstantProduct(1e24, 1.01e24, 2500, UNBOUNDED),
            ConstantProduct(1.01e24, 1e24, 2500, UNBOUNDED)
        );
    }

    function test_Solidly() public {
        _setReserves(pool, 1e24, 1.01e24);
        address factory = makeAddr("factory");
        vm.mockCall(pool, abi.encodeCall(ISolidlyPair.factory, ()), abi.encode(factory));
        vm.mockCall(pool, abi.encodeCall(ISolidlyPair.stable, ()), abi.encode(false));
        vm.mockCall(factory, abi.encodeCall(ISolidlyFactory.getFee, (pool, false)), abi.encode(7));
        _assertSized(
            RouteLib.SOLIDLY,
            0,
            ConstantProduct(1e24, 1.01e24, 700, UNBOUNDED),
            ConstantProduct(1.01e24, 1e24, 700, UNBOUNDED)
        );
        vm.mockCall(pool, abi.encodeCall(ISolidlyPair.stable, ()), abi.encode(true));
        _assertNotSizable(RouteLib.SOLIDLY);
    }

    /* CONCENTRATED POOLS */

    function test_UniswapV3_PancakeV3() public {
        _setUniswapV3();
        _setWord(-1, AROUND);
        _assertRange(RouteLib.UNISWAP_V3, 3000, 3000, -120, -60);
        _assertRange(RouteLib.PANCAKE_V3, 3000, 3000, -120, -60);
    }

    /// @dev The protocol's fee, which has a direction, is taken first.
    function test_UniswapV4() public {
        bytes32 id = keccak256(abi.encode(IUniswapV4PoolManager.PoolKey(COIN, SHARE, 3000, SPACING, address(0))));
        bytes32 state = keccak256(abi.encode(id, 6));
        uint256 slot0 = uint256(PRICE) | uint256(uint24(TICK)) << 160 | 1000 << 184 | 500 << 196 | 3000 << 208;
        _setSlot(state, slot0);
        _setSlot(bytes32(uint256(state) + 3), LIQUIDITY);
        _setSlot(keccak256(abi.encode(int16(-1), uint256(state) + 5)), AROUND);
        _assertRange(RouteLib.UNISWAP_V4, 3997, 3499, -120, -60);
    }

    /// @dev Its state has seven words, the third the fee; one of any other length is read as one of these.
    function test_Algebra() public {
        _setAlgebra();
        for (uint256 words = 7; words < 10; words += 2) {
            _setAlgebraState(words);
            _assertRange(RouteLib.ALGEBRA, 1234, 1234, -120, -60);
        }
    }

    /// @dev Of eight words: a fee for either direction.
    function test_Camelot() public {
        _setAlgebra();
        _setAlgebraState(8);
        _assertRange(RouteLib.ALGEBRA, 1234, 4321, -120, -60);
    }

    /// @dev Of six words, asked for the fee and for the ticks next to the current one.
    function test_AlgebraIntegral() public {
        vm.mockCall(pool, abi.encodeCall(IConcentratedPool.liquidity, ()), abi.encode(LIQUIDITY));
        vm.mockCall(pool, abi.encodeCall(IConcentratedPool.fee, ()), abi.encode(777));
        vm.mockCall(pool, abi.encodeCall(IAlgebraPool.prevTickGlobal, ()), abi.encode(-77));
        vm.mockCall(pool, abi.encodeCall(IAlgebraPool.nextTickGlobal, ()), abi.encode(33));
        _setAlgebraState(6);
        _assertRange(RouteLib.ALGEBRA, 777, 777, -77, 33);
    }

    function test_RevertWhen_AlgebrasStateIsNone() public {
        _setAlgebra();
        _setAlgebraState(5);
        _assertNotSizable(RouteLib.ALGEBRA);
        vm.mockCallRevert(pool, abi.encodeCall(IAlgebraPool.globalState, ()), _algebraState(7));
        _assertNotSizable(RouteLib.ALGEBRA);
    }

    /* WHERE RANGES END */

    /// @dev Nothing in the current word: the next one is looked at, and no other.
    function test_TheNextWordIsLookedAt() public {
        _setUniswapV3();
        _setWord(-1, 0);
        _setWord(-2, 1 << 200);
        _setWord(0, 1 << 100);
        _assertRange(RouteLib.UNISWAP_V3, 3000, 3000, (-512 + 200) * SPACING, 100 * SPACING);
        (uint256 below, uint256 above) = (1 << 255, 1);
        _setWord(-2, 0);
        _setWord(0, 0);
        _setWord(-3, below);
        _setWord(1, above);
        _assertRange(RouteLib.UNISWAP_V3, 3000, 3000, -512 * SPACING, 255 * SPACING);
    }

    /// @dev At prices above one, too, where ticks are rounded down towards zero.
    function test_AboveTickZero() public {
        _setUniswapV3();
        vm.mockCall(pool, abi.encodeCall(IConcentratedPool.slot0, ()), abi.encode(TickLib.sqrtPriceAt(75), 75));
        _setWord(0, 7);
        ConstantProduct memory down = _range(TickLib.sqrtPriceAt(75), true, 3000, 60);
        ConstantProduct memory up = _range(TickLib.sqrtPriceAt(75), false, 3000, 120);
        _assertSized(RouteLib.UNISWAP_V3, 0, down, up);
    }

    /* HOW MUCH */

    function test_TheCapBinds() public {
        _setReserves(pool, 1e24, 1.01e24);
        _setReserves(pair, 1.1e21, 1e21);
        ConstantProduct[] memory curves = new ConstantProduct[](2);
        curves[0] = ConstantProduct(1e24, 1.01e24, 3000, UNBOUNDED);
        curves[1] = ConstantProduct(1e21, 1.1e21, 3000, UNBOUNDED);
        (uint256 amountIn, uint256 back) = _size(cycle(v2(pool, SHARE), v2(pair, COIN)), 1e18);
        assertEq(amountIn, 1e18);
        assertEq(back, SizingLib.amountOut(curves[1], SizingLib.amountOut(curves[0], 1e18)));
    }

    /// @dev The least that can be traded, and what it brings back: more than it costs.
    function test_ASingleUnit() public {
        _setReserves(pool, 1, 1e3);
        _setReserves(pair, 5, 1);
        (uint256 amountIn, uint256 back) =
            _size(cycle(Leg(RouteLib.UNISWAP_V2, pool, SHARE, 0), Leg(RouteLib.UNISWAP_V2, pair, COIN, 0)), CAP);
        assertEq(amountIn, 1);
        assertEq(back, 4);
    }

    /// @dev E6: no pool is asked where its range ends.
    function test_NothingToEarn() public {
        _setUniswapV3();
        _setReserves(pair, 1e21, 1e21);
        vm.expectCall(pool, abi.encodeCall(IConcentratedPool.tickSpacing, ()), 0);
        (uint256 amountIn, uint256 back) = _size(cycle(v3(pool, SHARE), v2(pair, COIN)), CAP);
        assertEq(amountIn, 0);
        assertEq(back, 0);
    }

    /* REFUSALS */

    function test_RevertWhen_TheVenueHasNoFormula() public {
        for (uint8 venue = RouteLib.BALANCER_V2; venue <= RouteLib.WRAPPED_NATIVE; ++venue) {
            _assertNotSizable(venue);
        }
    }

    function test_RevertWhen_LegsAreTooMany() public {
        _setReserves(pair, 1e21, 1e21);
        Leg[] memory legs = new Leg[](9);
        for (uint256 i; i < legs.length; ++i) {
            legs[i] = v2(pair, i % 2 == 0 ? SHARE : COIN);
        }
        vm.expectRevert(abi.encodeWithSelector(ErrorsLib.LegCountWrong.selector, 9));
        this.size(legs, CAP);
    }

    function test_RevertWhen_APoolIsNoContract() public {
        _setReserves(pair, 1e21, 1e21);
        vm.expectRevert(abi.encodeWithSelector(ErrorsLib.NotContract.selector, stranger));
        this.size(cycle(v2(pair, SHARE), v2(stranger, COIN)), CAP);
    }

    /* INTERNALS */

    /// @notice The amount and what comes back are what the libraries make of the curves, where the pool buys and where it
    /// sells, beside a pair that is soon even with it and beside one that takes whatever there is.
    function _assertSized(uint8 venue, uint256 params, ConstantProduct memory down, ConstantProduct memory up) private {
        ConstantProduct[] memory curves = new ConstantProduct[](2);
        for (uint256 deep; deep < 2; ++deep) {
            (uint256 reserveIn, uint256 reserveOut) = deep == 0 ? (1e21, 1.1e21) : (1e27, 1e28);
            ConstantProduct memory other = ConstantProduct(reserveIn, reserveOut, 3000, UNBOUNDED);
            _setReserves(pair, reserveOut, reserveIn);
            (curves[0], curves[1]) = (down, other);
            _assertAmounts(cycle(Leg(venue, pool, SHARE, params), v2(pair, COIN)), curves);
            _setReserves(pair, reserveIn, reserveOut);
            (curves[0], curves[1]) = (other, up);
            _assertAmounts(cycle(v2(pair, SHARE), Leg(venue, pool, COIN, params)), curves);
        }
    }

    function _assertAmounts(Leg[] memory legs, ConstantProduct[] memory curves) private view {
        uint256 expected = SizingLib.optimum(curves, LOAN_FEE_BPS, CAP);
        (uint256 amountIn, uint256 back) = _size(legs, CAP);
        assertEq(amountIn, expected, "amount");
        assertEq(back, SizingLib.amountOut(curves[1], SizingLib.amountOut(curves[0], expected)), "back");
        assertGt(back, amountIn);
    }

    /// @notice The same of a pool at the current tick, whose liquidity is the current one down to one tick and up to
    /// another.
    function _assertRange(uint8 venue, uint256 feeDown, uint256 feeUp, int24 below, int24 above) private {
        uint256 params = venue == RouteLib.UNISWAP_V4 ? 3000 << 24 | uint24(SPACING) : 0;
        _assertSized(venue, params, _range(PRICE, true, feeDown, below), _range(PRICE, false, feeUp, above));
    }

    function _range(uint160 price, bool down, uint256 fee, int24 end)
        private
        pure
        returns (ConstantProduct memory curve)
    {
        curve = ConcentratedLib.constantProduct(price, LIQUIDITY, down, fee);
        curve.maxIn = ConcentratedLib.inputTo(TickLib.sqrtPriceAt(end), price, LIQUIDITY, down, fee);
    }

    function _assertNotSizable(uint8 venue) private {
        _setReserves(pair, 1e28, 1e27);
        vm.expectRevert(abi.encodeWithSelector(ErrorsLib.NotSizable.selector, venue));
        this.size(cycle(Leg(venue, pool, SHARE, 0), v2(pair, COIN)), CAP);
    }

    function size(Leg[] memory legs, uint256 cap) external view returns (uint256, uint256) {
        return _size(legs, cap);
    }

    function _size(Leg[] memory legs, uint256 cap) private view returns (uint256, uint256) {
        bytes memory encoded;
        for (uint256 i; i < legs.length; ++i) {
            encoded = bytes.concat(encoded, RouteEncoder.encodeLeg(legs[i]));
        }
        return sizer.size(COIN, encoded, LOAN_FEE_BPS, cap);
    }

    /* THE POOLS' ANSWERS */

    function _setReserves(address of_, uint256 reserve0, uint256 reserve1) private {
        vm.mockCall(of_, abi.encodeCall(IUniswapV2Pair.getReserves, ()), abi.encode(reserve0, reserve1, 0));
    }

    function _setUniswapV3() private {
        vm.mockCall(pool, abi.encodeCall(IConcentratedPool.slot0, ()), abi.encode(PRICE, TICK));
        vm.mockCall(pool, abi.encodeCall(IConcentratedPool.liquidity, ()), abi.encode(LIQUIDITY));
        vm.mockCall(pool, abi.encodeCall(IConcentratedPool.fee, ()), abi.encode(3000));
        vm.mockCall(pool, abi.encodeCall(IConcentratedPool.tickSpacing, ()), abi.encode(SPACING));
    }

    function _setWord(int16 position, uint256 word) private {
        vm.mockCall(pool, abi.encodeCall(IConcentratedPool.tickBitmap, (position)), abi.encode(word));
    }

    function _setSlot(bytes32 slot, uint256 word) private {
        vm.mockCall(pool, abi.encodeCall(IUniswapV4PoolManager.extsload, (slot)), abi.encode(word));
    }

    function _setAlgebra() private {
        vm.mockCall(pool, abi.encodeCall(IConcentratedPool.liquidity, ()), abi.encode(LIQUIDITY));
        vm.mockCall(pool, abi.encodeCall(IConcentratedPool.tickSpacing, ()), abi.encode(SPACING));
        vm.mockCall(pool, abi.encodeCall(IAlgebraPool.tickTable, (-1)), abi.encode(AROUND));
    }

    function _setAlgebraState(uint256 words) private {
        vm.mockCall(pool, abi.encodeCall(IAlgebraPool.globalState, ()), _algebraState(words));
    }

    function _algebraState(uint256 words) private view returns (bytes memory state) {
        state = abi.encode(PRICE, TICK, 1234, 4321);
        for (uint256 i = 4; i < words; ++i) {
            state = abi.encodePacked(state, i);
        }
    }
}
