// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Test} from "forge-std/Test.sol";

/// @notice One word of storage.
contract Word {
    uint256 private _word;

    function write(uint256 value) external {
        _word = value;
    }

    function refuse() external pure {
        revert("refused");
    }

    function nothing() external pure {}
}

/// @notice What the benchmark's figures are: the gas of whole transactions, as a receipt states it. Holds only in isolation.
contract IsolationTest is Test {
    uint256 private constant TRANSACTION = 21_000;
    uint256 private constant ZERO_BYTE = 4;
    uint256 private constant BYTE = 16;
    uint256 private constant SELECTOR = 4 * BYTE;
    /// @dev EIP-2929 and EIP-3529.
    uint256 private constant COLD_SLOT = 2100;
    uint256 private constant WRITE_NEW = 20_000;
    uint256 private constant WRITE = 2900;
    uint256 private constant REFUND = 4800;
    /// @dev Dispatch, decoding and the like in `Word`: all that is not one of the above.
    uint256 private constant CODE = 500;

    Word private word = new Word();
    address private user = makeAddr("user");

    function test_ContainsTheTransactionItself() external {
        send(user, "");
        assertEq(used(), TRANSACTION);
    }

    function test_ContainsCalldata() external {
        send(user, hex"0001ff");
        assertEq(used(), TRANSACTION + ZERO_BYTE + 2 * BYTE);
    }

    function test_EachCallFindsColdStorage() external {
        send(address(word), abi.encodeCall(word.write, (1)));
        assertCost(TRANSACTION + SELECTOR + 31 * ZERO_BYTE + BYTE + COLD_SLOT + WRITE_NEW);
        send(address(word), abi.encodeCall(word.write, (2)));
        assertCost(TRANSACTION + SELECTOR + 31 * ZERO_BYTE + BYTE + COLD_SLOT + WRITE);
        send(address(word), abi.encodeCall(word.write, (3)));
        assertCost(TRANSACTION + SELECTOR + 31 * ZERO_BYTE + BYTE + COLD_SLOT + WRITE);
    }

    function test_RefundsAreTakenOff() external {
        word.write(1);
        send(address(word), abi.encodeCall(word.write, (0)));
        assertCost(TRANSACTION + SELECTOR + 32 * ZERO_BYTE + COLD_SLOT + WRITE - REFUND);
    }

    function test_RevertingCallsToo() external {
        vm.prank(user);
        (bool ok,) = address(word).call(abi.encodeCall(word.refuse, ()));
        uint256 cost = used();
        assertFalse(ok);
        assertGt(cost, TRANSACTION + SELECTOR);
        assertLt(cost, TRANSACTION + SELECTOR + CODE);
    }

    function send(address to, bytes memory data) private {
        vm.prank(user);
        (bool ok,) = to.call(data);
        assertTrue(ok);
    }

    function assertCost(uint256 least) private view {
        uint256 cost = used();
        assertGe(cost, least);
        assertLt(cost, least + CODE);
    }

    function used() private view returns (uint256) {
        return vm.lastCallGas().gasTotalUsed;
    }
}
