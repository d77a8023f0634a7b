// SPDX-License-Identifier: MIT
// Model: the factory of Camelot V3 on Arbitrum, whose code no package carries.
pragma solidity >=0.8.34;

import {ModelCamelotV3Pool} from "./ModelCamelotV3.sol";
import {CamelotFeeConfiguration, ITimepoints, ModelCamelotOperator} from "./ModelCamelotV3Timepoints.sol";

/// @title ModelCamelotV3Factory
/// @notice Makes pools, one for two tokens, each with two of the published keepers of timepoints, one a direction.
contract ModelCamelotV3Factory {
    error PoolExists();
    error CreationFailed();

    event Pool(address indexed token0, address indexed token1, address pool);

    address public immutable owner;
    /// @notice Who makes the pools on chain; here the factory does.
    address public immutable poolDeployer;
    /// @dev Where the code lies that creates a keeper of timepoints.
    address private immutable _keeperCode;
    mapping(address a => mapping(address b => address pool)) public poolByPair;

    constructor(address owner_, address deployer, address keeperCode) {
        (owner, poolDeployer, _keeperCode) = (owner_, deployer, keeperCode);
    }

    function createPool(address a, address b) external returns (address pool) {
        require(poolByPair[a][b] == address(0), PoolExists());
        (address token0, address token1) = a < b ? (a, b) : (b, a);
        ModelCamelotV3Pool made = new ModelCamelotV3Pool{salt: keccak256(abi.encode(token0, token1))}(token0, token1);
        pool = address(made);
        made.setKeepers(new ModelCamelotOperator(_keeperOf(pool), _keeperOf(pool)));
        (poolByPair[a][b], poolByPair[b][a]) = (pool, pool);
        emit Pool(token0, token1, pool);
    }

    /// @dev Whoever owns this factory may set its fee anew.
    function _keeperOf(address pool) private returns (ITimepoints keeper) {
        bytes memory code = bytes.concat(_keeperCode.code, abi.encode(pool));
        address created;
        assembly ("memory-safe") {
            created := create(0, add(code, 32), mload(code))
        }
        require(created != address(0), CreationFailed());
        keeper = ITimepoints(created);
        keeper.changeFeeConfiguration(CamelotFeeConfiguration(2900, 12_000, 360, 60_000, 59, 8500, 0, 10, 100));
    }
}
