// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @title ModelWooracle
/// @notice Model: WooFi's oracle (woonetwork/WooPoolV2, WooracleV2_1), whose code no package carries.
/// @dev Anyone posts. Left out: the second opinion of Chainlink, for which `setFeasible` stands in, and packed postings.
contract ModelWooracle {
    /// @param price Of a unit of base in quote, 8 decimals. `spread` and `coeff` have 18.
    struct State {
        uint128 price;
        uint64 spread;
        uint64 coeff;
        bool woFeasible;
    }

    struct Info {
        uint128 price;
        uint64 spread;
        uint64 coeff;
        bool outOfBounds;
    }

    uint8 private constant DECIMALS = 8;
    uint256 public constant staleDuration = 120;

    /// @dev Of the last posting by others than the pool, whatever its token.
    uint256 public timestamp;
    address public wooPP;
    mapping(address base => Info) private _infos;

    function setWooPP(address wooPP_) external {
        wooPP = wooPP_;
    }

    function postState(address base, uint128 price, uint64 spread, uint64 coeff) external {
        (_infos[base].price, _infos[base].spread, _infos[base].coeff) = (price, spread, coeff);
        timestamp = block.timestamp;
    }

    function postPrice(address base, uint128 price) external {
        _infos[base].price = price;
        if (msg.sender != wooPP) timestamp = block.timestamp;
    }

    /// @notice Whether the other oracle agrees, more or less, on the price.
    function setFeasible(address base, bool feasible) external {
        _infos[base].outOfBounds = !feasible;
    }

    function state(address base) external view returns (State memory) {
        Info memory info = _infos[base];
        bool fresh = info.price != 0 && block.timestamp <= timestamp + staleDuration;
        return State(fresh ? info.price : 0, info.spread, info.coeff, fresh && !info.outOfBounds);
    }

    function decimals(address) external pure returns (uint8) {
        return DECIMALS;
    }
}
