// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ConcentratedFixture} from "./ConcentratedFixture.sol";

interface ICLFactory {
    function createPool(address a, address b, int24 tickSpacing, uint160 sqrtPriceX96) external returns (address);
}

interface ICLPool {
    function slot0()
        external
        view
        returns (
            uint160 sqrtPriceX96,
            int24 tick,
            uint16 observationIndex,
            uint16 observationCardinality,
            uint16 observationCardinalityNext,
            bool unlocked
        );
    function liquidity() external view returns (uint128);
    function fee() external view returns (uint24);
}

/// @notice Aerodrome Slipstream, pools of tick spacing 200 at 0.3 %. `make peers` builds it.
contract SlipstreamFixture is ConcentratedFixture {
    string private constant OUT = "build/peers/slipstream/out/";
    string private constant CODE = ".bytecode.object";

    string public constant name = "Slipstream";
    address private immutable implementation = deploy(string.concat(OUT, "CLPool.sol/CLPool.json"), CODE, "");
    address private immutable neighbour = address(new NoGauges());

    function uniswapV3MintCallback(uint256 owed0, uint256 owed1, bytes calldata data) external {
        onMint(owed0, owed1, data);
    }

    function uniswapV3SwapCallback(int256 delta0, int256 delta1, bytes calldata data) external {
        onSwap(delta0, delta1, data);
    }

    function open(address token0, address token1, uint160 sqrtPriceX96) internal override returns (address pool) {
        bytes memory arguments = abi.encode(neighbour, neighbour, implementation);
        address factory = deploy(string.concat(OUT, "CLFactory.sol/CLFactory.json"), CODE, arguments);
        return ICLFactory(factory).createPool(token0, token1, 200, sqrtPriceX96);
    }
}

/// @notice The factory's neighbours: a voter without gauges, and an earlier factory without pools.
contract NoGauges {
    function factoryRegistry() external view returns (address) {
        return address(this);
    }

    function gauges(address) external pure returns (address) {
        return address(0);
    }

    function isAlive(address) external pure returns (bool) {
        return false;
    }

    function getPool(address, address, int24) external pure returns (address) {
        return address(0);
    }
}
