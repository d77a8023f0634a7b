// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ITokenProbe} from "./interfaces/ITokenProbe.sol";
import {ISolidlyPool} from "./interfaces/external/ISolidlyPool.sol";
import {IUniswapV2Pair} from "./interfaces/external/IUniswapV2Pair.sol";
import {IUniswapV3Pool} from "./interfaces/external/IUniswapV3Pool.sol";
import {IWrappedNative} from "./interfaces/external/IWrappedNative.sol";
import {Findings, Hop, Manner, Step, Trade} from "./types/Probe.sol";

import {TickLib} from "./libraries/TickLib.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {LibCall} from "solady/utils/LibCall.sol";
import {SafeCastLib} from "solady/utils/SafeCastLib.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

/// @title TokenProbe
/// @notice What a token really does when it is bought, passed on and sold. See ITokenProbe.
/// @dev Never deployed. A node runs it in `eth_call`, where the state is overridden so that an address, best the
/// executor's own, has this code and some native coin. Nothing of it stays, so it needs neither roles nor storage.
///
/// What it can see. The very transfers that a trade would make, at this block, from this sender, with what arrives
/// measured. What it cannot: a token that will change its mind, by its owner's word or by time, or one that knows a
/// simulation when it sees one. Such a token makes a trade revert, or lose nothing but gas [E4].
///
/// What a token can do to it. Each step runs in a call of its own with so much gas, and of what it reverts with only the
/// beginning is kept; so a token can fail its own trial and nothing else.
contract TokenProbe is ITokenProbe {
    uint256 private constant BPS = 10_000;
    /// @dev For a step; a swap takes a tenth of it.
    uint256 private constant STEP_GAS = 2_000_000;
    uint256 private constant VIEW_GAS = 200_000;
    uint16 private constant LONGEST_REASON = 256;

    /// @dev The pool that is being swapped on, what it is to be paid in, and how much.
    address private transient _pool;
    address private transient _owed;
    uint256 private transient _amount;

    modifier onlySelf() {
        require(msg.sender == address(this), NotSelf(msg.sender));
        _;
    }

    /// @inheritdoc ITokenProbe
    function probe(address wrappedNative, uint256 amount, Hop[] calldata way, address other)
        external
        returns (Findings memory found)
    {
        Hop memory last = way[way.length - 1];
        address token = last.tokenOut;
        found.held = _held(token, last.pool);
        _try(found, Step.Fund, abi.encodeCall(this.fund, (wrappedNative, amount, way)));
        found.bought = _try(found, Step.Buy, abi.encodeCall(this.swap, (last)));
        found.passed = _try(found, Step.Pass, abi.encodeCall(this.pass, (token, other)));
        found.recalled = _try(found, Step.Recall, abi.encodeCall(this.recall, (token, other)));
        (last.tokenIn, last.tokenOut) = (token, last.tokenIn);
        found.sold = _try(found, Step.Sell, abi.encodeCall(this.swap, (last)));
    }

    function _try(Findings memory found, Step step, bytes memory call) private returns (Trade memory trade) {
        if (found.failed != Step.None) return trade;
        uint256 left = gasleft();
        // That a reason was cut short is no matter.
        // slither-disable-next-line unused-return
        (bool success,, bytes memory answer) = LibCall.tryCall(address(this), 0, STEP_GAS, LONGEST_REASON, call);
        if (success) trade = abi.decode(answer, (Trade));
        else (found.failed, found.reason) = (step, answer);
        trade.gas = left - gasleft();
    }

    /// @dev 0 where the token does not say.
    function _held(address token, address pool) private view returns (uint256) {
        bytes memory call = abi.encodeCall(IERC20.balanceOf, (pool));
        // That an answer was cut short is no matter.
        // slither-disable-next-line unused-return
        (bool success,, bytes memory answer) = LibCall.tryStaticCall(token, VIEW_GAS, LONGEST_REASON, call);
        return success && answer.length >= 32 ? abi.decode(answer, (uint256)) : 0;
    }

    /* STEPS */

    /// @inheritdoc ITokenProbe
    // Who interferes fails its own trial.
    // slither-disable-next-line reentrancy-benign
    function fund(address wrappedNative, uint256 amount, Hop[] calldata way)
        external
        onlySelf
        returns (Trade memory trade)
    {
        IWrappedNative(wrappedNative).deposit{value: amount}();
        for (uint256 i; i + 1 < way.length; ++i) {
            trade = _swap(way[i]);
        }
    }

    /// @inheritdoc ITokenProbe
    function swap(Hop calldata hop) external onlySelf returns (Trade memory) {
        return _swap(hop);
    }

    /// @inheritdoc ITokenProbe
    function pass(address token, address to) external onlySelf returns (Trade memory) {
        uint256 amount = _balance(token, address(this)) / 2;
        return Trade(amount, amount, _pay(token, to, amount), 0);
    }

    /// @inheritdoc ITokenProbe
    function recall(address token, address other) external onlySelf returns (Trade memory trade) {
        uint256 before = _balance(token, address(this));
        trade.given = trade.promised = _balance(token, other);
        ITokenProbe(other).giveBack(token);
        trade.received = _balance(token, address(this)) - before;
    }

    /// @inheritdoc ITokenProbe
    function giveBack(address token) external {
        SafeTransferLib.safeTransfer(token, msg.sender, _balance(token, address(this)));
    }

    /* SWAPS */

    function _swap(Hop memory hop) private returns (Trade memory trade) {
        trade.given = _balance(hop.tokenIn, address(this));
        require(trade.given != 0, AmountZero());
        uint256 before = _balance(hop.tokenOut, address(this));
        trade.promised = hop.manner == Manner.Concentrated ? _swapPool(hop, trade.given) : _swapPair(hop, trade.given);
        trade.received = _balance(hop.tokenOut, address(this)) - before;
    }

    /// @dev Takes out what the pair owes for what has arrived there, and returns what it would owe for all that was paid.
    function _swapPair(Hop memory hop, uint256 amount) private returns (uint256 promised) {
        promised = _quote(hop, amount);
        uint256 arrived = _pay(hop.tokenIn, hop.pool, amount);
        // The other case is dealt with.
        // slither-disable-next-line incorrect-equality
        uint256 out = arrived == amount ? promised : _quote(hop, arrived);
        (uint256 out0, uint256 out1) = hop.tokenIn < hop.tokenOut ? (uint256(0), out) : (out, uint256(0));
        IUniswapV2Pair(hop.pool).swap(out0, out1, address(this), "");
    }

    /// @dev Rounds down, in the pair's favour.
    function _quote(Hop memory hop, uint256 amount) private view returns (uint256) {
        if (hop.manner == Manner.Quoting) return ISolidlyPool(hop.pool).getAmountOut(amount, hop.tokenIn);
        // The time of the last swap is of no use here.
        // slither-disable-next-line unused-return
        (uint256 reserveIn, uint256 reserveOut,) = IUniswapV2Pair(hop.pool).getReserves();
        if (hop.tokenIn > hop.tokenOut) (reserveIn, reserveOut) = (reserveOut, reserveIn);
        uint256 afterFee = amount * (BPS - hop.feeBps);
        return afterFee * reserveOut / (reserveIn * BPS + afterFee);
    }

    function _swapPool(Hop memory hop, uint256 amount) private returns (uint256) {
        bool zeroForOne = hop.tokenIn < hop.tokenOut;
        uint160 limit = zeroForOne ? TickLib.LOWEST_LIMIT : TickLib.HIGHEST_LIMIT;
        // Transient, and simulated: it costs nobody.
        // slither-disable-next-line costly-loop
        (_pool, _owed, _amount) = (hop.pool, hop.tokenIn, amount);
        (int256 amount0, int256 amount1) =
            IUniswapV3Pool(hop.pool).swap(address(this), zeroForOne, SafeCastLib.toInt256(amount), limit, "");
        require(_pool == address(0), CallbackMissing(hop.pool));
        return SafeCastLib.toUint256(-(zeroForOne ? amount1 : amount0));
    }

    /* CALLBACKS */

    /// @inheritdoc ITokenProbe
    function uniswapV3SwapCallback(int256 amount0, int256 amount1, bytes calldata) external {
        _payPool(amount0, amount1);
    }

    /// @inheritdoc ITokenProbe
    function pancakeV3SwapCallback(int256 amount0, int256 amount1, bytes calldata) external {
        _payPool(amount0, amount1);
    }

    /// @inheritdoc ITokenProbe
    function algebraSwapCallback(int256 amount0, int256 amount1, bytes calldata) external {
        _payPool(amount0, amount1);
    }

    function _payPool(int256 amount0, int256 amount1) private {
        require(msg.sender == _pool, CallbackUnexpected(msg.sender));
        _pool = address(0);
        uint256 taken = SafeCastLib.toUint256(amount0 > 0 ? amount0 : amount1);
        // A trial that is not exact shows nothing.
        // slither-disable-start incorrect-equality
        require(taken == _amount, TakenInPart(_amount, taken));
        uint256 arrived = _pay(_owed, msg.sender, taken);
        require(arrived == taken, PaidWrong(taken, arrived));
        // slither-disable-end incorrect-equality
    }

    /* TOKENS */

    /// @dev What has arrived, as measured.
    function _pay(address token, address to, uint256 amount) private returns (uint256) {
        uint256 before = _balance(token, to);
        SafeTransferLib.safeTransfer(token, to, amount);
        return _balance(token, to) - before;
    }

    function _balance(address token, address account) private view returns (uint256) {
        return IERC20(token).balanceOf(account);
    }
}
