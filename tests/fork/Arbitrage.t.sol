// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Header, Leg} from "../../contracts/types/Route.sol";
import {IUniswapV2Pair} from "../../script/replica/interfaces/IUniswapV2.sol";

import {RouteEncoder} from "../../contracts/libraries/RouteEncoder.sol";
import {RouteLib} from "../../contracts/libraries/RouteLib.sol";
import {Plan} from "../../script/deployment/Plan.sol";
import {Governing} from "../Governing.sol";
import {ForkQuotes} from "./ForkQuotes.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice The executor on the real pools and lenders: a stranger's large swap opens a gap, a route closes it, and the
/// profit is what the pools' own quotes say, to the wei.
contract Arbitrage_Fork is ForkQuotes, Governing {
    string internal constant V2 = "uniswap-v2:USDC/WETH";
    string internal constant SUSHI = "sushi-v2:USDC/WETH";
    string internal constant V3 = "uniswap-v3:USDC/WETH:500";
    string internal constant V3_DEAR = "uniswap-v3:USDC/WETH:3000";

    function setUp() public override {
        super.setUp();
        Plan memory plan;
        plan.executor = stringAt(".executor.contract");
        (plan.wrappedNative, plan.native) = (tokenOf("WETH"), "ETH");
        plan.profitTokens = new address[](2);
        (plan.profitTokens[0], plan.profitTokens[1]) = (tokenOf("WETH"), tokenOf("USDT"));
        deployUndelayed(address(this), plan);
    }

    /* FLASH SWAPS */

    function test_FlashSwap_PairThenPool() public {
        _open(V2, "USDC", "WETH");
        _assertEarns(_flash("WETH"), _cycle(_leg(V2, "USDC"), _leg(V3, "WETH")), 0);
    }

    function test_FlashSwap_PoolThenPair() public {
        _open(V2, "WETH", "USDC");
        _assertEarns(_flash("WETH"), _cycle(_leg(V3, "USDC"), _leg(V2, "WETH")), 0);
    }

    function test_FlashSwap_PairThenPair() public {
        _open(V2, "USDC", "WETH");
        _assertEarns(_flash("WETH"), _cycle(_leg(V2, "USDC"), _leg(SUSHI, "WETH")), 0);
    }

    function test_FlashSwap_PoolThenPool() public {
        _openPool(V3_DEAR, "USDC", "WETH");
        _assertEarns(_flash("WETH"), _cycle(_leg(V3_DEAR, "USDC"), _leg(V3, "WETH")), 0);
    }

    /// @dev Pool, pair, pool; the amount is small because CQT's pools are.
    function test_FlashSwap_ThreeLegs() public {
        _open("uniswap-v2:CQT/USDC", "USDC", "CQT");
        Header memory header = _flash("WETH");
        header.amountIn = worth("WETH", 50);
        Leg[] memory legs = new Leg[](3);
        legs[0] = _leg("uniswap-v3:CQT/WETH:3000", "CQT");
        legs[1] = _leg("uniswap-v2:CQT/USDC", "USDC");
        legs[2] = _leg(V3, "WETH");
        _assertEarns(header, legs, 0);
    }

    /// @dev Borrowed, earned and paid in a token without return values.
    function test_FlashSwap_InTether() public {
        _open("uniswap-v2:USDT/WETH", "USDT", "WETH");
        Leg[] memory legs = _cycle(_leg("uniswap-v3:USDT/WETH:500", "WETH"), _leg("uniswap-v2:USDT/WETH", "USDT"));
        _assertEarns(_flash("USDT"), legs, 0);
    }

    /* LOANS */

    function test_Loan_BalancerV2_IsFree() public {
        _open(V2, "USDC", "WETH");
        Header memory header = _loan("WETH", RouteLib.LENDER_BALANCER_V2, lenderOf("balancer-v2"));
        _assertEarns(header, _cycle(_leg(V2, "USDC"), _leg(V3, "WETH")), 0);
    }

    function test_Loan_AaveV3_TakesItsPremium() public {
        _open(V2, "USDC", "WETH");
        Header memory header = _loan("WETH", RouteLib.LENDER_AAVE_V3, lenderOf("aave-v3"));
        (bool ok, bytes memory said) =
            header.lenderAddress.staticcall(abi.encodeWithSignature("FLASHLOAN_PREMIUM_TOTAL()"));
        assertTrue(ok);
        // Aave rounds half up.
        uint256 premium = (header.amountIn * abi.decode(said, (uint256)) + 5000) / 10_000;
        _assertEarns(header, _cycle(_leg(V2, "USDC"), _leg(V3, "WETH")), premium);
    }

    function test_Loan_Morpho_IsFree() public {
        _open(V2, "USDC", "WETH");
        Header memory header = _loan("WETH", RouteLib.LENDER_MORPHO, lenderOf("morpho"));
        _assertEarns(header, _cycle(_leg(V2, "USDC"), _leg(V3, "WETH")), 0);
    }

    function test_Loan_UniswapV3_TakesThePoolsFee() public {
        _open(V2, "USDC", "WETH");
        Header memory header = _loan("WETH", RouteLib.LENDER_UNISWAP_V3, poolNamed("uniswap-v3:USDT/WETH:500"));
        // The pool rounds its fee up.
        uint256 fee = (header.amountIn * 5 + 9999) / 10_000;
        _assertEarns(header, _cycle(_leg(V2, "USDC"), _leg(V3, "WETH")), fee);
    }

    function test_Loan_InTether() public {
        _open("uniswap-v2:USDT/WETH", "USDT", "WETH");
        Leg[] memory legs = _cycle(_leg("uniswap-v3:USDT/WETH:500", "WETH"), _leg("uniswap-v2:USDT/WETH", "USDT"));
        _assertEarns(_loan("USDT", RouteLib.LENDER_BALANCER_V2, lenderOf("balancer-v2")), legs, 0);
    }

    /* VENUES: beside a pair out of line, each under a loan that it combines with */

    function test_Venue_PancakeV3() public {
        _open(V2, "USDC", "WETH");
        Leg memory leg = Leg(RouteLib.PANCAKE_V3, poolOf(poolSpecAt(".untraded[0]")), tokenOf("WETH"), 0);
        _assertEarns(_flash("WETH"), _cycle(_leg(V2, "USDC"), leg), 0);
        _open(V2, "USDC", "WETH");
        _assertEarns(_morpho(), _cycle(_leg(V2, "USDC"), leg), 0);
    }

    /// @dev Into native coin, which is then wrapped. The manager is unlocked for the one leg.
    function test_Venue_UniswapV4() public {
        _open(V2, "USDC", "WETH");
        _assertEarns(_morpho(), _throughV4(), 0);
    }

    /// @dev The pair lends, and the leg after it unlocks the manager within the callback of the pair.
    function test_Venue_UniswapV4_FlashSwap() public {
        _open(V2, "USDC", "WETH");
        Leg[] memory legs = _throughV4();
        _assertEarns(_flash("WETH"), legs, 0);
    }

    function test_Venue_BalancerV2() public {
        _open(V2, "USDC", "WETH");
        uint256 poolId = uint256(vm.parseBytes32(stringAt(".untraded[2].poolId")));
        Leg memory leg = Leg(RouteLib.BALANCER_V2, venueOf("balancer-v2", "vault"), tokenOf("WETH"), poolId);
        _assertEarns(_morpho(), _cycle(_leg(V2, "USDC"), leg), 0);
    }

    /// @dev A pool that returns nothing, between a token that returns nothing and one that does.
    function test_Venue_Curve() public {
        _open("uniswap-v2:USDT/WETH", "USDT", "WETH");
        Leg[] memory legs = new Leg[](3);
        legs[0] = _leg("uniswap-v2:USDT/WETH", "USDT");
        legs[1] = Leg(RouteLib.CURVE, venueOf("curve", "pool"), tokenOf("USDC"), 2 << 8 | 1);
        legs[2] = _leg(V3, "WETH");
        _assertEarns(_morpho(), legs, 0);
    }

    /* WHERE IT GOES */

    function test_TheStakersPartReachesThem() public {
        fund("WETH", address(this), 10e18);
        IERC20(tokenOf("WETH")).approve(address(vault), 10e18);
        vault.deposit(10e18, address(this));
        uint256 price = vault.convertToAssets(1e24);
        _open(V2, "USDC", "WETH");
        _assertEarns(_flash("WETH"), _cycle(_leg(V2, "USDC"), _leg(V3, "WETH")), 0);
        address[] memory pools = new address[](2);
        (pools[0], pools[1]) = (poolNamed(V2), poolNamed(V3));
        reserve.book(reserve.currentEpoch(), tokenOf("WETH"), pools);
        uint256 paid = reserve.payVault();
        assertGt(paid, 0);
        skip(7 days);
        assertGt(vault.convertToAssets(1e24), price);
        assertApproxEqAbs(vault.maxWithdraw(address(this)), 10e18 + paid, 1e6);
    }

    /* HELPERS */

    /// @dev Somebody swaps a twentieth of the pair's reserve of `sold`, so that it becomes cheap there.
    function _open(string memory pool, string memory sold, string memory bought) private {
        address pair = poolNamed(pool);
        uint256 amount = balance(sold, pair) / 20;
        (uint256 amountOut,) = pairOutput(pair, tokenOf(sold), tokenOf(bought), amount);
        _hand(sold, pair, amount);
        bool firstOut = tokenOf(bought) < tokenOf(sold);
        IUniswapV2Pair(pair).swap(firstOut ? amountOut : 0, firstOut ? 0 : amountOut, address(0xdead), "");
    }

    /// @dev The same in a concentrated pool, with a twentieth of what it holds.
    function _openPool(string memory pool, string memory sold, string memory bought) private {
        address target = poolNamed(pool);
        uint256 amount = balance(sold, target) / 20;
        fund(sold, address(this), amount);
        swapPool(target, tokenOf(sold), amount, tokenOf(bought));
    }

    function _hand(string memory symbol, address to, uint256 amount) private {
        fund(symbol, address(this), amount);
        payAny(tokenOf(symbol), to, amount);
    }

    /// @dev Executes the route and compares the profit with the pools' quotes of the moment before.
    function _assertEarns(Header memory header, Leg[] memory legs, uint256 fee) private {
        uint256 amount = header.amountIn;
        address token = header.token;
        for (uint256 i; i < legs.length; ++i) {
            amount = quote(legs[i], token, amount);
            token = legs[i].tokenOut;
        }
        uint256 expected = amount - header.amountIn - fee;
        uint256 before = IERC20(header.token).balanceOf(address(reserve));
        uint256 accounted = reserve.accounted(header.token);
        vm.prank(keeper);
        assertEq(executor.execute(RouteEncoder.encode(header, legs)), expected);
        assertEq(IERC20(header.token).balanceOf(address(reserve)) - before, expected);
        assertEq(reserve.accounted(header.token) - accounted, expected);
        assertEq(address(executor).balance, 0);
        for (uint256 i; i < legs.length; ++i) {
            if (legs[i].tokenOut == address(0)) continue;
            assertEq(IERC20(legs[i].tokenOut).balanceOf(address(executor)), 0);
            assertEq(IERC20(legs[i].tokenOut).allowance(address(executor), header.lenderAddress), 0);
            assertEq(IERC20(legs[i].tokenOut).allowance(address(executor), legs[i].target), 0);
        }
    }

    function _throughV4() private view returns (Leg[] memory legs) {
        legs = new Leg[](3);
        legs[0] = _leg(V2, "USDC");
        legs[1] = Leg(RouteLib.UNISWAP_V4, venueOf("uniswap-v4", "poolManager"), address(0), 500 << 24 | 10);
        legs[2] = Leg(RouteLib.WRAPPED_NATIVE, tokenOf("WETH"), tokenOf("WETH"), 0);
    }

    function _morpho() private view returns (Header memory) {
        return _loan("WETH", RouteLib.LENDER_MORPHO, lenderOf("morpho"));
    }

    function _flash(string memory symbol) private view returns (Header memory header) {
        header.token = tokenOf(symbol);
        header.amountIn = worth(symbol, 2000);
        header.deadline = block.timestamp;
    }

    function _loan(string memory symbol, uint8 lender, address lenderAddress)
        private
        view
        returns (Header memory header)
    {
        header = _flash(symbol);
        (header.lender, header.lenderAddress, header.maxFeeBps) = (lender, lenderAddress, 9);
    }

    function _leg(string memory pool, string memory tokenOut) private view returns (Leg memory) {
        bool pair = !has(pool, "v3");
        uint8 venue = pair ? RouteLib.UNISWAP_V2 : RouteLib.UNISWAP_V3;
        return Leg(venue, poolNamed(pool), tokenOf(tokenOut), pair ? 30 : 0);
    }

    function _cycle(Leg memory a, Leg memory b) private pure returns (Leg[] memory legs) {
        legs = new Leg[](2);
        (legs[0], legs[1]) = (a, b);
    }
}
