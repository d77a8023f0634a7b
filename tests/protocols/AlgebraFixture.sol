// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {AlgebraPoolFixture, IConcentratedPool} from "./ConcentratedFixture.sol";

interface IAlgebraFactory {
    function createPool(address a, address b) external returns (address);
}

interface IAlgebraPoolDeployer {
    function setFactory(address factory) external;
}

interface IAlgebraPool {
    function globalState()
        external
        view
        returns (
            uint160 price,
            int24 tick,
            uint16 fee,
            uint16 timepointIndex,
            uint8 communityFeeToken0,
            uint8 communityFeeToken1,
            bool unlocked
        );
    function liquidity() external view returns (uint128);
}

/// @notice Algebra 1.9, the code of QuickSwap V3.
/// @dev Published as compiled to measure coverage: above the limit of code size, which forge tests do not have, and much
/// dearer in gas than on chain.
contract AlgebraFixture is AlgebraPoolFixture {
    string private constant CORE = "node_modules/@cryptoalgebra/core/artifacts/contracts/";
    /// @dev Of the pool as it is on chain. The factory computes pools' addresses from it.
    string private constant POOL_HASH = "6ec6c9c8091d160c0aa74b2b14ba9c1717e95093bd3ac085cee99a49aab294a4";

    string public constant name = "Algebra 1.9";

    function open(address token0, address token1, uint160 sqrtPriceX96) internal override returns (address pool) {
        address deployer =
            deploy(string.concat(CORE, "AlgebraPoolDeployer.sol/AlgebraPoolDeployer.json"), ".bytecode", "");
        address factory = deploy(abi.encodePacked(factoryCode(), abi.encode(deployer, makeAddr("vault"))));
        IAlgebraPoolDeployer(deployer).setFactory(factory);
        pool = IAlgebraFactory(factory).createPool(token0, token1);
        IConcentratedPool(pool).initialize(sqrtPriceX96);
    }

    /// @notice The factory's creation code, with the hash of the pool as it is published.
    function factoryCode() private view returns (bytes memory) {
        bytes32 poolHash = keccak256(creationCode(string.concat(CORE, "AlgebraPool.sol/AlgebraPool.json"), ".bytecode"));
        string memory artifact = vm.readFile(string.concat(CORE, "AlgebraFactory.sol/AlgebraFactory.json"));
        string memory published = vm.parseJsonString(artifact, ".bytecode");
        return vm.parseBytes(vm.replace(published, POOL_HASH, vm.replace(vm.toString(poolHash), "0x", "")));
    }
}
