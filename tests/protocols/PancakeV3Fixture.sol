// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PancakeV3PoolDeployer} from "../mocks/PancakeV3PoolDeployer.sol";
import {ConcentratedFixture, IConcentratedPool} from "./ConcentratedFixture.sol";

interface IPancakeV3Factory {
    function createPool(address a, address b, uint24 fee) external returns (address);
}

interface IPancakeV3Pool {
    function slot0()
        external
        view
        returns (
            uint160 sqrtPriceX96,
            int24 tick,
            uint16 observationIndex,
            uint16 observationCardinality,
            uint16 observationCardinalityNext,
            uint32 feeProtocol,
            bool unlocked
        );
    function liquidity() external view returns (uint128);
    function fee() external view returns (uint24);
}

/// @notice Pancake V3, pools at 0.25 %.
contract PancakeV3Fixture is ConcentratedFixture {
    string private constant CORE = "node_modules/@pancakeswap/v3-core/artifacts/contracts/";

    string public constant name = "Pancake V3";
    address private immutable poolCode = makeAddr("Pancake V3's pool, creation code");

    constructor() {
        vm.etch(poolCode, creationCode(string.concat(CORE, "PancakeV3Pool.sol/PancakeV3Pool.json"), ".bytecode"));
    }

    function pancakeV3MintCallback(uint256 owed0, uint256 owed1, bytes calldata data) external {
        onMint(owed0, owed1, data);
    }

    function pancakeV3SwapCallback(int256 delta0, int256 delta1, bytes calldata data) external {
        onSwap(delta0, delta1, data);
    }

    function open(address token0, address token1, uint160 sqrtPriceX96) internal override returns (address pool) {
        PancakeV3PoolDeployer deployer = new PancakeV3PoolDeployer(poolCode);
        string memory artifact = string.concat(CORE, "PancakeV3Factory.sol/PancakeV3Factory.json");
        address factory = deploy(artifact, ".bytecode", abi.encode(deployer));
        deployer.setFactoryAddress(factory);
        pool = IPancakeV3Factory(factory).createPool(token0, token1, 2500);
        IConcentratedPool(pool).initialize(sqrtPriceX96);
    }
}
