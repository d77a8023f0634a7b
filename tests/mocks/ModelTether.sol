// SPDX-License-Identifier: MIT
// Model: TetherToken at 0xdAC1...1ec7 on Ethereum (solc 0.4.18, source verified on Etherscan); stands in for USDT.
pragma solidity >=0.8.34;

/// @title ModelTether
/// @notice USDT's manners: `transfer`, `transferFrom` and `approve` return nothing; changing a non-zero allowance into
/// another non-zero one reverts; an allowance of 2^256-1 is not used up; a fee on transfer exists and is set to zero.
/// @dev As in the original every refusal is a revert without data. Left out: the owner's pause, block list, issue,
/// redeem, and the upgrade to another contract.
contract ModelTether {
    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);

    string public name;
    string public symbol;
    uint256 public decimals;
    uint256 public totalSupply;
    uint256 public basisPointsRate;
    uint256 public maximumFee;
    mapping(address => uint256) public balanceOf;
    mapping(address owner => mapping(address spender => uint256)) public allowance;

    constructor(string memory name_, string memory symbol_, uint8 decimals_, address holder, uint256 supply) {
        name = name_;
        symbol = symbol_;
        decimals = decimals_;
        totalSupply = supply;
        balanceOf[holder] = supply;
    }

    function approve(address spender, uint256 value) external {
        _demand(value == 0 || allowance[msg.sender][spender] == 0);
        allowance[msg.sender][spender] = value;
        emit Approval(msg.sender, spender, value);
    }

    function transfer(address to, uint256 value) external {
        _move(msg.sender, to, value);
    }

    function transferFrom(address from, address to, uint256 value) external {
        uint256 allowed = allowance[from][msg.sender];
        if (allowed != type(uint256).max) {
            _demand(allowed >= value);
            allowance[from][msg.sender] = allowed - value;
        }
        _move(from, to, value);
    }

    function _move(address from, address to, uint256 value) private {
        uint256 balance = balanceOf[from];
        _demand(balance >= value);
        balanceOf[from] = balance - value;
        balanceOf[to] += value;
        emit Transfer(from, to, value);
    }

    function _demand(bool kept) private pure {
        // The original reverts without data.
        if (!kept) revert();
    }
}
