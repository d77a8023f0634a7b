// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PlainToken} from "../mocks/PlainToken.sol";
import {BalancerV2Fixture} from "./BalancerV2Fixture.sol";
import {ILenderFixture} from "./ILenderFixture.sol";

/// @notice Balancer V2's vault, which lends what its pools hold.
contract BalancerV2Lender is ILenderFixture {
    string public constant name = "Balancer V2";
    BalancerV2Fixture private immutable _venue = new BalancerV2Fixture();

    function create(address token, uint256 amount) external returns (address lender, uint256 feeBps) {
        _venue.create(token, amount, address(new PlainToken("OTHER", 18)), 1e18);
        return (address(_venue.vault()), 0);
    }
}
