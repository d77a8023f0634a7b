// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IStakingStrategy} from "../interfaces/IStakingStrategy.sol";
import {IStETH, IWithdrawalQueue, IWstETH} from "../interfaces/external/ILido.sol";
import {IWrappedNative} from "../interfaces/external/IWrappedNative.sol";

import {Strategy} from "./Strategy.sol";
import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

/// @title LidoStrategy
/// @notice Stakes ether with Lido as wstETH, and leaves through Lido's queue of withdrawals.
/// @dev
/// IN: native coin sent to wstETH is staked and wrapped at Lido's own rate. No market, no price.
///
/// OUT: `release` requests a withdrawal; days later, when Lido has made it ready, any `release` collects it. A request counts
/// as the lower of what it was made for and what its shares are worth now, and once it is ready as what Lido pays for it.
///
/// TRUST: Lido. It can be paused, lose stake, and change; the vault's cap on this strategy is what bounds that. There is no
/// faster way out than the queue, so that an emergency exit is a request for everything.
///
/// RE-ENTRANCY: only the vault calls what changes anything, and it is locked while it does.
contract LidoStrategy is Strategy {
    using FixedPointMathLib for uint256;
    using SafeTransferLib for address;

    /* CONSTANTS, IMMUTABLES AND STORAGE */

    /// @dev Lido's bounds of a request, in wei of stETH. What is less stays staked.
    uint256 private constant SMALLEST = 100;
    uint256 private constant LARGEST = 1000e18;
    uint256 public constant MAX_REQUESTS = 32;

    address public immutable wstETH;
    address public immutable stETH;
    IWithdrawalQueue public immutable queue;

    uint256[] private _requests;

    error TooManyRequests(uint256 limit);

    /// @dev A wrong address would not answer.
    // slither-disable-next-line missing-zero-check
    constructor(address vault_, address wstETH_, IWithdrawalQueue queue_) Strategy(vault_) {
        (wstETH, stETH, queue) = (wstETH_, IWstETH(wstETH_).stETH(), queue_);
    }

    receive() external payable {
        require(msg.sender == asset || msg.sender == address(queue), NativeUnexpected(msg.sender));
    }

    /* THE VAULT */

    // See RE-ENTRANCY.
    // slither-disable-start reentrancy-eth,reentrancy-no-eth,reentrancy-events

    /// @inheritdoc IStakingStrategy
    function deploy(uint256 amount, bytes calldata) external onlyVault {
        uint256 before = wstETH.balanceOf(address(this));
        IWrappedNative(asset).withdraw(amount);
        wstETH.safeTransferETH(amount);
        emit Deployed(amount, wstETH.balanceOf(address(this)) - before);
    }

    /// @inheritdoc IStakingStrategy
    function release(uint256 amount, bytes calldata) external onlyVault returns (uint256 released) {
        released = _collect();
        if (amount != 0) _request(amount);
    }

    /// @inheritdoc IStakingStrategy
    function emergencyExit(bytes calldata) external onlyVault returns (uint256 released) {
        released = _collect();
        _request(type(uint256).max);
    }

    // slither-disable-end reentrancy-eth,reentrancy-no-eth,reentrancy-events

    /* VIEWS */

    /// @inheritdoc IStakingStrategy
    function worth() external view returns (uint256 sum) {
        sum = IWstETH(wstETH).getStETHByWstETH(wstETH.balanceOf(address(this)));
        uint256[] memory ids = _requests;
        if (ids.length == 0) return sum;
        uint256[] memory ready = _ready(ids);
        IWithdrawalQueue.WithdrawalRequestStatus[] memory requests = queue.getWithdrawalStatus(ids);
        for (uint256 i; i < ids.length; ++i) {
            sum += requests[i].isFinalized ? ready[i] : _waiting(requests[i]);
        }
    }

    /// @notice Withdrawals that were requested and not yet collected, by Lido's numbers.
    function pendingRequests() external view returns (uint256[] memory) {
        return _requests;
    }

    /* INTERNALS */

    function _ready(uint256[] memory ids) private view returns (uint256[] memory) {
        return queue.getClaimableEther(ids, queue.findCheckpointHints(ids, 1, queue.getLastCheckpointIndex()));
    }

    function _waiting(IWithdrawalQueue.WithdrawalRequestStatus memory request) private view returns (uint256) {
        return request.amountOfStETH.min(IStETH(stETH).getPooledEthByShares(request.amountOfShares));
    }

    // See RE-ENTRANCY.
    // slither-disable-start reentrancy-eth,reentrancy-no-eth,reentrancy-events

    /// @dev Requests are ready in the order of their numbers, which is the order they are kept in.
    function _collect() private returns (uint256) {
        uint256[] memory ids = _requests;
        if (ids.length != 0) _claim(ids);
        if (address(this).balance != 0) IWrappedNative(asset).deposit{value: address(this).balance}();
        return _sendAll();
    }

    function _claim(uint256[] memory ids) private {
        IWithdrawalQueue.WithdrawalRequestStatus[] memory requests = queue.getWithdrawalStatus(ids);
        delete _requests;
        for (uint256 i; i < ids.length; ++i) {
            if (requests[i].isFinalized) queue.claimWithdrawal(ids[i]);
            else _requests.push(ids[i]);
        }
    }

    // slither-disable-end reentrancy-eth,reentrancy-no-eth,reentrancy-events

    /// @dev Rounded up to the unit of wstETH, in the favour of what is to be released.
    function _request(uint256 amount) private {
        uint256 held = wstETH.balanceOf(address(this));
        uint256 all = IWstETH(wstETH).getStETHByWstETH(held);
        uint256 left = amount < all ? held.min(IWstETH(wstETH).getWstETHByStETH(amount) + 1) : held;
        wstETH.safeApproveWithRetry(address(queue), left);
        uint256 largest = IWstETH(wstETH).getWstETHByStETH(LARGEST);
        while (IWstETH(wstETH).getStETHByWstETH(left) > SMALLEST) {
            require(_requests.length < MAX_REQUESTS, TooManyRequests(MAX_REQUESTS));
            uint256[] memory part = new uint256[](1);
            part[0] = left.min(largest);
            left -= part[0];
            _requests.push(queue.requestWithdrawalsWstETH(part, address(this))[0]);
        }
    }
}
