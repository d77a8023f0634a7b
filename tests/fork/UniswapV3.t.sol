// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PoolSpec} from "../../script/Base.s.sol";
import {
    INonfungiblePositionManager,
    IQuoterV2,
    ISlot0,
    ISwapRouter,
    IUniswapV3Pool
} from "../../script/replica/interfaces/IUniswapV3.sol";
import {ForkTest} from "./ForkTest.sol";

contract UniswapV3ForkTest is ForkTest {
    string private constant POOL =
        "node_modules/@uniswap/v3-core/artifacts/contracts/UniswapV3Pool.sol/UniswapV3Pool.json";
    uint32 private constant HALF_HOUR = 1800;

    ISwapRouter private router;
    IQuoterV2 private quoter;

    function setUp() public override {
        super.setUp();
        router = ISwapRouter(venueOf("uniswap-v3", "router"));
        quoter = IQuoterV2(venueOf("uniswap-v3", "quoter"));
    }

    function test_PeripheryBelongsToTheFactory() public view {
        address factory = venueOf("uniswap-v3", "factory");
        assertEq(router.factory(), factory);
        assertEq(quoter.factory(), factory);
        assertEq(INonfungiblePositionManager(venueOf("uniswap-v3", "positionManager")).factory(), factory);
    }

    function test_PoolsLieWhereThePublishedCodePutsThem() public {
        bytes32 initCodeHash = keccak256(vm.parseJsonBytes(vm.readFile(POOL), ".bytecode"));
        PoolSpec[] memory specs = poolSpecs();
        for (uint256 i; i < specs.length; ++i) {
            if (!same(specs[i].venue, "uniswap-v3") || poolOf(specs[i]) == address(0)) continue;
            (address token0, address token1) = sort(tokenOf(specs[i].tokens[0]), tokenOf(specs[i].tokens[1]));
            bytes32 salt = keccak256(abi.encode(token0, token1, specs[i].fee));
            address expected = create2Address(venueOf("uniswap-v3", "factory"), salt, initCodeHash);
            assertEq(poolOf(specs[i]), expected, specs[i].name);
            assertEq(IUniswapV3Pool(expected).fee(), specs[i].fee, specs[i].name);
        }
    }

    function test_QuoteEqualsSwap_At5Bps() public {
        assertQuoteEqualsSwap("USDC", "WETH", 500);
    }

    function test_QuoteEqualsSwap_At30Bps() public {
        assertQuoteEqualsSwap("WBTC", "WETH", 3000);
    }

    function test_QuoteEqualsSwap_OfATokenThatReturnsNothing() public {
        assertQuoteEqualsSwap("USDT", "WETH", 3000);
    }

    function test_LargeSwapCrossesInitialisedTicks() public {
        (, uint160 sqrtPriceAfter, uint32 crossed,) = quoter.quoteExactInputSingle(
            IQuoterV2.QuoteExactInputSingleParams({
                tokenIn: tokenOf("WETH"),
                tokenOut: tokenOf("USDC"),
                amountIn: worth("WETH", 60_000_000),
                fee: 3000,
                sqrtPriceLimitX96: 0
            })
        );
        (uint160 sqrtPrice,) = ISlot0(poolNamed("uniswap-v3:USDC/WETH:3000")).slot0();
        assertGt(crossed, 0);
        assertNotEq(sqrtPriceAfter, sqrtPrice);
    }

    function test_AveragePriceOfHalfAnHourIsNearTheSpotPrice() public view {
        address pool = poolNamed("uniswap-v3:USDC/WETH:500");
        uint32[] memory secondsAgos = new uint32[](2);
        secondsAgos[0] = HALF_HOUR;
        (int56[] memory cumulatives,) = IUniswapV3Pool(pool).observe(secondsAgos);
        (, int24 tick) = ISlot0(pool).slot0();
        // 200 ticks are 2 %.
        assertApproxEqAbs((cumulatives[1] - cumulatives[0]) / int56(uint56(HALF_HOUR)), tick, 200);
    }

    function test_FlashCostsThePoolsFee() public {
        IUniswapV3Pool pool = IUniswapV3Pool(poolNamed("uniswap-v3:USDC/WETH:500"));
        uint256 amount = worth("WETH", 100_000);
        uint256 fee = (amount * 500 + 999_999) / 1_000_000;
        fund("WETH", address(this), fee);
        bool wethFirst = pool.token0() == tokenOf("WETH");
        uint256 held = balance("WETH", address(pool));
        pool.flash(address(this), wethFirst ? amount : 0, wethFirst ? 0 : amount, abi.encode(amount + fee));
        assertEq(balance("WETH", address(pool)), held + fee);
        assertEq(balance("WETH", address(this)), 0);
    }

    function uniswapV3FlashCallback(uint256 fee0, uint256 fee1, bytes calldata data) external {
        uint256 owed = abi.decode(data, (uint256));
        assertEq(balance("WETH", address(this)), owed);
        assertTrue(fee0 == 0 || fee1 == 0);
        payAny(tokenOf("WETH"), msg.sender, owed);
    }

    function assertQuoteEqualsSwap(string memory from, string memory to, uint24 fee) private {
        uint256 amountIn = worth(from, 5000);
        (uint256 quoted, uint160 sqrtPriceAfter,,) = quoter.quoteExactInputSingle(
            IQuoterV2.QuoteExactInputSingleParams(tokenOf(from), tokenOf(to), amountIn, fee, 0)
        );
        fund(from, address(this), amountIn);
        approveAny(from, address(router), amountIn);
        uint256 before = balance(to, address(this));
        uint256 paid = router.exactInputSingle(
            ISwapRouter.ExactInputSingleParams(
                tokenOf(from), tokenOf(to), fee, address(this), block.timestamp, amountIn, quoted, 0
            )
        );
        assertEq(paid, quoted);
        assertEq(balance(to, address(this)) - before, quoted);
        (uint160 sqrtPrice,) =
            ISlot0(poolNamed(string.concat("uniswap-v3:", from, "/", to, ":", vm.toString(fee)))).slot0();
        assertEq(sqrtPrice, sqrtPriceAfter);
    }
}
