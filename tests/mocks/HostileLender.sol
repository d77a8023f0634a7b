// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ICallbacks} from "../ICallbacks.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice Mock: a lender in the shapes of Balancer V2, Aave V3, Morpho and ERC-3156 that misbehaves in one way at a time;
/// in that of a Uniswap V3 pool it only does not call back.
contract HostileLender {
    enum Manner {
        Honest,
        NoCallback,
        CallsTwice,
        OtherToken,
        OtherAmount,
        TwoTokens,
        LendsLess,
        OtherInitiator,
        PullsNothing,
        PullsAllButOne,
        SmallerAmount,
        NoToken,
        SaysNo
    }

    Manner public manner;
    uint256 public fee;
    address public otherToken;
    uint256 private _most = type(uint256).max;

    function behave(Manner manner_, uint256 fee_, address otherToken_) external {
        (manner, fee, otherToken) = (manner_, fee_, otherToken_);
    }

    /// @dev Of ERC-3156's.
    function lendAtMost(uint256 amount) external {
        _most = amount;
    }

    function flashLoan(address receiver, address[] calldata tokens, uint256[] calldata amounts, bytes calldata data)
        external
    {
        IERC20(tokens[0]).transfer(receiver, _lent(amounts[0]));
        if (manner == Manner.NoCallback) return;
        uint256 count = manner == Manner.TwoTokens ? 2 : 1;
        address[] memory named = new address[](count);
        uint256[] memory lent = new uint256[](count);
        uint256[] memory fees = new uint256[](count);
        named[0] = manner == Manner.OtherToken ? otherToken : tokens[0];
        lent[0] = _named(amounts[0]);
        fees[0] = fee;
        if (manner == Manner.NoToken) named = new address[](0);
        ICallbacks(receiver).receiveFlashLoan(named, lent, fees, data);
        if (manner == Manner.CallsTwice) ICallbacks(receiver).receiveFlashLoan(named, lent, fees, data);
    }

    function flashLoanSimple(address receiver, address token, uint256 amount, bytes calldata data, uint16) external {
        IERC20(token).transfer(receiver, _lent(amount));
        if (manner == Manner.NoCallback) return;
        address named = manner == Manner.OtherToken ? otherToken : token;
        uint256 lent = _named(amount);
        address initiator = manner == Manner.OtherInitiator ? address(this) : receiver;
        ICallbacks(receiver).executeOperation(named, lent, fee, initiator, data);
        if (manner == Manner.CallsTwice) ICallbacks(receiver).executeOperation(named, lent, fee, initiator, data);
        _pull(token, amount + fee);
    }

    /// @dev Morpho's, which names no token.
    function flashLoan(address token, uint256 amount, bytes calldata data) external {
        IERC20(token).transfer(msg.sender, _lent(amount));
        if (manner == Manner.NoCallback) return;
        ICallbacks(msg.sender).onMorphoFlashLoan(_named(amount), data);
        if (manner == Manner.CallsTwice) ICallbacks(msg.sender).onMorphoFlashLoan(_named(amount), data);
        _pull(token, amount);
    }

    /* ERC-3156 */

    function maxFlashLoan(address) external view returns (uint256) {
        return _most;
    }

    function flashLoan(address receiver, address token, uint256 amount, bytes calldata data) external returns (bool) {
        IERC20(token).transfer(receiver, _lent(amount));
        if (manner == Manner.NoCallback) return true;
        _callBack(receiver, token, amount, data);
        if (manner == Manner.CallsTwice) _callBack(receiver, token, amount, data);
        _pull(token, amount + fee);
        return manner != Manner.SaysNo;
    }

    function _callBack(address receiver, address token, uint256 amount, bytes calldata data) private {
        address named = manner == Manner.OtherToken ? otherToken : token;
        address initiator = manner == Manner.OtherInitiator ? address(this) : receiver;
        bytes32 answer = ICallbacks(receiver).onFlashLoan(initiator, named, _named(amount), fee, data);
        require(answer == keccak256("ERC3156FlashBorrower.onFlashLoan"));
    }

    /* A POOL OF UNISWAP V3 */

    function token0() external view returns (address) {
        return otherToken;
    }

    function flash(address, uint256, uint256, bytes calldata) external {}

    /* INTERNALS */

    function _pull(address token, uint256 owed) private {
        uint256 left = manner == Manner.PullsAllButOne ? 1 : 0;
        if (manner != Manner.PullsNothing) IERC20(token).transferFrom(msg.sender, address(this), owed - left);
    }

    function _named(uint256 amount) private view returns (uint256) {
        if (manner == Manner.SmallerAmount) return amount - 1;
        return manner == Manner.OtherAmount ? amount + 1 : amount;
    }

    function _lent(uint256 amount) private view returns (uint256) {
        return manner == Manner.LendsLess ? amount - 1 : amount;
    }
}
