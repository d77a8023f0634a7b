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
        address pool = venueOf(venue, "pool");
        address lpToken = venueOf(venue, "lpToken");
        placeScript(
            lpToken, "CurvePoolERC20", abi.encode("Curve.fi DAI/USDC/USDT/sUSD", "crvPlain3andSUSD", uint256(18), 0)
        );
        vm.prank(holder);
        ICurveToken(lpToken).set_minter(pool);
        address[4] memory coins = coinsOf(path);
        uint256 amplification = uintAt(string.concat(path, "amplification"));
        placeScript(
            pool, "Stableswap", abi.encode(coins, coins, lpToken, amplification, uintAt(string.concat(path, "fee")))
        );
    }

    function seedCurve(string memory venue) private scratch {
        string[] memory symbols = stringsAt(string.concat(venuePath(venue), "coins"));
        address pool = venueOf(venue, "pool");
        uint256 depth = depthOf(poolNameOf(venue, symbols));
        uint256[4] memory amounts;
        for (uint256 i; i < amounts.length; ++i) {
            amounts[i] = amountFor(symbols[i], depth);
            allow(tokenOf(symbols[i]), pool, amounts[i]);
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
