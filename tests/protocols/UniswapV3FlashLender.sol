// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PlainToken} from "../mocks/PlainToken.sol";
import {ILenderFixture} from "./ILenderFixture.sol";
import {UniswapV3Fixture} from "./UniswapV3Fixture.sol";

/// @notice Uniswap V3's `flash`, by a pool at 0.3 % whose other token is nobody's.
contract UniswapV3FlashLender is ILenderFixture {
    string public constant name = "Uniswap V3 flash";
    UniswapV3Fixture private immutable _venue = new UniswapV3Fixture();

    /// @dev The pool may hold a unit or so less than asked for; one more part in a million covers it.
    function create(address token, uint256 amount) external returns (address lender, uint256 feeBps) {
        address other = address(new PlainToken("OTHER", 18));
        uint256 held = amount + amount / 1_000_000 + 1;
        return (_venue.create(token, held, other, held), 30);
    }
}
