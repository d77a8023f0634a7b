// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ISlot0} from "../../script/replica/interfaces/IUniswapV3.sol";
import {IPoolManager, IStateView, IV4Quoter, PoolKey, SwapParams} from "../../script/replica/interfaces/IUniswapV4.sol";
import {ForkTest} from "./ForkTest.sol";

contract UniswapV4ForkTest is ForkTest {
    uint160 private constant LOWEST_SQRT_PRICE = 4_295_128_740;

    IPoolManager private manager;
    PoolKey private key;

    function setUp() public override {
        super.setUp();
        manager = IPoolManager(venueOf("uniswap-v4", "poolManager"));
        key = PoolKey(address(0), tokenOf("USDC"), 500, 10, address(0));
    }

    receive() external payable {}

    function test_LensesBelongToTheManager() public view {
        assertEq(IStateView(venueOf("uniswap-v4", "stateView")).poolManager(), address(manager));
        assertEq(IV4Quoter(venueOf("uniswap-v4", "quoter")).poolManager(), address(manager));
    }

    function test_QuoteEqualsSwap() public {
        uint256 amountIn = worth("WETH", 1000);
        (uint256 quoted,) = IV4Quoter(venueOf("uniswap-v4", "quoter"))
            .quoteExactInputSingle(IV4Quoter.QuoteExactSingleParams(key, true, uint128(amountIn), ""));
        vm.deal(address(this), amountIn);
        bytes memory answer = manager.unlock(abi.encode(amountIn));
        assertEq(abi.decode(answer, (uint256)), quoted);
        assertEq(balance("USDC", address(this)), quoted);
        assertEq(address(this).balance, 0);
    }

    function test_PriceIsThatOfV3() public view {
        IStateView stateView = IStateView(venueOf("uniswap-v4", "stateView"));
        (, int24 tick,,) = stateView.getSlot0(keccak256(abi.encode(key)));
        (, int24 tickV3) = ISlot0(poolNamed("uniswap-v3:USDC/WETH:500")).slot0();
        // V4 has native coin as its first token, V3 has USDC: the ticks are each other's negative. 100 ticks are 1 %.
        assertApproxEqAbs(tick, -tickV3, 100);
        assertGt(stateView.getLiquidity(keccak256(abi.encode(key))), 0);
    }

    function test_RevertWhen_ADebtIsLeft() public {
        vm.expectRevert(abi.encodeWithSignature("CurrencyNotSettled()"));
        manager.unlock("");
    }

    function unlockCallback(bytes calldata data) external returns (bytes memory) {
        assertEq(msg.sender, address(manager));
        if (data.length == 0) {
            manager.take(key.currency1, address(this), 1);
            return "";
        }
        uint256 amountIn = abi.decode(data, (uint256));
        int256 delta = manager.swap(key, SwapParams(true, -int256(amountIn), LOWEST_SQRT_PRICE), "");
        uint256 out = uint256(int256(int128(delta)));
        manager.settle{value: amountIn}();
        manager.take(key.currency1, address(this), out);
        return abi.encode(out);
    }
}
