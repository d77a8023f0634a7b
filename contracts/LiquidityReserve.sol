// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Share} from "./types/Share.sol";

import {Books} from "./reserve/Books.sol";
import {Injection} from "./reserve/Injection.sol";
import {Outposts} from "./reserve/Outposts.sol";
import {Registry} from "./reserve/Registry.sol";
import {Treasury} from "./reserve/Treasury.sol";
import {LibCall} from "solady/utils/LibCall.sol";

/// @title LiquidityReserve
/// @notice Receives every profit, keeps it in buckets, deepens pools and owns the positions. See ILiquidityReserve.
/// @dev
/// TWO CODES: what works with pools is in Injection, which this contract deploys and delegates to, because one contract's
/// code may not be that long. The address is fixed when this contract is built; nothing here can be upgraded.
///
/// ACCOUNTING: see Books. What a pool takes or gives is measured, and goes to the pool's own bucket.
///
/// ROLES: the executor settles. Keepers that governance has named add liquidity and convert, within the pools' terms and
/// the day's cap on losses: a stolen key costs at most that. They send to the reserve on other chains, within a day's cap
/// too. The guardian can stop them, and can take a pool's liquidity
/// out into its bucket. Governance, the manager's admin, sets everything else; what takes liquidity out or away is a role
/// of its own, behind a delay. `book`, `recognise`, `payVault`, `payBeneficiary`, `collectFees` move value only where it
/// belongs, and are anyone's to call.
///
/// TRUST: the guard, the executor and the vault are ours. Pools are listed by governance, and yet get no more than was
/// agreed, give what is measured, and call back once. Venue code runs where nothing lies.
///
/// TOKENS: only listed ones are credited. Governance lists no token whose balances change by themselves.
contract LiquidityReserve is Treasury, Registry, Outposts {
    /// @notice The code that works with pools.
    address public immutable injection;

    /* CONSTRUCTOR */

    // Books refuses zero addresses.
    // slither-disable-next-line missing-zero-check
    constructor(address manager, address vault_, address wrappedNative_, uint16 poolsBps, uint16 vaultBps)
        Books(manager, vault_, wrappedNative_)
    {
        injection = address(new Injection(manager, vault_, wrappedNative_));
        _setSplit(poolsBps, vaultBps, new Share[](0));
    }

    /// @dev Native coin comes while something is under way, from the wrapped coin or Uniswap V4's manager.
    receive() external payable {
        require(_reentrancyGuardEntered(), NativeUnexpected(msg.sender));
    }

    /// @dev Everything that is not here is there.
    fallback(bytes calldata data) external returns (bytes memory) {
        return LibCall.delegateCallContract(injection, data);
    }
}
