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
        placeMorpho(lender);
        seedMorpho(lender);
    }

    function placeMorpho(string memory lender) private {
        address morpho = lenderOf(lender);
        place(morpho, ARTIFACT, ".bytecode.object", abi.encode(holder));
        vm.startPrank(holder);
        IMorpho(morpho).enableIrm(address(0));
        IMorpho(morpho).enableLltv(0);
        vm.stopPrank();
    }

    function seedMorpho(string memory lender) private {
        string memory path = string.concat(".replica.lent.", lender);
        string[] memory symbols = keysAt(path);
        IMorpho morpho = IMorpho(lenderOf(lender));
        for (uint256 i; i < symbols.length; ++i) {
            IMorpho.MarketParams memory market;
            market.loanToken = tokenOf(symbols[i]);
            uint256 amount = amountFor(symbols[i], uintAt(string.concat(path, ".", symbols[i])));
            allow(market.loanToken, address(morpho), amount);
            morpho.createMarket(market);
            vm.prank(holder);
            morpho.supply(market, amount, 0, holder, "");
        }
    }
}
