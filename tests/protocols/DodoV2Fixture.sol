// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ModelDodoV2} from "../mocks/ModelDodoV2.sol";
import {Fixture} from "./Fixture.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice DODO V2 as a model, of one of its three kinds: k = 0.1, fees of 0.2 % to the pool and 0.1 % to a maintainer.
/// The first token of `create` is the base.
contract DodoV2Fixture is Fixture {
    ModelDodoV2.Kind public immutable kind;
    address public immutable maintainer = makeAddr("DODO's maintainer");

    constructor(ModelDodoV2.Kind kind_) {
        kind = kind_;
    }

    function name() external view returns (string memory) {
        if (kind == ModelDodoV2.Kind.DVM) return "DODO V2 DVM (model)";
        return kind == ModelDodoV2.Kind.DPP ? "DODO V2 DPP (model)" : "DODO V2 DSP (model)";
    }

    /// @dev A DVM's price is not its guide price: it is 1 - k + k·m² = 1.40625 times that where the reserves' ratio is as
    /// much, m being the target by the reserve of base, 2·(1-k)/(1-2k) = 2.25.
    function create(address a, uint256 amountA, address b, uint256 amountB) external returns (address pool) {
        ModelDodoV2.Terms memory terms = ModelDodoV2.Terms(0, 0.1e18, 0.002e18, 0.001e18);
        terms.i = amountB * 1e18 / amountA;
        if (kind == ModelDodoV2.Kind.DVM) terms.i = terms.i * 100_000 / 140_625;
        pool = address(new ModelDodoV2(kind, IERC20(a), IERC20(b), maintainer, terms));
        give(a, pool, amountA);
        give(b, pool, amountB);
        ModelDodoV2(pool).open();
    }

    function trade(address pool, address tokenIn, uint256 amountIn, address) external returns (uint256 amountOut) {
        take(tokenIn, amountIn);
        pay(tokenIn, pool, amountIn);
        bool sellsBase = tokenIn == address(ModelDodoV2(pool)._BASE_TOKEN_());
        return sellsBase ? ModelDodoV2(pool).sellBase(msg.sender) : ModelDodoV2(pool).sellQuote(msg.sender);
    }
}
