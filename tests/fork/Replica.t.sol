// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Base, PoolSpec} from "../../script/Base.s.sol";
import {IFeed} from "../../script/replica/interfaces/IPeers.sol";
import {IUniswapV2Pair} from "../../script/replica/interfaces/IUniswapV2.sol";
import {ISlot0} from "../../script/replica/interfaces/IUniswapV3.sol";
import {ForkTest} from "./ForkTest.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Test} from "forge-std/Test.sol";

interface IReplica {
    function build(string calldata name) external;
}

/// @notice What holds on the replica alone, loaded here or served by an endpoint; on a real chain these are skipped.
contract ReplicaForkTest is ForkTest {
    uint256 private constant ONE_PERCENT = 0.01e18;

    function setUp() public override {
        super.setUp();
        // Nobody has this much on the real chain, least of all at that address.
        vm.skip(addressAt(".replica.holder").balance < 500_000 ether);
    }

    function test_EveryPoolOfTheFileIsThereAsDeepAsTheFileSays() public view {
        PoolSpec[] memory specs = poolSpecs();
        for (uint256 i; i < specs.length; ++i) {
            address pool = poolOf(specs[i]);
            assertGt(pool.code.length, 0, specs[i].name);
            uint256 depth = uintAt(string.concat(".replica.depths[\"", specs[i].name, "\"]"));
            for (uint256 j; j < 2; ++j) {
                uint256 expected = worth(specs[i].tokens[j], depth);
                // Where the spacing is wide, a band lies unevenly around the price and takes less of one side.
                assertApproxEqRel(balance(specs[i].tokens[j], pool), expected, 0.1e18, specs[i].name);
            }
        }
    }

    function test_PoolsStandExactlyAtTheFilesPrices() public view {
        PoolSpec[] memory specs = poolSpecs();
        for (uint256 i; i < specs.length; ++i) {
            (string memory a, string memory b) = (specs[i].tokens[0], specs[i].tokens[1]);
            if (tokenOf(a) > tokenOf(b)) (a, b) = (b, a);
            uint256 numerator = priceOf(a) * 10 ** decimalsOf(b);
            uint256 ratioX192 = Math.mulDiv(numerator, 1 << 192, priceOf(b) * 10 ** decimalsOf(a));
            if (specs[i].fee != 0) {
                (uint160 sqrtPrice,) = ISlot0(poolOf(specs[i])).slot0();
                assertEq(sqrtPrice, Math.sqrt(ratioX192), specs[i].name);
            } else {
                (uint256 reserve0, uint256 reserve1,) = IUniswapV2Pair(poolOf(specs[i])).getReserves();
                // A reserve is rounded to units, which for six decimals is seven digits at the least.
                assertApproxEqRel(Math.mulDiv(reserve1, 1 << 192, reserve0), ratioX192, 1e11, specs[i].name);
            }
        }
    }

    function test_FeedsAnswerTheFilesPrices() public view {
        string[] memory names = keysAt(".feeds");
        for (uint256 i; i < names.length; ++i) {
            (, int256 answer,, uint256 updatedAt,) = IFeed(feedOf(names[i])).latestRoundData();
            string memory symbol = stringAt(string.concat(".replica.answers.", names[i]));
            assertEq(uint256(answer), priceOf(symbol), names[i]);
            assertEq(updatedAt, uintAt(".pinned.timestamp"), names[i]);
        }
    }

    /// @dev The configurator's nonces are those of Ethereum, and with them the aTokens' addresses.
    function test_AaveHoldsWhatWasLentAtTheRealATokens() public view {
        string[] memory symbols = keysAt(".replica.aaveNonces");
        address configurator = lenderOf("aave-v3", "configurator");
        for (uint256 i; i < symbols.length; ++i) {
            uint256 nonce = uintAt(string.concat(".replica.aaveNonces.", symbols[i]));
            address aToken = vm.computeCreateAddress(configurator, nonce);
            uint256 lent = uintAt(string.concat(".replica.lent[\"aave-v3\"].", symbols[i]));
            assertEq(balance(symbols[i], aToken), worth(symbols[i], lent), symbols[i]);
        }
    }

    function test_MorphoHoldsWhatWasLent() public view {
        string[] memory symbols = keysAt(".replica.lent.morpho");
        for (uint256 i; i < symbols.length; ++i) {
            uint256 lent = uintAt(string.concat(".replica.lent.morpho.", symbols[i]));
            assertEq(balance(symbols[i], lenderOf("morpho")), worth(symbols[i], lent), symbols[i]);
        }
    }

    function priceOf(string memory symbol) private view returns (uint256) {
        return vm.parseUint(stringAt(string.concat(".replica.prices.", symbol)));
    }
}

/// @notice The script, run again within a test, writes the state that lies on disk, and nothing of its own.
/// @dev The script is taken from its artifact: compiled into the test it would be compiled twice.
contract ReplicaBuildTest is Base, Test {
    function test_BuiltTwiceItIsTheSameBytes_Ethereum() public {
        assertSameBytes("ethereum");
    }

    function test_BuiltTwiceItIsTheSameBytes_Base() public {
        assertSameBytes("base");
    }

    function test_BuiltTwiceItIsTheSameBytes_Arbitrum() public {
        assertSameBytes("arbitrum");
    }

    function test_BuiltTwiceItIsTheSameBytes_Optimism() public {
        assertSameBytes("optimism");
    }

    function test_BuiltTwiceItIsTheSameBytes_Polygon() public {
        assertSameBytes("polygon");
    }

    function test_BuiltTwiceItIsTheSameBytes_Bsc() public {
        assertSameBytes("bsc");
    }

    function test_NothingOfTheBuilderIsLeft() public {
        assertNothingLeft("ethereum");
    }

    function test_NothingOfTheBuilderIsLeft_OnARollup() public {
        assertNothingLeft("base");
    }

    function assertNothingLeft(string memory chain) private {
        vm.skip(!vm.isFile(stateOf(chain)));
        string memory alloc = vm.toLowercase(vm.readFile(stateOf(chain)));
        address[5] memory own = [DEFAULT_SENDER, DEFAULT_TEST_CONTRACT, VM_ADDRESS, CONSOLE, CREATE2_FACTORY];
        for (uint256 i; i < own.length; ++i) {
            string memory key = string.concat("\"", vm.toLowercase(vm.toString(own[i])), "\":");
            assertFalse(has(alloc, key), key);
        }
    }

    function assertSameBytes(string memory chain) private {
        vm.skip(!vm.isFile(stateOf(chain)));
        string memory again = string.concat("build/replica/again-", chain, ".json");
        address script = vm.deployCode("build/replica/script/out/Replica.s.sol/Replica.json");
        IReplica(script).build(chain);
        vm.etch(script, "");
        vm.resetNonce(script);
        vm.dumpState(again);
        assertEq(keccak256(bytes(vm.readFile(again))), keccak256(bytes(vm.readFile(stateOf(chain)))));
        vm.removeFile(again);
    }

    function stateOf(string memory chain) private pure returns (string memory) {
        return string.concat("build/replica/", chain, "/alloc.json");
    }
}
