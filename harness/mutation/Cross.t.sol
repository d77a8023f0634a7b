// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {FlashMintToken} from "../mocks/FlashMintToken.sol";
import {Cells} from "./Cells.sol";

/// @notice Of the matrix as much as fits a moment: every venue beside the next, and before and after the first, on every
/// lender's money; to the first cell that fails. Laid beside the matrix in the copy that mutants are tried on.
abstract contract Cross is Cells {
    function assertCross(By by) internal {
        Tally memory tally = newTally();
        for (uint256 i; i < stalls.length; ++i) {
            _run(stalls[i], stalls[(i + 1) % stalls.length], by, tally);
            _run(stalls[i], stalls[0], by, tally);
            _run(stalls[0], stalls[i], by, tally);
        }
    }

    function _run(Stall memory buys, Stall memory sells, By by, Tally memory tally) private {
        if (sells.other != buys.other) return;
        Hop[] memory hops = new Hop[](2);
        hops[0] = Hop(buys, buys.buying, coin, buys.other);
        hops[1] = Hop(sells, sells.selling, sells.other, coin);
        run(hops, Order(by, AMOUNT, 0), tally);
        assertEq(tally.failed, 0, tally.failures);
    }
}

contract Cross_Test is Cross {
    function setUp() public override {
        super.setUp();
        openStalls(address(weth));
        openLenders();
    }

    function test_FlashSwap() public {
        assertCross(By.FlashSwap);
    }

    function test_UniswapV3() public {
        assertCross(By.UniswapV3);
    }

    function test_PancakeV3() public {
        assertCross(By.PancakeV3);
    }

    function test_Algebra() public {
        assertCross(By.Algebra);
    }

    function test_UniswapV4() public {
        assertCross(By.UniswapV4);
    }

    function test_BalancerV2() public {
        assertCross(By.BalancerV2);
    }

    function test_BalancerV3() public {
        assertCross(By.BalancerV3);
    }

    function test_Morpho() public {
        assertCross(By.Morpho);
    }

    function test_AaveV3() public {
        assertCross(By.AaveV3);
    }
}

contract CrossBesideStrays_Test is Cross {
    function setUp() public override {
        super.setUp();
        openStalls(address(weth));
        openLenders();
        (strays[coin], strays[share], strays[address(0)]) = (3e18, 20e18, 7e18);
        deal(coin, address(executor), strays[coin]);
        deal(share, address(executor), strays[share]);
        vm.deal(address(executor), strays[address(0)]);
    }

    function test_FlashSwap() public {
        assertCross(By.FlashSwap);
    }

    function test_UniswapV3() public {
        assertCross(By.UniswapV3);
    }

    function test_UniswapV4() public {
        assertCross(By.UniswapV4);
    }

    function test_BalancerV3() public {
        assertCross(By.BalancerV3);
    }

    function test_AaveV3() public {
        assertCross(By.AaveV3);
    }
}

contract CrossOfMinted_Test is Cross {
    function setUp() public override {
        super.setUp();
        address minted = address(new FlashMintToken("MINT", 9));
        vm.prank(governance);
        reserve.listToken(minted, true);
        openStalls(minted);
        openMinters();
    }

    function test_ERC3156() public {
        assertCross(By.ERC3156);
    }

    function test_DssFlash() public {
        assertCross(By.DssFlash);
    }
}
