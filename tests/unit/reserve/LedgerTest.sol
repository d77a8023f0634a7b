// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Share} from "../../../contracts/types/Share.sol";

import {Base_Test} from "../../Base.sol";
import {PlainToken} from "../../mocks/PlainToken.sol";

/// @notice A token of six decimals, two pools that are registered, and profit as the executor brings it.
abstract contract Ledger_Test is Base_Test {
    address internal poolA = makeAddr("pool A");
    address internal poolB = makeAddr("pool B");
    PlainToken internal token;

    function setUp() public virtual override {
        super.setUp();
        token = new PlainToken("TKN", 6);
        vm.prank(governance);
        reserve.listToken(address(token), true);
        register(poolA, poolB);
    }

    function _settlePaid(uint256 profit, uint256 count) internal {
        token.mint(address(reserve), profit);
        _settle(profit, count);
    }

    function _settle(uint256 profit, uint256 count) internal {
        address[] memory pools = _pools(count);
        vm.prank(address(executor));
        reserve.settle(address(token), profit, pools);
    }

    /// @dev Of the split in force.
    function _book(uint256 count) internal returns (uint256 amount) {
        uint256 epoch = reserve.currentEpoch();
        vm.prank(stranger);
        return reserve.book(epoch, address(token), _pools(count));
    }

    function _pending(uint256 count) internal view returns (uint256) {
        return reserve.pending(reserve.currentEpoch(), address(token), _pools(count));
    }

    /// @dev The two registered pools, then others.
    function _pools(uint256 count) internal view returns (address[] memory pools) {
        pools = new address[](count);
        for (uint256 i; i < count; ++i) {
            pools[i] = i == 0 ? poolA : i == 1 ? poolB : address(uint160(0xdead0000 + i));
        }
    }

    function _noShares() internal pure returns (Share[] memory) {
        return new Share[](0);
    }

    function _shares(address beneficiary, uint16 bps) internal pure returns (Share[] memory shares) {
        shares = new Share[](1);
        shares[0] = Share(beneficiary, bps);
    }
}
