// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {AlgebraPoolFixture, IConcentratedPool} from "./ConcentratedFixture.sol";

interface IAlgebraIntegralFactory {
    function createPool(address a, address b, bytes calldata data) external returns (address);
    function setDefaultPluginFactory(address pluginFactory) external;
}

interface IAlgebraIntegralPool {
    function globalState()
        external
        view
        returns (uint160 price, int24 tick, uint16 lastFee, uint8 pluginConfig, uint16 communityFee, bool unlocked);
    function liquidity() external view returns (uint128);
    function fee() external view returns (uint16);
    function plugin() external view returns (address);
}

/// @notice Algebra Integral, each pool with the plugin that sets its fee by volatility.
contract AlgebraIntegralFixture is AlgebraPoolFixture {
    string private constant CORE = "node_modules/@cryptoalgebra/integral-core/artifacts/contracts/";
    string private constant PLUGIN =
        "node_modules/@cryptoalgebra/integral-base-plugin/artifacts/contracts/BasePluginV1Factory.sol/BasePluginV1Factory.json";

    string public constant name = "Algebra Integral";

    function open(address token0, address token1, uint160 sqrtPriceX96) internal override returns (address pool) {
        pool = newFactory().createPool(token0, token1, "");
        IConcentratedPool(pool).initialize(sqrtPriceX96);
    }

    function newFactory() private returns (IAlgebraIntegralFactory factory) {
        // The factory and the deployer of pools name each other in their constructors.
        address deployer = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 1);
        factory = IAlgebraIntegralFactory(
            deploy(string.concat(CORE, "AlgebraFactory.sol/AlgebraFactory.json"), ".bytecode", abi.encode(deployer))
        );
        bytes memory arguments = abi.encode(factory);
        deploy(string.concat(CORE, "AlgebraPoolDeployer.sol/AlgebraPoolDeployer.json"), ".bytecode", arguments);
        factory.setDefaultPluginFactory(deploy(PLUGIN, ".bytecode", arguments));
    }
}
