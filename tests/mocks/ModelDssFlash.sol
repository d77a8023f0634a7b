// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IERC3156FlashBorrower} from "@openzeppelin/contracts/interfaces/IERC3156FlashBorrower.sol";
import {IERC3156FlashLender} from "@openzeppelin/contracts/interfaces/IERC3156FlashLender.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

interface IMintedAndBurnt is IERC20 {
    function mint(address to, uint256 amount) external;
    function burn(address from, uint256 amount) external;
}

/// @title ModelDssFlash
/// @notice Model: Maker's flash minter of DAI, DssFlash (makerdao/dss-flash, 0x60744434d6339a6B27d73d9Eda62b6F66a0a04FA on
/// Ethereum), whose code no package carries.
/// @dev Behind `flashLoan`, `flashFee` and `maxFlashLoan` it is as the real one, with its order of events, its reasons
/// and its lock. The vat is left out: DAI is minted and burnt right here.
contract ModelDssFlash is IERC3156FlashLender {
    event FlashLoan(address indexed receiver, address token, uint256 amount, uint256 fee);

    bytes32 public constant CALLBACK_SUCCESS = keccak256("ERC3156FlashBorrower.onFlashLoan");

    IMintedAndBurnt public immutable dai;
    uint256 public immutable max;
    bool private _locked;

    constructor(IMintedAndBurnt dai_, uint256 max_) {
        dai = dai_;
        max = max_;
    }

    function flashLoan(IERC3156FlashBorrower receiver, address token, uint256 amount, bytes calldata data)
        external
        returns (bool)
    {
        require(!_locked, "DssFlash/reentrancy-guard");
        require(token == address(dai), "DssFlash/token-unsupported");
        require(amount <= max, "DssFlash/ceiling-exceeded");
        _locked = true;
        dai.mint(address(receiver), amount);
        emit FlashLoan(address(receiver), token, amount, 0);
        bytes32 answer = receiver.onFlashLoan(msg.sender, token, amount, 0, data);
        require(answer == CALLBACK_SUCCESS, "DssFlash/callback-failed");
        dai.transferFrom(address(receiver), address(this), amount);
        dai.burn(address(this), amount);
        _locked = false;
        return true;
    }

    function maxFlashLoan(address token) external view returns (uint256) {
        return token == address(dai) && !_locked ? max : 0;
    }

    function flashFee(address token, uint256) external view returns (uint256) {
        require(token == address(dai), "DssFlash/token-unsupported");
        return 0;
    }
}
