// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @notice Model of Arbitrum's ArbSys, by its documentation: a block number of the chain's own, and the hashes of the last
/// 256 blocks; any other number reverts.
contract ModelArbSys {
    uint256 private _number;

    error InvalidBlockNumber(uint256 requested, uint256 current);

    function setBlock(uint256 number) external {
        _number = number;
    }

    function arbBlockNumber() external view returns (uint256) {
        return _number;
    }

    function arbBlockHash(uint256 number) external view returns (bytes32) {
        require(number < _number && number + 256 >= _number, InvalidBlockNumber(number, _number));
        return keccak256(abi.encode("arbitrum", number));
    }
}
