// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Header, Leg} from "../../../contracts/types/Route.sol";
import {PoolSpec} from "../../../script/Base.s.sol";

import {RouteEncoder} from "../../../contracts/libraries/RouteEncoder.sol";
import {RouteLib} from "../../../contracts/libraries/RouteLib.sol";
import {Plan} from "../../../script/deployment/Plan.sol";
import {Governing} from "../../Governing.sol";
import {ChainSwaps} from "./ChainSwaps.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title RoutesSuite
/// @notice The chain's own executor between its venues: a stranger's large swap opens a gap, a route closes it, and the
/// profit is what the pools' own quotes say, to the wei.
abstract contract RoutesSuite is ChainSwaps, Governing {
    /// @notice Nothing on the chain tells what a lender of this kind takes.
    error LenderUnknown(string kind);

    function setUp() public virtual override {
        super.setUp();
        Plan memory plan;
        plan.executor = stringAt(".executor.contract");
        (plan.wrappedNative, plan.native) = (wrappedNativeOf(), stringAt(".native.symbol"));
        string[] memory symbols = stringsAt(".profitTokens");
        plan.profitTokens = new address[](symbols.length);
        for (uint256 i; i < symbols.length; ++i) {
            plan.profitTokens[i] = tokenOf(symbols[i]);
        }
        deployUndelayed(address(this), plan);
    }

    /* ROUTES */

    /// @dev Each venue beside each other one, by a flash swap, and back.
    function test_BetweenAllVenuesByFlashSwap() public {
        PoolSpec[] memory specs = everyPool();
        uint256 done;
        for (uint256 i; i < specs.length; ++i) {
            for (uint256 j; j < specs.length; ++j) {
                if (!isFirstOf(specs, i, j)) continue;
                uint256 snapshot = vm.snapshotState();
                assertEarns(specs[i], specs[j], flashOf(earnedIn(specs[i])), 0);
                vm.revertToState(snapshot);
                ++done;
            }
        }
        assertGt(done, 2);
    }

    /// @dev Every lender of the file between the first two venues that trade the same.
    function test_FromEveryLender() public {
        PoolSpec[] memory specs = everyPool();
        string[] memory lenders = keysAt(".lenders");
        (uint256 i, uint256 j) = firstTwo(specs);
        for (uint256 k; k < lenders.length; ++k) {
            uint256 snapshot = vm.snapshotState();
            (Header memory header, uint256 fee) = loanOf(lenders[k], earnedIn(specs[i]));
            assertEarns(specs[i], specs[j], header, fee);
            vm.revertToState(snapshot);
        }
    }

    /// @dev Singletons lend what they hold, whoever asks.
    function test_FromTheManagerOfUniswapV4() public {
        string memory manager = ".venues[\"uniswap-v4\"].poolManager";
        vm.skip(!exists(manager));
        PoolSpec[] memory specs = everyPool();
        (uint256 i, uint256 j) = firstTwo(specs);
        string memory token = stringAt(".native.wrapped");
        address pool = addressAt(manager);
        deal(tokenOf(token), pool, worth(token, 10_000));
        Header memory header = flashOf(earnedIn(specs[i]));
        vm.skip(!same(earnedIn(specs[i]), token));
        (header.lender, header.lenderAddress) = (RouteLib.LENDER_UNISWAP_V4, pool);
        assertEarns(specs[i], specs[j], header, 0);
    }

    /* HELPERS */

    /// @dev Somebody sells a part of what the first pool holds of the other token, which becomes cheap there; the route buys
    /// it there and sells it in the second.
    function assertEarns(PoolSpec memory cheap, PoolSpec memory dear, Header memory header, uint256 fee) private {
        string memory token = earnedIn(cheap);
        string memory goods = other(cheap, token);
        swapAt(cheap, goods, held(cheap, goods) / 8);
        uint256 bought = quoteAt(cheap, token, header.amountIn);
        uint256 expected = quoteAt(dear, goods, bought) - header.amountIn - fee;
        Leg[] memory legs = new Leg[](2);
        (legs[0], legs[1]) = (legAt(cheap, goods), legAt(dear, token));
        address reserve_ = address(reserve);
        uint256 before = IERC20(header.token).balanceOf(reserve_);
        vm.prank(keeper);
        assertEq(executor.execute(RouteEncoder.encode(header, legs)), expected, dear.name);
        assertEq(IERC20(header.token).balanceOf(reserve_) - before, expected, dear.name);
        assertEq(balance(goods, address(executor)), 0, dear.name);
        assertEq(balance(token, address(executor)), 0, dear.name);
    }

    function legAt(PoolSpec memory spec, string memory bought) private view returns (Leg memory leg) {
        (leg.target, leg.tokenOut) = (poolOf(spec), tokenOf(bought));
        string memory kind = kindOf(spec.venue);
        if (same(kind, "solidly")) leg.venue = RouteLib.SOLIDLY;
        else if (same(kind, "uniswap-v3")) leg.venue = RouteLib.UNISWAP_V3;
        else if (same(kind, "pancake-v3")) leg.venue = RouteLib.PANCAKE_V3;
        else if (same(kind, "algebra")) leg.venue = RouteLib.ALGEBRA;
        else leg.venue = same(kind, "pancake-v2") ? RouteLib.PANCAKE_V2 : RouteLib.UNISWAP_V2;
        if (isPair(kind)) leg.params = uintAt(string.concat(venuePath(spec.venue), "feeBps"));
        if (isCamelot(spec.venue)) leg.params = camelotFeeBps(leg.target, tokenOf(other(spec, bought)) < leg.tokenOut);
    }

    function flashOf(string memory symbol) private view returns (Header memory header) {
        header.token = tokenOf(symbol);
        header.amountIn = worth(symbol, 500);
        header.deadline = block.timestamp;
    }

    function loanOf(string memory lender, string memory symbol)
        private
        view
        returns (Header memory header, uint256 fee)
    {
        header = flashOf(symbol);
        (header.lenderAddress, header.maxFeeBps) = (lenderOf(lender), 9);
        string memory kind = stringAt(string.concat(lenderPath(lender), "kind"));
        if (same(kind, "balancer-v2")) {
            header.lender = RouteLib.LENDER_BALANCER_V2;
        } else if (same(kind, "morpho")) {
            header.lender = RouteLib.LENDER_MORPHO;
        } else {
            require(same(kind, "aave-v3"), LenderUnknown(kind));
            header.lender = RouteLib.LENDER_AAVE_V3;
            (bool ok, bytes memory said) =
                header.lenderAddress.staticcall(abi.encodeWithSignature("FLASHLOAN_PREMIUM_TOTAL()"));
            assertTrue(ok);
            // Aave rounds half up.
            fee = (header.amountIn * abi.decode(said, (uint256)) + 5000) / 10_000;
        }
    }

    /// @dev A profit token of the pool, the wrapped coin first; empty where it has none.
    function earnedIn(PoolSpec memory spec) private view returns (string memory) {
        string[] memory symbols = stringsAt(".profitTokens");
        for (uint256 i; i < symbols.length; ++i) {
            if (has(spec, symbols[i])) return symbols[i];
        }
        return "";
    }

    /// @dev Whether these are of two venues, trade the same for profit, and no earlier two do of the same venues.
    function isFirstOf(PoolSpec[] memory specs, uint256 i, uint256 j) private view returns (bool) {
        if (!fits(specs[i], specs[j])) return false;
        for (uint256 a; a < specs.length; ++a) {
            for (uint256 b; b < specs.length; ++b) {
                if (a * specs.length + b >= i * specs.length + j) return true;
                bool sameVenues = same(specs[a].venue, specs[i].venue) && same(specs[b].venue, specs[j].venue);
                if (sameVenues && fits(specs[a], specs[b])) return false;
            }
        }
        return true;
    }

    function firstTwo(PoolSpec[] memory specs) private view returns (uint256, uint256) {
        for (uint256 i; i < specs.length; ++i) {
            for (uint256 j; j < specs.length; ++j) {
                if (fits(specs[i], specs[j]) && same(earnedIn(specs[i]), stringAt(".native.wrapped"))) return (i, j);
            }
        }
        revert FieldMissing(chainName, "two venues that trade the same");
    }

    function fits(PoolSpec memory a, PoolSpec memory b) private view returns (bool) {
        return !same(a.venue, b.venue) && samePair(a, b) && bytes(earnedIn(a)).length != 0;
    }
}
