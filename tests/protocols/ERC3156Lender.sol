// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ILenderFixture} from "./ILenderFixture.sol";
import {IERC3156FlashLender} from "@openzeppelin/contracts/interfaces/IERC3156FlashLender.sol";

/// @notice ERC-3156 as OpenZeppelin's ERC20FlashMint has it: a FlashMintToken lends itself, all that could be minted.
contract ERC3156Lender is ILenderFixture {
    error DoesNotLendItself(address token);

    string public constant name = "ERC-3156";

    function create(address token, uint256 amount) external view returns (address lender, uint256 feeBps) {
        try IERC3156FlashLender(token).maxFlashLoan(token) returns (uint256 most) {
            require(most >= amount, DoesNotLendItself(token));
        } catch {
            revert DoesNotLendItself(token);
        }
        return (token, IERC3156FlashLender(token).flashFee(token, 10_000));
    }
}
