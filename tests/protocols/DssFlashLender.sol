// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IMintedAndBurnt, ModelDssFlash} from "../mocks/ModelDssFlash.sol";
import {ILenderFixture} from "./ILenderFixture.sol";

/// @notice Maker's flash minter as a model, for a token that it may mint and burn, such as a FlashMintToken.
contract DssFlashLender is ILenderFixture {
    string public constant name = "Maker DssFlash (model)";

    /// @dev Its ceiling is `amount`: it holds nothing.
    function create(address token, uint256 amount) external returns (address lender, uint256 feeBps) {
        return (address(new ModelDssFlash(IMintedAndBurnt(token), amount)), 0);
    }
}
