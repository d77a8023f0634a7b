// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IBridge} from "../../contracts/interfaces/IBridge.sol";
import {IInjectionUpkeep} from "../../contracts/interfaces/IInjectionUpkeep.sol";
import {IStakingStrategy} from "../../contracts/interfaces/IStakingStrategy.sol";
import {IStakingVault} from "../../contracts/interfaces/IStakingVault.sol";
import {IWithdrawalQueue} from "../../contracts/interfaces/external/ILido.sol";

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";

// The contracts whole, with what they inherit and their getters. Scripts and tests know them by these and by their artifacts
// alone: who imports a contract compiles it anew, and with other settings than it is deployed with.

interface IVault is IStakingVault, IERC4626, IERC20Permit, IAccessManaged {
    receive() external payable;
    function asset() external view override(IERC4626, IStakingVault) returns (address);
}

interface IUpkeep is IInjectionUpkeep, IAccessManaged {
    function reserve() external view returns (address);
    function isPerformer(address performer) external view returns (bool);
    function gas() external view returns (uint128);
    function multiple() external view returns (uint128);
}

interface IReserveLens {
    function reserve() external view returns (address);
    function positionOf(address pool) external view returns (uint256 amount0, uint256 amount1);
    function valueOf(address pool) external view returns (uint256);
}

interface ILidoStrategy is IStakingStrategy {
    error TooManyRequests(uint256 limit);

    receive() external payable;
    function wstETH() external view returns (address);
    function stETH() external view returns (address);
    function queue() external view returns (IWithdrawalQueue);
    function pendingRequests() external view returns (uint256[] memory);
}

interface IWrappedStakedStrategy is IStakingStrategy {
    error SlippageTooHigh(uint256 bps);
    error TooLittleBack(uint256 amountOut, uint256 floor);
    error VolumeExceeded(uint256 volume, uint256 maxDailyVolume);
}

interface IReportPolicy {
    function vault() external view returns (IStakingVault);
    function reportGas() external view returns (uint256);
    function reportTrigger(address strategy) external view returns (bool due, bytes memory call);
    function gainDue(uint256 debt, uint256 cost) external pure returns (uint256);
    function intervals(address strategy) external view returns (uint256 best, uint256 breakEven);
    function gasCost() external view returns (uint256);
}

interface IAggLayerOutpost is IBridge {
    function network() external view returns (uint32);
}

interface IOptimismOutpost is IBridge {
    function token() external view returns (address);
    function remoteToken() external view returns (address);
}
