// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Placer} from "./Placer.sol";
import {IMorpho} from "./interfaces/IPeers.sol";

/// @title Morpho
/// @notice Morpho Blue with an idle market, one without collateral or borrowers, for each token it can lend.
/// @dev Published as source alone: the profile `peers` builds it.
abstract contract Morpho is Placer {
    string private constant ARTIFACT = "build/peers/out/Morpho.sol/Morpho.json";

    function placeAndFillMorpho(string memory lender) internal {
        placeMorpho(lenderOf(lender));
        seedMorpho(lender);
    }

    function placeMorpho(address site) internal {
        place(site, ARTIFACT, ".bytecode.object", abi.encode(holder));
        vm.startPrank(holder);
        IMorpho(site).enableIrm(address(0));
        IMorpho(site).enableLltv(0);
        vm.stopPrank();
    }

    function seedMorpho(string memory lender) private {
        string memory path = string.concat(".replica.lent.", lender);
        string[] memory symbols = keysAt(path);
        IMorpho morpho = IMorpho(lenderOf(lender));
        for (uint256 i; i < symbols.length; ++i) {
            uint256 amount = amountFor(symbols[i], uintAt(string.concat(path, ".", symbols[i])));
            openIdleMarket(morpho, tokenOf(symbols[i]), amount);
        }
    }

    function openIdleMarket(IMorpho morpho, address token, uint256 amount) internal {
        IMorpho.MarketParams memory market;
        market.loanToken = token;
        allow(token, address(morpho), amount);
        morpho.createMarket(market);
        vm.prank(holder);
        morpho.supply(market, amount, 0, holder, "");
    }
}
