// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IFlashExecutor} from "../../contracts/interfaces/IFlashExecutor.sol";

import {ErrorsLib} from "../../contracts/libraries/ErrorsLib.sol";
import {Executor_Proof, TokenStub} from "./Stubs.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";

interface ISymbolic {
    function createCalldata(string memory contractName) external pure returns (bytes memory);
}

/// @notice Who may call the executor, proven for every caller and every argument. Arrays and bytes have the lengths that
/// `make prove` names.
contract Access_Proof is Executor_Proof {
    ISymbolic internal constant symbolic = ISymbolic(address(uint160(uint256(keccak256("svm cheat code")))));

    TokenStub internal token;

    function setUp() public override {
        super.setUp();
        token = new TokenStub();
    }

    /* EVERY FUNCTION */

    /// @dev Whatever is called that could change something: only `skim` answers a stranger.
    function check_StrangerMaySkimAlone(address caller) public {
        _assumeStranger(caller);
        vm.assume(caller != KEEPER);
        bytes memory data = symbolic.createCalldata("EthereumExecutor");
        (bool done,) = _call(caller, data);
        assert(!done || bytes4(data) == IFlashExecutor.skim.selector);
    }

    /* GOVERNANCE */

    function check_SetKeeper(address caller, address keeper, bool enabled) public {
        _assertRefused(caller, abi.encodeCall(IFlashExecutor.setKeeper, (keeper, enabled)));
    }

    function check_RestrictPools(address caller, bool restricted) public {
        _assertRefused(caller, abi.encodeCall(IFlashExecutor.restrictPools, (restricted)));
    }

    function check_AllowPools(address caller, address[] calldata pools, bool allowed) public {
        _assertRefused(caller, abi.encodeCall(IFlashExecutor.allowPools, (pools, allowed)));
    }

    function check_SetMaxTip(address caller, uint16 bps) public {
        _assertRefused(caller, abi.encodeCall(IFlashExecutor.setMaxTip, (bps)));
    }

    function check_SetPriceGuard(address caller, address guard) public {
        _assertRefused(caller, abi.encodeCall(IFlashExecutor.setPriceGuard, (guard)));
    }

    function check_Pause(address caller) public {
        _assertRefused(caller, abi.encodeCall(IFlashExecutor.pause, ()));
    }

    function check_Unpause(address caller) public {
        _assertRefused(caller, abi.encodeCall(IFlashExecutor.unpause, ()));
    }

    /// @dev And the other way round, so that the refusals above are not for want of an executor that works.
    function check_GovernanceMay(address keeper, bool restricted, uint16 bps, address guard) public {
        vm.assume(keeper != address(0) && bps <= 10_000);
        _assertDone(abi.encodeCall(IFlashExecutor.setKeeper, (keeper, true)));
        assert(executor.canExecute(keeper));
        _assertDone(abi.encodeCall(IFlashExecutor.restrictPools, (restricted)));
        _assertDone(abi.encodeCall(IFlashExecutor.setMaxTip, (bps)));
        _assertDone(abi.encodeCall(IFlashExecutor.setPriceGuard, (guard)));
        _assertDone(abi.encodeCall(IFlashExecutor.pause, ()));
        assert(!executor.canExecute(keeper));
        _assertDone(abi.encodeCall(IFlashExecutor.unpause, ()));
        assert(executor.canExecute(keeper));
    }

    /* KEEPERS */

    /// @dev Not even governance.
    function check_Execute(address caller, bytes calldata route) public {
        vm.assume(caller != KEEPER);
        _assertRefusedWith(
            caller,
            abi.encodeCall(IFlashExecutor.execute, (route)),
            abi.encodeWithSelector(ErrorsLib.NotKeeper.selector, caller)
        );
    }

    function check_Execute_Paused(bytes calldata route) public {
        _assertDone(abi.encodeCall(IFlashExecutor.pause, ()));
        _assertRefusedWith(
            KEEPER,
            abi.encodeCall(IFlashExecutor.execute, (route)),
            abi.encodeWithSelector(ErrorsLib.ExecutorPaused.selector)
        );
    }

    /* SKIMMING */

    function check_SkimPaysTheReserve(address caller, uint256 amount, address other) public {
        vm.assume(amount != 0 && other != RESERVE);
        token.give(address(executor), amount);
        (bool done,) = _call(caller, abi.encodeCall(IFlashExecutor.skim, (address(token))));
        assert(done);
        assert(token.balanceOf(RESERVE) == amount && token.balanceOf(other) == 0);
    }

    function check_SkimPaysTheReserve_Native(address caller, uint256 amount, address other) public {
        vm.assume(amount != 0 && other != RESERVE);
        vm.deal(address(executor), amount);
        (bool done,) = _call(caller, abi.encodeCall(IFlashExecutor.skim, (address(0))));
        assert(done);
        assert(wrapped.balanceOf(RESERVE) == amount && wrapped.balanceOf(other) == 0);
        assert(address(executor).balance == 0);
    }

    function _assumeStranger(address caller) private view {
        // The manager may name another in its place.
        // And the reserve may convert.
        vm.assume(caller != GOVERNANCE && caller != manager && caller != RESERVE);
    }

    function _assertRefused(address caller, bytes memory data) private {
        vm.assume(caller != GOVERNANCE);
        bytes memory reason = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, caller);
        _assertRefusedWith(caller, data, reason);
    }

    function _assertRefusedWith(address caller, bytes memory data, bytes memory expected) private {
        (bool done, bytes memory reason) = _call(caller, data);
        assert(!done && keccak256(reason) == keccak256(expected));
    }

    function _assertDone(bytes memory data) private {
        (bool done,) = _call(GOVERNANCE, data);
        assert(done);
    }
}
