// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IAaveV3Pool} from "../../../contracts/interfaces/external/IAaveV3Pool.sol";
import {IContender} from "../IContender.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice What one would do without Millrace: a receiver of Aave V3's flash loans that trades through the protocols' own
/// routers. All allowances are unlimited and given once, beforehand, which is the cheapest there is.
abstract contract AaveReceiver is IContender {
    address private immutable _aave;
    address private immutable _weth;

    constructor(address aave, address weth) {
        (_aave, _weth) = (aave, weth);
        allow(weth, aave);
    }

    function run(uint256 amountIn) external {
        IAaveV3Pool(_aave).flashLoanSimple(address(this), _weth, amountIn, "", 0);
    }

    function executeOperation(address, uint256 amount, uint256, address initiator, bytes calldata)
        external
        returns (bool)
    {
        require(msg.sender == _aave && initiator == address(this), "not our loan");
        trade(amount);
        return true;
    }

    function trade(uint256 amountIn) internal virtual;

    function allow(address token, address spender) internal {
        IERC20(token).approve(spender, type(uint256).max);
    }
}
