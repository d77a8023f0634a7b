// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {AaveSites, AaveV3Market} from "../../script/replica/AaveV3Market.sol";
import {IAavePool, IPoolAddressesProvider} from "../../script/replica/interfaces/IAaveV3.sol";
import {PlacedLender} from "./PlacedLender.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";

/// @notice Aave V3.0.2's pool, with a reserve for each token. Its oracle knows no price, as nobody borrows against any.
contract AaveV3Lender is PlacedLender, AaveV3Market {
    string public constant name = "Aave V3";
    IPoolAddressesProvider private immutable _provider;

    constructor() {
        _provider = IPoolAddressesProvider(sideAddress("aave provider"));
        AaveSites memory sites = AaveSites(address(_provider), sideAddress("aave access"), sideAddress("aave oracle"));
        placeMarket(sites, new address[](0), new address[](0));
    }

    function create(address token, uint256 amount) external returns (address lender, uint256 feeBps) {
        lender = _provider.getPool();
        IERC20Metadata erc20 = IERC20Metadata(token);
        list(_provider.getPoolConfigurator(), token, erc20.symbol(), erc20.decimals());
        give(token, amount);
        supply(IAavePool(lender), token, amount);
        return (lender, IAavePool(lender).FLASHLOAN_PREMIUM_TOTAL());
    }
}
