// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Leg} from "../../contracts/types/Route.sol";
import {IBalancerVault} from "../../script/replica/interfaces/IBalancerV2.sol";
import {ICurvePool, IToken} from "../../script/replica/interfaces/IPeers.sol";
import {IUniswapV2Pair} from "../../script/replica/interfaces/IUniswapV2.sol";
import {IQuoterV2, IUniswapV3Pool} from "../../script/replica/interfaces/IUniswapV3.sol";
import {IV4Quoter, PoolKey} from "../../script/replica/interfaces/IUniswapV4.sol";

import {RouteLib} from "../../contracts/libraries/RouteLib.sol";
import {ForkTest} from "./ForkTest.sol";

/// @title ForkQuotes
/// @notice What each venue says that it pays: by the protocol's own quoter, or where it has none that is exact, by a swap
/// of our own that is undone.
abstract contract ForkQuotes is ForkTest {
    uint160 internal constant LOWEST_SQRT_PRICE = 4_295_128_740;
    uint160 internal constant HIGHEST_SQRT_PRICE = 1_461_446_703_485_210_103_287_273_052_203_988_822_378_723_970_341;

    function quote(Leg memory leg, address tokenIn, uint256 amount) internal returns (uint256 amountOut) {
        if (leg.venue == RouteLib.UNISWAP_V2) (amountOut,) = pairOutput(leg.target, tokenIn, leg.tokenOut, amount);
        else if (leg.venue == RouteLib.UNISWAP_V3) amountOut = _quoteV3(leg, tokenIn, amount);
        else if (leg.venue == RouteLib.UNISWAP_V4) amountOut = _quoteV4(leg, tokenIn, amount);
        else if (leg.venue == RouteLib.WRAPPED_NATIVE) amountOut = amount;
        else amountOut = _try(leg, tokenIn, amount);
    }

    function pairOutput(address pair, address tokenIn, address tokenOut, uint256 amount)
        internal
        view
        returns (uint256, uint256 reserveIn)
    {
        uint256 reserveOut;
        (reserveIn, reserveOut,) = IUniswapV2Pair(pair).getReserves();
        if (tokenIn > tokenOut) (reserveIn, reserveOut) = (reserveOut, reserveIn);
        return (amount * 997 * reserveOut / (reserveIn * 1000 + amount * 997), reserveIn);
    }

    function _quoteV3(Leg memory leg, address tokenIn, uint256 amount) private returns (uint256 amountOut) {
        uint24 fee = IUniswapV3Pool(leg.target).fee();
        (amountOut,,,) = IQuoterV2(venueOf("uniswap-v3", "quoter"))
            .quoteExactInputSingle(IQuoterV2.QuoteExactInputSingleParams(tokenIn, leg.tokenOut, amount, fee, 0));
    }

    function _quoteV4(Leg memory leg, address tokenIn, uint256 amount) private returns (uint256 amountOut) {
        (address currency0, address currency1) = sort(tokenIn, leg.tokenOut);
        PoolKey memory key =
            PoolKey(currency0, currency1, uint24(leg.params >> 24), int24(uint24(leg.params)), address(0));
        (amountOut,) = IV4Quoter(venueOf("uniswap-v4", "quoter"))
            .quoteExactInputSingle(IV4Quoter.QuoteExactSingleParams(key, tokenIn < leg.tokenOut, uint128(amount), ""));
    }

    /// @dev Swaps from own money and undoes it.
    function _try(Leg memory leg, address tokenIn, uint256 amount) private returns (uint256 amountOut) {
        uint256 snapshot = vm.snapshotState();
        deal(tokenIn, address(this), amount);
        uint256 before = IToken(leg.tokenOut).balanceOf(address(this));
        if (leg.venue == RouteLib.PANCAKE_V3) swapPool(leg.target, tokenIn, amount, leg.tokenOut);
        else if (leg.venue == RouteLib.BALANCER_V2) _swapBalancer(leg, tokenIn, amount);
        else _exchange(leg, tokenIn, amount);
        amountOut = IToken(leg.tokenOut).balanceOf(address(this)) - before;
        vm.revertToState(snapshot);
    }

    function swapPool(address pool, address tokenIn, uint256 amount, address tokenOut) internal {
        bool zeroForOne = tokenIn < tokenOut;
        uint160 limit = zeroForOne ? LOWEST_SQRT_PRICE : HIGHEST_SQRT_PRICE;
        IUniswapV3Pool(pool).swap(address(this), zeroForOne, int256(amount), limit, abi.encode(tokenIn, amount));
    }

    function uniswapV3SwapCallback(int256, int256, bytes calldata data) external {
        (address token, uint256 amount) = abi.decode(data, (address, uint256));
        payAny(token, msg.sender, amount);
    }

    function pancakeV3SwapCallback(int256, int256, bytes calldata data) external {
        (address token, uint256 amount) = abi.decode(data, (address, uint256));
        payAny(token, msg.sender, amount);
    }

    function _swapBalancer(Leg memory leg, address tokenIn, uint256 amount) private {
        _approve(tokenIn, leg.target, amount);
        IBalancerVault(leg.target)
            .swap(
                IBalancerVault.SingleSwap(bytes32(leg.params), 0, tokenIn, leg.tokenOut, amount, ""),
                IBalancerVault.FundManagement(address(this), false, payable(address(this)), false),
                0,
                block.timestamp
            );
    }

    function _exchange(Leg memory leg, address tokenIn, uint256 amount) private {
        _approve(tokenIn, leg.target, amount);
        ICurvePool(leg.target).exchange(int128(int256(leg.params >> 8)), int128(int256(leg.params & 0xff)), amount, 0);
    }

    function _approve(address token, address spender, uint256 amount) private {
        (bool ok,) = token.call(abi.encodeCall(IToken.approve, (spender, amount)));
        assertTrue(ok, "approve");
    }
}
