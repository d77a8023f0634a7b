// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Leg} from "../../contracts/types/Route.sol";

import {ErrorsLib} from "../../contracts/libraries/ErrorsLib.sol";
import {RouteLib} from "../../contracts/libraries/RouteLib.sol";
import {IBalancerVault} from "../../script/replica/interfaces/IBalancerV2.sol";
import {IUniswapV3Pool} from "../../script/replica/interfaces/IUniswapV3.sol";
import {IPoolManager} from "../../script/replica/interfaces/IUniswapV4.sol";
import {ModelDodoV2} from "../mocks/ModelDodoV2.sol";
import {ISolidlyPool} from "../protocols/SolidlyFixture.sol";
import {Lenders} from "./Lenders.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";

interface IAlgebraErrors {
    error locked();
}

interface IUniswapV4Errors {
    error AlreadyUnlocked();
}

/// @notice Takes a loan and calls, in the midst of it, where it should not. What is thrown there is passed on.
contract Trespasser {
    address private _target;
    bytes private _trespass;

    fallback() external {
        _call(_target, _trespass);
    }

    function borrow(address lender, bytes calldata loan, address target, bytes calldata trespass) external {
        (_target, _trespass) = (target, trespass);
        _call(lender, loan);
    }

    function _call(address target, bytes memory data) private {
        (bool done, bytes memory answer) = target.call(data);
        if (done) return;
        assembly ("memory-safe") {
            revert(add(answer, 32), mload(answer))
        }
    }
}

/// @notice What rule E10 excludes: the executor's refusal, and the lock of the protocol that would have met the route.
contract Locks_Test is Lenders {
    uint256 private constant VENUES_OF_POOLS =
        1 << RouteLib.UNISWAP_V3 | 1 << RouteLib.PANCAKE_V3 | 1 << RouteLib.ALGEBRA;
    uint256 private constant VENUES_OF_PAIRS =
        1 << RouteLib.UNISWAP_V2 | 1 << RouteLib.PANCAKE_V2 | 1 << RouteLib.SOLIDLY;

    Trespasser private trespasser = new Trespasser();

    function setUp() public override {
        super.setUp();
        openStalls(address(weth));
    }

    /* A POOL THAT LENDS AND IS A LEG */

    function test_PoolsThatLend_AreLocked() public {
        uint256 count;
        for (uint256 i; i < stalls.length; ++i) {
            if (VENUES_OF_POOLS >> stalls[i].venue & 1 == 0) continue;
            address pool = stalls[i].buying;
            _expectLocked(stalls[i], pool, abi.encodeCall(IUniswapV3Pool.flash, (address(trespasser), 1, 1, "")));
            ++count;
        }
        assertEq(count, 5);
    }

    function test_PoolsThatLend_AreNoLegs() public {
        for (uint256 i; i < stalls.length; ++i) {
            if (VENUES_OF_POOLS >> stalls[i].venue & 1 == 0) continue;
            _expectLenderIsLeg(stalls[i], stalls[0], stalls[i].buying);
            _expectLenderIsLeg(stalls[0], stalls[i], stalls[i].selling);
        }
    }

    /* A POOL THAT LENDS BY FLASH SWAP AND IS A LEG ONCE MORE */

    function test_FlashSwaps_LockThePool() public {
        uint256 count;
        for (uint256 i; i < stalls.length; ++i) {
            if (!_lends(stalls[i].venue)) continue;
            _expectLocked(stalls[i], stalls[i].buying, _swapCall(stalls[i]));
            ++count;
        }
        assertEq(count, 15);
    }

    /// @dev Twice around. The last leg lends, or the second where the rest cannot be told beforehand: the same pool.
    function test_FlashSwaps_LendOncePerRoute() public {
        for (uint256 i; i < stalls.length; ++i) {
            if (!_lends(stalls[i].venue)) continue;
            Leg memory buy = legOf(stalls[0], stalls[0].buying, coin, share);
            Leg memory sell = legOf(stalls[i], stalls[i].selling, share, coin);
            Leg[] memory legs = new Leg[](4);
            (legs[0], legs[1], legs[2], legs[3]) = (buy, sell, buy, sell);
            expectRefusal(flashSwap(coin, AMOUNT), legs, _lenderIsLeg(stalls[i].selling));
        }
    }

    /* MANAGERS */

    /// @dev Swaps, joins and loans share one guard. The matrix has the refusals.
    function test_BalancerV2_LocksItsVault() public {
        address[] memory tokens = new address[](1);
        uint256[] memory amounts = new uint256[](1);
        (tokens[0], amounts[0]) = (coin, AMOUNT);
        address vault_ = address(balancerV2.vault());
        IBalancerVault.SingleSwap memory swap;
        IBalancerVault.FundManagement memory funds;
        vm.expectRevert("BAL#400");
        trespasser.borrow(
            vault_,
            abi.encodeCall(IBalancerVault.flashLoan, (address(trespasser), tokens, amounts, "")),
            vault_,
            abi.encodeCall(IBalancerVault.swap, (swap, funds, 0, block.timestamp))
        );
    }

    /// @dev Excludes nothing: legs at the manager that lends run on its credit, and never unlock it again.
    function test_UniswapV4_UnlocksOnce() public {
        address manager_ = address(uniswapV4.manager());
        bytes memory unlock = abi.encodeCall(IPoolManager.unlock, (""));
        vm.expectRevert(IUniswapV4Errors.AlreadyUnlocked.selector);
        trespasser.borrow(manager_, unlock, manager_, unlock);
    }

    /* INTERNALS */

    function _expectLocked(Stall memory stall, address pool, bytes memory loan) private {
        bytes memory swap = _swapCall(stall);
        vm.expectRevert(_lockOf(stall));
        trespasser.borrow(pool, loan, pool, swap);
    }

    function _expectLenderIsLeg(Stall memory buys, Stall memory sells, address pool) private {
        Stall memory lending = pool == buys.buying ? buys : sells;
        uint8 id = lending.venue == RouteLib.UNISWAP_V3
            ? RouteLib.LENDER_UNISWAP_V3
            : lending.venue == RouteLib.PANCAKE_V3 ? RouteLib.LENDER_PANCAKE_V3 : RouteLib.LENDER_ALGEBRA;
        Leg[] memory legs = cycle(legOf(buys, buys.buying, coin, share), legOf(sells, sells.selling, share, coin));
        expectRefusal(loan(coin, AMOUNT, id, pool, 30), legs, _lenderIsLeg(pool));
    }

    function _lenderIsLeg(address lender) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ErrorsLib.LenderIsLeg.selector, lender);
    }

    function _lends(uint8 venue) private pure returns (bool) {
        return (VENUES_OF_POOLS | VENUES_OF_PAIRS | 1 << RouteLib.DODO_V2) >> venue & 1 == 1;
    }

    /// @notice Takes a little of both tokens, or sells a little, and has the trespasser called back.
    function _swapCall(Stall memory stall) private view returns (bytes memory) {
        if (stall.venue == RouteLib.DODO_V2) {
            return abi.encodeCall(ModelDodoV2.flashLoan, (1, 1, address(trespasser), "loan"));
        }
        if (VENUES_OF_PAIRS >> stall.venue & 1 == 1) {
            return abi.encodeCall(ISolidlyPool.swap, (1, 1, address(trespasser), "loan"));
        }
        bool zeroForOne = coin < share;
        uint160 price = zeroForOne ? 1 << 95 : 1 << 97;
        return abi.encodeCall(IUniswapV3Pool.swap, (address(trespasser), zeroForOne, 1e18, price, ""));
    }

    function _lockOf(Stall memory stall) private view returns (bytes memory) {
        bytes32 name = keccak256(bytes(stall.name));
        if (name == keccak256("Algebra Integral")) return abi.encodeWithSelector(IAlgebraErrors.locked.selector);
        if (VENUES_OF_POOLS >> stall.venue & 1 == 1) return abi.encodeWithSignature("Error(string)", "LOK");
        if (stall.venue == RouteLib.SOLIDLY) {
            return abi.encodeWithSelector(ReentrancyGuard.ReentrancyGuardReentrantCall.selector);
        }
        string memory reason = stall.venue == RouteLib.DODO_V2 ? "REENTRANT" : "UniswapV2: LOCKED";
        return abi.encodeWithSignature("Error(string)", reason);
    }
}
