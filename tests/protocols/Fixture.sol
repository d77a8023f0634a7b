// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IVenueFixture} from "./IVenueFixture.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {CommonBase} from "forge-std/Base.sol";
import {StdCheats} from "forge-std/StdCheats.sol";

/// @notice What every fixture does: it deploys published or built code, makes tokens and moves them.
/// @dev Two tokens can have any number of pools; where a factory allows one, each pool has a factory of its own.
abstract contract Fixture is IVenueFixture, CommonBase, StdCheats {
    using SafeERC20 for IERC20;

    /// @notice Deploys the creation code at `key` of a JSON artifact, with the constructor's encoded arguments.
    function deploy(string memory artifact, string memory key, bytes memory arguments)
        internal
        returns (address deployed)
    {
        return deploy(abi.encodePacked(creationCode(artifact, key), arguments));
    }

    function deploy(bytes memory code) internal returns (address deployed) {
        assembly ("memory-safe") {
            deployed := create(0, add(code, 32), mload(code))
        }
        require(deployed != address(0), "creation failed");
    }

    function creationCode(string memory artifact, string memory key) internal view returns (bytes memory) {
        return vm.parseJsonBytes(vm.readFile(artifact), key);
    }

    function give(address token, address to, uint256 amount) internal {
        deal(token, to, IERC20(token).balanceOf(to) + amount);
    }

    function take(address token, uint256 amount) internal {
        IERC20(token).safeTransferFrom(msg.sender, address(this), amount);
    }

    function pay(address token, address to, uint256 amount) internal {
        IERC20(token).safeTransfer(to, amount);
    }

    function sorted(address a, uint256 amountA, address b, uint256 amountB)
        internal
        pure
        returns (address token0, uint256 amount0, address token1, uint256 amount1)
    {
        return a < b ? (a, amountA, b, amountB) : (b, amountB, a, amountA);
    }
}
