// SPDX-License-Identifier: MIT
// Model: Lido's stETH, wstETH and withdrawal queue (lidofinance/core, contracts/0.4.24/Lido.sol, 0.6.12/WstETH.sol,
// 0.8.9/WithdrawalQueue.sol); no package carries their bytecode.
pragma solidity >=0.8.34;

import {IWithdrawalQueue} from "../../contracts/interfaces/external/ILido.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title ModelStETH
/// @notice Pooled ether by shares, rounded down, as Lido keeps it. A test reports rewards and slashings.
contract ModelStETH {
    uint256 public totalShares = 1e18;
    uint256 public totalPooled = 1e18;

    function stake() external payable returns (uint256 shares) {
        shares = getSharesByPooledEth(msg.value);
        totalShares += shares;
        totalPooled += msg.value;
    }

    function unstake(uint256 shares, uint256 amount, address to) external {
        totalShares -= shares;
        totalPooled -= amount;
        (bool done,) = to.call{value: amount}("");
        require(done, "unpaid");
    }

    /// @notice Lido's oracle: rewards come with the call, a slashing is taken.
    function report(uint256 slashed) external payable {
        totalPooled = totalPooled + msg.value - slashed;
    }

    function getSharesByPooledEth(uint256 amount) public view returns (uint256) {
        return amount * totalShares / totalPooled;
    }

    function getPooledEthByShares(uint256 shares) public view returns (uint256) {
        return shares * totalPooled / totalShares;
    }
}

/// @title ModelWstETH
/// @notice One token a share of stETH.
contract ModelWstETH is ERC20 {
    ModelStETH public immutable stETH = new ModelStETH();

    constructor() ERC20("Wrapped liquid staked Ether 2.0", "wstETH") {}

    receive() external payable {
        _mint(msg.sender, stETH.stake{value: msg.value}());
    }

    /// @notice For the queue, which unwraps; here the shares stay shares.
    function burn(uint256 amount) external {
        _burn(msg.sender, amount);
    }

    function getStETHByWstETH(uint256 amount) external view returns (uint256) {
        return stETH.getPooledEthByShares(amount);
    }

    function getWstETHByStETH(uint256 amount) external view returns (uint256) {
        return stETH.getSharesByPooledEth(amount);
    }
}

/// @title ModelWithdrawalQueue
/// @notice Requests of 100 wei to 1,000 stETH, made ready in their order when a test says so, at the lower of what they were
/// made for and what their shares are worth then.
/// @dev Checkpoints of discounts are not modelled: there is one, and what is ready has to be looked for there.
contract ModelWithdrawalQueue is IWithdrawalQueue {
    ModelWstETH private immutable _wstETH;
    WithdrawalRequestStatus[] private _requests;
    mapping(uint256 id => uint256) private _locked;
    uint256 private _finalized;

    error RequestAmountTooSmall(uint256 amount);
    error RequestAmountTooLarge(uint256 amount);
    error RequestNotFoundOrNotFinalized(uint256 id);
    error NotOwner(address caller, address owner);
    error InvalidHint(uint256 hint);

    constructor(ModelWstETH wstETH) {
        _wstETH = wstETH;
        _requests.push();
    }

    receive() external payable {}

    function requestWithdrawalsWstETH(uint256[] calldata amounts, address owner)
        external
        returns (uint256[] memory ids)
    {
        ids = new uint256[](amounts.length);
        for (uint256 i; i < amounts.length; ++i) {
            _wstETH.transferFrom(msg.sender, address(this), amounts[i]);
            _wstETH.burn(amounts[i]);
            uint256 stETHAmount = _wstETH.getStETHByWstETH(amounts[i]);
            require(stETHAmount >= 100, RequestAmountTooSmall(stETHAmount));
            require(stETHAmount <= 1000e18, RequestAmountTooLarge(stETHAmount));
            ids[i] = _requests.length;
            _requests.push(WithdrawalRequestStatus(stETHAmount, amounts[i], owner, block.timestamp, false, false));
        }
    }

    function finalize(uint256 upTo) external {
        ModelStETH stETH = _wstETH.stETH();
        while (_finalized < upTo) {
            WithdrawalRequestStatus storage request = _requests[++_finalized];
            uint256 now_ = stETH.getPooledEthByShares(request.amountOfShares);
            uint256 paid = request.amountOfStETH < now_ ? request.amountOfStETH : now_;
            stETH.unstake(request.amountOfShares, paid, address(this));
            (request.isFinalized, _locked[_finalized]) = (true, paid);
        }
    }

    function claimWithdrawal(uint256 id) external {
        WithdrawalRequestStatus storage request = _requests[id];
        require(request.isFinalized && !request.isClaimed, RequestNotFoundOrNotFinalized(id));
        require(request.owner == msg.sender, NotOwner(msg.sender, request.owner));
        request.isClaimed = true;
        (bool done,) = msg.sender.call{value: _locked[id]}("");
        require(done, "unpaid");
    }

    function getWithdrawalStatus(uint256[] calldata ids)
        external
        view
        returns (WithdrawalRequestStatus[] memory requests)
    {
        requests = new WithdrawalRequestStatus[](ids.length);
        for (uint256 i; i < ids.length; ++i) {
            requests[i] = _requests[ids[i]];
        }
    }

    function getClaimableEther(uint256[] calldata ids, uint256[] calldata hints)
        external
        view
        returns (uint256[] memory amounts)
    {
        amounts = new uint256[](ids.length);
        for (uint256 i; i < ids.length; ++i) {
            if (ids[i] > _finalized || _requests[ids[i]].isClaimed) continue;
            require(hints[i] == 1, InvalidHint(hints[i]));
            amounts[i] = _locked[ids[i]];
        }
    }

    function findCheckpointHints(uint256[] calldata ids, uint256 first, uint256 last)
        external
        view
        returns (uint256[] memory hints)
    {
        hints = new uint256[](ids.length);
        for (uint256 i; i < ids.length; ++i) {
            if (ids[i] <= _finalized && first <= 1 && last >= 1) hints[i] = 1;
        }
    }

    function getLastCheckpointIndex() external pure returns (uint256) {
        return 1;
    }

    function getLastRequestId() external view returns (uint256) {
        return _requests.length - 1;
    }
}
