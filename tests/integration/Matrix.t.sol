// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {FlashMintToken} from "../mocks/FlashMintToken.sol";
import {Cells} from "./Cells.sol";

abstract contract Matrix is Cells {
    /// @notice Every ordered pair of venues that trade the same token for the coin.
    function assertMatrix(By by, uint256 earned, uint256 excluded) internal {
        Tally memory tally = newTally();
        Hop[] memory hops = new Hop[](2);
        for (uint256 i; i < stalls.length; ++i) {
            Stall memory buys = stalls[i];
            hops[0] = Hop(buys, buys.buying, coin, buys.other);
            for (uint256 j; j < stalls.length; ++j) {
                Stall memory sells = stalls[j];
                if (sells.other != buys.other) continue;
                hops[1] = Hop(sells, sells.selling, sells.other, coin);
                run(hops, Order(by, AMOUNT, 0), tally);
            }
        }
        conclude(tally, earned, excluded);
    }
}

/// @notice Every venue to buy at, with every venue to sell at, with every lender of the wrapped native coin. A test a
/// lender: so many pairs of the 28 by 28 earn, and so many are excluded, one of them always, in and out of one vault.
contract Matrix_Test is Matrix {
    function setUp() public override {
        super.setUp();
        openStalls(address(weth));
        openLenders();
    }

    /// @dev Excluded where no leg lends, or only the last and what it is owed cannot be told beforehand: 8 venues with
    /// all, which neither lend nor can be told; 5 more, which can, with the 13 that do not lend.
    function test_FlashSwap() public {
        assertMatrix(By.FlashSwap, 495, 289);
    }

    function test_UniswapV3() public {
        assertMatrix(By.UniswapV3, 783, 1);
    }

    function test_Slipstream() public {
        assertMatrix(By.Slipstream, 783, 1);
    }

    function test_PancakeV3() public {
        assertMatrix(By.PancakeV3, 783, 1);
    }

    function test_Algebra() public {
        assertMatrix(By.Algebra, 783, 1);
    }

    function test_AlgebraIntegral() public {
        assertMatrix(By.AlgebraIntegral, 783, 1);
    }

    function test_UniswapV4() public {
        assertMatrix(By.UniswapV4, 783, 1);
    }

    /// @dev And every pair with a leg at the vault that lends.
    function test_BalancerV2() public {
        assertMatrix(By.BalancerV2, 728, 56);
    }

    function test_BalancerV3() public {
        assertMatrix(By.BalancerV3, 783, 1);
    }

    function test_Morpho() public {
        assertMatrix(By.Morpho, 783, 1);
    }

    function test_AaveV3() public {
        assertMatrix(By.AaveV3, 783, 1);
    }
}

/// @notice The same with those who lend a token that they mint. Native coin is in the middle of its routes here.
contract MatrixOfMinted_Test is Matrix {
    function setUp() public override {
        super.setUp();
        address minted = address(new FlashMintToken("MINT", 9));
        vm.prank(governance);
        reserve.listToken(minted, true);
        openStalls(minted);
        openMinters();
    }

    function test_ERC3156() public {
        assertMatrix(By.ERC3156, 732, 1);
    }

    function test_DssFlash() public {
        assertMatrix(By.DssFlash, 732, 1);
    }
}

/// @notice The same again while the executor has been sent some of everything, which is neither spent nor earned. A
/// lender of each manner.
contract MatrixBesideStrays_Test is Matrix {
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
        assertMatrix(By.FlashSwap, 495, 289);
    }

    function test_UniswapV3() public {
        assertMatrix(By.UniswapV3, 783, 1);
    }

    function test_UniswapV4() public {
        assertMatrix(By.UniswapV4, 783, 1);
    }

    function test_BalancerV3() public {
        assertMatrix(By.BalancerV3, 783, 1);
    }

    function test_AaveV3() public {
        assertMatrix(By.AaveV3, 783, 1);
    }
}
