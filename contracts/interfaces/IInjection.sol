// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @title IInjection
/// @notice How the reserve deepens pools: terms, liquidity in and out, conversions. Called at the reserve.
/// @dev Numbers in brackets name the rules in docs/SPEC.md.
interface IInjection {
    /// @notice Liquidity in the pool's own units; the change of the pool's bucket in either token.
    event LiquidityProvided(address indexed pool, uint256 liquidity, int256 change0, int256 change1);
    /// @notice What came of a position into the pool's bucket: fees, and a share of its liquidity.
    event LiquidityWithdrawn(address indexed pool, uint256 shareBps, int256 change0, int256 change1);
    event Recentred(address indexed pool, uint256 liquidity, int256 change0, int256 change1);
    /// @notice What a conversion of a bucket, the pool's or the vault's, brought, and what the guard says that it should
    /// have. Of what is sold within an injection, the executor's event and `LiquidityProvided` tell.
    event BucketConverted(
        address indexed owner,
        address indexed tokenIn,
        address indexed tokenOut,
        uint256 amountIn,
        uint256 amountOut,
        uint256 fair
    );

    /// @notice The pool has no terms on which it could be deepened.
    error PoolWithoutTerms(address pool);
    error NotInjector(address caller);
    error AmountAboveBucket(address pool, address token, uint256 amount, uint256 bucket);
    /// @notice The pool was added to a short while ago.
    error CoolingDown(address pool, uint256 until);
    error LiquidityTooLittle(uint256 liquidity, uint256 minLiquidity);
    /// @notice More than the pool's share of its active liquidity.
    error LiquidityTooMuch(uint256 liquidity, uint256 most);
    error ConvertedForTooLittle(uint256 amountOut, uint256 least);
    /// @notice The pool does not trade the token.
    error TokenNotOfPool(address pool, address token);
    /// @notice Governance has named no guard for the stakers' conversions.
    error StakersGuardMissing();
    /// @notice The pool has no band.
    error NotBanded(address pool);

    /// @notice Adds liquidity to a pool from its bucket. Keepers that governance has named only [R4].
    /// @dev Where a constant-product pool's amounts are out of ratio, above all where one is zero, the excess is converted
    /// first. What is not used stays in the bucket.
    /// @param pool A registered pool with terms.
    /// @param amount0 The most of the pool's token0 to use, of its bucket.
    /// @param amount1 The same of token1.
    /// @param minLiquidity The least to accept, in the pool's own units.
    function provideLiquidity(address pool, uint256 amount0, uint256 amount1, uint256 minLiquidity)
        external
        returns (uint256 liquidity);

    /// @notice Puts a concentrated pool's band around its price again, within the same limits of price and loss. Keepers only.
    function recentre(address pool, uint256 minLiquidity) external returns (uint256 liquidity);

    /// @notice Converts some of a pool's bucket into a token of the pool [R9]. Keepers only.
    /// @param legs Packed as a route's, from `tokenIn` to `tokenOut`; run where nothing lies.
    function convertBucket(address pool, address tokenIn, uint256 amountIn, address tokenOut, bytes calldata legs)
        external
        returns (uint256 amountOut);

    /// @notice Converts some of the stakers' bucket into the vault's asset, by the stakers' guard [R9]. Keepers only.
    function convertVaultBucket(address tokenIn, uint256 amountIn, bytes calldata legs)
        external
        returns (uint256 amountOut);

    /// @notice Collects a pool's fees into its bucket. Anyone may call [R5].
    function collectFees(address pool) external;

    /// @notice Takes a share of a pool's liquidity out, into the pool's own bucket. Governance only, after the delay [R5].
    function withdrawLiquidity(address pool, uint256 shareBps) external;

    /// @notice Takes all of a pool's liquidity out, into the pool's own bucket, and unregisters it. Guardian only [R5].
    function exitPool(address pool) external;
}
