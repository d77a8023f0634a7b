// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";

/// @notice What claimAsset is called with, in its order.
struct Claim {
    bytes32[32] smtProofLocalExitRoot;
    bytes32[32] smtProofRollupExitRoot;
    uint256 globalIndex;
    bytes32 mainnetExitRoot;
    bytes32 rollupExitRoot;
    uint32 originNetwork;
    address originTokenAddress;
    uint32 destinationNetwork;
    address destinationAddress;
    uint256 amount;
    bytes metadata;
}

bytes4 constant CLAIM_ASSET = bytes4(
    keccak256("claimAsset(bytes32[32],bytes32[32],uint256,bytes32,bytes32,uint32,address,uint32,address,uint256,bytes)")
);

/// @notice Part of the model: what stands for a token of another network.
contract ModelWrappedToken is ERC20 {
    address public immutable bridge;
    uint8 private immutable _decimals;

    constructor(string memory name_, string memory symbol_, uint8 decimals_) ERC20(name_, symbol_) {
        (bridge, _decimals) = (msg.sender, decimals_);
    }

    function mint(address to, uint256 amount) external {
        require(msg.sender == bridge, "not the bridge");
        _mint(to, amount);
    }

    function burn(address from, uint256 amount) external {
        require(msg.sender == bridge, "not the bridge");
        _burn(from, amount);
    }

    function decimals() public view override returns (uint8) {
        return _decimals;
    }
}

/// @notice Model of AggLayer's unified bridge, whose bytecode no package carries: its interface, its leaves and exit tree of
/// depth 32, its proof of a claim, claims that count once, wrapped tokens deployed by the first claim.
/// @dev Of messages, permits, native coin, emergencies and the tree of rollups there is nothing: claims are of what left
/// the mainnet, network 0, and of what left a rollup whose root is given. The roots of other networks come by
/// `acceptExitRoots`, in place of the manager of global exit roots.
contract ModelAggLayer {
    error AlreadyClaimed();
    error DestinationNetworkInvalid();
    error GlobalExitRootInvalid();
    error InvalidSmtProof();

    uint256 private constant DEPTH = 32;
    uint256 private constant MAINNET = 1 << 64;

    uint32 public immutable networkID;
    uint32 public depositCount;
    bytes32[DEPTH] private _branch;
    mapping(bytes32 root => bool) private _known;
    mapping(uint256 source => mapping(uint256 index => bool)) public isClaimed;
    mapping(bytes32 origin => ModelWrappedToken) private _wrapped;

    struct Origin {
        uint32 network;
        address token;
    }

    mapping(address wrapped => Origin) private _origins;

    constructor(uint32 network) {
        networkID = network;
    }

    /* OUT */

    function bridgeAsset(
        uint32 destinationNetwork,
        address destinationAddress,
        uint256 amount,
        address token,
        bool,
        bytes calldata
    ) external payable {
        require(destinationNetwork != networkID, DestinationNetworkInvalid());
        Claim memory claim;
        (claim.destinationNetwork, claim.destinationAddress) = (destinationNetwork, destinationAddress);
        claim.metadata = metadataOf(token);
        Origin memory origin = _origins[token];
        if (origin.token == address(0)) {
            (claim.originNetwork, claim.originTokenAddress) = (networkID, token);
            uint256 before = IERC20(token).balanceOf(address(this));
            require(IERC20(token).transferFrom(msg.sender, address(this), amount), "not transferred");
            claim.amount = IERC20(token).balanceOf(address(this)) - before;
        } else {
            (claim.originNetwork, claim.originTokenAddress, claim.amount) = (origin.network, origin.token, amount);
            ModelWrappedToken(token).burn(msg.sender, amount);
        }
        _add(leafOf(claim));
    }

    function metadataOf(address token) public view returns (bytes memory) {
        IERC20Metadata asset = IERC20Metadata(token);
        return abi.encode(asset.name(), asset.symbol(), asset.decimals());
    }

    function leafOf(Claim memory claim) public pure returns (bytes32) {
        return keccak256(
            abi.encodePacked(
                uint8(0),
                claim.originNetwork,
                claim.originTokenAddress,
                claim.destinationNetwork,
                claim.destinationAddress,
                claim.amount,
                keccak256(claim.metadata)
            )
        );
    }

    /// @notice The root of what has left this network.
    function exitRoot() external view returns (bytes32 node) {
        bytes32 zero;
        for (uint256 height; height < DEPTH; ++height) {
            bool right = (depositCount >> height) & 1 == 1;
            node = right ? _pair(_branch[height], node) : _pair(node, zero);
            zero = _pair(zero, zero);
        }
    }

    /* IN */

    function acceptExitRoots(bytes32 mainnetExitRoot, bytes32 rollupExitRoot) external {
        _known[_pair(mainnetExitRoot, rollupExitRoot)] = true;
    }

    /// @dev claimAsset: its eleven arguments are too many for the stack; encoded they are the same as a Claim.
    fallback() external {
        require(msg.sig == CLAIM_ASSET, "not of the model");
        _claim(abi.decode(bytes.concat(bytes32(uint256(32)), msg.data[4:]), (Claim)));
    }

    function getTokenWrappedAddress(uint32 originNetwork, address originToken) public view returns (address) {
        return address(_wrapped[keccak256(abi.encodePacked(originNetwork, originToken))]);
    }

    function _claim(Claim memory claim) private {
        require(_known[_pair(claim.mainnetExitRoot, claim.rollupExitRoot)], GlobalExitRootInvalid());
        uint256 index = uint32(claim.globalIndex);
        uint256 rollup = uint32(claim.globalIndex >> 32);
        bytes32 local = _root(leafOf(claim), claim.smtProofLocalExitRoot, index);
        bool mainnet = claim.globalIndex & MAINNET != 0;
        bool proven = mainnet
            ? local == claim.mainnetExitRoot
            : _root(local, claim.smtProofRollupExitRoot, rollup) == claim.rollupExitRoot;
        require(proven, InvalidSmtProof());
        uint256 source = mainnet ? 0 : rollup + 1;
        require(!isClaimed[source][index], AlreadyClaimed());
        isClaimed[source][index] = true;
        require(claim.destinationNetwork == networkID, DestinationNetworkInvalid());
        _payOut(claim);
    }

    function _payOut(Claim memory claim) private {
        if (claim.originNetwork == networkID) {
            require(IERC20(claim.originTokenAddress).transfer(claim.destinationAddress, claim.amount), "not paid");
            return;
        }
        bytes32 origin = keccak256(abi.encodePacked(claim.originNetwork, claim.originTokenAddress));
        if (address(_wrapped[origin]) == address(0)) {
            (string memory name, string memory symbol, uint8 decimals) =
                abi.decode(claim.metadata, (string, string, uint8));
            _wrapped[origin] = new ModelWrappedToken(name, symbol, decimals);
            _origins[address(_wrapped[origin])] = Origin(claim.originNetwork, claim.originTokenAddress);
        }
        _wrapped[origin].mint(claim.destinationAddress, claim.amount);
    }

    /* TREE */

    function _add(bytes32 leaf) private {
        uint256 size = ++depositCount;
        for (uint256 height; height < DEPTH; ++height) {
            if ((size >> height) & 1 == 1) {
                _branch[height] = leaf;
                return;
            }
            leaf = _pair(_branch[height], leaf);
        }
    }

    function _root(bytes32 node, bytes32[32] memory proof, uint256 index) private pure returns (bytes32) {
        for (uint256 height; height < DEPTH; ++height) {
            bool right = (index >> height) & 1 == 1;
            node = right ? _pair(proof[height], node) : _pair(node, proof[height]);
        }
        return node;
    }

    function _pair(bytes32 left, bytes32 right) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(left, right));
    }
}
