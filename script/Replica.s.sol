// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PoolSpec} from "./Base.s.sol";
import {Tokens} from "./replica/Tokens.sol";
import {UniswapV2} from "./replica/UniswapV2.sol";
import {UniswapV3} from "./replica/UniswapV3.sol";
import {Script} from "forge-std/Script.sol";

contract Replica is Script, Tokens, UniswapV2, UniswapV3 {
    function run(string calldata name) external {
        readChain(name);
        holder = addressAt(".replica.holder");
        vm.chainId(chainIdOf());
        vm.roll(uintAt(".pinned.block") - uintAt(".replica.history.blocks"));
        vm.warp(uintAt(".pinned.timestamp") - uintAt(".replica.history.seconds"));
        placeTokens();
        placeUniswapV2("uniswap-v2");
        placeUniswapV2("sushi-v2");
        placeUniswapV3("uniswap-v3");
        PoolSpec[] memory specs = poolSpecs();
        for (uint256 i; i < specs.length; ++i) {
            if (same(kindOf(specs[i].venue), "uniswap-v2")) seedUniswapV2(specs[i]);
            else seedUniswapV3(specs[i]);
        }
        vm.roll(uintAt(".pinned.block"));
        vm.warp(uintAt(".pinned.timestamp"));
        string memory folder = string.concat("build/replica/", name);
        vm.createDir(folder, true);
        vm.dumpState(string.concat(folder, "/alloc.json"));
    }
}
