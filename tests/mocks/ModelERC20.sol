// SPDX-License-Identifier: MIT
// Model: a plain ERC-20 as OpenZeppelin Contracts 4 and 5 behave; stands in for USDC, DAI, WBTC, XAUt, CQT and sUSD.
pragma solidity >=0.8.34;

/// @title ModelERC20
/// @notice The whole supply belongs to one holder from the start, as nobody outside the issuer can mint the real ones.
/// @dev What the stand-ins share: return values, reverts on what exceeds balance or allowance, an allowance of
/// 2^256-1 that is not used up (DAI's and USDC's manner too). What is left out is each issuer's own: USDC's and XAUt's
/// block lists and upgrades, WBTC's pause, DAI's permit, sUSD's proxy.
contract ModelERC20 {
    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);

    error BalanceTooLow(address from, uint256 balance, uint256 needed);
    error AllowanceTooLow(address spender, uint256 allowance, uint256 needed);

    string public name;
    string public symbol;
    uint8 public immutable decimals;
    uint256 public totalSupply;
    mapping(address => uint256) public balanceOf;
    mapping(address owner => mapping(address spender => uint256)) public allowance;

    constructor(string memory name_, string memory symbol_, uint8 decimals_, address holder, uint256 supply) {
        name = name_;
        symbol = symbol_;
        decimals = decimals_;
        _mint(holder, supply);
    }

    function approve(address spender, uint256 value) external returns (bool) {
        allowance[msg.sender][spender] = value;
        emit Approval(msg.sender, spender, value);
        return true;
    }

    function transfer(address to, uint256 value) external returns (bool) {
        _move(msg.sender, to, value);
        return true;
    }

    function transferFrom(address from, address to, uint256 value) external returns (bool) {
        uint256 allowed = allowance[from][msg.sender];
        if (allowed != type(uint256).max) {
            require(allowed >= value, AllowanceTooLow(msg.sender, allowed, value));
            allowance[from][msg.sender] = allowed - value;
        }
        _move(from, to, value);
        return true;
    }

    function _move(address from, address to, uint256 value) private {
        uint256 balance = balanceOf[from];
        require(balance >= value, BalanceTooLow(from, balance, value));
        balanceOf[from] = balance - value;
        balanceOf[to] += value;
        emit Transfer(from, to, value);
    }

    function _mint(address to, uint256 value) internal {
        totalSupply += value;
        balanceOf[to] += value;
        emit Transfer(address(0), to, value);
    }
}
