// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Morpho} from "../../script/replica/Morpho.sol";
import {IMorpho} from "../../script/replica/interfaces/IPeers.sol";
import {PlacedLender} from "./PlacedLender.sol";

/// @notice Morpho Blue, with an idle market for each token. `make peers` builds it.
contract MorphoLender is PlacedLender, Morpho {
    string public constant name = "Morpho";
    address private immutable _morpho;

    constructor() {
        _morpho = sideAddress("morpho");
        placeMorpho(_morpho);
    }

    function create(address token, uint256 amount) external returns (address lender, uint256 feeBps) {
        give(token, amount);
        openIdleMarket(IMorpho(_morpho), token, amount);
        return (_morpho, 0);
    }
}
