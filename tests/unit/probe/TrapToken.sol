// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PlainToken} from "../../mocks/PlainToken.sol";

/// @notice Mock: an ERC-20 that treats purchases from a pool, sales to it and other transfers each in its own way.
contract TrapToken is PlainToken {
    enum Trap {
        None,
        Taxed,
        Refused,
        Burning,
        Endless,
        Generous
    }

    address public pool;
    Trap public purchase;
    Trap public sale;
    Trap public passage;
    bool private _mute;

    constructor() PlainToken("TRAP", 18) {}

    function set(address pool_, Trap purchase_, Trap sale_, Trap passage_) external {
        (pool, purchase, sale, passage) = (pool_, purchase_, sale_, passage_);
    }

    /// @notice From now on no balance is told, at the price of all gas.
    function mute() external {
        _mute = true;
    }

    function balanceOf(address account) public view override returns (uint256) {
        while (_mute) {}
        return super.balanceOf(account);
    }

    /// @notice Changes a balance without a transfer that says so, as rebasing tokens do.
    function rebase(address account, uint256 amount) external {
        bytes32 slot = keccak256(abi.encode(account, 0));
        assembly ("memory-safe") {
            sstore(slot, add(sload(slot), amount))
        }
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (from == address(0) || to == address(0)) return;
        _spring(from == pool ? purchase : to == pool ? sale : passage, to, amount);
    }

    function _spring(Trap trap, address to, uint256 amount) private {
        if (trap == Trap.Taxed) super._update(to, address(0), amount / 20);
        if (trap == Trap.Generous) super._update(address(0), to, amount / 20);
        require(trap != Trap.Refused, "trading is not open");
        uint256 left = gasleft();
        while (trap == Trap.Burning && left - gasleft() < 1_000_000) {}
        while (trap == Trap.Endless) {}
    }
}
