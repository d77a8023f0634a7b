// SPDX-License-Identifier: MIT
// Model: Camelot V2's factory and pairs, whose code no package carries, as tests/mocks/ModelCamelotV2.sol has them.
pragma solidity >=0.8.34;

import {ModelCamelotPair} from "../../tests/mocks/ModelCamelotV2.sol";
import {ModelCamelotFactory} from "../../tests/mocks/ModelCamelotV2Factory.sol";
import {PoolSpec} from "../Base.s.sol";
import {UniswapV2} from "./UniswapV2.sol";

/// @title CamelotV2
/// @notice Pairs on the constant product, of which a sale of token0 costs less than one of token1. They lie elsewhere than on
/// chain, for their code is another.
abstract contract CamelotV2 is UniswapV2 {
    /// @dev In parts of 100,000.
    uint16 private constant FEE0 = 200;
    uint16 private constant FEE1 = 300;

    function placeCamelotV2(string memory venue) internal {
        bytes memory args = abi.encode(holder, sideAddress("owner of camelot's fees"));
        placeCode(venueOf(venue, "factory"), type(ModelCamelotFactory).creationCode, args);
    }

    function seedCamelotV2(PoolSpec memory spec) internal {
        seedUniswapV2(spec);
        ModelCamelotPair pair = ModelCamelotPair(poolOf(spec));
        vm.prank(holder);
        pair.setFeePercent(FEE0, FEE1);
    }
}
