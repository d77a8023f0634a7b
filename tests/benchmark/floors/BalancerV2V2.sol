// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IBalancerV2Vault} from "../../../contracts/interfaces/external/IBalancerV2Vault.sol";
import {IMorpho} from "../../../contracts/interfaces/external/IMorpho.sol";
import {IUniswapV3Pool} from "../../../contracts/interfaces/external/IUniswapV3Pool.sol";
import {IContender} from "../IContender.sol";
import {Calls} from "./Calls.sol";
import {TwoLegs} from "./TwoLegs.sol";

/// @notice A Balancer V2 pool, which pays straight into the pair. The vault is `first`.
abstract contract BalancerV2V2 is IContender, TwoLegs {
    bytes32 private immutable _poolId;

    constructor(bytes32 poolId) {
        _poolId = poolId;
    }

    function trade(uint256 amountIn) internal {
        weth.approve(first, amountIn);
        uint256 amount = IBalancerV2Vault(first)
            .swap(
                IBalancerV2Vault.SingleSwap(_poolId, 0, address(weth), address(token), amountIn, ""),
                IBalancerV2Vault.FundManagement(address(this), false, second, false),
                0,
                block.timestamp
            );
        amount = Calls.quotePair(second, address(token), address(weth), amount);
        Calls.swapPair(second, address(token), address(weth), amount, address(this), "");
    }
}

contract BalancerV2V2Morpho is BalancerV2V2 {
    address private immutable _morpho;

    constructor(address weth, address token, address vault, bytes32 poolId, address second, address morpho)
        TwoLegs(weth, token, vault, second)
        BalancerV2V2(poolId)
    {
        _morpho = morpho;
    }

    function run(uint256 amountIn) external {
        IMorpho(_morpho).flashLoan(address(weth), amountIn, "");
    }

    function onMorphoFlashLoan(uint256 amountIn, bytes calldata) external {
        trade(amountIn);
        weth.approve(_morpho, amountIn);
    }
}

/// @notice Borrows from a concentrated pool that is no leg, whose fee is 0.05 %.
contract BalancerV2V2UniswapV3 is BalancerV2V2 {
    address private immutable _pool;
    bool private immutable _isToken0;

    constructor(address weth, address token, address vault, bytes32 poolId, address second, address pool)
        TwoLegs(weth, token, vault, second)
        BalancerV2V2(poolId)
    {
        _pool = pool;
        _isToken0 = IUniswapV3Pool(pool).token0() == weth;
    }

    function run(uint256 amountIn) external {
        (uint256 amount0, uint256 amount1) = _isToken0 ? (amountIn, uint256(0)) : (uint256(0), amountIn);
        IUniswapV3Pool(_pool).flash(address(this), amount0, amount1, abi.encode(amountIn));
    }

    function uniswapV3FlashCallback(uint256 fee0, uint256 fee1, bytes calldata data) external {
        uint256 amountIn = abi.decode(data, (uint256));
        trade(amountIn);
        unchecked {
            weth.transfer(_pool, amountIn + (_isToken0 ? fee0 : fee1));
        }
    }
}
