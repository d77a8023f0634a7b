// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Share} from "../../../contracts/types/Share.sol";
import {IAggLayerOutpost} from "../../../script/deployment/Interfaces.sol";

import {CLAIM_ASSET, Claim, ModelAggLayer} from "../../mocks/ModelAggLayer.sol";
import {Ledger_Test} from "../reserve/LedgerTest.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {LibBytes} from "solady/utils/LibBytes.sol";

/// @notice A pool with a bucket, AggLayer on two networks, and a way to the other one within bounds.
/// @dev Both networks are one chain here, so that the reserve has one address on both: what leaves for pool B's inbox there
/// arrives at pool B's inbox here.
abstract contract Outpost_Test is Ledger_Test {
    uint256 internal constant AWAY = 747_474;
    uint256 internal constant BUCKET = 1000e6;
    uint112 internal constant LARGEST = 300e6;
    uint112 internal constant PER_DAY = 500e6;
    bytes32 internal constant SEEN = keccak256("the reserve's code there");
    uint256 private constant MAINNET = 1 << 64;

    ModelAggLayer internal mainnet;
    ModelAggLayer internal rollup;
    IAggLayerOutpost internal bridge;
    address internal inbox;

    function setUp() public virtual override {
        super.setUp();
        mainnet = new ModelAggLayer(0);
        rollup = new ModelAggLayer(1);
        bridge = IAggLayerOutpost(create("AggLayerBridge", abi.encode(address(reserve), address(mainnet), AWAY, 1)));
        inbox = reserve.openInbox(poolB);
        vm.startPrank(governance);
        reserve.setSplit(10_000, 0, new Share[](0));
        reserve.setBridge(AWAY, address(token), address(bridge));
        reserve.setSendingCap(address(token), LARGEST, PER_DAY);
        reserve.confirmDestination(AWAY, poolB, address(reserve), SEEN, inbox.codehash);
        vm.stopPrank();
        _settlePaid(BUCKET, 1);
        _book(1);
    }

    function send(uint256 amount) internal {
        vm.prank(keeper);
        reserve.sendToOutpost(poolA, address(token), amount, AWAY, poolB);
    }

    function expectRefusal(uint256 amount, bytes memory reason) internal {
        vm.expectRevert(reason);
        send(amount);
    }

    /// @notice The claim of the first leaf that left the mainnet.
    function firstClaim(uint256 amount) internal view returns (Claim memory claim) {
        claim = claimOf(address(token), amount, 0, 1);
        (claim.globalIndex, claim.mainnetExitRoot) = (MAINNET, mainnet.exitRoot());
    }

    /// @notice The first leaf of a tree: its proof is the ladder of zeros.
    function claimOf(address originToken, uint256 amount, uint32 originNetwork, uint32 destinationNetwork)
        internal
        view
        returns (Claim memory claim)
    {
        bytes32 zero;
        for (uint256 i; i < 32; ++i) {
            (claim.smtProofLocalExitRoot[i], claim.smtProofRollupExitRoot[i]) = (zero, zero);
            zero = keccak256(abi.encodePacked(zero, zero));
        }
        (claim.originNetwork, claim.originTokenAddress) = (originNetwork, originToken);
        (claim.destinationNetwork, claim.destinationAddress, claim.amount) = (destinationNetwork, inbox, amount);
        claim.metadata = mainnet.metadataOf(originToken);
    }

    /// @notice As anyone may.
    function submit(ModelAggLayer at, Claim memory claim) internal returns (bool done, bytes memory reason) {
        bytes memory arguments = LibBytes.slice(abi.encode(claim), 32);
        vm.prank(stranger);
        return address(at).call(bytes.concat(CLAIM_ASSET, arguments));
    }

    /// @notice R2, with what both pools have as all that is accounted.
    function assertBooks(address asset) internal view {
        uint256 buckets = reserve.poolBucket(poolA, asset) + reserve.poolBucket(poolB, asset);
        assertEq(reserve.accounted(asset), buckets, "accounted");
        assertGe(IERC20(asset).balanceOf(address(reserve)), buckets, "held");
    }
}
