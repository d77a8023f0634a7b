// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Placer} from "./Placer.sol";
import {ICurvePool} from "./interfaces/IPeers.sol";

interface ICurveToken {
    function set_minter(address minter) external;
}

/// @title Curve
/// @notice Curve's sUSD pool and its share token, of the time when `exchange` returned nothing.
/// @dev Their bytecode is published inside JavaScript: the string after `_bytecode`.
abstract contract Curve is Placer {
    string private constant FACTORIES = "node_modules/@setprotocol/set-protocol-v2/dist/typechain/factories/";

    function placeAndFillCurve(string memory venue) internal {
        placeCurve(venue);
        seedCurve(venue);
    }

    function placeCurve(string memory venue) private scratch {
        string memory path = venuePath(venue);
        placeStableswap(
            venueOf(venue, "pool"),
            venueOf(venue, "lpToken"),
            coinsOf(path),
            uintAt(string.concat(path, "amplification")),
            uintAt(string.concat(path, "fee"))
        );
    }

    /// @param fee In parts of 10^10.
    function placeStableswap(address pool, address lpToken, address[4] memory coins, uint256 amplification, uint256 fee)
        internal
        scratch
    {
        placeScript(
            lpToken, "CurvePoolERC20", abi.encode("Curve.fi DAI/USDC/USDT/sUSD", "crvPlain3andSUSD", uint256(18), 0)
        );
        vm.prank(holder);
        ICurveToken(lpToken).set_minter(pool);
        placeScript(pool, "Stableswap", abi.encode(coins, coins, lpToken, amplification, fee));
    }

    function seedCurve(string memory venue) private scratch {
        string[] memory symbols = stringsAt(string.concat(venuePath(venue), "coins"));
        uint256 depth = depthOf(poolNameOf(venue, symbols));
        uint256[4] memory amounts;
        for (uint256 i; i < amounts.length; ++i) {
            amounts[i] = amountFor(symbols[i], depth);
        }
        fillStableswap(venueOf(venue, "pool"), coinsOf(venuePath(venue)), amounts);
    }

    function fillStableswap(address pool, address[4] memory coins, uint256[4] memory amounts) internal {
        for (uint256 i; i < coins.length; ++i) {
            allow(coins[i], pool, amounts[i]);
        }
        vm.prank(holder);
        ICurvePool(pool).add_liquidity(amounts, 0);
    }

    function coinsOf(string memory path) private view returns (address[4] memory coins) {
        string[] memory symbols = stringsAt(string.concat(path, "coins"));
        for (uint256 i; i < coins.length; ++i) {
            coins[i] = tokenOf(symbols[i]);
        }
    }

    function placeScript(address site, string memory name, bytes memory args) private {
        string memory path = string.concat(FACTORIES, name, "__factory.js");
        require(vm.isFile(path), ArtifactMissing(path));
        string memory tail = vm.split(vm.readFile(path), "_bytecode = \"")[1];
        placeCode(site, vm.parseBytes(vm.split(tail, "\"")[0]), args);
    }
}
