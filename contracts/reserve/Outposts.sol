// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IBridge} from "../interfaces/IBridge.sol";
import {IInjection} from "../interfaces/IInjection.sol";
import {ILedger} from "../interfaces/ILedger.sol";
import {IOutposts} from "../interfaces/IOutposts.sol";
import {IRegistry} from "../interfaces/IRegistry.sol";

import {Inbox} from "../bridges/Inbox.sol";
import {Books} from "./Books.sol";
import {SafeCastLib} from "solady/utils/SafeCastLib.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

/// @title Outposts
/// @notice Rule R7: what goes to the reserve on other chains, and what comes from there. See IOutposts.
/// @dev
/// BOUNDS: a stolen keeper's key can move a day's cap to pools of ours that governance has confirmed, and nowhere else.
///
/// IN FLIGHT: what has left is counted by chain and token until governance confirms that it arrived or came back. It is no
/// longer accounted as held; no bucket depends on it.
abstract contract Outposts is IOutposts, Books {
    using SafeCastLib for int256;
    using SafeTransferLib for address;

    /* KEEPERS */

    // The lock is held: what is written after a call nobody has seen in between.
    // slither-disable-start reentrancy-benign,reentrancy-events

    /// @inheritdoc IOutposts
    function sendToOutpost(address pool, address token, uint256 amount, uint256 chainId, address destinationPool)
        external
        payable
        nonReentrant
    {
        require(_injectors[msg.sender], IInjection.NotInjector(msg.sender));
        require(_pools[pool].active, IRegistry.PoolNotRegistered(pool));
        require(_destinations[chainId][destinationPool], DestinationUnconfirmed(chainId, destinationPool));
        address bridge = _bridges[chainId][token];
        require(bridge != address(0), NoBridge(chainId, token));
        _countSending(token, amount);
        uint256 bucket = _poolBuckets[pool][token];
        require(amount <= bucket, IInjection.AmountAboveBucket(pool, token, amount, bucket));
        _poolBuckets[pool][token] = bucket - amount;
        _inFlight[chainId][token] += amount;
        _release(token, amount);
        address inbox = inboxOf(destinationPool);
        emit Sent(pool, token, amount, chainId, destinationPool, inbox);
        _send(bridge, token, amount, chainId, inbox);
    }

    /* ANYONE */

    /// @inheritdoc IOutposts
    function receiveBridged(address token, uint256 amount) external nonReentrant returns (uint256 received) {
        address pool = _inboxPools[msg.sender];
        require(pool != address(0), NotInbox(msg.sender));
        require(_pools[pool].active, IRegistry.PoolNotRegistered(pool));
        bool known = _accounts[token].listed || _origins[token] != address(0);
        require(known, ILedger.TokenNotListed(token));
        uint256 before = _balance(token);
        // The sender is one of our inboxes, which has allowed just this.
        // slither-disable-next-line arbitrary-send-erc20
        token.safeTransferFrom(msg.sender, address(this), amount);
        received = _rebook(_poolBuckets[pool], token, before).toUint256();
        emit Received(pool, token, received);
    }

    /// @inheritdoc IOutposts
    function openInbox(address pool) public returns (address inbox) {
        require(pool != address(0), ILedger.ZeroAddress());
        inbox = inboxOf(pool);
        if (inbox.code.length != 0) return inbox;
        _inboxPools[inbox] = pool;
        emit InboxOpened(pool, inbox);
        new Inbox{salt: _salt(pool)}();
    }

    // slither-disable-end reentrancy-benign,reentrancy-events

    /* GOVERNANCE AND GUARDIAN */

    /// @inheritdoc IOutposts
    function setBridge(uint256 chainId, address token, address bridge) external restricted {
        require(chainId != block.chainid, DestinationHere(chainId));
        if (bridge != address(0)) {
            bool fits = IBridge(bridge).reserve() == address(this) && IBridge(bridge).chainId() == chainId;
            require(fits, BridgeMisfit(bridge));
        }
        _bridges[chainId][token] = bridge;
        emit BridgeSet(chainId, token, bridge);
    }

    /// @inheritdoc IOutposts
    function setSendingCap(address token, uint112 largest, uint112 perDay) external restricted {
        _setSendingCap(token, largest, perDay);
    }

    /// @inheritdoc IOutposts
    function stopSending(address token) external restricted {
        _setSendingCap(token, 0, 0);
    }

    /// @inheritdoc IOutposts
    function confirmDestination(
        uint256 chainId,
        address pool,
        address reserve,
        bytes32 reserveCodeHash,
        bytes32 inboxCodeHash
    ) external restricted {
        require(chainId != block.chainid, DestinationHere(chainId));
        require(reserve == address(this), ReserveElsewhere(reserve));
        require(reserveCodeHash != 0 && reserveCodeHash != keccak256(""), CodeDiffers(reserveCodeHash, 0));
        bytes32 expected = openInbox(pool).codehash;
        require(inboxCodeHash == expected, CodeDiffers(inboxCodeHash, expected));
        _destinations[chainId][pool] = true;
        emit DestinationConfirmed(chainId, pool, reserveCodeHash, inboxCodeHash);
    }

    /// @inheritdoc IOutposts
    function revokeDestination(uint256 chainId, address pool) external restricted {
        _destinations[chainId][pool] = false;
        emit DestinationRevoked(chainId, pool);
    }

    /// @inheritdoc IOutposts
    function confirmArrival(uint256 chainId, address token, uint256 amount) external restricted {
        uint256 flying = _inFlight[chainId][token];
        require(amount <= flying, NotInFlight(chainId, token, amount, flying));
        _inFlight[chainId][token] = flying - amount;
        emit ArrivalConfirmed(chainId, token, amount);
    }

    /// @inheritdoc IOutposts
    function mapWrapped(address wrapped, address token) external restricted {
        require(wrapped != address(0), ILedger.ZeroAddress());
        require(token == address(0) || _accounts[token].listed, ILedger.TokenNotListed(token));
        _origins[wrapped] = token;
        emit WrappedMapped(wrapped, token);
    }

    /* VIEWS */

    /// @inheritdoc IOutposts
    function inboxOf(address pool) public view returns (address) {
        // There is no literal here, but a code.
        // slither-disable-next-line too-many-digits
        bytes32 code = keccak256(type(Inbox).creationCode);
        return address(uint160(uint256(keccak256(abi.encodePacked(hex"ff", address(this), _salt(pool), code)))));
    }

    /// @inheritdoc IOutposts
    function poolOfInbox(address inbox) external view returns (address) {
        return _inboxPools[inbox];
    }

    /// @inheritdoc IOutposts
    function bridgeOf(uint256 chainId, address token) external view returns (address) {
        return _bridges[chainId][token];
    }

    /// @inheritdoc IOutposts
    function sendingCap(address token) external view returns (uint256 largest, uint256 leftToday) {
        return (_largestSendings[token], _sendingCaps[token].left());
    }

    /// @inheritdoc IOutposts
    function isConfirmed(uint256 chainId, address pool) external view returns (bool) {
        return _destinations[chainId][pool];
    }

    /// @inheritdoc IOutposts
    function inFlight(uint256 chainId, address token) external view returns (uint256) {
        return _inFlight[chainId][token];
    }

    /// @inheritdoc IOutposts
    function originOf(address wrapped) external view returns (address) {
        return _origins[wrapped];
    }

    /* INTERNALS */

    /// @dev Just the amount leaves, whatever token and bridge do [R2].
    // Called by a payable function alone.
    // slither-disable-next-line msg-value-in-nonpayable
    function _send(address bridge, address token, uint256 amount, uint256 chainId, address inbox) private {
        uint256 before = _balance(token);
        token.safeTransfer(bridge, amount);
        IBridge(bridge).send{value: msg.value}(token, amount, chainId, inbox);
        uint256 left = before - _balance(token);
        require(left == amount, SentOtherwise(amount, left));
    }

    function _countSending(address token, uint256 amount) private {
        require(amount != 0, NothingToSend());
        uint256 largest = _largestSendings[token];
        require(amount <= largest, AboveLargest(amount, largest));
        _sendingCaps[token].use(amount);
    }

    function _setSendingCap(address token, uint112 largest, uint112 perDay) private {
        _largestSendings[token] = largest;
        _sendingCaps[token].cap = perDay;
        emit SendingCapSet(token, largest, perDay);
    }

    function _salt(address pool) private pure returns (bytes32) {
        return bytes32(uint256(uint160(pool)));
    }
}
