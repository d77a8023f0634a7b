// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IBalancerV3Vault} from "../interfaces/external/IBalancerV3Vault.sol";
import {PackedLeg} from "../types/PackedLeg.sol";

import {RouteLib} from "../libraries/RouteLib.sol";
import {Flow, Venue} from "./Venue.sol";

/// @title BalancerV3
/// @notice Pools of the Balancer V3 vault. `target` is the vault; `params`: the pool (20 bytes).
/// @dev Where the vault has been unlocked by the route's loan, a swap only changes what the vault owes; else the leg
/// unlocks it for itself. The vault calls back with the very calldata it was given.
abstract contract BalancerV3 is Venue {
    /// @notice The vault is unlocked for one leg.
    function balancerV3Leg(bytes calldata data) external returns (uint256) {
        _accept(data);
        return _runUnlocked(RouteLib.BALANCER_V3, data);
    }

    /// @dev Of a vault that is locked.
    function _swap(PackedLeg leg, Flow memory flow, address to, uint256 quote)
        internal
        virtual
        override
        returns (uint256)
    {
        if (leg.venue() != RouteLib.BALANCER_V3) return super._swap(leg, flow, to, quote);
        // The leg's twenty bytes of params.
        // forge-lint: disable-next-line(unsafe-typecast)
        bytes memory data = bytes.concat(_toUnlock(leg, flow, to), bytes20(uint160(leg.params())));
        // Drawing on another manager's credit comes first and calls nothing that is ours.
        // slither-disable-next-line reentrancy-benign
        _expect(leg.target(), this.balancerV3Leg.selector, data);
        bytes memory result = IBalancerV3Vault(leg.target()).unlock(abi.encodeCall(this.balancerV3Leg, (data)));
        _requireAccepted();
        return abi.decode(result, (uint256));
    }

    /* THE VAULT'S CREDIT */

    function _swapOnCredit(PackedLeg leg, Flow memory flow) internal virtual override returns (uint256 amountOut) {
        if (leg.venue() != RouteLib.BALANCER_V3) return super._swapOnCredit(leg, flow);
        // An exact input: what is calculated is the output, which comes third.
        // slither-disable-next-line unused-return
        (,, amountOut) = IBalancerV3Vault(leg.target())
            .swap(
                IBalancerV3Vault.VaultSwapParams(
                    0, address(uint160(leg.params())), flow.token, leg.tokenOut(), flow.amount, 0, ""
                )
            );
    }

    function _credit(uint8 venue, address vault, Flow memory flow) internal virtual override returns (uint256) {
        if (venue != RouteLib.BALANCER_V3) return super._credit(venue, vault, flow);
        return IBalancerV3Vault(vault).settle(flow.token, flow.amount);
    }

    function _draw(uint8 venue, Flow memory flow, address to) internal virtual override {
        if (venue != RouteLib.BALANCER_V3) return super._draw(venue, flow, to);
        IBalancerV3Vault(flow.place).sendTo(flow.token, to, flow.amount);
    }

    function _poolOf(PackedLeg leg, address tokenIn) internal pure virtual override returns (address) {
        if (leg.venue() != RouteLib.BALANCER_V3) return super._poolOf(leg, tokenIn);
        return address(uint160(leg.params()));
    }
}
