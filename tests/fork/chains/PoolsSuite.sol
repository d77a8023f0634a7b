// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PoolSpec} from "../../../script/Base.s.sol";
import {IFeed, IMulticall3, IToken} from "../../../script/replica/interfaces/IPeers.sol";
import {IUniswapV2Pair, IUniswapV2Router} from "../../../script/replica/interfaces/IUniswapV2.sol";
import {ChainSwaps} from "./ChainSwaps.sol";

interface IOpStackOracle {
    function getL1Fee(bytes calldata data) external view returns (uint256);
}

interface IArbGasInfo {
    function getPricesInWei() external view returns (uint256, uint256, uint256, uint256, uint256, uint256);
}

/// @title PoolsSuite
/// @notice The chain is what its file says: tokens, feeds, pools, and what a rollup adds.
abstract contract PoolsSuite is ChainSwaps {
    address private constant OP_ORACLE = 0x420000000000000000000000000000000000000F;
    address private constant ARB_GAS_INFO = 0x000000000000000000000000000000000000006C;

    function test_TokensAreWhatTheFileSays() public view {
        string[] memory symbols = keysAt(".tokens");
        for (uint256 i; i < symbols.length; ++i) {
            IToken token = IToken(tokenOf(symbols[i]));
            assertEq(token.decimals(), decimalsOf(symbols[i]), symbols[i]);
            assertGt(token.totalSupply(), 0, symbols[i]);
            if (!onReplica) continue;
            assertEq(token.symbol(), textOr(string.concat(".tokens.", symbols[i], ".symbol"), symbols[i]));
            assertEq(token.name(), stringAt(string.concat(".tokens.", symbols[i], ".name")));
        }
    }

    function test_PoolsAreOfTheTokensAndFactoriesThatTheFileNames() public view {
        PoolSpec[] memory specs = everyPool();
        for (uint256 i; i < specs.length; ++i) {
            IUniswapV2Pair pool = IUniswapV2Pair(poolOf(specs[i]));
            assertGt(address(pool).code.length, 0, specs[i].name);
            (address token0, address token1) = sort(tokenOf(specs[i].tokens[0]), tokenOf(specs[i].tokens[1]));
            assertEq(pool.token0(), token0, specs[i].name);
            assertEq(pool.token1(), token1, specs[i].name);
            assertEq(pool.factory(), venueOf(specs[i].venue, "factory"), specs[i].name);
        }
    }

    function test_EveryPoolPaysWhatTheProtocolQuotes() public {
        PoolSpec[] memory specs = everyPool();
        for (uint256 i; i < specs.length; ++i) {
            for (uint256 j; j < 2; ++j) {
                string memory sold = specs[i].tokens[j];
                uint256 amount = worth(sold, 500);
                uint256 quoted = quoteAt(specs[i], sold, amount);
                assertEq(swapAt(specs[i], sold, amount), quoted, specs[i].name);
                // The dearest pool takes one percent, and the shallowest slips by some.
                assertApproxEqRel(quoted, worth(other(specs[i], sold), 500), 0.05e18, specs[i].name);
            }
        }
    }

    /// @dev Whose fee is lower than the file says pays more; whose is higher would have refused what was quoted.
    function test_APairPaysNoUnitMore() public {
        PoolSpec[] memory specs = everyPool();
        for (uint256 i; i < specs.length; ++i) {
            if (!isPair(kindOf(specs[i].venue))) continue;
            (string memory sold, string memory bought) = (specs[i].tokens[0], specs[i].tokens[1]);
            uint256 amount = worth(sold, 500);
            uint256 quoted = quoteAt(specs[i], sold, amount);
            assertEq(routerQuote(specs[i], sold, bought, amount), quoted, specs[i].name);
            address pair = poolOf(specs[i]);
            fund(sold, address(this), amount);
            payAny(tokenOf(sold), pair, amount);
            bool zeroForOne = tokenOf(sold) < tokenOf(bought);
            vm.expectRevert();
            IUniswapV2Pair(pair).swap(zeroForOne ? 0 : quoted + 1, zeroForOne ? quoted + 1 : 0, address(this), "");
        }
    }

    /// @dev Where the venue has a router; else the pair's own arithmetic once more.
    function routerQuote(PoolSpec memory spec, string memory sold, string memory bought, uint256 amount)
        private
        returns (uint256)
    {
        string memory path = string.concat(venuePath(spec.venue), "router");
        if (!exists(path)) return quoteAt(spec, sold, amount);
        address[] memory tokens = new address[](2);
        (tokens[0], tokens[1]) = (tokenOf(sold), tokenOf(bought));
        return IUniswapV2Router(addressAt(path)).getAmountsOut(amount, tokens)[1];
    }

    function test_FeedsAreFreshAndTheSequencerIsUp() public view {
        string[] memory names = keysAt(".feeds");
        for (uint256 i; i < names.length; ++i) {
            IFeed feed = IFeed(feedOf(names[i]));
            string memory named = string.concat(".feeds.", names[i], ".description");
            assertEq(feed.description(), textOr(named, string.concat(names[i], " / USD")));
            assertEq(feed.decimals(), uintAt(string.concat(".feeds.", names[i], ".decimals")), names[i]);
            (, int256 answer,, uint256 updatedAt,) = feed.latestRoundData();
            assertGt(answer, 0, names[i]);
            uint256 heartbeat = uintAt(string.concat(".feeds.", names[i], ".heartbeat"));
            // A report may take some blocks to be mined.
            assertLe(block.timestamp - updatedAt, heartbeat + 5 minutes, names[i]);
        }
        if (!exists(".sequencer.feed")) return;
        (, int256 down, uint256 since,,) = IFeed(addressAt(".sequencer.feed")).latestRoundData();
        assertEq(down, 0);
        assertGt(block.timestamp - since, uintAt(".sequencer.grace"));
    }

    function test_Multicall3Answers() public {
        IMulticall3.Call3[] memory calls = new IMulticall3.Call3[](1);
        calls[0] = IMulticall3.Call3(wrappedNativeOf(), false, abi.encodeCall(IToken.decimals, ()));
        IMulticall3.Result[] memory results = IMulticall3(contractOf("multicall3")).aggregate3(calls);
        assertEq(abi.decode(results[0].returnData, (uint256)), 18);
    }

    /// @dev Of a transaction of some hundred bytes, and of nothing: the more data, the dearer.
    function test_DataHasAPriceOnARollup() public view {
        string memory model = stringAt(".fees.model");
        if (same(model, "op-stack")) {
            uint256 little = IOpStackOracle(OP_ORACLE).getL1Fee("");
            assertGt(little, 0);
            bytes memory data = new bytes(400);
            for (uint256 i; i < data.length; ++i) {
                data[i] = bytes1(uint8(uint256(keccak256(abi.encode(i)))));
            }
            assertGt(IOpStackOracle(OP_ORACLE).getL1Fee(data), little);
        } else if (same(model, "arbitrum") && onReplica) {
            (uint256 transaction, uint256 perByte,,,,) = IArbGasInfo(ARB_GAS_INFO).getPricesInWei();
            assertGt(perByte, 0);
            assertGt(transaction, perByte);
        }
    }

    function textOr(string memory path, string memory otherwise) private view returns (string memory) {
        return exists(path) ? stringAt(path) : otherwise;
    }
}
