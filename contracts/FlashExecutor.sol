// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IFlashExecutor} from "./interfaces/IFlashExecutor.sol";
import {ILiquidityReserve} from "./interfaces/ILiquidityReserve.sol";
import {IPriceGuard} from "./interfaces/IPriceGuard.sol";
import {ISizer} from "./interfaces/ISizer.sol";
import {IArbSys} from "./interfaces/external/IArbSys.sol";
import {IWrappedNative} from "./interfaces/external/IWrappedNative.sol";
import {PackedLeg} from "./types/PackedLeg.sol";
import {Header} from "./types/Route.sol";

import {Sizer} from "./Sizer.sol";
import {Loan} from "./lenders/Loan.sol";
import {ErrorsLib} from "./libraries/ErrorsLib.sol";
import {RouteLib} from "./libraries/RouteLib.sol";
import {Kinds} from "./venues/Kinds.sol";
import {Plan, Planner} from "./venues/Planner.sol";
import {Flow} from "./venues/Venue.sol";
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
/// keepers; the guardian stops them. A keeper's right, the pause and the restriction to listed pools share one storage
/// slot, so that `execute` reads one.
///
/// TRUST: pools, tokens and lenders named by a route are not trusted. A callback is accepted from the address just
/// called, of the kind expected, with the data committed to, once. What a pool brings here is measured, and so is the
/// profit. A hostile keeper can route through a pool of its own and keep a profit that we would have made, unless
/// governance has restricted the pools; it can take nothing that is ours.
///
/// TOKENS: without return value, of any decimals: handled. With a fee on transfer: what arrives here is measured; a pair
/// that receives less than it was sent reverts. `false` reverts with SafeTransferLib's errors.
abstract contract FlashExecutor is IFlashExecutor, AccessManaged, ReentrancyGuardTransient, Planner, Loan {
    using Kinds for uint256;
    using EnumerableSet for EnumerableSet.AddressSet;
    using SafeTransferLib for address;

    /* IMMUTABLES */

    /// @notice A pause must fit into a block, and costs as much as there are keepers.
    uint256 public constant MAX_KEEPERS = 8;

    address public immutable reserve;
    address public immutable wrappedNative;
    ISizer public immutable sizer = new Sizer();

    /// @dev There is code at this address on Arbitrum alone.
    IArbSys private constant ARB_SYS = IArbSys(0x0000000000000000000000000000000000000064);

    /// @dev What a keeper may do, in one word.
    uint256 private constant MAY_NOTHING = 0;
    uint256 private constant MAY_ANY_POOL = 1;
    uint256 private constant MAY_LISTED_POOLS = 2;

    /* STORAGE */

    EnumerableSet.AddressSet private _keepers;
    mapping(address => uint256) private _rights;
    mapping(address => bool) public isPoolAllowed;

    address public priceGuard;
    uint16 public maxTipBps;
    bool public poolsRestricted;
    bool public paused;

    /* MODIFIERS */

    /// @dev The reserve, immutable here, always may; others are the access manager's to name.
    modifier onlyConverter() {
        if (msg.sender != reserve) _checkCanCall(msg.sender, msg.data);
        _;
    }

    /* CONSTRUCTOR */

    constructor(address manager, address reserve_, address wrappedNative_) AccessManaged(manager) {
        require(manager != address(0), ErrorsLib.ZeroAddress());
        require(reserve_ != address(0), ErrorsLib.ZeroAddress());
        require(wrappedNative_ != address(0), ErrorsLib.ZeroAddress());
        reserve = reserve_;
        wrappedNative = wrappedNative_;
    }

    /// @dev Native coin comes only from what a route calls: a venue, or the wrapped coin.
    receive() external payable {
        require(_reentrancyGuardEntered(), ErrorsLib.NativeUnexpected(msg.sender));
    }

    /* KEEPERS */

    /// @inheritdoc IFlashExecutor
    function execute(bytes calldata route) external nonReentrant returns (uint256 profit) {
        uint256 right = _requireKeeper();
        (Header memory header, bytes calldata legs) = RouteLib.decode(route);
        require(_lenders().has(header.lender), ErrorsLib.LenderUnknown(header.lender));
        _requireTimely(header);
        Plan memory plan = _foresee(header, legs, right == MAY_LISTED_POOLS);
        _requireListed(header);
        uint256 before = header.token.balanceOf(address(this));
        address lender = _trade(header, legs, plan);
        profit = _profit(header, before);
        if (header.guarded) _requireFairPrices(header.token, legs, plan.pools);
        uint256 tip = header.tipBps == 0 ? 0 : _tip(header, profit);
        emit Executed(keccak256(legs), header.token, lender, header.amountIn, profit, tip);
        profit -= tip;
        _payOut(header.token, profit, plan.pools);
    }

    /* CONVERSIONS */

    /// @inheritdoc IFlashExecutor
    function convert(address tokenIn, uint256 amountIn, bytes calldata legs)
        external
        payable
        onlyConverter
        nonReentrant
        returns (uint256 amountOut)
    {
        require(!paused, ErrorsLib.ExecutorPaused());
        require(msg.value == (tokenIn == address(0) ? amountIn : 0), ErrorsLib.NativeUnexpected(msg.sender));
        address tokenOut = _checkPath(tokenIn, legs, poolsRestricted);
        require(tokenOut != tokenIn, ErrorsLib.LegPaysItsInput(address(this), tokenIn));
        uint256 before = _balanceOf(tokenOut, msg.sender);
        _run(legs, legs[:0], Flow(tokenIn, amountIn, address(this)), msg.sender);
        amountOut = _balanceOf(tokenOut, msg.sender) - before;
        emit Converted(msg.sender, tokenIn, tokenOut, amountIn, amountOut);
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
    function canExecute(address account) external view returns (bool) {
        return _rights[account] != MAY_NOTHING;
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
        _rights[keeper] = enabled ? _right() : MAY_NOTHING;
        emit KeeperSet(keeper, enabled);
    }

    /// @inheritdoc IFlashExecutor
    function restrictPools(bool restricted_) external restricted {
        poolsRestricted = restricted_;
        _writeRights();
        emit PoolsRestricted(restricted_);
    }

    /// @inheritdoc IFlashExecutor
    function allowPools(address[] calldata pools, bool allowed) external restricted {
        for (uint256 i; i < pools.length; ++i) {
            isPoolAllowed[pools[i]] = allowed;
            emit PoolAllowed(pools[i], allowed);
        }
    }

    /// @inheritdoc IFlashExecutor
    function setMaxTip(uint16 bps) external restricted {
        require(bps <= BPS, ErrorsLib.TipTooHigh(bps, BPS));
        maxTipBps = bps;
        emit MaxTipSet(bps);
    }

    /// @inheritdoc IFlashExecutor
    function setPriceGuard(address guard) external restricted {
        // Zero takes the guard away, and routes that need one are refused.
        // slither-disable-next-line missing-zero-check
        priceGuard = guard;
        emit PriceGuardSet(guard);
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

    /* THE TRADE */

    /// @dev E5 and E6: sizes the route if it asks for that, and quotes it as far as it can be. Where nothing is to be
    /// earned it ends here, with the pools read and nothing else.
    function _foresee(Header memory header, bytes calldata legs, bool listedOnly)
        private
        view
        returns (Plan memory plan)
    {
        if (header.amountIn == 0) {
            uint256 back;
            (header.amountIn, back) = sizer.size(header.token, legs, header.maxFeeBps, header.cap);
            _requireProfitable(header, back);
        }
        plan = _plan(header, legs, listedOnly);
        uint256 known = plan.quotes.length;
        if (known == plan.pools.length) _requireProfitable(header, plan.quotes[known - 1]);
    }

    function _trade(Header memory header, bytes calldata legs, Plan memory plan) private returns (address lender) {
        if (header.lender == RouteLib.LENDER_NONE) return _flashSwap(header, legs, plan);
        _requireAvailable(header);
        _borrow(header, _loan(header, legs, plan.quotes));
        return header.lenderAddress;
    }

    /// @dev What comes before the leg that lends pays straight into it.
    function _flashSwap(Header memory header, bytes calldata legs, Plan memory plan) private returns (address) {
        require(plan.lends != NO_LEG, ErrorsLib.NoLegLends());
        (PackedLeg leg, bytes calldata rest) = RouteLib.nextLeg(legs[plan.offset:]);
        for (uint256 i; i < plan.pools.length; ++i) {
            require(i == plan.lends || plan.pools[i] != leg.target(), ErrorsLib.LenderIsLeg(leg.target()));
        }
        // A pool that calls back whoever it pays must pay here.
        address place = Kinds.POOLS.has(leg.venue()) ? _payee(rest) : address(this);
        uint256 before = rest.length != 0 && place == address(this) ? _balanceOf(leg.tokenOut()) : 0;
        uint256 quote = plan.lends < plan.quotes.length ? plan.quotes[plan.lends] : 0;
        bytes memory loan = _flashLoan(header, legs[:plan.offset], rest, _first(plan.quotes, plan.lends), before);
        _lend(leg, Flow(plan.token, plan.amount, place), quote, loan);
        return leg.target();
    }

    /// @dev Shortens the array itself.
    function _first(uint256[] memory quotes, uint256 count) private pure returns (uint256[] memory) {
        // Solidity: return quotes[:count]
        assembly ("memory-safe") {
            mstore(quotes, count)
        }
        return quotes;
    }

    /* CHECKS */

    function _requireKeeper() private view returns (uint256 right) {
        right = _rights[msg.sender];
        if (right != MAY_NOTHING) return right;
        require(_keepers.contains(msg.sender), ErrorsLib.NotKeeper(msg.sender));
        revert ErrorsLib.ExecutorPaused();
    }

    /// @dev A token that is marked is guarded whether the route asks for it or not [E7].
    function _requireListed(Header memory header) private view {
        (bool listed, bool guarded) = ILiquidityReserve(reserve).profitToken(header.token);
        require(listed, ErrorsLib.TokenNotListed(header.token));
        if (guarded) header.guarded = true;
    }

    /// @dev The chain's lenders, a bit each.
    function _lenders() internal pure virtual returns (uint256);

    function _requireAllowed(address pool) internal view override {
        require(isPoolAllowed[pool], ErrorsLib.PoolNotAllowed(pool));
    }

    function _requireTimely(Header memory header) private view {
        require(block.timestamp <= header.deadline, ErrorsLib.DeadlinePassed(header.deadline));
        if (header.parentHash == bytes32(0)) return;
        bytes32 parent = _parentHash();
        // The very block is asked for.
        // slither-disable-next-line incorrect-equality
        require(parent == header.parentHash, ErrorsLib.ParentMismatch(header.parentHash, parent));
    }

    /// @dev Arbitrum's `block.number` is Ethereum's; its own blocks are ArbSys's to tell [E9].
    function _parentHash() private view returns (bytes32) {
        if (address(ARB_SYS).code.length == 0) return blockhash(block.number - 1);
        return ARB_SYS.arbBlockHash(ARB_SYS.arbBlockNumber() - 1);
    }

    /// @dev Measured after repayment against what was here before, so that nothing that lay here can count as profit.
    function _profit(Header memory header, uint256 before) private view returns (uint256 profit) {
        uint256 balance = header.token.balanceOf(address(this));
        profit = balance > before ? balance - before : 0;
        require(profit != 0 && profit >= header.minProfit, ErrorsLib.NotProfitable(profit, header.minProfit));
    }

    /// @dev Before borrowing; the lender's fee counts with the most that the route allows.
    function _requireProfitable(Header memory header, uint256 back) private pure {
        uint256 owed = header.amountIn + _maxFee(header);
        uint256 profit = back > owed ? back - owed : 0;
        require(profit != 0 && profit >= header.minProfit, ErrorsLib.NotProfitable(profit, header.minProfit));
    }

    function _requireFairPrices(address token, bytes calldata legs, address[] memory pools) private view {
        require(priceGuard != address(0), ErrorsLib.PriceGuardMissing());
        address[] memory tokens = new address[](pools.length + 1);
        tokens[0] = token;
        for (uint256 i; i < pools.length; ++i) {
            PackedLeg leg;
            (leg, legs) = RouteLib.nextLeg(legs);
            tokens[i + 1] = leg.tokenOut();
        }
        IPriceGuard(priceGuard).requireFair(tokens, pools);
    }

    /* PAYING OUT */

    /// @dev Rounds down, in the reserve's favour.
    function _tip(Header memory header, uint256 profit) private returns (uint256 tip) {
        require(header.tipBps <= maxTipBps, ErrorsLib.TipTooHigh(header.tipBps, maxTipBps));
        require(header.token == wrappedNative, ErrorsLib.TipNotNative(header.token));
        tip = profit * header.tipBps / BPS;
        IWrappedNative(wrappedNative).withdraw(tip);
        address(block.coinbase).safeTransferETH(tip);
    }

    function _payOut(address token, uint256 profit, address[] memory pools) internal virtual {
        token.safeTransfer(reserve, profit);
        ILiquidityReserve(reserve).settle(token, profit, pools);
    }

    /* RIGHTS */

    function _setPaused(bool paused_) private {
        paused = paused_;
        _writeRights();
    }

    function _writeRights() private {
        for (uint256 i; i < _keepers.length(); ++i) {
            _rights[_keepers.at(i)] = _right();
        }
    }

    function _right() private view returns (uint256) {
        if (paused) return MAY_NOTHING;
        return poolsRestricted ? MAY_LISTED_POOLS : MAY_ANY_POOL;
    }
}
