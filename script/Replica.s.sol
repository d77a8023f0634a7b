// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PoolSpec} from "./Base.s.sol";
import {AaveV3} from "./replica/AaveV3.sol";
import {Algebra} from "./replica/Algebra.sol";
import {BalancerV2} from "./replica/BalancerV2.sol";
import {CamelotV2} from "./replica/CamelotV2.sol";
import {Commons} from "./replica/Commons.sol";
import {Curve} from "./replica/Curve.sol";
import {Morpho} from "./replica/Morpho.sol";
import {PancakeV2} from "./replica/PancakeV2.sol";
import {PancakeV3} from "./replica/PancakeV3.sol";
import {Portals} from "./replica/Portals.sol";
import {Rollup} from "./replica/Rollup.sol";
import {Slipstream} from "./replica/Slipstream.sol";
import {Solidly} from "./replica/Solidly.sol";
import {Tokens} from "./replica/Tokens.sol";
import {UniswapV3} from "./replica/UniswapV3.sol";
import {UniswapV4} from "./replica/UniswapV4.sol";
import {Script} from "forge-std/Script.sol";

/// @title Replica
/// @notice Builds a chain's state without the chain: published bytecode of the real protocols at their real addresses,
/// seeded with pools that agree with each other, as chains/<name>.json has it. Built twice, the state is the same bytes.
///
///     FOUNDRY_PROFILE=peers forge build
///     forge script script/Replica.s.sol --sig 'run(string)' ethereum
///
/// writes build/replica/<name>/alloc.json, a genesis allocation for `vm.loadAllocs` and, within a genesis, for anvil.
/// @dev Each protocol is a file in script/replica/: `place` puts its contracts there, `seed` and `fill` give them tokens. The pools open
/// some time before the pinned block, so that averages over a while can be asked of them.
contract Replica is
    Script,
    Tokens,
    Commons,
    Rollup,
    Portals,
    PancakeV2,
    CamelotV2,
    Solidly,
    UniswapV3,
    Slipstream,
    UniswapV4,
    PancakeV3,
    Algebra,
    BalancerV2,
    Curve,
    AaveV3,
    Morpho
{
    /// @notice The file has a venue, a pool or a lender of a kind that nothing here can place or seed.
    error KindUnknown(string kind, string name);

    function run(string calldata name) external {
        string memory folder = string.concat("build/replica/", name);
        build(name);
        vm.createDir(folder, true);
        vm.dumpState(string.concat(folder, "/alloc.json"));
    }

    /// @notice Puts everything into the running state and writes nothing.
    function build(string calldata name) public {
        readChain(name);
        holder = addressAt(".replica.holder");
        vm.chainId(chainIdOf());
        vm.roll(uintAt(".pinned.block") - uintAt(".replica.history.blocks"));
        vm.warp(uintAt(".pinned.timestamp") - uintAt(".replica.history.seconds"));
        placeSequencerFeed();
        placeRollup();
        placePortals();
        placeTokens();
        placeMulticall3();
        placePermit2();
        placeVenues();
        seedPools(".pools");
        seedPools(".untraded");
        vm.roll(uintAt(".pinned.block"));
        vm.warp(uintAt(".pinned.timestamp"));
        placeFeeds();
        placeLenders();
    }

    function placeVenues() private {
        string[] memory venues = keysAt(".venues");
        for (uint256 i; i < venues.length; ++i) {
            string memory kind = kindOf(venues[i]);
            if (isCamelot(venues[i])) placeCamelotV2(venues[i]);
            else if (same(kind, "uniswap-v2")) placeUniswapV2(venues[i]);
            else if (same(kind, "pancake-v2")) placePancakeV2(venues[i]);
            else if (same(kind, "solidly")) placeSolidly(venues[i]);
            else if (same(kind, "algebra")) placeAlgebra(venues[i]);
            else if (hasSlipstream(venues[i])) placeSlipstream(venues[i]);
            else if (same(kind, "uniswap-v3")) placeUniswapV3(venues[i]);
            else if (same(kind, "uniswap-v4")) placeUniswapV4(venues[i]);
            else if (same(kind, "pancake-v3")) placePancakeV3(venues[i]);
            else if (same(kind, "balancer-v2")) placeAndFillBalancerV2(venues[i]);
            else if (same(kind, "curve")) placeAndFillCurve(venues[i]);
            else revert KindUnknown(kind, venues[i]);
        }
    }

    function seedPools(string memory path) private {
        PoolSpec[] memory specs = poolSpecsAt(path);
        for (uint256 i; i < specs.length; ++i) {
            string memory kind = kindOf(specs[i].venue);
            if (isCamelot(specs[i].venue)) seedCamelotV2(specs[i]);
            else if (isPair(kind)) seedUniswapV2(specs[i]);
            else if (same(kind, "solidly")) seedSolidly(specs[i]);
            else if (same(kind, "algebra")) seedAlgebra(specs[i]);
            else if (isSlipstream(specs[i])) seedSlipstream(specs[i]);
            else if (same(kind, "uniswap-v3")) seedUniswapV3(specs[i]);
            else if (same(kind, "uniswap-v4")) seedUniswapV4(specs[i], item(path, i));
            else if (same(kind, "pancake-v3")) seedPancakeV3(specs[i]);
            else if (same(kind, "balancer-v2")) seedBalancerV2(specs[i], item(path, i));
            else revert KindUnknown(kind, specs[i].name);
        }
    }

    /// @dev Slipstream is of Uniswap V3's kind; its pools name the family.
    function hasSlipstream(string memory venue) private view returns (bool) {
        return slipstreamIn(".pools", venue) || slipstreamIn(".untraded", venue);
    }

    function slipstreamIn(string memory path, string memory venue) private view returns (bool) {
        PoolSpec[] memory specs = poolSpecsAt(path);
        for (uint256 i; i < specs.length; ++i) {
            if (same(specs[i].venue, venue) && isSlipstream(specs[i])) return true;
        }
        return false;
    }

    /// @dev Balancer lends what its pools hold.
    function placeLenders() private {
        string[] memory lenders = keysAt(".lenders");
        for (uint256 i; i < lenders.length; ++i) {
            string memory kind = stringAt(string.concat(lenderPath(lenders[i]), "kind"));
            if (same(kind, "aave-v3")) placeAndFillAaveV3(lenders[i]);
            else if (same(kind, "morpho")) placeAndFillMorpho(lenders[i]);
            else require(same(kind, "balancer-v2"), KindUnknown(kind, lenders[i]));
        }
    }
}
