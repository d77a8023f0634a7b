// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IBridge} from "../../../contracts/interfaces/IBridge.sol";
import {IInbox} from "../../../contracts/interfaces/IInbox.sol";
import {IAggLayerOutpost, IOptimismOutpost} from "../../../script/deployment/Interfaces.sol";

import {HostileBridge} from "../../mocks/HostileBridge.sol";
import {OptimismFixture} from "../../protocols/OptimismFixture.sol";
import {Outpost_Test} from "./OutpostTest.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice R7: the bridges keep nothing, and lead where they say. The OP stack's is its published bytecode.
contract Bridge_Test is Outpost_Test {
    uint256 private constant SECOND_LAYER = 8453;

    OptimismFixture private optimism;
    IERC20 private remote;
    IOptimismOutpost private down;
    IOptimismOutpost private up;

    function setUp() public override {
        super.setUp();
        optimism = new OptimismFixture();
        remote = IERC20(optimism.deployMintable(address(token), 6));
        (address l1, address l2) = (address(optimism.l1Bridge()), optimism.l2Bridge());
        down = IOptimismOutpost(
            create("OptimismBridge", abi.encode(address(reserve), l1, SECOND_LAYER, address(token), address(remote)))
        );
        up = IOptimismOutpost(
            create("OptimismBridge", abi.encode(address(reserve), l2, AWAY, address(remote), address(token)))
        );
        vm.startPrank(governance);
        reserve.listToken(address(remote), true);
        reserve.setBridge(SECOND_LAYER, address(token), address(down));
        reserve.setBridge(AWAY, address(remote), address(up));
        reserve.setSendingCap(address(remote), LARGEST, PER_DAY);
        reserve.confirmDestination(SECOND_LAYER, poolB, address(reserve), SEEN, inbox.codehash);
        vm.stopPrank();
    }

    /* THE OP STACK */

    function test_Optimism_EscrowsAndMintsToTheInbox() public {
        bytes memory call = abi.encodeWithSignature(
            "bridgeERC20To(address,address,address,uint256,uint32,bytes)", token, remote, inbox, 250e6, 200_000, ""
        );
        vm.expectCall(address(optimism.l1Bridge()), call, 1);
        _sendDown(250e6);
        assertEq(optimism.l1Bridge().deposits(address(token), address(remote)), 250e6);
        assertEq(token.balanceOf(address(optimism.l1Bridge())), 250e6);
        _assertNothingKept(token, down);
        optimism.l2Messenger().relay(optimism.l1Messenger());
        assertEq(remote.balanceOf(inbox), 250e6);
        IInbox(inbox).flush(address(remote));
        assertEq(reserve.poolBucket(poolB, address(remote)), 250e6);
        assertBooks(address(remote));
    }

    function test_Optimism_BurnsAndReleasesToTheInbox() public {
        _sendDown(250e6);
        optimism.l2Messenger().relay(optimism.l1Messenger());
        IInbox(inbox).flush(address(remote));
        vm.prank(keeper);
        reserve.sendToOutpost(poolB, address(remote), 100e6, AWAY, poolB);
        assertEq(remote.totalSupply(), 150e6);
        _assertNothingKept(remote, up);
        optimism.l1Messenger().relay(optimism.l2Messenger());
        assertEq(optimism.l1Bridge().deposits(address(token), address(remote)), 150e6);
        assertEq(token.balanceOf(inbox), 100e6);
        IInbox(inbox).flush(address(token));
        assertEq(reserve.poolBucket(poolB, address(token)), 100e6);
        assertBooks(address(token));
        assertBooks(address(remote));
    }

    /* CONSTRUCTION */

    function test_ItKnowsWhereItLeads() public view {
        assertEq(down.name(), "OP stack's standard bridge");
        assertEq(bridge.name(), "AggLayer's unified bridge");
        assertEq(down.reserve(), address(reserve));
        assertEq(down.bridge(), address(optimism.l1Bridge()));
        assertEq(down.chainId(), SECOND_LAYER);
        assertEq(down.token(), address(token));
        assertEq(down.remoteToken(), address(remote));
        assertEq(bridge.network(), 1);
    }

    /// @notice Calls of their own: what is deployed by artifact would end the test with its revert.
    function aggLayer(address reserve_, address at, uint256 chainId, uint32 network) external {
        create("AggLayerBridge", abi.encode(reserve_, at, chainId, network));
    }

    function optimismFor(address at, address token_, address remoteToken) external {
        create("OptimismBridge", abi.encode(address(reserve), at, AWAY, token_, remoteToken));
    }

    function test_RevertWhen_BuiltWrongly() public {
        address home = address(mainnet);
        vm.expectRevert(IBridge.ZeroAddress.selector);
        this.aggLayer(address(0), home, AWAY, 1);
        vm.expectRevert(abi.encodeWithSelector(IBridge.NotContract.selector, stranger));
        this.aggLayer(address(reserve), stranger, AWAY, 1);
        vm.expectRevert(abi.encodeWithSelector(IBridge.LeadsElsewhere.selector, block.chainid, block.chainid));
        this.aggLayer(address(reserve), home, block.chainid, 1);
        vm.expectRevert(abi.encodeWithSelector(IBridge.LeadsElsewhere.selector, 0, 0));
        this.aggLayer(address(reserve), home, AWAY, 0);
        vm.expectRevert(IBridge.ZeroAddress.selector);
        this.optimismFor(home, address(0), address(token));
        vm.expectRevert(IBridge.ZeroAddress.selector);
        this.optimismFor(home, address(token), address(0));
    }

    /* SENDING */

    function test_RevertWhen_NotTheReserveSends() public {
        token.mint(address(bridge), 1e6);
        address[3] memory others = [stranger, keeper, governance];
        for (uint256 i; i < others.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IBridge.NotReserve.selector, others[i]));
            vm.prank(others[i]);
            bridge.send(address(token), 1e6, AWAY, others[i]);
        }
    }

    function test_RevertWhen_AFeeComesWithIt() public {
        vm.deal(keeper, 1);
        vm.expectRevert(abi.encodeWithSelector(IBridge.FeeUnasked.selector, 1));
        vm.prank(keeper);
        reserve.sendToOutpost{value: 1}(poolA, address(token), 1e6, AWAY, poolB);
    }

    function test_RevertWhen_TheChainOrTheTokenIsAnother() public {
        token.mint(address(down), 1e6);
        vm.startPrank(address(reserve));
        vm.expectRevert(abi.encodeWithSelector(IBridge.LeadsElsewhere.selector, AWAY, SECOND_LAYER));
        down.send(address(token), 1e6, AWAY, inbox);
        vm.expectRevert(abi.encodeWithSelector(IBridge.LeadsElsewhere.selector, SECOND_LAYER - 1, SECOND_LAYER));
        down.send(address(token), 1e6, SECOND_LAYER - 1, inbox);
        vm.expectRevert(abi.encodeWithSelector(IBridge.OtherToken.selector, remote));
        down.send(address(remote), 0, SECOND_LAYER, inbox);
    }

    function test_RevertGiven_ABridgeThatTakesNothing() public {
        HostileBridge idle = new HostileBridge(address(reserve), AWAY);
        IAggLayerOutpost front =
            IAggLayerOutpost(create("AggLayerBridge", abi.encode(address(reserve), address(idle), AWAY, 1)));
        vm.prank(governance);
        reserve.setBridge(AWAY, address(token), address(front));
        expectRefusal(100e6, abi.encodeWithSelector(IBridge.NotTaken.selector, token, 100e6, 100e6));
    }

    function test_AStrangersGiftIsNotSent() public {
        token.mint(address(bridge), 7);
        send(100e6);
        assertEq(token.balanceOf(address(mainnet)), 100e6);
        assertEq(token.balanceOf(address(bridge)), 7);
        assertEq(token.allowance(address(bridge), address(mainnet)), 0);
    }

    function _sendDown(uint256 amount) private {
        vm.prank(keeper);
        reserve.sendToOutpost(poolA, address(token), amount, SECOND_LAYER, poolB);
    }

    function _assertNothingKept(IERC20 asset, IOptimismOutpost at) private view {
        assertEq(asset.balanceOf(address(at)), 0);
        assertEq(asset.allowance(address(at), at.bridge()), 0);
    }
}
