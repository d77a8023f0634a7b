// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PoolForm} from "../contracts/types/Pool.sol";
import {PoolKind} from "../contracts/types/PoolKind.sol";
import {Base, PoolSpec} from "./Base.s.sol";

interface IPairFactory {
    function getPair(address a, address b) external view returns (address);
}

interface ISolidlyFactory {
    function getPool(address a, address b, bool stable) external view returns (address);
}

interface IFeeFactory {
    function getPool(address a, address b, uint24 fee) external view returns (address);
}

interface ISpacingFactory {
    function getPool(address a, address b, int24 tickSpacing) external view returns (address);
}

interface IAlgebraFactory {
    function poolByPair(address a, address b) external view returns (address);
}

/// @title Pools
/// @notice Where the pools of the chain file are, as their factories say, and what they are to the reserve and the guard.
abstract contract Pools is Base {
    /// @notice Pools of this kind come from no factory, or the reserve has no use for them.
    error PoolKindUnknown(string name, string kind);

    /// @notice The pool's address; zero where its factory does not know it.
    function poolOf(PoolSpec memory spec) internal view returns (address) {
        address factory = venueOf(spec.venue, "factory");
        (address a, address b) = (tokenOf(spec.tokens[0]), tokenOf(spec.tokens[1]));
        string memory kind = kindOf(spec.venue);
        if (isPair(kind)) return IPairFactory(factory).getPair(a, b);
        if (same(kind, "solidly")) return ISolidlyFactory(factory).getPool(a, b, same(spec.family, "stable"));
        if (isSlipstream(spec)) return ISpacingFactory(factory).getPool(a, b, spec.tickSpacing);
        if (same(kind, "algebra")) return IAlgebraFactory(factory).poolByPair(a, b);
        require(same(kind, "uniswap-v3") || same(kind, "pancake-v3"), PoolKindUnknown(spec.name, kind));
        return IFeeFactory(factory).getPool(a, b, spec.fee);
    }

    /// @dev A stable pool's price is none of its reserves', so that it has no kind.
    function poolKindOf(PoolSpec memory spec) internal view returns (PoolKind) {
        string memory kind = kindOf(spec.venue);
        if (isPair(kind)) return PoolKind.ConstantProduct;
        if (!same(kind, "solidly")) return PoolKind.Concentrated;
        return same(spec.family, "stable") ? PoolKind.None : PoolKind.ConstantProduct;
    }

    function poolFormOf(PoolSpec memory spec) internal view returns (PoolForm) {
        string memory kind = kindOf(spec.venue);
        if (same(kind, "solidly")) return PoolForm.Solidly;
        if (same(kind, "pancake-v3")) return PoolForm.PancakeV3;
        if (!same(kind, "algebra")) return PoolForm.Plain;
        return same(generationOf(spec.venue), "integral") ? PoolForm.AlgebraIntegral : PoolForm.Algebra;
    }

    /// @notice Uniswap V2's pairs, or those of a fork, whatever the callback's name.
    function isPair(string memory kind) internal pure returns (bool) {
        return same(kind, "uniswap-v2") || same(kind, "pancake-v2");
    }

    function isSlipstream(PoolSpec memory spec) internal pure returns (bool) {
        return same(spec.family, "slipstream");
    }

    /// @notice Whether a venue's pairs are Camelot's, which say their fees and what they pay.
    function isCamelot(string memory venue) internal view returns (bool) {
        string memory path = string.concat(venuePath(venue), "fork");
        return exists(path) && same(stringAt(path), "camelot");
    }

    /// @notice Of Algebra's code: "1.9", "camelot" or "integral".
    function generationOf(string memory venue) internal view returns (string memory) {
        string memory path = string.concat(venuePath(venue), "generation");
        return exists(path) ? stringAt(path) : "1.9";
    }
}
