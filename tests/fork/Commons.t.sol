// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IFeed, IMulticall3, IPermit2, IToken} from "../../script/replica/interfaces/IPeers.sol";
import {ForkTest} from "./ForkTest.sol";

contract CommonsForkTest is ForkTest {
    function test_Multicall3AnswersForEachCall() public {
        IMulticall3 multicall = IMulticall3(contractOf("multicall3"));
        IMulticall3.Call3[] memory calls = new IMulticall3.Call3[](3);
        calls[0] = IMulticall3.Call3(tokenOf("USDC"), false, abi.encodeCall(IToken.decimals, ()));
        calls[1] = IMulticall3.Call3(tokenOf("USDC"), true, abi.encodeCall(IToken.transfer, (address(this), 1)));
        calls[2] = IMulticall3.Call3(address(multicall), false, abi.encodeCall(IMulticall3.getBlockNumber, ()));
        IMulticall3.Result[] memory results = multicall.aggregate3(calls);
        assertEq(abi.decode(results[0].returnData, (uint256)), decimalsOf("USDC"));
        assertFalse(results[1].success);
        assertEq(abi.decode(results[2].returnData, (uint256)), uintAt(".pinned.block"));
    }

    function test_RevertWhen_ACallThatMustNotFailFails() public {
        IMulticall3.Call3[] memory calls = new IMulticall3.Call3[](1);
        calls[0] = IMulticall3.Call3(tokenOf("USDC"), false, abi.encodeCall(IToken.transfer, (address(this), 1)));
        IMulticall3 multicall = IMulticall3(contractOf("multicall3"));
        vm.expectRevert("Multicall3: call failed");
        multicall.aggregate3(calls);
    }

    function test_Permit2SignsForThisChainAndAddress() public view {
        IPermit2 permit2 = IPermit2(contractOf("permit2"));
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,uint256 chainId,address verifyingContract)"),
                keccak256("Permit2"),
                chainIdOf(),
                address(permit2)
            )
        );
        assertEq(permit2.DOMAIN_SEPARATOR(), domain);
        (uint160 amount, uint48 expiration, uint48 nonce) =
            permit2.allowance(address(this), tokenOf("USDC"), address(this));
        assertEq(amount + expiration + nonce, 0);
    }

    function test_FeedsAreFresh() public view {
        string[] memory names = keysAt(".feeds");
        for (uint256 i; i < names.length; ++i) {
            IFeed feed = IFeed(feedOf(names[i]));
            assertEq(feed.description(), string.concat(names[i], " / USD"));
            assertEq(feed.decimals(), uintAt(string.concat(".feeds.", names[i], ".decimals")));
            (uint80 roundId, int256 answer,, uint256 updatedAt,) = feed.latestRoundData();
            assertGt(answer, 0, names[i]);
            assertLe(updatedAt, block.timestamp, names[i]);
            uint256 heartbeat = uintAt(string.concat(".feeds.", names[i], ".heartbeat"));
            // A report may take some blocks to be mined.
            assertLe(block.timestamp - updatedAt, heartbeat + 5 minutes, names[i]);
            (uint80 id, int256 again,, uint256 then_,) = feed.getRoundData(roundId);
            assertEq(abi.encode(id, again, then_), abi.encode(roundId, answer, updatedAt), names[i]);
        }
    }
}
