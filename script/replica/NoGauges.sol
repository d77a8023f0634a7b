// SPDX-License-Identifier: MIT
// Model: Aerodrome's voter, its registry and the factory before Slipstream's, as far as pools without gauges and their
// router ask them.
pragma solidity >=0.8.34;

/// @title NoGauges
/// @notice There are no gauges, and no earlier pools.
contract NoGauges {
    function factoryRegistry() external view returns (address) {
        return address(this);
    }

    function gauges(address) external pure returns (address) {
        return address(0);
    }

    function isPoolFactoryApproved(address) external pure returns (bool) {
        return true;
    }

    function isAlive(address) external pure returns (bool) {
        return false;
    }

    function getPool(address, address, int24) external pure returns (address) {
        return address(0);
    }
}
