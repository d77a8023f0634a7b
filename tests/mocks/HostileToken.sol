// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IFlashExecutor} from "../../contracts/interfaces/IFlashExecutor.sol";

import {PlainToken} from "./PlainToken.sol";

/// @notice Mock: an ERC-20 that misbehaves in one way at a time.
contract HostileToken is PlainToken {
    enum Manner {
        Honest,
        Skims,
        Executes,
        Lies,
        TakesFee,
        ReturnsFalse,
        ReturnsNothing,
        Blocks
    }

    Manner public manner;
    uint256 public reentries;
    IFlashExecutor private immutable _executor;
    address private _skimmed;
    bytes private _route;

    constructor(IFlashExecutor executor) PlainToken("EVIL", 18) {
        _executor = executor;
    }

    function behave(Manner manner_) external {
        manner = manner_;
    }

    function reenterWith(address token, bytes calldata route) external {
        (_skimmed, _route) = (token, route);
    }

    /// @dev Lies to the executor about what is its own, more from read to read: the gas left shrinks.
    function balanceOf(address account) public view override returns (uint256 balance) {
        balance = super.balanceOf(account);
        if (manner == Manner.Lies && account == address(_executor)) balance += type(uint64).max - gasleft();
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        super.transfer(to, amount);
        return _answer();
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        super.transferFrom(from, to, amount);
        return _answer();
    }

    function _update(address from, address to, uint256 amount) internal override {
        require(manner != Manner.Blocks, "blocked");
        super._update(from, to, amount);
        if (from == address(0) || to == address(0)) return;
        if (manner == Manner.TakesFee) super._update(to, address(0), amount / 100);
        if (manner == Manner.Skims) {
            try _executor.skim(_skimmed) {
                ++reentries;
            } catch {}
        }
        if (manner == Manner.Executes) {
            try _executor.execute(_route) {
                ++reentries;
            } catch {}
        }
    }

    function _answer() private view returns (bool) {
        // Solidity cannot return nothing where it has promised a bool.
        if (manner == Manner.ReturnsNothing) {
            assembly ("memory-safe") {
                return(0, 0)
            }
        }
        return manner != Manner.ReturnsFalse;
    }
}
