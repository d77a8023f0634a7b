// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IUniswapV4PoolManager} from "../interfaces/external/IUniswapV4PoolManager.sol";
import {PackedLeg} from "../types/PackedLeg.sol";

/// @title UniswapV4Lib
/// @notice A leg's pool in Uniswap V4's terms, and where the manager keeps that pool's state.
library UniswapV4Lib {
    /// @dev Of the manager's storage: the mapping of pools; and within a pool's state, as far as it is read here.
    uint256 private constant POOLS_SLOT = 6;
    uint256 private constant LIQUIDITY_OFFSET = 3;
    uint256 private constant BITMAP_OFFSET = 5;

    uint256 private constant PIPS = 1e6;

    /// @notice The key of a leg's pool, which has no hooks. `params`: fee (3 bytes) and tick spacing (3 bytes).
    function poolKey(PackedLeg leg, address tokenIn) internal pure returns (IUniswapV4PoolManager.PoolKey memory) {
        (address currency0, address currency1) =
            tokenIn < leg.tokenOut() ? (tokenIn, leg.tokenOut()) : (leg.tokenOut(), tokenIn);
        // The upper of the six bytes of params.
        // forge-lint: disable-next-line(unsafe-typecast)
        return
            IUniswapV4PoolManager.PoolKey(
                currency0, currency1, uint24(leg.params() >> 24), tickSpacing(leg), address(0)
            );
    }

    function poolId(PackedLeg leg, address tokenIn) internal pure returns (bytes32) {
        return keccak256(abi.encode(poolKey(leg, tokenIn)));
    }

    function tickSpacing(PackedLeg leg) internal pure returns (int24) {
        // The lower of the six bytes of params.
        // forge-lint: disable-next-line(unsafe-typecast)
        return int24(uint24(leg.params()));
    }

    /* STORAGE */

    function stateSlot(bytes32 id) internal pure returns (bytes32) {
        return keccak256(abi.encode(id, POOLS_SLOT));
    }

    function liquiditySlot(bytes32 state) internal pure returns (bytes32) {
        return bytes32(uint256(state) + LIQUIDITY_OFFSET);
    }

    function bitmapSlot(bytes32 state, int16 word) internal pure returns (bytes32) {
        return keccak256(abi.encode(word, uint256(state) + BITMAP_OFFSET));
    }

    /// @notice From low to high: price (20 bytes), tick (3), the protocol's fee (3), the liquidity's fee (3).
    /// @dev The protocol's fee has 12 bits a direction and is taken first; the sum is rounded up as the pool does.
    function decodeSlot0(bytes32 slot0, bool zeroForOne)
        internal
        pure
        returns (uint160 sqrtPrice, int24 tick, uint256 feePips)
    {
        uint256 word = uint256(slot0);
        // Fields of the word.
        // forge-lint: disable-start(unsafe-typecast)
        (sqrtPrice, tick) = (uint160(word), int24(uint24(word >> 160)));
        uint256 protocolFee = (zeroForOne ? word >> 184 : word >> 196) & 0xfff;
        uint256 liquidityFee = uint24(word >> 208);
        // forge-lint: disable-end(unsafe-typecast)
        feePips = protocolFee + liquidityFee - protocolFee * liquidityFee / PIPS;
    }
}
