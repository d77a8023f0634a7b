// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @notice Model of the OP stack's cross-domain messengers, as far as the standard bridges use them: keeps what is sent, and
/// hands it on when told to, in its sender's name. Without the portal, proofs and delays that lie in between.
contract ModelMessenger {
    struct Message {
        address sender;
        address target;
        bytes data;
    }

    address public xDomainMessageSender;
    Message[] private _messages;

    function sendMessage(address target, bytes calldata data, uint32) external payable {
        _messages.push(Message(msg.sender, target, data));
    }

    /// @notice Delivers the last message of the other layer's messenger.
    function relay(ModelMessenger other) external {
        Message memory message = other.last();
        xDomainMessageSender = message.sender;
        (bool done, bytes memory reason) = message.target.call(message.data);
        require(done, string(reason));
        xDomainMessageSender = address(0);
    }

    function last() external view returns (Message memory) {
        return _messages[_messages.length - 1];
    }
}
