// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {AaveSites, AaveV3Market} from "./AaveV3Market.sol";
import {IAavePool, IPoolAddressesProvider} from "./interfaces/IAaveV3.sol";

/// @title AaveV3
/// @notice Aave V3.0.2: the pool and its configurator behind their proxies, the access list and the oracle, at their
/// addresses on chain; reserves come out with their real aTokens' addresses.
/// @dev On Ethereum the implementations behind the proxies are later ones; flash loans are called and answered alike.
abstract contract AaveV3 is AaveV3Market {
    string private constant NONCES = ".replica.aaveNonces";

    function placeAndFillAaveV3(string memory lender) internal {
        placeAaveV3(lender);
        seedAaveV3(lender);
    }

    /// @dev The oracle answers from the replica's feeds.
    function placeAaveV3(string memory lender) private {
        string[] memory names = keysAt(".replica.answers");
        address[] memory assets = new address[](names.length);
        address[] memory sources = new address[](names.length);
        for (uint256 i; i < names.length; ++i) {
            assets[i] = tokenOf(stringAt(string.concat(".replica.answers.", names[i])));
            sources[i] = feedOf(names[i]);
        }
        IPoolAddressesProvider provider = IPoolAddressesProvider(lenderOf(lender, "addressesProvider"));
        AaveSites memory sites =
            AaveSites(address(provider), lenderOf(lender, "aclManager"), lenderOf(lender, "oracle"));
        placeMarket(sites, assets, sources);
        requireAt("Aave pool", lenderOf(lender), provider.getPool());
        requireAt("Aave configurator", lenderOf(lender, "configurator"), provider.getPoolConfigurator());
    }

    /// @notice Lists a reserve for each of the lender's nonces and supplies it.
    function seedAaveV3(string memory lender) private {
        string[] memory symbols = keysAt(NONCES);
        for (uint256 i; i < symbols.length; ++i) {
            listReserve(lenderOf(lender, "configurator"), symbols[i]);
            supplyReserve(lender, symbols[i]);
        }
    }

    /// @dev The configurator deploys a reserve's three proxies; its nonce decides their addresses.
    function listReserve(address configurator, string memory symbol) private {
        // forge-lint: disable-next-line(unsafe-typecast): nonces are small
        vm.setNonce(configurator, uint64(uintAt(string.concat(NONCES, ".", symbol))));
        list(configurator, tokenOf(symbol), symbol, decimalsOf(symbol));
    }

    function supplyReserve(string memory lender, string memory symbol) private {
        uint256 dollars = uintAt(string.concat(".replica.lent[\"", lender, "\"].", symbol));
        supply(IAavePool(lenderOf(lender)), tokenOf(symbol), amountFor(symbol, dollars));
    }
}
