// SPDX-License-Identifier: MIT
// Model: PancakeV3PoolDeployer (pancakeswap/pancake-v3-contracts), of which no bytecode is published; deploys the real pool.
pragma solidity >=0.8.34;

/// @title PancakeV3PoolDeployer
/// @notice Deploys pools by CREATE2 on behalf of the factory, from the pool's published creation code, so that they come
/// out at their real addresses. The pool's constructor reads `parameters` back from here.
contract PancakeV3PoolDeployer {
    struct Parameters {
        address factory;
        address token0;
        address token1;
        uint24 fee;
        int24 tickSpacing;
    }

    error NotFactory(address caller, address factory);
    error FactoryAlreadySet(address factory);
    error PoolNotDeployed(address token0, address token1, uint24 fee);

    Parameters public parameters;
    address public factoryAddress;
    /// @dev An account whose code is the pool's creation code.
    address private immutable _poolCode;

    constructor(address poolCode) {
        _poolCode = poolCode;
    }

    function setFactoryAddress(address factory) external {
        require(factoryAddress == address(0), FactoryAlreadySet(factoryAddress));
        factoryAddress = factory;
    }

    function deploy(address factory, address token0, address token1, uint24 fee, int24 tickSpacing)
        external
        returns (address pool)
    {
        require(msg.sender == factoryAddress, NotFactory(msg.sender, factoryAddress));
        parameters = Parameters(factory, token0, token1, fee, tickSpacing);
        bytes memory code = _poolCode.code;
        bytes32 salt = keccak256(abi.encode(token0, token1, fee));
        assembly ("memory-safe") {
            pool := create2(0, add(code, 0x20), mload(code), salt)
        }
        require(pool != address(0), PoolNotDeployed(token0, token1, fee));
        delete parameters;
    }
}
