// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PoolSpec} from "../../script/Base.s.sol";
import {IUniswapV2Pair, IUniswapV2Router} from "../../script/replica/interfaces/IUniswapV2.sol";
import {ForkTest} from "./ForkTest.sol";

contract UniswapV2ForkTest is ForkTest {
    string private constant PAIR = "node_modules/@uniswap/v2-core/build/UniswapV2Pair.json";

    IUniswapV2Router private router;

    function setUp() public override {
        super.setUp();
        router = IUniswapV2Router(venueOf("uniswap-v2", "router"));
    }

    function test_RouterBelongsToTheFactory() public view {
        assertEq(router.factory(), venueOf("uniswap-v2", "factory"));
    }

    function test_PairsLieWhereThePublishedCodePutsThem() public {
        bytes32 initCodeHash = keccak256(vm.parseJsonBytes(vm.readFile(PAIR), ".bytecode"));
        PoolSpec[] memory specs = poolSpecs();
        for (uint256 i; i < specs.length; ++i) {
            if (!same(specs[i].venue, "uniswap-v2") || poolOf(specs[i]) == address(0)) continue;
            (address token0, address token1) = sort(tokenOf(specs[i].tokens[0]), tokenOf(specs[i].tokens[1]));
            bytes32 salt = keccak256(abi.encodePacked(token0, token1));
            address expected = create2Address(venueOf("uniswap-v2", "factory"), salt, initCodeHash);
            assertEq(poolOf(specs[i]), expected, specs[i].name);
            assertEq(IUniswapV2Pair(expected).factory(), venueOf("uniswap-v2", "factory"), specs[i].name);
        }
    }

    function test_RouterSwapPaysWhatTheReservesSay() public {
        uint256 amountIn = worth("WETH", 1000);
        uint256 expected = amountOut("uniswap-v2:USDC/WETH", "WETH", amountIn);
        fund("WETH", address(this), amountIn);
        approveAny("WETH", address(router), amountIn);
        uint256[] memory amounts =
            router.swapExactTokensForTokens(amountIn, expected, path("WETH", "USDC"), address(this), block.timestamp);
        assertEq(amounts[1], expected);
        assertEq(balance("USDC", address(this)), expected);
        assertEq(balance("WETH", address(this)), 0);
    }

    function test_RouterSwapsATokenThatReturnsNothing() public {
        uint256 amountIn = worth("USDT", 1000);
        fund("USDT", address(this), amountIn);
        approveAny("USDT", address(router), amountIn);
        uint256 expected = amountOut("uniswap-v2:USDT/WETH", "USDT", amountIn);
        router.swapExactTokensForTokens(amountIn, expected, path("USDT", "WETH"), address(this), block.timestamp);
        assertEq(balance("WETH", address(this)), expected);
    }

    function test_SushiPairSwapsPaidForInAdvance() public {
        address pair = poolNamed("sushi-v2:USDC/WETH");
        uint256 amountIn = worth("USDC", 1000);
        uint256 expected = amountOut("sushi-v2:USDC/WETH", "USDC", amountIn);
        fund("USDC", pair, balance("USDC", pair) + amountIn);
        bool usdcFirst = IUniswapV2Pair(pair).token0() == tokenOf("USDC");
        IUniswapV2Pair(pair).swap(usdcFirst ? 0 : expected, usdcFirst ? expected : 0, address(this), "");
        assertEq(balance("WETH", address(this)), expected);
    }

    function test_RevertWhen_OneUnitMoreIsTakenThanPaidFor() public {
        address pair = poolNamed("uniswap-v2:USDC/WETH");
        uint256 amountIn = worth("USDC", 1000);
        uint256 excess = amountOut("uniswap-v2:USDC/WETH", "USDC", amountIn) + 1;
        fund("USDC", pair, balance("USDC", pair) + amountIn);
        bool usdcFirst = IUniswapV2Pair(pair).token0() == tokenOf("USDC");
        vm.expectRevert("UniswapV2: K");
        IUniswapV2Pair(pair).swap(usdcFirst ? 0 : excess, usdcFirst ? excess : 0, address(this), "");
    }

    /// @dev 0.3 % of the input stays outside the constant product.
    function amountOut(string memory name, string memory symbolIn, uint256 amountIn) private view returns (uint256) {
        IUniswapV2Pair pair = IUniswapV2Pair(poolNamed(name));
        (uint256 reserveIn, uint256 reserveOut,) = pair.getReserves();
        if (pair.token0() != tokenOf(symbolIn)) (reserveIn, reserveOut) = (reserveOut, reserveIn);
        return amountIn * 997 * reserveOut / (reserveIn * 1000 + amountIn * 997);
    }

    function path(string memory from, string memory to) private view returns (address[] memory tokens) {
        tokens = new address[](2);
        (tokens[0], tokens[1]) = (tokenOf(from), tokenOf(to));
    }
}
