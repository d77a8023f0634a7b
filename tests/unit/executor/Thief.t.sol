// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PackedLeg} from "../../../contracts/types/PackedLeg.sol";
import {Header, Leg} from "../../../contracts/types/Route.sol";

import {ErrorsLib} from "../../../contracts/libraries/ErrorsLib.sol";
import {RouteEncoder} from "../../../contracts/libraries/RouteEncoder.sol";
import {RouteLib} from "../../../contracts/libraries/RouteLib.sol";
import {UniswapV4Lib} from "../../../contracts/libraries/UniswapV4Lib.sol";
import {HostileLender} from "../../mocks/HostileLender.sol";
import {FixedPool, HostileVenue, IdlePair} from "../../mocks/HostileVenue.sol";
import {PlainToken} from "../../mocks/PlainToken.sol";
import {PlainVault} from "../../mocks/PlainVault.sol";
import {Market_Test} from "./Market.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice Somebody has the keeper's key and brings venues and lenders of its own. What lies at the executor stays there
/// [E1], and a restriction to listed pools holds [E2].
contract Thief_Test is Market_Test {
    uint256 internal constant STRAY = 10e18;
    HostileVenue internal venue;
    HostileLender internal lender;
    PlainToken internal junk;

    function setUp() public override {
        super.setUp();
        venue = new HostileVenue(weth);
        lender = new HostileLender();
        junk = new PlainToken("JUNK", 18);
        fund(address(weth), address(venue), 100e18);
        vm.deal(address(weth), 1000e18);
    }

    /* STRAYS */

    /// @dev A manager of the thief's claims an amount that it does not pay; the next pool would pull it from here.
    function test_CreditThatIsNotPaid() public {
        token.mint(address(executor), STRAY);
        venue.claim(STRAY);
        venue.take(address(token));
        Header memory header = loan(address(weth), 1, RouteLib.LENDER_UNISWAP_V4, address(venue), 0);
        Leg[] memory legs =
            cycle(_managed(address(venue), address(token)), Leg(RouteLib.CURVE, address(venue), address(weth), 1));
        assertEq(execute(header, legs), 2);
        assertEq(token.balanceOf(address(executor)), STRAY);
    }

    /// @dev Native coin that is claimed by the last leg before the pool that lends.
    function test_NativeCoinThatIsNotPaid() public {
        vm.deal(address(executor), STRAY);
        Leg[] memory legs = cycle(v2(address(new IdlePair()), address(0)), v2(address(venue), address(weth)));
        _attempt(flashSwap(address(weth), 1), legs);
        assertEq(address(executor).balance, STRAY);
    }

    /// @dev Wrapped coin that lies here is unwrapped for an amount of something else.
    function test_UnwrapsWhatDoesNotFlow() public {
        fund(address(weth), address(executor), STRAY);
        vm.prank(governance);
        reserve.listToken(address(token), true);
        Leg memory middle = Leg(RouteLib.WRAPPED_NATIVE, address(weth), address(0), 0);
        Leg[] memory legs = _around(IERC20(address(token)), middle, IERC20(address(0)));
        token.mint(address(lender), 1);
        Header memory header = loan(address(token), 1, RouteLib.LENDER_BALANCER_V2, address(lender), 0);
        expectRefusal(header, legs, abi.encodeWithSelector(ErrorsLib.TokenMismatch.selector, weth, junk));
        assertEq(weth.balanceOf(address(executor)), STRAY);
    }

    /// @dev Native coin that lies here is wrapped for an amount of something else.
    function test_WrapsWhatDoesNotFlow() public {
        vm.deal(address(executor), STRAY);
        vm.prank(governance);
        reserve.listToken(address(token), true);
        Leg memory middle = Leg(RouteLib.WRAPPED_NATIVE, address(weth), address(weth), 0);
        Leg[] memory legs = _around(IERC20(address(token)), middle, weth);
        token.mint(address(lender), 1);
        Header memory header = loan(address(token), 1, RouteLib.LENDER_BALANCER_V2, address(lender), 0);
        expectRefusal(header, legs, abi.encodeWithSelector(ErrorsLib.TokenMismatch.selector, weth, junk));
        assertEq(address(executor).balance, STRAY);
    }

    /// @dev A vault's shares that lie here are redeemed for an amount of something else.
    function test_RedeemsWhatDoesNotFlow() public {
        PlainVault shares = new PlainVault(IERC20(address(token)));
        token.mint(address(this), STRAY);
        token.approve(address(shares), STRAY);
        shares.deposit(STRAY, address(executor));
        uint256 stray = shares.balanceOf(address(executor));
        Leg memory middle = Leg(RouteLib.ERC4626, address(shares), address(token), 0);
        Leg[] memory legs = _around(weth, middle, IERC20(address(token)));
        fund(address(weth), address(lender), 1);
        Header memory header = loan(address(weth), 1, RouteLib.LENDER_BALANCER_V2, address(lender), 0);
        expectRefusal(header, legs, abi.encodeWithSelector(ErrorsLib.TokenMismatch.selector, shares, junk));
        assertEq(shares.balanceOf(address(executor)), stray);
    }

    /* RESTRICTED POOLS */

    /// @dev A contract of the thief's answers to the id of a pool that is listed at the real manager.
    function test_Restricted_AnotherManagerOfAListedPool() public {
        Leg memory leg = _managed(address(venue), address(weth));
        _restrictTo(cheapPair, this.poolOf(RouteEncoder.encodeLeg(leg)));
        venue.claim(1.05e18);
        Leg[] memory legs = cycle(v2(cheapPair, address(token)), leg);
        bytes memory reason = abi.encodeWithSelector(ErrorsLib.PoolNotAllowed.selector, venue);
        expectRefusal(flashSwap(address(weth), 1e18), legs, reason);
    }

    /// @dev Listed is one pool of the manager, and not all that it has.
    function test_Restricted_AnotherPoolOfAListedManager() public {
        Leg memory leg = _managed(address(venue), address(weth));
        _restrictTo(cheapPair, address(venue));
        venue.claim(1.05e18);
        Leg[] memory legs = cycle(v2(cheapPair, address(token)), leg);
        address pool = this.poolOf(RouteEncoder.encodeLeg(leg));
        bytes memory reason = abi.encodeWithSelector(ErrorsLib.PoolNotAllowed.selector, pool);
        expectRefusal(flashSwap(address(weth), 1e18), legs, reason);
        reason = abi.encodeWithSelector(ErrorsLib.PoolNotAllowed.selector, address(junk));
        (leg.venue, leg.params) = (RouteLib.BALANCER_V3, uint160(address(junk)));
        expectRefusal(flashSwap(address(weth), 1e18), legs, reason);
        (leg.venue, leg.params) = (RouteLib.BALANCER_V2, uint256(bytes32(bytes20(address(junk)))) | 7);
        expectRefusal(flashSwap(address(weth), 1e18), legs, reason);
    }

    function poolOf(bytes calldata encoded) external view returns (address) {
        (PackedLeg leg,) = RouteLib.nextLeg(encoded);
        return address(bytes20(UniswapV4Lib.poolId(leg, address(token))));
    }

    /// @dev A lender of the thief's would have the profit as its fee.
    function test_Restricted_AnotherLender() public {
        _restrictTo(cheapPair, dearPair);
        fund(address(weth), address(lender), 20e18);
        Header memory header = loan(address(weth), 20e18, RouteLib.LENDER_BALANCER_V2, address(lender), 100);
        Leg[] memory legs = cycle(v2(cheapPair, address(token)), v2(dearPair, address(weth)));
        expectRefusal(header, legs, abi.encodeWithSelector(ErrorsLib.PoolNotAllowed.selector, lender));
        _restrictTo(address(lender), dearPair);
        assertGt(execute(header, legs), 0);
    }

    /* HELPERS */

    function _attempt(Header memory header, Leg[] memory legs) private {
        bytes memory route = RouteEncoder.encode(header, legs);
        vm.prank(keeper);
        // Whether it reverts does not matter, what is left does.
        try executor.execute(route) returns (uint256) {} catch {}
    }

    /// @dev The leg between two pools that make junk of the token and two wei of the token of what the leg brings.
    function _around(IERC20 start, Leg memory middle, IERC20 middleOut) private returns (Leg[] memory) {
        FixedPool first = new FixedPool(start, junk, STRAY);
        FixedPool last = new FixedPool(middleOut, start, 2);
        junk.mint(address(first), STRAY);
        fund(address(start), address(last), 2);
        return cycle(
            Leg(RouteLib.CURVE, address(first), address(junk), 1),
            middle,
            Leg(RouteLib.CURVE, address(last), address(start), 1)
        );
    }

    function _managed(address manager_, address tokenOut) private pure returns (Leg memory) {
        return Leg(RouteLib.UNISWAP_V4, manager_, tokenOut, 3000 << 24 | 60);
    }

    function _restrictTo(address a, address b) private {
        address[] memory pools = new address[](2);
        (pools[0], pools[1]) = (a, b);
        vm.startPrank(governance);
        executor.allowPools(pools, true);
        executor.restrictPools(true);
        vm.stopPrank();
    }
}
