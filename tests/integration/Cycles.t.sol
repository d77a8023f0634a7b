// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PlainToken} from "../mocks/PlainToken.sol";
import {Cells} from "./Cells.sol";

/// @notice Longer cycles, each on every lender's money: how many of the eleven can, and how many are excluded.
contract Cycles_Test is Cells {
    address private constant NATIVE = address(0);

    address private dai = address(new PlainToken("DAI", 18));
    address private usdc = address(new PlainToken("USDC", 6));
    Hop[] private _hops;

    function setUp() public override {
        super.setUp();
        openStalls(address(weth));
        openLenders();
    }

    /// @dev The pool lends by flash swap, straight into the pair, and that pays straight into the next.
    function test_UniswapV3_UniswapV2_UniswapV2() public {
        _via("Uniswap V3", dai);
        _via("Uniswap V2", usdc);
        _assertEarns("Uniswap V2", 11, 0);
    }

    /// @dev What the pool is to be paid can be told beforehand: it lends, and the pairs before it pay into it.
    function test_UniswapV2_UniswapV2_UniswapV3() public {
        _via("Uniswap V2", usdc);
        _via("Uniswap V2", dai);
        _assertEarns("Uniswap V3", 11, 0);
    }

    function test_UniswapV2_UniswapV3_UniswapV2() public {
        _via("Uniswap V2", dai);
        _via("Uniswap V3", usdc);
        _assertEarns("Uniswap V2", 11, 0);
    }

    function test_UniswapV3_Algebra_PancakeV3_Slipstream() public {
        _via("Uniswap V3", dai);
        _via("Algebra Integral", usdc);
        _via("Pancake V3", share);
        _assertEarns("Slipstream", 11, 0);
    }

    function test_UniswapV4_UniswapV4_UniswapV2() public {
        _via("Uniswap V4", dai);
        _via("Uniswap V4", usdc);
        _assertEarns("Uniswap V2", 10, 1);
    }

    /// @dev Native coin between two pools of the manager is never wrapped.
    function test_UniswapV2_UniswapV4_native_UniswapV4_UniswapV2() public {
        _via("Uniswap V2", dai);
        _via("Uniswap V4", NATIVE);
        _via("Uniswap V4", usdc);
        _assertEarns("Uniswap V2", 11, 0);
    }

    function test_unwrapped_UniswapV4_UniswapV4_UniswapV3() public {
        _via("wrapped native coin, Uniswap V4", dai);
        _via("Uniswap V4", usdc);
        _assertEarns("Uniswap V3", 10, 1);
    }

    function test_UniswapV2_UniswapV4_UniswapV4_wrapped() public {
        _via("Uniswap V2", dai);
        _via("Uniswap V4", usdc);
        _assertEarns("wrapped native coin, Uniswap V4", 11, 0);
    }

    function test_BalancerV3_BalancerV3_UniswapV2() public {
        _via("Balancer V3", dai);
        _via("Balancer V3", usdc);
        _assertEarns("Uniswap V2", 10, 1);
    }

    /// @dev One manager's lock within another's, either way.
    function test_UniswapV4_BalancerV3_UniswapV4_BalancerV3() public {
        _via("Uniswap V4", dai);
        _via("Balancer V3", usdc);
        _via("Uniswap V4", share);
        _assertEarns("Balancer V3", 10, 1);
    }

    /// @dev Shares on the manager's credit come here to be redeemed.
    function test_UniswapV4_ERC4626() public {
        _via("Uniswap V4", share);
        _assertEarns("ERC-4626", 10, 1);
    }

    function test_UniswapV2_UniswapV4_UniswapV3() public {
        _via("Uniswap V2", dai);
        _via("Uniswap V4", usdc);
        _assertEarns("Uniswap V3", 11, 0);
    }

    function test_Curve_BalancerV2_CurveCrypto() public {
        _via("Curve stableswap", usdc);
        _via("Balancer V2", dai);
        _assertEarns("Curve crypto (model)", 9, 2);
    }

    function test_ERC4626_UniswapV3_CurveNG() public {
        _via("ERC-4626", share);
        _via("Uniswap V3", dai);
        _assertEarns("Curve stableswap-NG (model)", 11, 0);
    }

    /// @dev All told beforehand: the last pool that can lend does.
    function test_LiquidityBook_WooFi_Dodo_Algebra() public {
        _via("Liquidity Book (model)", dai);
        _via("WooFi (model)", usdc);
        _via("DODO V2 DSP (model), flipped", share);
        _assertEarns("Algebra 1.9", 11, 0);
    }

    function test_Dodo_Solidly_Solidly_Dodo() public {
        _via("DODO V2 DVM (model)", dai);
        _via("Solidly stable", share);
        _via("Solidly volatile", usdc);
        _assertEarns("DODO V2 DPP (model), flipped", 11, 0);
    }

    function test_EightLegs() public {
        _via("Uniswap V2", dai);
        _via("Uniswap V3", usdc);
        _via("Uniswap V4", NATIVE);
        _via("Uniswap V4", share);
        _via("Balancer V3", dai);
        _via("Curve stableswap-NG (model)", usdc);
        _via("DODO V2 DVM (model)", share);
        _assertEarns("ERC-4626", 11, 0);
    }

    function test_EightPairs() public {
        for (uint256 i; i < 7; ++i) {
            _via(i % 2 == 0 ? "Uniswap V2" : "Pancake V2 (Uniswap's code)", i % 2 == 0 ? dai : usdc);
        }
        _assertEarns("Solidly volatile", 11, 0);
    }

    function _via(string memory stall, address token) private {
        address from = _hops.length == 0 ? coin : _hops[_hops.length - 1].tokenOut;
        _hops.push(hop(stall, from, token));
    }

    function _assertEarns(string memory last, uint256 earned, uint256 excluded) private {
        _via(last, coin);
        Tally memory tally = newTally();
        Hop[] memory hops = _hops;
        for (uint256 by; by <= uint256(By.AaveV3); ++by) {
            run(hops, Order(By(by), AMOUNT, 0), tally);
        }
        conclude(tally, earned, excluded);
    }
}
