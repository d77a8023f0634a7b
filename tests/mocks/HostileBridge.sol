// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ILedger} from "../../contracts/interfaces/ILedger.sol";

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice Mock: a bridge that takes nothing, gives some back, takes more where it may, or calls the reserve in the middle; in
/// place of a protocol or of the contract in front of it.
contract HostileBridge {
    uint32 public constant networkID = 0;
    address public immutable reserve;
    uint256 public immutable chainId;
    uint256 public givesBack;
    uint256 public takesMore;
    bool public calls;

    constructor(address reserve_, uint256 chainId_) {
        (reserve, chainId) = (reserve_, chainId_);
    }

    function set(uint256 givesBack_, bool calls_) external {
        (givesBack, calls) = (givesBack_, calls_);
    }

    function takeMore(uint256 takesMore_) external {
        takesMore = takesMore_;
    }

    function send(address token, uint256, uint256, address) external payable {
        if (takesMore != 0) IERC20(token).transferFrom(reserve, address(this), takesMore);
        if (calls) ILedger(reserve).recognise(token);
        IERC20(token).transfer(reserve, givesBack);
    }

    function bridgeAsset(uint32, address, uint256, address, bool, bytes calldata) external payable {}
}
