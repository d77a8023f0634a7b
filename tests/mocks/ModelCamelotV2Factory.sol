// SPDX-License-Identifier: MIT
// Model: the factory of Camelot V2 on Arbitrum, whose code no package carries.
pragma solidity >=0.8.34;

import {ModelCamelotPair} from "./ModelCamelotV2.sol";

/// @title ModelCamelotFactory
/// @notice Makes pairs, one for two tokens, and says who gets what of the fees. Whoever has made it owns it.
/// @dev Left out: handing over the three kinds of ownership, and the shares of referrers.
contract ModelCamelotFactory {
    error OnlyOwner();
    error PairExists();

    event PairCreated(address indexed token0, address indexed token1, address pair, uint256 length);

    address public immutable owner;
    address public feeTo;
    /// @notice In parts of 100,000.
    uint256 public ownerFeeShare = 50_000;
    mapping(address a => mapping(address b => address pair)) public getPair;
    address[] public allPairs;

    constructor(address owner_, address feeTo_) {
        (owner, feeTo) = (owner_, feeTo_);
    }

    function createPair(address a, address b) external returns (address pair) {
        require(getPair[a][b] == address(0), PairExists());
        (address token0, address token1) = a < b ? (a, b) : (b, a);
        pair = address(new ModelCamelotPair{salt: keccak256(abi.encodePacked(token0, token1))}());
        ModelCamelotPair(pair).initialize(token0, token1);
        (getPair[a][b], getPair[b][a]) = (pair, pair);
        allPairs.push(pair);
        emit PairCreated(token0, token1, pair, allPairs.length);
    }

    function setFeeTo(address feeTo_) external {
        require(msg.sender == owner, OnlyOwner());
        feeTo = feeTo_;
    }

    function setOwnerFeeShare(uint256 share) external {
        require(msg.sender == owner, OnlyOwner());
        ownerFeeShare = share;
    }

    function allPairsLength() external view returns (uint256) {
        return allPairs.length;
    }

    function feeInfo() external view returns (uint256, address) {
        return (ownerFeeShare, feeTo);
    }
}
