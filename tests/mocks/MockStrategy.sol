// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IStakingStrategy} from "../../contracts/interfaces/IStakingStrategy.sol";

import {PlainToken} from "./PlainToken.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice Mock: a strategy that keeps the asset, whose worth a test sets, and that can refuse to say it.
contract MockStrategy is IStakingStrategy {
    address public immutable vault;
    address public immutable asset;
    uint256 public deployed;
    int256 public result;
    bool public mute;
    bytes public lastData;

    constructor(address vault_, address asset_) {
        (vault, asset) = (vault_, asset_);
    }

    function deploy(uint256 amount, bytes calldata data) external virtual {
        require(msg.sender == vault, NotVault(msg.sender));
        deployed += amount;
        lastData = data;
    }

    /// @dev Pays what it has; tokens for a gain have to be given to it.
    function release(uint256 amount, bytes calldata) external returns (uint256 released) {
        require(msg.sender == vault, NotVault(msg.sender));
        uint256 all = _worth();
        released = amount < all ? amount : all;
        deployed = all - released;
        result = 0;
        IERC20(asset).transfer(vault, released);
    }

    /// @dev A hundredth is lost on the way.
    function emergencyExit(bytes calldata) external returns (uint256 released) {
        require(msg.sender == vault, NotVault(msg.sender));
        released = _worth() * 99 / 100;
        (deployed, result) = (0, 0);
        IERC20(asset).transfer(vault, released);
    }

    function setResult(int256 result_) external {
        result = result_;
    }

    function setMute(bool mute_) external {
        mute = mute_;
    }

    function worth() public view virtual returns (uint256) {
        require(!mute, "mute");
        return _worth();
    }

    function _worth() private view returns (uint256) {
        int256 sum = int256(deployed) + result;
        return sum > 0 ? uint256(sum) : 0;
    }
}
