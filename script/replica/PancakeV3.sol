// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PancakeV3PoolDeployer} from "../../tests/mocks/PancakeV3PoolDeployer.sol";
import {PoolSpec} from "../Base.s.sol";
import {Concentrated} from "./Concentrated.sol";
import {IUniswapV3Factory, IUniswapV3Pool} from "./interfaces/IUniswapV3.sol";

/// @title PancakeV3
/// @notice Pancake V3's factory and pools, real, behind a model of the deployer between them.
abstract contract PancakeV3 is Concentrated {
    string private constant CORE = "node_modules/@pancakeswap/v3-core/artifacts/contracts/";

    function placePancakeV3(string memory venue) internal scratch {
        address factory = venueOf(venue, "factory");
        address deployer = venueOf(venue, "deployer");
        address poolCode = sideAddress("pancake pool code");
        vm.etch(poolCode, artifact(string.concat(CORE, "PancakeV3Pool.sol/PancakeV3Pool.json"), ".bytecode"));
        placeCode(deployer, type(PancakeV3PoolDeployer).creationCode, abi.encode(poolCode));
        place(
            factory,
            string.concat(CORE, "PancakeV3Factory.sol/PancakeV3Factory.json"),
            ".bytecode",
            abi.encode(deployer)
        );
        PancakeV3PoolDeployer(deployer).setFactoryAddress(factory);
    }

    function seedPancakeV3(PoolSpec memory spec) internal scratch {
        (string memory symbol0, string memory symbol1) = ordered(spec.tokens);
        IUniswapV3Factory factory = IUniswapV3Factory(venueOf(spec.venue, "factory"));
        IUniswapV3Pool pool = IUniswapV3Pool(factory.createPool(tokenOf(symbol0), tokenOf(symbol1), spec.fee));
        pool.initialize(sqrtPriceX96(symbol0, symbol1));
        seedBands(pool, spec);
    }
}
