// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IUniswapV3Pool} from "../../../contracts/interfaces/external/IUniswapV3Pool.sol";
import {IUniswapV4PoolManager} from "../../../contracts/interfaces/external/IUniswapV4PoolManager.sol";
import {Header, Leg} from "../../../contracts/types/Route.sol";

import {ErrorsLib} from "../../../contracts/libraries/ErrorsLib.sol";
import {RouteLib} from "../../../contracts/libraries/RouteLib.sol";
import {HostileVenue, NativePair} from "../../mocks/HostileVenue.sol";
import {Market_Test} from "./Market.sol";

/// @notice A manager that misbehaves, where it lends its credit and where a leg unlocks it; and how far swaps may go.
contract Managers_Test is Market_Test {
    /// @dev What the mock says that it has been paid, whatever it was.
    uint256 internal constant SETTLED = 3;
    uint256 internal constant AMOUNT = 1e18;
    uint160 internal constant LOWEST_LIMIT = 4_295_128_740;
    uint160 internal constant HIGHEST_LIMIT = 1_461_446_703_485_210_103_287_273_052_203_988_822_378_723_970_341;

    HostileVenue internal venue;

    function setUp() public override {
        super.setUp();
        venue = new HostileVenue(weth);
        fund(address(weth), address(venue), 100e18);
    }

    /* WHAT IT IS OWED */

    /// @dev Just what was lent is no loss, and no profit.
    function test_Credit_BringsJustWhatIsOwed() public {
        venue.claim(AMOUNT);
        Leg[] memory legs = cycle(_managed(address(token)), Leg(RouteLib.CURVE, address(venue), address(weth), 1));
        expectRefusal(_credit(SETTLED), legs, abi.encodeWithSelector(ErrorsLib.NotProfitable.selector, 0, 1));
        bytes memory loss = abi.encodeWithSelector(ErrorsLib.Loss.selector, SETTLED, SETTLED + 1);
        expectRefusal(_credit(SETTLED + 1), legs, loss);
    }

    function test_TakesMoreOrLessThanTheInput() public {
        venue.claim(1.1e18);
        for (int256 more = -1; more <= 1; more += 2) {
            venue.takeMore(more);
            bytes4 mismatch = ErrorsLib.PaymentMismatch.selector;
            bytes memory reason = abi.encodeWithSelector(mismatch, venue, AMOUNT, int256(AMOUNT) + more);
            expectRefusal(_credit(AMOUNT), _onCredit(), reason);
            reason = abi.encodeWithSelector(mismatch, venue, SETTLED, int256(SETTLED) + more);
            expectRefusal(flashSwap(address(weth), AMOUNT), _locked(), reason);
        }
    }

    function test_ClaimsToBringNothing_OrToBeOwedBothTokens() public {
        bytes memory reason = abi.encodeWithSelector(ErrorsLib.OutputZero.selector, venue);
        for (uint256 owed; owed < 2; ++owed) {
            venue.claimToBeOwed(owed);
            expectRefusal(_credit(AMOUNT), _onCredit(), reason);
            expectRefusal(flashSwap(address(weth), AMOUNT), _locked(), reason);
        }
    }

    function test_DoesNotCallBack() public {
        venue.claim(1.1e18);
        venue.beSilent();
        bytes memory missing = abi.encodeWithSelector(ErrorsLib.CallbackMissing.selector);
        expectRefusal(_credit(AMOUNT), _onCredit(), missing);
        expectRefusal(flashSwap(address(weth), AMOUNT), _locked(), missing);
        Header memory header = _credit(AMOUNT);
        header.lender = RouteLib.LENDER_BALANCER_V3;
        expectRefusal(header, _onCredit(), missing);
        Leg[] memory legs = _locked();
        (legs[1].venue, legs[1].params) = (RouteLib.BALANCER_V3, 0);
        expectRefusal(flashSwap(address(weth), AMOUNT), legs, missing);
    }

    /* WHO IS UNLOCKED */

    /// @dev What was unlocked for a route is locked for the next in the same transaction.
    function test_TwoRoutesInOneTransaction() public {
        venue.claim(1.1e18);
        vm.expectCall(address(venue), abi.encodeWithSelector(HostileVenue.unlock.selector), 2);
        assertEq(execute(_credit(AMOUNT), _onCredit()), 0.1e18);
        assertEq(execute(flashSwap(address(weth), AMOUNT), _locked()), 0.1e18);
    }

    /// @dev A manager that is sent native coin knows nothing of it: it comes here, and is settled from here.
    function test_NativeCoinForTheManager_ComesHere() public {
        NativePair pair = new NativePair();
        vm.deal(address(pair), 20e18);
        venue.claim(1.1e18);
        uint256 bought = pairOutput(AMOUNT, 1, 20e18);
        Leg[] memory legs = cycle(v2(address(pair), address(0)), _managed(address(weth)));
        vm.expectCall(address(venue), bought, abi.encodeWithSelector(HostileVenue.settle.selector), 1);
        assertEq(execute(_credit(AMOUNT), legs), 0.1e18);
        assertEq(address(venue).balance, bought);
    }

    /* HOW FAR SWAPS GO: to the last price that there is, either way */

    function test_SwapsOfPoolsGoAllTheWay() public {
        bool down = address(weth) < address(token);
        bytes4 swap = IUniswapV3Pool.swap.selector;
        uint256 bought = pairOutput(AMOUNT, 1000e18, 1_100_000e18);
        vm.expectCall(cheapPool, abi.encodeWithSelector(swap, dearPair, down, AMOUNT, _limit(down)), 1);
        execute(flashSwap(address(weth), AMOUNT), cycle(v3(cheapPool, address(token)), v2(dearPair, address(weth))));
        vm.expectCall(dearPool, abi.encodeWithSelector(swap, executor, !down, bought, _limit(!down)), 1);
        execute(flashSwap(address(weth), AMOUNT), cycle(v2(cheapPair, address(token)), v3(dearPool, address(weth))));
    }

    function test_SwapsOfManagersGoAllTheWay() public {
        bool down = address(weth) < address(token);
        venue.claim(1.1e18);
        vm.expectCall(address(venue), _swapCall(down, AMOUNT), 1);
        vm.expectCall(address(venue), _swapCall(!down, 1.1e18), 1);
        execute(_credit(AMOUNT), _onCredit());
    }

    /* HELPERS */

    function _credit(uint256 amount) private view returns (Header memory) {
        return loan(address(weth), amount, RouteLib.LENDER_UNISWAP_V4, address(venue), 0);
    }

    function _onCredit() private view returns (Leg[] memory) {
        return cycle(_managed(address(token)), _managed(address(weth)));
    }

    /// @dev The leg at the manager unlocks it for itself.
    function _locked() private view returns (Leg[] memory) {
        return cycle(v2(cheapPair, address(token)), _managed(address(weth)));
    }

    function _managed(address tokenOut) private view returns (Leg memory) {
        return Leg(RouteLib.UNISWAP_V4, address(venue), tokenOut, 3000 << 24 | 60);
    }

    function _limit(bool down) private pure returns (uint160) {
        return down ? LOWEST_LIMIT : HIGHEST_LIMIT;
    }

    function _swapCall(bool down, uint256 amount) private view returns (bytes memory) {
        (address token0, address token1) =
            address(weth) < address(token) ? (address(weth), address(token)) : (address(token), address(weth));
        return abi.encodeWithSelector(
            IUniswapV4PoolManager.swap.selector,
            IUniswapV4PoolManager.PoolKey(token0, token1, 3000, 60, address(0)),
            IUniswapV4PoolManager.SwapParams(down, -int256(amount), _limit(down))
        );
    }
}
