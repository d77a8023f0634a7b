// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Base_Test} from "../Base.sol";
import {intrinsicGas} from "./Intrinsic.sol";
import {OpenZeppelinVault, SoladyVault} from "./vaults/PlainVaults.sol";
import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";

/// @notice What a holder pays to deposit more and to withdraw some: ours, and the libraries' plain vaults on the same state.
/// @dev The steady state: both have other holders, ours a stream that runs since an earlier block; the holder has shares and
/// assets before and after, and has allowed the vault any amount.
contract VaultsBench is Base_Test {
    uint256 private constant BLOCK = 12;
    address private holder = makeAddr("holder");

    function test_Deposit() external {
        _bench("deposit", abi.encodeCall(IERC4626.deposit, (1e18, holder)));
    }

    function test_Mint() external {
        _bench("mint", abi.encodeCall(IERC4626.mint, (1e18, holder)));
    }

    function test_Withdraw() external {
        _bench("withdraw", abi.encodeCall(IERC4626.withdraw, (1e18, holder, holder)));
    }

    function test_Redeem() external {
        _bench("redeem", abi.encodeCall(IERC4626.redeem, (1e17, holder, holder)));
    }

    /// @dev 21,000 and the calldata are taken off, which all pay alike.
    function _bench(string memory name, bytes memory data) private {
        address[3] memory vaults =
            [address(vault), address(new OpenZeppelinVault(weth)), address(new SoladyVault(address(weth)))];
        string[3] memory names = ["ours", "openZeppelin", "solady"];
        string memory key = string.concat("vault, ", name);
        string memory json = vm.serializeString(key, "kind", "vault");
        vm.serializeString(key, "call", name);
        fund(address(weth), holder, 1000e18);
        for (uint256 i; i < 3; ++i) {
            _settleIn(vaults[i]);
        }
        _stream(7e18);
        skip(BLOCK);
        for (uint256 i; i < 3; ++i) {
            vm.prank(holder);
            (bool done,) = vaults[i].call(data);
            assertTrue(done);
            json = vm.serializeUint(key, names[i], vm.lastCallGas().gasTotalUsed - intrinsicGas(data));
        }
        vm.createDir("build/bench", true);
        vm.writeJson(json, string.concat("build/bench/", key, ".json"));
    }

    function _settleIn(address target) private {
        address other = makeAddr("other");
        fund(address(weth), other, 10e18);
        vm.startPrank(other);
        weth.approve(target, type(uint256).max);
        IERC4626(target).deposit(10e18, other);
        vm.stopPrank();
        vm.startPrank(holder);
        weth.approve(target, type(uint256).max);
        IERC4626(target).deposit(10e18, holder);
        vm.stopPrank();
    }

    function _stream(uint256 profit) private {
        fund(address(weth), address(reserve), profit);
        vm.startPrank(address(reserve));
        weth.approve(address(vault), profit);
        vault.addProfit(profit);
        vm.stopPrank();
    }
}
