// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IStakedEtherRate, IToken, IWrapped} from "../../script/replica/interfaces/IPeers.sol";
import {ForkTest} from "./ForkTest.sol";

contract TokensForkTest is ForkTest {
    address private immutable alice = makeAddr("alice");
    address private immutable bob = makeAddr("bob");

    receive() external payable {}

    function test_TokensAreWhatTheFileSays() public view {
        string[] memory symbols = keysAt(".tokens");
        for (uint256 i; i < symbols.length; ++i) {
            IToken token = IToken(tokenOf(symbols[i]));
            assertEq(token.symbol(), symbols[i]);
            assertEq(token.name(), stringAt(string.concat(".tokens.", symbols[i], ".name")));
            assertEq(token.decimals(), decimalsOf(symbols[i]), symbols[i]);
            assertGt(token.totalSupply(), 0, symbols[i]);
        }
    }

    function test_TransferMovesWhatWasAsked() public {
        string[6] memory symbols = ["USDC", "USDT", "DAI", "WBTC", "XAUt", "CQT"];
        for (uint256 i; i < symbols.length; ++i) {
            uint256 amount = worth(symbols[i], 100);
            fund(symbols[i], alice, amount);
            vm.prank(alice);
            payAny(tokenOf(symbols[i]), bob, amount - 1);
            assertEq(balance(symbols[i], bob), amount - 1, symbols[i]);
            assertEq(balance(symbols[i], alice), 1, symbols[i]);
        }
    }

    function test_RevertWhen_MoreIsSentThanHeld() public {
        string[6] memory symbols = ["USDC", "USDT", "DAI", "WBTC", "XAUt", "CQT"];
        for (uint256 i; i < symbols.length; ++i) {
            fund(symbols[i], alice, 10);
            vm.prank(alice);
            (bool ok,) = tokenOf(symbols[i]).call(abi.encodeCall(IToken.transfer, (bob, 11)));
            assertFalse(ok, symbols[i]);
        }
    }

    function test_UsdcReturnsTrue() public {
        fund("USDC", address(this), 10);
        assertTrue(IToken(tokenOf("USDC")).transfer(alice, 10));
    }

    function test_TetherReturnsNothing() public {
        fund("USDT", address(this), 10);
        (bool ok, bytes memory answer) = tokenOf("USDT").call(abi.encodeCall(IToken.transfer, (alice, 10)));
        assertTrue(ok);
        assertEq(answer.length, 0);
        (ok, answer) = tokenOf("USDT").call(abi.encodeCall(IToken.approve, (alice, 10)));
        assertTrue(ok);
        assertEq(answer.length, 0);
    }

    function test_TetherRefusesToChangeAnAllowanceExceptByWayOfZero() public {
        address token = tokenOf("USDT");
        approveAny("USDT", alice, 10);
        (bool ok, bytes memory reason) = token.call(abi.encodeCall(IToken.approve, (alice, 11)));
        assertFalse(ok);
        assertEq(reason.length, 0);
        assertEq(IToken(token).allowance(address(this), alice), 10);
        approveAny("USDT", alice, 0);
        approveAny("USDT", alice, 11);
        assertEq(IToken(token).allowance(address(this), alice), 11);
    }

    function test_TetherUsesUpAnAllowance() public {
        fund("USDT", address(this), 10);
        approveAny("USDT", alice, 6);
        vm.prank(alice);
        (bool ok, bytes memory answer) =
            tokenOf("USDT").call(abi.encodeWithSignature("transferFrom(address,address,uint256)", this, bob, 6));
        assertTrue(ok);
        assertEq(answer.length, 0);
        assertEq(balance("USDT", bob), 6);
        assertEq(IToken(tokenOf("USDT")).allowance(address(this), alice), 0);
    }

    function test_WrappedEtherIsEther() public {
        address weth = wrappedNativeOf();
        fund("WETH", address(this), 2 ether);
        uint256 backing = weth.balance;
        IWrapped(weth).withdraw(1 ether);
        assertEq(balance("WETH", address(this)), 1 ether);
        assertEq(address(this).balance, 1 ether);
        assertEq(weth.balance, backing - 1 ether);
        assertEq(IToken(weth).totalSupply(), weth.balance);
    }

    function test_WrappedStakedEtherIsWorthItsRate() public view {
        IStakedEtherRate token = IStakedEtherRate(tokenOf("wstETH"));
        assertGt(token.stEthPerToken(), 1e18);
        assertEq(token.getStETHByWstETH(1e18), token.stEthPerToken());
    }
}
