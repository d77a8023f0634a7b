// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @title IOutposts
/// @notice How the reserve sends to itself on other chains, and receives. Called at the reserve.
/// @dev Numbers in brackets name the rules in docs/SPEC.md.
interface IOutposts {
    /// @notice Some of a pool's bucket is on its way to the inbox of a pool on another chain.
    event Sent(
        address indexed pool,
        address indexed token,
        uint256 amount,
        uint256 indexed chainId,
        address destinationPool,
        address inbox
    );
    /// @notice Something came through a pool's inbox into its bucket.
    event Received(address indexed pool, address indexed token, uint256 amount);
    event ArrivalConfirmed(uint256 indexed chainId, address indexed token, uint256 amount);
    event InboxOpened(address indexed pool, address inbox);
    event BridgeSet(uint256 indexed chainId, address indexed token, address bridge);
    event SendingCapSet(address indexed token, uint256 largest, uint256 perDay);
    /// @notice Governance has read the code at a destination; of the reserve's code there, this is its word alone.
    event DestinationConfirmed(
        uint256 indexed chainId, address indexed pool, bytes32 reserveCodeHash, bytes32 inboxCodeHash
    );
    event DestinationRevoked(uint256 indexed chainId, address indexed pool);
    event WrappedMapped(address indexed wrapped, address indexed token);

    /// @notice No bridge is set for the token and the chain.
    error NoBridge(uint256 chainId, address token);
    /// @notice The bridge is not this reserve's, or leads to another chain.
    error BridgeMisfit(address bridge);
    /// @notice The code at the destination has not been confirmed.
    error DestinationUnconfirmed(uint256 chainId, address pool);
    /// @notice This chain is no destination.
    error DestinationHere(uint256 chainId);
    /// @notice The reserve is at another address there, and so are its inboxes.
    error ReserveElsewhere(address reserve);
    /// @notice No code was read there, or what was read at the inbox is not the code of an inbox of this reserve.
    error CodeDiffers(bytes32 codeHash, bytes32 expected);
    error NothingToSend();
    /// @notice More than may be sent at once.
    error AboveLargest(uint256 amount, uint256 largest);
    /// @notice More or less than the amount has left.
    error SentOtherwise(uint256 amount, uint256 left);
    error NotInFlight(uint256 chainId, address token, uint256 amount, uint256 inFlight);
    error NotInbox(address caller);

    /// @notice Sends some of a pool's bucket to the inbox of a pool on another chain [R7]. Keepers that governance has named
    /// only; a fee of the bridge, if it asks for one, is theirs to bring.
    /// @param pool A registered pool, whose bucket it comes from.
    /// @param chainId One that a bridge is set for, for this token.
    /// @param destinationPool One that governance has confirmed there.
    function sendToOutpost(address pool, address token, uint256 amount, uint256 chainId, address destinationPool)
        external
        payable;

    /// @notice Takes what has arrived at the inbox that calls into its pool's bucket, and measures it.
    function receiveBridged(address token, uint256 amount) external returns (uint256 received);

    /// @notice Creates a pool's inbox, if there is none yet. Anyone may call.
    function openInbox(address pool) external returns (address inbox);

    /// @notice Sets the bridge that leads to a chain for a token; zero for none. Governance only.
    function setBridge(uint256 chainId, address token, address bridge) external;

    /// @notice Sets how much of a token may leave at once, and a day; both are 0 to begin with. Governance only.
    function setSendingCap(address token, uint112 largest, uint112 perDay) external;

    /// @notice Lets nothing more of a token leave. The guardian.
    function stopSending(address token) external;

    /// @notice Says what governance has read on another chain at the reserve's address and at the address of the pool's
    /// inbox. Governance only.
    /// @dev A chain cannot read another's code. Checked here: that the reserve's address is this one; that it has code, as
    /// governance says; and that the inbox's code is that of an inbox of this reserve. What the reserve's code does there,
    /// and that the pool is registered there, governance must have made sure of.
    function confirmDestination(
        uint256 chainId,
        address pool,
        address reserve,
        bytes32 reserveCodeHash,
        bytes32 inboxCodeHash
    ) external;

    /// @notice Lets nothing more go to a pool on another chain. Governance only.
    function revokeDestination(uint256 chainId, address pool) external;

    /// @notice Says that an amount is in flight no longer: it has arrived, or has come back. Governance only.
    function confirmArrival(uint256 chainId, address token, uint256 amount) external;

    /// @notice Lets inboxes credit a wrapped token that stands for a listed one; zero to end that. Governance only.
    /// @dev It stays a token of its own, in buckets of its own, until it is converted [R9].
    function mapWrapped(address wrapped, address token) external;

    /// @notice Where a pool's inbox is, here and on every chain where the reserve has this address.
    function inboxOf(address pool) external view returns (address);

    /// @notice Whose inbox it is; zero for none that is open.
    function poolOfInbox(address inbox) external view returns (address);

    function bridgeOf(uint256 chainId, address token) external view returns (address);

    /// @notice How much of a token may leave at once, and how much still today.
    function sendingCap(address token) external view returns (uint256 largest, uint256 leftToday);

    function isConfirmed(uint256 chainId, address pool) external view returns (bool);

    /// @notice What has left for a chain and is not known to have arrived.
    function inFlight(uint256 chainId, address token) external view returns (uint256);

    /// @notice The token that a wrapped one stands for; zero for none.
    function originOf(address wrapped) external view returns (address);
}
