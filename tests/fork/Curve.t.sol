// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ICurvePool} from "../../script/replica/interfaces/IPeers.sol";
import {ForkTest} from "./ForkTest.sol";

contract CurveForkTest is ForkTest {
    ICurvePool private pool;

    function setUp() public override {
        super.setUp();
        pool = ICurvePool(venueOf("curve", "pool"));
    }

    function test_CoinsAreThoseOfTheFile() public view {
        string[] memory symbols = stringsAt(".venues.curve.coins");
        for (uint256 i; i < symbols.length; ++i) {
            assertEq(pool.coins(int128(int256(i))), tokenOf(symbols[i]), symbols[i]);
            assertGt(pool.balances(int128(int256(i))), 0, symbols[i]);
        }
        assertGt(pool.A(), 0);
        assertGe(pool.get_virtual_price(), 1e18);
    }

    function test_ExchangeReturnsNothingAndPaysTheQuote() public {
        assertExchange(0, 1, "DAI", "USDC");
    }

    function test_ExchangeOfATokenThatReturnsNothing() public {
        assertExchange(2, 1, "USDT", "USDC");
    }

    function test_RevertWhen_LessIsPaidThanAskedFor() public {
        uint256 amountIn = worth("DAI", 100);
        uint256 quoted = pool.get_dy(0, 1, amountIn);
        fund("DAI", address(this), amountIn);
        approveAny("DAI", address(pool), amountIn);
        vm.expectRevert("Exchange resulted in fewer coins than expected");
        pool.exchange(0, 1, amountIn, quoted + 1);
    }

    /// @dev The quote may be a unit more than what is paid: the exchange alone rounds down "just in case".
    function assertExchange(int128 i, int128 j, string memory from, string memory to) private {
        uint256 amountIn = worth(from, 100);
        uint256 quoted = pool.get_dy(i, j, amountIn);
        fund(from, address(this), amountIn);
        approveAny(from, address(pool), amountIn);
        (bool ok, bytes memory answer) =
            address(pool).call(abi.encodeCall(ICurvePool.exchange, (i, j, amountIn, quoted - 1)));
        assertTrue(ok);
        assertEq(answer.length, 0);
        assertEq(balance(from, address(this)), 0);
        assertApproxEqAbs(balance(to, address(this)), quoted, 1);
        assertApproxEqRel(quoted, worth(to, 100), 0.05e18);
    }
}
