// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IFlashExecutor} from "./interfaces/IFlashExecutor.sol";
import {ILiquidityReserve} from "./interfaces/ILiquidityReserve.sol";
import {IWrappedNative} from "./interfaces/external/IWrappedNative.sol";
import {Header, Leg} from "./types/Route.sol";

import {AaveV3} from "./lenders/AaveV3.sol";
import {BalancerV2} from "./lenders/BalancerV2.sol";
import {ErrorsLib} from "./libraries/ErrorsLib.sol";
import {RouteLib} from "./libraries/RouteLib.sol";
import {UniswapV2} from "./venues/UniswapV2.sol";
import {UniswapV3} from "./venues/UniswapV3.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

/// @title FlashExecutor
/// @notice Borrows, swaps along a route, repays and pays the profit to the reserve. See IFlashExecutor.
/// @dev
/// HOLDS NOTHING: between transactions there is no token, no native coin, no allowance and no transient value here. What
/// is sent here all the same can only go to the reserve, by `skim`.
///
/// ROLES: keepers execute, and cannot direct funds anywhere but the reserve. Governance, the manager's admin, names the
/// keepers; the guardian stops them. A keeper's right and the pause share one storage slot, so that `execute` reads one.
///
/// TRUST: pools, tokens and lenders named by a route are not trusted. A callback is accepted from the address just
/// called, of the kind expected, with the data committed to, once. What a pool brings here is measured, and so is the
/// profit. A hostile keeper can route through a pool of its own and keep a profit that we would have made; it can take
/// nothing that is ours.
///
/// TOKENS: without return value, of any decimals: handled. With a fee on transfer: what arrives here is measured; a pair
/// that receives less than it was sent reverts. `false` reverts with SafeTransferLib's errors.
contract FlashExecutor is
    IFlashExecutor,
    AccessManaged,
    ReentrancyGuardTransient,
    UniswapV2,
    UniswapV3,
    BalancerV2,
    AaveV3
{
    using EnumerableSet for EnumerableSet.AddressSet;
    using SafeTransferLib for address;

    /* IMMUTABLES */

    /// @notice A pause must fit into a block, and costs as much as there are keepers.
    uint256 public constant MAX_KEEPERS = 8;

    address public immutable reserve;
    address public immutable wrappedNative;

    /* STORAGE */

    EnumerableSet.AddressSet private _keepers;

    /// @inheritdoc IFlashExecutor
    mapping(address => bool) public canExecute;

    bool public paused;

    /* CONSTRUCTOR */

    constructor(address manager, address reserve_, address wrappedNative_) AccessManaged(manager) {
        require(manager != address(0), ErrorsLib.ZeroAddress());
        require(reserve_ != address(0), ErrorsLib.ZeroAddress());
        require(wrappedNative_ != address(0), ErrorsLib.ZeroAddress());
        reserve = reserve_;
        wrappedNative = wrappedNative_;
    }

    /* KEEPERS */

    /// @inheritdoc IFlashExecutor
    function execute(bytes calldata route) external nonReentrant returns (uint256 profit) {
        _requireKeeper();
        (Header memory header, bytes calldata legs) = RouteLib.decode(route);
        _requireTimely(header);
        require(ILiquidityReserve(reserve).isListed(header.token), ErrorsLib.TokenNotListed(header.token));
        address[] memory pools = RouteLib.pools(header, legs);
        uint256 before = header.token.balanceOf(address(this));
        _borrow(header, legs);
        profit = _profit(header, before);
        address lender = header.lender == RouteLib.LENDER_NONE ? pools[0] : header.lenderAddress;
        emit Executed(keccak256(legs), header.token, lender, header.amountIn, profit);
        header.token.safeTransfer(reserve, profit);
        ILiquidityReserve(reserve).settle(header.token, profit, pools);
    }

    /* ANYONE */

    /// @inheritdoc IFlashExecutor
    function skim(address token) external nonReentrant returns (uint256 amount) {
        if (token == address(0)) {
            token = wrappedNative;
            // The chain's wrapped coin, immutable here.
            // slither-disable-next-line arbitrary-send-eth
            IWrappedNative(token).deposit{value: address(this).balance}();
        }
        amount = token.balanceOf(address(this));
        require(amount != 0, ErrorsLib.NothingToSkim(token));
        emit Skimmed(token, amount);
        token.safeTransfer(reserve, amount);
    }

    /// @inheritdoc IFlashExecutor
    function keepers() external view returns (address[] memory) {
        return _keepers.values();
    }

    /* GOVERNANCE AND GUARDIAN */

    /// @inheritdoc IFlashExecutor
    function setKeeper(address keeper, bool enabled) external restricted {
        require(keeper != address(0), ErrorsLib.ZeroAddress());
        // Naming a keeper twice, or removing a stranger, changes nothing.
        // slither-disable-next-line unused-return
        if (enabled) _keepers.add(keeper);
        // slither-disable-next-line unused-return
        else _keepers.remove(keeper);
        require(_keepers.length() <= MAX_KEEPERS, ErrorsLib.TooManyKeepers(MAX_KEEPERS));
        canExecute[keeper] = enabled && !paused;
        emit KeeperSet(keeper, enabled);
    }

    /// @inheritdoc IFlashExecutor
    function pause() external restricted {
        _setPaused(true);
        emit Paused(msg.sender);
    }

    /// @inheritdoc IFlashExecutor
    function unpause() external restricted {
        _setPaused(false);
        emit Unpaused(msg.sender);
    }

    /* THE RUN */

    function _borrow(Header memory header, bytes calldata legs) private {
        if (header.lender == RouteLib.LENDER_NONE) _flashSwap(header, legs);
        else if (header.lender == RouteLib.LENDER_BALANCER_V2) _borrowBalancerV2(header, legs);
        else _borrowAaveV3(header, legs);
    }

    function _flashSwap(Header memory header, bytes calldata legs) private {
        (Leg memory leg, bytes calldata rest) = RouteLib.nextLeg(legs);
        if (leg.venue == RouteLib.VENUE_UNISWAP_V2) _flashUniswapV2(leg, header.token, header.amountIn, rest);
        else _flashUniswapV3(leg, header.token, header.amountIn, rest);
    }

    function _useLoan(bytes calldata legs, address token, uint256 amount) internal override returns (uint256) {
        return _run(legs, token, amount, false);
    }

    /// @dev What comes here between two legs is measured; what goes straight into the next pair, that pair checks; what
    /// the last leg brings, `_profit` measures.
    function _run(bytes calldata legs, address tokenIn, uint256 amount, bool delivered)
        internal
        override
        returns (uint256)
    {
        while (legs.length != 0) {
            Leg memory leg;
            (leg, legs) = RouteLib.nextLeg(legs);
            address recipient = _recipient(legs);
            bool measured = recipient == address(this) && legs.length != 0;
            uint256 before = measured ? leg.tokenOut.balanceOf(address(this)) : 0;
            amount = _swap(leg, tokenIn, amount, recipient, delivered);
            if (measured) amount = leg.tokenOut.balanceOf(address(this)) - before;
            (tokenIn, delivered) = (leg.tokenOut, recipient != address(this));
        }
        return amount;
    }

    function _swap(Leg memory leg, address tokenIn, uint256 amount, address recipient, bool delivered)
        private
        returns (uint256)
    {
        if (leg.venue == RouteLib.VENUE_UNISWAP_V2) {
            return _swapUniswapV2(leg, tokenIn, amount, recipient, delivered);
        }
        return _swapUniswapV3(leg, tokenIn, amount, recipient);
    }

    /* CHECKS */

    function _requireKeeper() private view {
        if (canExecute[msg.sender]) return;
        require(_keepers.contains(msg.sender), ErrorsLib.NotKeeper(msg.sender));
        revert ErrorsLib.ExecutorPaused();
    }

    function _requireTimely(Header memory header) private view {
        require(block.timestamp <= header.deadline, ErrorsLib.DeadlinePassed(header.deadline));
        if (header.parentHash == bytes32(0)) return;
        bytes32 parent = blockhash(block.number - 1);
        // The very block is asked for.
        // slither-disable-next-line incorrect-equality
        require(parent == header.parentHash, ErrorsLib.ParentMismatch(header.parentHash, parent));
    }

    /// @dev Measured after repayment against what was here before, so that nothing that lay here can count as profit.
    function _profit(Header memory header, uint256 before) private view returns (uint256 profit) {
        uint256 balance = header.token.balanceOf(address(this));
        profit = balance > before ? balance - before : 0;
        require(profit != 0 && profit >= header.minProfit, ErrorsLib.NotProfitable(profit, header.minProfit));
    }

    function _setPaused(bool paused_) private {
        paused = paused_;
        for (uint256 i; i < _keepers.length(); ++i) {
            canExecute[_keepers.at(i)] = !paused_;
        }
    }
}
