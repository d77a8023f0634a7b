// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IPriceSources} from "../../contracts/interfaces/IPriceSources.sol";

import {Base_Test} from "../Base.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";

/// @notice D2: who ends with which role.
contract Deployment_Test is Base_Test {
    function deployWith(address wrappedNative) internal override {
        deployDelayed(deployer, planOf(wrappedNative));
    }

    function test_GovernanceIsTheOnlyAdmin() public view {
        uint64 admin = manager.ADMIN_ROLE();
        (bool is_, uint32 delay) = manager.hasRole(admin, governance);
        assertTrue(is_);
        assertEq(delay, 2 days);
        address[5] memory others = [deployer, guardian, keeper, address(reserve), address(executor)];
        for (uint256 i; i < others.length; ++i) {
            (is_,) = manager.hasRole(admin, others[i]);
            assertFalse(is_);
        }
    }

    function test_TheDeployerKeepsNothing() public {
        bytes[2] memory calls =
            [abi.encodeCall(executor.setKeeper, (deployer, true)), abi.encodeCall(executor.pause, ())];
        for (uint256 i; i < calls.length; ++i) {
            vm.prank(deployer);
            (bool done, bytes memory reason) = address(executor).call(calls[i]);
            assertFalse(done);
            assertEq(reason, abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, deployer));
        }
        vm.prank(deployer);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, deployer));
        IPriceSources(address(priceGuard)).removePool(address(this));
        assertFalse(executor.canExecute(deployer));
    }

    /// @dev E11: within the budget of docs/SPEC.md, which is below the limit of 24,576 bytes; and what creates it, within
    /// the limit of 49,152.
    function test_TheChainsExecutorFits() public {
        bytes memory creation = vm.getCode("EthereumExecutor.sol:EthereumExecutor");
        assertLe(creation.length + 96, 49_152);
        address built = deployExecutor("EthereumExecutor", address(manager), address(reserve), address(weth));
        assertLe(built.code.length, 23_600);
    }

    function test_TheGuardFits() public view {
        assertLe(address(priceGuard).code.length, 24_576);
    }

    function test_TheReserveFits() public {
        assertLe(address(reserve).code.length, 24_300);
        address injection = deployCode("Injection.sol:Injection", abi.encode(manager, vault, weth));
        assertLe(injection.code.length, 24_300);
    }

    function test_TheContractsKnowEachOther() public view {
        assertEq(executor.reserve(), address(reserve));
        assertEq(executor.wrappedNative(), address(weth));
        assertEq(executor.priceGuard(), address(priceGuard));
        assertEq(reserve.vault(), address(vault));
        assertEq(reserve.executor(), address(executor));
        assertEq(vault.asset(), address(weth));
        assertTrue(executor.canExecute(keeper));
        assertTrue(reserve.isInjector(keeper));
        assertTrue(reserve.isInjector(address(injectionUpkeep)));
        assertTrue(injectionUpkeep.isPerformer(keeper));
        assertEq(address(injectionUpkeep.reserve()), address(reserve));
        assertEq(injectionUpkeep.authority(), address(manager));
        assertEq(address(reserveLens.reserve()), address(reserve));
        assertTrue(reserve.isListed(address(weth)));
        (uint256 poolsBps, uint256 vaultBps,) = reserve.splitOf(reserve.currentEpoch());
        assertEq(poolsBps, 2000);
        assertEq(vaultBps, 8000);
    }
}
