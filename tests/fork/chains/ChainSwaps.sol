// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PoolSpec} from "../../../script/Base.s.sol";
import {IToken} from "../../../script/replica/interfaces/IPeers.sol";
import {ISolidlyPool} from "../../../script/replica/interfaces/ISolidly.sol";
import {IUniswapV2Pair} from "../../../script/replica/interfaces/IUniswapV2.sol";
import {IQuoterV2, IUniswapV3Pool} from "../../../script/replica/interfaces/IUniswapV3.sol";
import {ForkTest} from "../ForkTest.sol";

interface ISlipstreamQuoter {
    struct QuoteExactInputSingleParams {
        address tokenIn;
        address tokenOut;
        uint256 amountIn;
        int24 tickSpacing;
        uint160 sqrtPriceLimitX96;
    }

    function quoteExactInputSingle(QuoteExactInputSingleParams memory params)
        external
        returns (uint256 amountOut, uint160 sqrtPriceX96After, uint32 initializedTicksCrossed, uint256 gasEstimate);
}

interface ICamelotPair {
    function getReserves() external view returns (uint112, uint112, uint16 token0FeePercent, uint16 token1FeePercent);
}

/// @title ChainSwaps
/// @notice Pools of whatever chain, by what its file says of them: what they quote, and swaps in them.
abstract contract ChainSwaps is ForkTest {
    uint160 private constant LOWEST_SQRT_PRICE = 4_295_128_740;
    uint160 private constant HIGHEST_SQRT_PRICE = 1_461_446_703_485_210_103_287_273_052_203_988_822_378_723_970_341;

    /// @notice Name of the chain's file.
    function chain() internal pure virtual returns (string memory);

    function setUp() public virtual override {
        useChain(chain());
    }

    /// @notice What the protocol itself says that the pool pays: by its quoter or a view of the pool, and where it has
    /// neither that is exact, by a swap of our own that is undone.
    function quoteAt(PoolSpec memory spec, string memory sold, uint256 amount) internal returns (uint256 amountOut) {
        address pool = poolOf(spec);
        (address tokenIn, address tokenOut) = (tokenOf(sold), tokenOf(other(spec, sold)));
        string memory kind = kindOf(spec.venue);
        if (isCamelot(spec.venue)) return ISolidlyPool(pool).getAmountOut(amount, tokenIn);
        if (isPair(kind)) return pairQuote(spec, pool, tokenIn < tokenOut, amount);
        if (same(kind, "solidly")) return ISolidlyPool(pool).getAmountOut(amount, tokenIn);
        string memory path = string.concat(venuePath(spec.venue), "quoter");
        if (!exists(path)) return swapUndone(spec, sold, amount);
        if (isSlipstream(spec)) {
            (amountOut,,,) = ISlipstreamQuoter(addressAt(path))
                .quoteExactInputSingle(
                    ISlipstreamQuoter.QuoteExactInputSingleParams(tokenIn, tokenOut, amount, spec.tickSpacing, 0)
                );
        } else {
            (amountOut,,,) = IQuoterV2(addressAt(path))
                .quoteExactInputSingle(IQuoterV2.QuoteExactInputSingleParams(tokenIn, tokenOut, amount, spec.fee, 0));
        }
    }

    function pairQuote(PoolSpec memory spec, address pair, bool zeroForOne, uint256 amount)
        private
        view
        returns (uint256)
    {
        (uint256 reserveIn, uint256 reserveOut,) = IUniswapV2Pair(pair).getReserves();
        if (!zeroForOne) (reserveIn, reserveOut) = (reserveOut, reserveIn);
        uint256 afterFee = amount * (10_000 - uintAt(string.concat(venuePath(spec.venue), "feeBps")));
        return afterFee * reserveOut / (reserveIn * 10_000 + afterFee);
    }

    /// @notice What a pair of Camelot takes of a sale, in basis points, rounded up.
    function camelotFeeBps(address pair, bool zeroForOne) internal view returns (uint256) {
        (,, uint16 fee0, uint16 fee1) = ICamelotPair(pair).getReserves();
        return (uint256(zeroForOne ? fee0 : fee1) + 9) / 10;
    }

    function swapUndone(PoolSpec memory spec, string memory sold, uint256 amount) private returns (uint256 amountOut) {
        uint256 snapshot = vm.snapshotState();
        amountOut = swapAt(spec, sold, amount);
        vm.revertToState(snapshot);
    }

    /// @notice Sells units of one of the pool's tokens from money of its own; returns what came out.
    function swapAt(PoolSpec memory spec, string memory sold, uint256 amount) internal returns (uint256) {
        address pool = poolOf(spec);
        string memory bought = other(spec, sold);
        uint256 before = balance(bought, address(this));
        fund(sold, address(this), amount);
        bool zeroForOne = tokenOf(sold) < tokenOf(bought);
        string memory kind = kindOf(spec.venue);
        if (isPair(kind) || same(kind, "solidly")) {
            uint256 out = quoteAt(spec, sold, amount);
            payAny(tokenOf(sold), pool, amount);
            IUniswapV2Pair(pool).swap(zeroForOne ? 0 : out, zeroForOne ? out : 0, address(this), "");
        } else {
            uint160 limit = zeroForOne ? LOWEST_SQRT_PRICE : HIGHEST_SQRT_PRICE;
            IUniswapV3Pool(pool)
                .swap(address(this), zeroForOne, int256(amount), limit, abi.encode(tokenOf(sold), amount));
        }
        return balance(bought, address(this)) - before;
    }

    function uniswapV3SwapCallback(int256, int256, bytes calldata data) external {
        paySwap(data);
    }

    function pancakeV3SwapCallback(int256, int256, bytes calldata data) external {
        paySwap(data);
    }

    function algebraSwapCallback(int256, int256, bytes calldata data) external {
        paySwap(data);
    }

    function paySwap(bytes calldata data) private {
        (address token, uint256 amount) = abi.decode(data, (address, uint256));
        payAny(token, msg.sender, amount);
    }

    /* POOLS */

    function other(PoolSpec memory spec, string memory symbol) internal pure returns (string memory) {
        return same(spec.tokens[0], symbol) ? spec.tokens[1] : spec.tokens[0];
    }

    function has(PoolSpec memory spec, string memory symbol) internal pure returns (bool) {
        return same(spec.tokens[0], symbol) || same(spec.tokens[1], symbol);
    }

    function samePair(PoolSpec memory a, PoolSpec memory b) internal pure returns (bool) {
        return has(a, b.tokens[0]) && has(a, b.tokens[1]);
    }

    /// @notice Whether a factory is asked for the pool.
    function hasFactory(PoolSpec memory spec) internal view returns (bool) {
        return exists(string.concat(venuePath(spec.venue), "factory"));
    }

    /// @notice The pools of the file that factories know, traded or not.
    function everyPool() internal view returns (PoolSpec[] memory specs) {
        (PoolSpec[] memory traded, PoolSpec[] memory rest) = (poolSpecs(), poolSpecsAt(".untraded"));
        specs = new PoolSpec[](traded.length + rest.length);
        uint256 count;
        for (uint256 i; i < specs.length; ++i) {
            PoolSpec memory spec = i < traded.length ? traded[i] : rest[i - traded.length];
            if (hasFactory(spec)) specs[count++] = spec;
        }
        assembly ("memory-safe") {
            mstore(specs, count)
        }
    }

    function held(PoolSpec memory spec, string memory symbol) internal view returns (uint256) {
        return IToken(tokenOf(symbol)).balanceOf(poolOf(spec));
    }
}
