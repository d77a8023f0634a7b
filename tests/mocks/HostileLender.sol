// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ICallbacks} from "../ICallbacks.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice Mock: a lender in the shapes of Balancer V2 and of Aave V3 that misbehaves in one way at a time.
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
        NoToken
    }

    Manner public manner;
    uint256 public fee;
    address public otherToken;

    function behave(Manner manner_, uint256 fee_, address otherToken_) external {
        (manner, fee, otherToken) = (manner_, fee_, otherToken_);
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
        uint256 left = manner == Manner.PullsAllButOne ? 1 : 0;
        if (manner != Manner.PullsNothing) IERC20(token).transferFrom(receiver, address(this), amount + fee - left);
    }

    function _named(uint256 amount) private view returns (uint256) {
        if (manner == Manner.SmallerAmount) return amount - 1;
        return manner == Manner.OtherAmount ? amount + 1 : amount;
    }

    function _lent(uint256 amount) private view returns (uint256) {
        return manner == Manner.LendsLess ? amount - 1 : amount;
    }
}
