// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @notice A reserve of which one can only ask whether a token is listed. It stores the answer as the real one does, so
/// that asking costs the same.
contract OpenReserve {
    struct Account {
        bool listed;
        bool guarded;
        uint240 accounted;
    }

    mapping(address token => Account) private _accounts;

    constructor(address token) {
        _accounts[token] = Account(true, false, 1);
    }

    function profitToken(address token) external view returns (bool listed, bool guarded) {
        return (_accounts[token].listed, _accounts[token].guarded);
    }
}
