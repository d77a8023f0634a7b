// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PoolSpec} from "../../script/Base.s.sol";
import {ISlot0, IUniswapV3Pool} from "../../script/replica/interfaces/IUniswapV3.sol";
import {ForkTest} from "./ForkTest.sol";

contract PancakeV3ForkTest is ForkTest {
    string private constant POOL =
        "node_modules/@pancakeswap/v3-core/artifacts/contracts/PancakeV3Pool.sol/PancakeV3Pool.json";
    uint160 private constant LOWEST_SQRT_PRICE = 4_295_128_740;

    IUniswapV3Pool private pool;

    function setUp() public override {
        super.setUp();
        PoolSpec memory spec = poolSpecAt(".untraded[0]");
        assertEq(spec.name, "pancake-v3:USDC/WETH:500");
        pool = IUniswapV3Pool(poolOf(spec));
    }

    function test_PoolLiesWhereThePublishedCodePutsIt() public view {
        bytes32 initCodeHash = keccak256(vm.parseJsonBytes(vm.readFile(POOL), ".bytecode"));
        bytes32 salt = keccak256(abi.encode(pool.token0(), pool.token1(), pool.fee()));
        assertEq(address(pool), create2Address(venueOf("pancake-v3", "deployer"), salt, initCodeHash));
        assertEq(pool.factory(), venueOf("pancake-v3", "factory"));
    }

    function test_PriceIsThatOfUniswap() public view {
        (, int24 tick) = ISlot0(address(pool)).slot0();
        (, int24 uniswaps) = ISlot0(poolNamed("uniswap-v3:USDC/WETH:500")).slot0();
        // 100 ticks are 1 %.
        assertApproxEqAbs(tick, uniswaps, 100);
    }

    function test_SwapIsPaidInPancakesOwnCallback() public {
        uint256 amountIn = worth("USDC", 1000);
        fund("USDC", address(this), amountIn);
        assertEq(pool.token0(), tokenOf("USDC"));
        (int256 amount0, int256 amount1) = pool.swap(address(this), true, int256(amountIn), LOWEST_SQRT_PRICE, "paid");
        assertEq(amount0, int256(amountIn));
        assertEq(balance("USDC", address(this)), 0);
        assertEq(balance("WETH", address(this)), uint256(-amount1));
        assertApproxEqRel(uint256(-amount1), worth("WETH", 1000), 0.02e18);
    }

    function pancakeV3SwapCallback(int256 amount0, int256, bytes calldata data) external {
        assertEq(msg.sender, address(pool));
        assertEq(data, "paid");
        payAny(tokenOf("USDC"), msg.sender, uint256(amount0));
    }
}
