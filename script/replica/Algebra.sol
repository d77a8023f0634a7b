// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ModelCamelotV3Pool} from "../../tests/mocks/ModelCamelotV3.sol";
import {ModelCamelotV3Factory} from "../../tests/mocks/ModelCamelotV3Factory.sol";
import {CamelotFeeConfiguration, ITimepoints} from "../../tests/mocks/ModelCamelotV3Timepoints.sol";
import {PoolSpec} from "../Base.s.sol";
import {Concentrated} from "./Concentrated.sol";
import {IAlgebraFactory, IAlgebraPool, IAlgebraPoolDeployer} from "./interfaces/IUniswapV3.sol";

/// @title Algebra
/// @notice Algebra's factory, the deployer of its pools, and pools: of the generation 1.9, and Integral with the plugin that
/// sets fees by volatility.
/// @dev Generation 1.9 is published as compiled to measure coverage: larger, dearer in gas, and of another hash than on chain,
/// so that the factory here computes with the hash of what is placed and pools lie elsewhere than on chain. Camelot's fork of
/// it, whose fee differs by direction, is published nowhere: its pools are a model, tests/mocks/ModelCamelotV3.sol, which
/// keeps its timepoints by the published code. A sale of token1 costs more here than one of token0.
abstract contract Algebra is Concentrated {
    string private constant OLD = "node_modules/@cryptoalgebra/core/artifacts/contracts/";
    string private constant INTEGRAL = "node_modules/@cryptoalgebra/integral-core/artifacts/contracts/";
    string private constant PLUGINS =
        "node_modules/@cryptoalgebra/integral-base-plugin/artifacts/contracts/BasePluginV1Factory.sol/BasePluginV1Factory.json";
    /// @dev Of the pool as it is on chain.
    string private constant POOL_HASH = "6ec6c9c8091d160c0aa74b2b14ba9c1717e95093bd3ac085cee99a49aab294a4";

    function placeAlgebra(string memory venue) internal {
        string memory path = string.concat(venuePath(venue), "deployer");
        address deployer = exists(path) ? addressAt(path) : sideAddress(string.concat("deployer of ", venue));
        if (same(generationOf(venue), "camelot")) placeCamelotV3(venueOf(venue, "factory"), deployer);
        else if (isIntegral(venue)) placeIntegral(venueOf(venue, "factory"), deployer);
        else placeOld(venueOf(venue, "factory"), deployer);
    }

    function placeOld(address factory, address deployer) private scratch {
        place(deployer, string.concat(OLD, "AlgebraPoolDeployer.sol/AlgebraPoolDeployer.json"), ".bytecode", "");
        bytes memory pool = artifact(string.concat(OLD, "AlgebraPool.sol/AlgebraPool.json"), ".bytecode");
        string memory ours = vm.replace(vm.toString(keccak256(pool)), "0x", "");
        string memory path = string.concat(OLD, "AlgebraFactory.sol/AlgebraFactory.json");
        string memory code = vm.replace(vm.parseJsonString(vm.readFile(path), ".bytecode"), POOL_HASH, ours);
        placeCode(factory, vm.parseBytes(code), abi.encode(deployer, holder));
        vm.prank(holder);
        IAlgebraPoolDeployer(deployer).setFactory(factory);
    }

    /// @dev The deployer is 1.9's, and is not asked for anything.
    function placeCamelotV3(address factory, address deployer) private scratch {
        place(deployer, string.concat(OLD, "AlgebraPoolDeployer.sol/AlgebraPoolDeployer.json"), ".bytecode", "");
        address code = sideAddress("code of camelot's timepoints");
        vm.etch(code, artifact(string.concat(OLD, "DataStorageOperator.sol/DataStorageOperator.json"), ".bytecode"));
        placeCode(factory, type(ModelCamelotV3Factory).creationCode, abi.encode(holder, deployer, code));
    }

    function placeIntegral(address factory, address deployer) private scratch {
        place(
            factory,
            string.concat(INTEGRAL, "AlgebraFactory.sol/AlgebraFactory.json"),
            ".bytecode",
            abi.encode(deployer)
        );
        place(
            deployer,
            string.concat(INTEGRAL, "AlgebraPoolDeployer.sol/AlgebraPoolDeployer.json"),
            ".bytecode",
            abi.encode(factory)
        );
        address plugins = sideAddress("algebra plugins");
        place(plugins, PLUGINS, ".bytecode", abi.encode(factory));
        vm.prank(holder);
        IAlgebraFactory(factory).setDefaultPluginFactory(plugins);
    }

    function seedAlgebra(PoolSpec memory spec) internal scratch {
        (string memory symbol0, string memory symbol1) = ordered(spec.tokens);
        (address token0, address token1) = (tokenOf(symbol0), tokenOf(symbol1));
        IAlgebraFactory factory = IAlgebraFactory(venueOf(spec.venue, "factory"));
        bool integral = isIntegral(spec.venue);
        address pool = integral ? factory.createPool(token0, token1, "") : factory.createPool(token0, token1);
        IAlgebraPool(pool).initialize(sqrtPriceX96(symbol0, symbol1));
        seedBands(IAlgebraPool(pool), spec);
        if (same(generationOf(spec.venue), "camelot")) {
            setDearerFee(ModelCamelotV3Pool(pool).dataStorageOperator().otz());
        }
    }

    /// @dev Half as much again at the least.
    function setDearerFee(ITimepoints keeper) private {
        CamelotFeeConfiguration memory configuration = keeper.feeConfig();
        configuration.baseFee += configuration.baseFee / 2;
        vm.prank(holder);
        keeper.changeFeeConfiguration(configuration);
    }

    function isIntegral(string memory venue) private view returns (bool) {
        return same(generationOf(venue), "integral");
    }
}
