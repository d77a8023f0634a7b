// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Header, Leg} from "../../contracts/types/Route.sol";
import {IUniswapV2Pair} from "../../script/replica/interfaces/IUniswapV2.sol";
import {IQuoterV2, IUniswapV3Pool} from "../../script/replica/interfaces/IUniswapV3.sol";

import {RouteEncoder} from "../../contracts/libraries/RouteEncoder.sol";
import {RouteLib} from "../../contracts/libraries/RouteLib.sol";
import {Deployment, Plan} from "../../script/Deployment.sol";
import {ForkTest} from "./ForkTest.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice The executor on the real pools and lenders: a stranger's large swap opens a gap, a route closes it, and the
/// profit is what the pools' own quotes say, to the wei.
contract Arbitrage_Fork is ForkTest, Deployment {
    address internal governance = makeAddr("governance");
    address internal keeper = makeAddr("keeper");

    string internal constant V2 = "uniswap-v2:USDC/WETH";
    string internal constant SUSHI = "sushi-v2:USDC/WETH";
    string internal constant V3 = "uniswap-v3:USDC/WETH:500";
    string internal constant V3_DEAR = "uniswap-v3:USDC/WETH:3000";

    function setUp() public override {
        super.setUp();
        Plan memory plan;
        (plan.governance, plan.guardian, plan.keeper) = (governance, makeAddr("guardian"), keeper);
        (plan.wrappedNative, plan.native) = (tokenOf("WETH"), "ETH");
        plan.profitTokens = new address[](2);
        (plan.profitTokens[0], plan.profitTokens[1]) = (tokenOf("WETH"), tokenOf("USDT"));
        deployMillrace(address(this), plan);
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
        header.amountIn = uint128(worth("WETH", 50));
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

    function test_Loan_InTether() public {
        _open("uniswap-v2:USDT/WETH", "USDT", "WETH");
        Leg[] memory legs = _cycle(_leg("uniswap-v3:USDT/WETH:500", "WETH"), _leg("uniswap-v2:USDT/WETH", "USDT"));
        _assertEarns(_loan("USDT", RouteLib.LENDER_BALANCER_V2, lenderOf("balancer-v2")), legs, 0);
    }

    /* WHERE IT GOES */

    function test_TheStakersPartReachesThem() public {
        fund("WETH", address(this), 10e18);
        IERC20(tokenOf("WETH")).approve(address(vault), 10e18);
        vault.deposit(10e18, address(this));
        uint256 price = vault.convertToAssets(1e24);
        _open(V2, "USDC", "WETH");
        _assertEarns(_flash("WETH"), _cycle(_leg(V2, "USDC"), _leg(V3, "WETH")), 0);
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
        (uint256 amountOut,) = _pairOutput(pair, tokenOf(sold), tokenOf(bought), amount);
        _hand(sold, pair, amount);
        bool firstOut = tokenOf(bought) < tokenOf(sold);
        IUniswapV2Pair(pair).swap(firstOut ? amountOut : 0, firstOut ? 0 : amountOut, address(0xdead), "");
    }

    /// @dev The same in a concentrated pool, with a twentieth of what it holds.
    function _openPool(string memory pool, string memory sold, string memory bought) private {
        address target = poolNamed(pool);
        uint256 amount = balance(sold, target) / 20;
        fund(sold, address(this), amount);
        bool zeroForOne = tokenOf(sold) < tokenOf(bought);
        uint160 limit = zeroForOne ? 4_295_128_740 : 1_461_446_703_485_210_103_287_273_052_203_988_822_378_723_970_341;
        IUniswapV3Pool(target)
            .swap(address(0xdead), zeroForOne, int256(amount), limit, abi.encode(tokenOf(sold), amount));
    }

    function uniswapV3SwapCallback(int256, int256, bytes calldata data) external {
        (address token, uint256 amount) = abi.decode(data, (address, uint256));
        payAny(token, msg.sender, amount);
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
            amount = _quote(legs[i], token, amount);
            token = legs[i].tokenOut;
        }
        uint256 expected = amount - header.amountIn - fee;
        uint256 before = IERC20(header.token).balanceOf(address(reserve));
        vm.prank(keeper);
        assertEq(executor.execute(RouteEncoder.encode(header, legs)), expected);
        assertEq(IERC20(header.token).balanceOf(address(reserve)) - before, expected);
        assertEq(reserve.accounted(header.token), expected);
        for (uint256 i; i < legs.length; ++i) {
            assertEq(IERC20(legs[i].tokenOut).balanceOf(address(executor)), 0);
            assertEq(IERC20(legs[i].tokenOut).allowance(address(executor), header.lenderAddress), 0);
        }
    }

    function _quote(Leg memory leg, address tokenIn, uint256 amount) private returns (uint256 amountOut) {
        if (leg.venue == RouteLib.UNISWAP_V2) {
            (amountOut,) = _pairOutput(leg.target, tokenIn, leg.tokenOut, amount);
            return amountOut;
        }
        uint24 fee = IUniswapV3Pool(leg.target).fee();
        IQuoterV2.QuoteExactInputSingleParams memory params =
            IQuoterV2.QuoteExactInputSingleParams(tokenIn, leg.tokenOut, amount, fee, 0);
        (amountOut,,,) = IQuoterV2(venueOf("uniswap-v3", "quoter")).quoteExactInputSingle(params);
    }

    function _pairOutput(address pair, address tokenIn, address tokenOut, uint256 amount)
        private
        view
        returns (uint256, uint256 reserveIn)
    {
        uint256 reserveOut;
        (reserveIn, reserveOut,) = IUniswapV2Pair(pair).getReserves();
        if (tokenIn > tokenOut) (reserveIn, reserveOut) = (reserveOut, reserveIn);
        return (amount * 997 * reserveOut / (reserveIn * 1000 + amount * 997), reserveIn);
    }

    function _flash(string memory symbol) private view returns (Header memory header) {
        header.token = tokenOf(symbol);
        header.amountIn = uint128(worth(symbol, 2000));
        header.deadline = uint40(block.timestamp);
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
