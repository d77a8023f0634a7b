// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IBridge} from "../../contracts/interfaces/IBridge.sol";
import {IWstETH} from "../../contracts/interfaces/external/ILido.sol";
import {IAggLayerOutpost, ILidoStrategy, IOptimismOutpost} from "../../script/deployment/Interfaces.sol";

import {Annexes} from "../../script/deployment/Annexes.sol";
import {Plan} from "../../script/deployment/Plan.sol";
import {Deploying} from "../Deploying.sol";
import {ModelAggLayer} from "../mocks/ModelAggLayer.sol";
import {ForkTest} from "./ForkTest.sol";

/// @notice The strategies and bridges of the chain file, for a deployment on its chain. A replica has neither Lido nor
/// bridges: something that has code stands in for what is missing.
contract Annexes_Fork is ForkTest, Deploying, Annexes {
    string private constant LIDO = ".strategies.lido";

    function setUp() public override {
        super.setUp();
        Plan memory plan;
        plan.executor = stringAt(".executor.contract");
        (plan.wrappedNative, plan.native) = (wrappedNativeOf(), stringAt(".native.symbol"));
        deployDelayed(address(this), plan);
        address staked = addressAt(string.concat(LIDO, ".staked"));
        if (staked.code.length == 0) _sayStaked(staked);
        _standIn(staked, hex"00");
        _standIn(addressAt(string.concat(LIDO, ".queue")), hex"00");
        _standIn(_bridge("base"), hex"00");
        _standIn(_bridge("op-mainnet"), hex"00");
        _standIn(_bridge("katana"), address(new ModelAggLayer(0)).code);
    }

    function test_WhatTheChainHasIsDeployed() public {
        this.deploy();
        _assertNames("strategy-lido,bridge-base-USDC,bridge-base-DAI,bridge-op-mainnet-USDC,bridge-op-mainnet-USDT");
        ILidoStrategy strategy = ILidoStrategy(payable(annexes[0]));
        assertEq(strategy.vault(), address(vault));
        assertEq(strategy.wstETH(), tokenOf("wstETH"));
        assertEq(strategy.stETH(), addressAt(string.concat(LIDO, ".staked")));
        assertEq(address(strategy.queue()), addressAt(string.concat(LIDO, ".queue")));
        _assertBridge(IOptimismOutpost(annexes[1]), "base", "USDC");
        _assertBridge(IOptimismOutpost(annexes[2]), "base", "DAI");
        _assertBridge(IOptimismOutpost(annexes[3]), "op-mainnet", "USDC");
        _assertBridge(IOptimismOutpost(annexes[4]), "op-mainnet", "USDT");
    }

    /// @dev Governance lists them when it has looked at them.
    function test_NothingOfItIsListed() public {
        this.deploy();
        assertEq(vault.strategies().length, 0);
        assertEq(reserve.bridgeOf(8453, tokenOf("USDC")), address(0));
    }

    function test_WhatIsUnconfirmedIsLeftOut() public {
        this.deploy();
        assertEq(leftOut.length, 1);
        assertEq(leftOut[0], "bridge-katana: the chain file calls it unconfirmed");
        chainJson = vm.replace(chainJson, "\"unconfirmed\": true", "\"unconfirmed\": false");
        this.deploy();
        assertEq(leftOut.length, 1);
        assertEq(annexNames[annexes.length - 1], "bridge-katana");
        IAggLayerOutpost bridge = IAggLayerOutpost(annexes[annexes.length - 1]);
        assertEq(bridge.network(), 20);
        assertEq(bridge.chainId(), 747_474);
        assertEq(bridge.reserve(), address(reserve));
        assertEq(bridge.bridge(), _bridge("katana"));
    }

    function test_WhatHasNoCodeIsLeftOut() public {
        address staked = addressAt(string.concat(LIDO, ".staked"));
        vm.etch(staked, "");
        vm.etch(_bridge("base"), "");
        this.deploy();
        _assertNames("bridge-op-mainnet-USDC,bridge-op-mainnet-USDT");
        assertEq(leftOut.length, 3);
        assertEq(leftOut[0], string.concat("strategy-lido: there is no code at ", vm.toString(staked)));
        assertEq(leftOut[1], string.concat("bridge-base: there is no code at ", vm.toString(_bridge("base"))));
    }

    function test_RevertWhen_TheProtocolNamesAnotherStakedToken() public {
        _sayStaked(stranger);
        address written = addressAt(string.concat(LIDO, ".staked"));
        vm.expectRevert(abi.encodeWithSelector(StakedTokenDiffers.selector, written, stranger));
        this.deploy();
    }

    function test_RevertWhen_AKindIsUnknown() public {
        string memory file = chainJson;
        chainJson = vm.replace(file, "\"kind\": \"lido\"", "\"kind\": \"lake\"");
        vm.expectRevert(abi.encodeWithSelector(KindOfStrategyUnknown.selector, "lake", "lido"));
        this.deploy();
        chainJson = vm.replace(file, "\"kind\": \"optimism\"", "\"kind\": \"ferry\"");
        vm.expectRevert(abi.encodeWithSelector(KindOfBridgeUnknown.selector, "ferry", "base"));
        this.deploy();
    }

    function deploy() external {
        deployAnnexes(address(vault), address(reserve));
    }

    function _standIn(address missing, bytes memory code) private {
        if (missing.code.length == 0) vm.etch(missing, code);
    }

    function _sayStaked(address staked) private {
        vm.mockCall(tokenOf("wstETH"), abi.encodeCall(IWstETH.stETH, ()), abi.encode(staked));
    }

    function _bridge(string memory name) private view returns (address) {
        return addressAt(string.concat(".bridges[\"", name, "\"].address"));
    }

    function _assertNames(string memory expected) private view {
        string memory found = annexNames[0];
        for (uint256 i = 1; i < annexNames.length; ++i) {
            found = string.concat(found, ",", annexNames[i]);
        }
        assertEq(found, expected);
        assertEq(annexes.length, annexNames.length);
    }

    function _assertBridge(IOptimismOutpost bridge, string memory name, string memory symbol) private view {
        string memory path = string.concat(".bridges[\"", name, "\"]");
        assertEq(IBridge(bridge).reserve(), address(reserve));
        assertEq(IBridge(bridge).bridge(), _bridge(name));
        assertEq(IBridge(bridge).chainId(), uintAt(string.concat(path, ".chainId")));
        assertEq(bridge.token(), tokenOf(symbol));
        assertEq(bridge.remoteToken(), addressAt(string.concat(path, ".tokens.", symbol)));
    }
}
