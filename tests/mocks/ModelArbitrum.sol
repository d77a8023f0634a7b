// SPDX-License-Identifier: MIT
// Model: Arbitrum's precompiles ArbSys, ArbGasInfo and NodeInterface by their documentation, as far as a trade asks them.
pragma solidity >=0.8.34;

/// @notice Blocks of the chain's own count, which on a replica is the node's.
contract ModelArbBlocks {
    error InvalidBlockNumber(uint256 requested, uint256 current);

    function arbBlockNumber() external view returns (uint256) {
        return block.number;
    }

    function arbBlockHash(uint256 number) external view returns (bytes32) {
        require(number < block.number && number + 256 >= block.number, InvalidBlockNumber(number, block.number));
        return blockhash(number);
    }
}

/// @notice What a byte of data costs on the chain below: a price of its gas that stays as it was made, 16 units a byte.
contract ModelArbGasInfo {
    uint256 internal constant GAS_PER_BYTE = 16;
    /// @dev What a transaction's data is counted as, beside its own.
    uint256 internal constant TRANSACTION_BYTES = 140;
    /// @dev In gas of this chain for a storage slot that is set.
    uint256 private constant STORAGE_GAS = 20_000;

    uint256 public immutable getL1BaseFeeEstimate;

    constructor(uint256 l1BaseFee) {
        getL1BaseFeeEstimate = l1BaseFee;
    }

    /// @notice Wei for a transaction's data, for a byte of data, for a slot, and three parts of the price of gas.
    function getPricesInWei() external view returns (uint256, uint256, uint256, uint256, uint256, uint256) {
        uint256 perByte = getL1BaseFeeEstimate * GAS_PER_BYTE;
        return (perByte * TRANSACTION_BYTES, perByte, STORAGE_GAS * block.basefee, block.basefee, 0, block.basefee);
    }

    function getMinimumGasPrice() external view returns (uint256) {
        return block.basefee;
    }
}

/// @notice The part of a transaction's gas that pays for its data.
contract ModelNodeInterface is ModelArbGasInfo {
    constructor(uint256 l1BaseFee) ModelArbGasInfo(l1BaseFee) {}

    function gasEstimateL1Component(address, bool, bytes calldata data)
        external
        payable
        returns (uint64 gasForL1, uint256 baseFee, uint256 l1BaseFee)
    {
        uint256 wei_ = getL1BaseFeeEstimate * GAS_PER_BYTE * (TRANSACTION_BYTES + data.length);
        // forge-lint: disable-next-line(unsafe-typecast): gas, far below 2^64
        return (uint64(block.basefee == 0 ? 0 : wei_ / block.basefee), block.basefee, getL1BaseFeeEstimate);
    }
}
