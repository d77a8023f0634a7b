// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Terms} from "../../contracts/types/Book.sol";

import {MockStrategy} from "../mocks/MockStrategy.sol";
import {Staking_Test} from "../unit/vault/Staking.sol";
import {VaultHandler} from "./VaultHandler.sol";

/// @notice What holds of the vault whatever its stakers, keepers and strategies do. See README.md.
abstract contract Vault_Invariants is Staking_Test {
    VaultHandler internal handler;
    uint256 private constant DEAD = 1e9;

    function setUp() public override {
        super.setUp();
        Terms memory terms = _terms();
        terms.cooldown = _cooldown();
        _replaceVault(address(weth), terms);
        MockStrategy[2] memory strategies = [_strategy(1e24), _strategy(1e24)];
        handler = new VaultHandler(vault, strategies, [address(reserve), keeper, guardian]);
        bytes4[] memory acts = _acts();
        targetContract(address(handler));
        targetSelector(FuzzSelector(address(handler), acts));
    }

    function _cooldown() internal pure virtual returns (uint32);

    function _acts() internal pure virtual returns (bytes4[] memory);

    /// @dev All in one campaign: each asks for as many calls, and the calls are what takes time.
    function invariant_EveryRuleHoldsAfterEveryCall() public view {
        _whatIsAccountedIsHeld();
        _livingAndLockedAreAllThereIs();
        _thePriceFallsByLossesAlone();
        _theThiefGainsNoMoreThanTheirPart();
        _allCanLeaveWhole();
    }

    function _whatIsAccountedIsHeld() private view {
        assertEq(vault.idleAssets(), handler.idle(), "idle");
        assertEq(weth.balanceOf(address(vault)), handler.idle() + handler.donated(), "held");
    }

    function _livingAndLockedAreAllThereIs() private view {
        uint256 sum = vault.idleAssets();
        for (uint256 i; i < 2; ++i) {
            MockStrategy strategy = handler.strategies(i);
            (uint256 debt, uint256 worth) = (_debt(strategy), strategy.worth());
            sum += debt < worth ? debt : worth;
        }
        assertEq(vault.totalAssets() + vault.lockedProfit(), sum);
    }

    function _thePriceFallsByLossesAlone() private view {
        assertEq(handler.falls(), 0);
    }

    function _theThiefGainsNoMoreThanTheirPart() private view {
        assertLe(handler.thiefGot() + handler.thiefWorth(), handler.thiefPaid() + handler.allowance());
    }

    function _allCanLeaveWhole() private view {
        uint256 living = vault.totalSupply() < DEAD ? 0 : vault.totalSupply() - DEAD;
        if (vault.totalAssets() * (DEAD + 1e6) < living) return;
        assertLe(vault.convertToAssets(living), vault.totalAssets());
    }

    /// @dev Strategies give back what they have, and then everybody leaves.
    function afterInvariant() public {
        for (uint256 i; i < 2; ++i) {
            address strategy = address(handler.strategies(i));
            vm.prank(keeper);
            vault.recall(strategy, type(uint256).max, "");
        }
        for (uint256 i; i < handler.STAKERS(); ++i) {
            address staker = handler.stakers(i);
            _leaveAll(staker);
            assertEq(vault.balanceOf(staker), 0);
        }
        assertLe(vault.totalSupply(), DEAD);
    }

    function _leaveAll(address staker) internal virtual;

    function _successes() internal {
        bytes4[] memory acts = _acts();
        (uint256[] memory tried, uint256[] memory done) = (new uint256[](acts.length), new uint256[](acts.length));
        for (uint256 i; i < 3000; ++i) {
            uint256 seed = uint256(keccak256(abi.encode(i)));
            uint256 act = seed % acts.length;
            (bool passed,) = address(handler)
                .call(abi.encodeWithSelector(acts[act], seed >> 16, uint256(keccak256(abi.encode(seed)))));
            ++tried[act];
            if (passed) ++done[act];
        }
        for (uint256 i; i < acts.length; ++i) {
            assertGt(done[i] * 10, tried[i] * 3, string.concat("act ", vm.toString(i), " reverts"));
        }
        for (uint256 i; i < handler.PARTIES(); ++i) {
            string memory rate = vm.toString(handler.successes(i) * 100 / handler.calls(i));
            emit log_named_string(handler.names(i), string.concat(rate, " %"));
            assertGt(handler.successes(i) * 10, handler.calls(i) * 3, handler.names(i));
        }
    }

    function _commonActs(uint256 more) internal pure returns (bytes4[] memory acts) {
        acts = new bytes4[](11 + more);
        acts[0] = VaultHandler.deposit.selector;
        acts[1] = VaultHandler.mint.selector;
        acts[2] = VaultHandler.donate.selector;
        acts[3] = VaultHandler.addProfit.selector;
        acts[4] = VaultHandler.allocate.selector;
        acts[5] = VaultHandler.recall.selector;
        acts[6] = VaultHandler.report.selector;
        acts[7] = VaultHandler.gain.selector;
        acts[8] = VaultHandler.lose.selector;
        acts[9] = VaultHandler.stopDeposits.selector;
        acts[10] = VaultHandler.wait.selector;
    }
}

contract VaultAtOnce_Invariants is Vault_Invariants {
    function _cooldown() internal pure override returns (uint32) {
        return 0;
    }

    function _acts() internal pure override returns (bytes4[] memory acts) {
        acts = _commonActs(3);
        acts[11] = VaultHandler.withdraw.selector;
        acts[12] = VaultHandler.redeem.selector;
        acts[13] = VaultHandler.snipe.selector;
    }

    function _leaveAll(address staker) internal override {
        _leave(staker);
    }

    function test_EveryHandlerSucceedsOften() public {
        _successes();
        afterInvariant();
    }
}

contract VaultCooldown_Invariants is Vault_Invariants {
    function _cooldown() internal pure override returns (uint32) {
        return 2 days;
    }

    function _acts() internal pure override returns (bytes4[] memory acts) {
        acts = _commonActs(2);
        acts[11] = VaultHandler.request.selector;
        acts[12] = VaultHandler.claim.selector;
    }

    function _leaveAll(address staker) internal override {
        uint256 held = vault.balanceOf(staker);
        vm.startPrank(staker);
        if (held != 0) vault.requestExit(held, staker);
        skip(2 days);
        for (uint256 id; id < vault.exitCount(staker); ++id) {
            (uint256 shares,,) = vault.exitOf(staker, id);
            if (shares != 0) vault.claimExit(id, shares, staker);
        }
        vm.stopPrank();
    }

    function test_EveryHandlerSucceedsOften() public {
        _successes();
        afterInvariant();
    }
}
