// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ModelPMM} from "./ModelPMM.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

interface IDodoCallee {
    function DVMFlashLoanCall(address sender, uint256 baseAmount, uint256 quoteAmount, bytes calldata data) external;
    function DPPFlashLoanCall(address sender, uint256 baseAmount, uint256 quoteAmount, bytes calldata data) external;
    function DSPFlashLoanCall(address sender, uint256 baseAmount, uint256 quoteAmount, bytes calldata data) external;
}

/// @title ModelDodoV2
/// @notice Model: a pool of DODO V2 (DODOEX/contractV2, DVMTrader, DPPTrader and DSPTrader), whose code no package
/// carries: selling of what was paid beforehand, quotes, and the loan that doubles as a flash swap.
/// @dev The three kinds differ in the callback and in the targets: a DVM has none of quote and finds that of base from its
/// reserves; a DPP and a DSP keep theirs. Left out: shares, who may trade, limits on the gas price, the DSP's average
/// price, and fees that differ from trader to trader.
contract ModelDodoV2 {
    using SafeERC20 for IERC20;
    using ModelPMM for ModelPMM.State;

    enum Kind {
        DVM,
        DPP,
        DSP
    }

    /// @param lpFeeRate What stays in the pool, `mtFeeRate` what goes to the maintainer, of the output; 18 decimals.
    struct Terms {
        uint256 i;
        uint256 k;
        uint256 lpFeeRate;
        uint256 mtFeeRate;
    }

    event DODOSwap(
        address fromToken, address toToken, uint256 fromAmount, uint256 toAmount, address trader, address receiver
    );

    uint256 private constant ONE = 1e18;

    Kind public immutable kind;
    IERC20 public immutable _BASE_TOKEN_;
    IERC20 public immutable _QUOTE_TOKEN_;
    address public immutable _MAINTAINER_;
    Terms private _terms;

    uint256 public _BASE_RESERVE_;
    uint256 public _QUOTE_RESERVE_;
    uint256 public _BASE_TARGET_;
    uint256 public _QUOTE_TARGET_;
    ModelPMM.R public _RState_;
    bool private _entered;

    modifier preventReentrant() {
        require(!_entered, "REENTRANT");
        _entered = true;
        _;
        _entered = false;
    }

    constructor(Kind kind_, IERC20 base, IERC20 quote, address maintainer, Terms memory terms) {
        require(terms.k > 0 && terms.k <= ONE, "K_OUT_OF_RANGE");
        (kind, _BASE_TOKEN_, _QUOTE_TOKEN_, _MAINTAINER_, _terms) = (kind_, base, quote, maintainer, terms);
    }

    /// @notice Takes what the pool holds as its reserves, and as its targets.
    function open() external {
        _sync();
        (_BASE_TARGET_, _QUOTE_TARGET_, _RState_) = (_BASE_RESERVE_, _QUOTE_RESERVE_, ModelPMM.R.One);
    }

    /* TRADING */

    function sellBase(address to) external preventReentrant returns (uint256 receiveQuoteAmount) {
        uint256 paid = _BASE_TOKEN_.balanceOf(address(this)) - _BASE_RESERVE_;
        receiveQuoteAmount = _takeBase(paid);
        _QUOTE_TOKEN_.safeTransfer(to, receiveQuoteAmount);
        _sync();
        emit DODOSwap(address(_BASE_TOKEN_), address(_QUOTE_TOKEN_), paid, receiveQuoteAmount, msg.sender, to);
    }

    function sellQuote(address to) external preventReentrant returns (uint256 receiveBaseAmount) {
        uint256 paid = _QUOTE_TOKEN_.balanceOf(address(this)) - _QUOTE_RESERVE_;
        receiveBaseAmount = _takeQuote(paid);
        _BASE_TOKEN_.safeTransfer(to, receiveBaseAmount);
        _sync();
        emit DODOSwap(address(_QUOTE_TOKEN_), address(_BASE_TOKEN_), paid, receiveBaseAmount, msg.sender, to);
    }

    /// @notice Lends, and takes back the same token or a payment in the other one. It calls back only where there is data.
    function flashLoan(uint256 baseAmount, uint256 quoteAmount, address assetTo, bytes calldata data)
        external
        preventReentrant
    {
        _BASE_TOKEN_.safeTransfer(assetTo, baseAmount);
        _QUOTE_TOKEN_.safeTransfer(assetTo, quoteAmount);
        if (data.length > 0) _callBack(IDodoCallee(assetTo), baseAmount, quoteAmount, data);
        uint256 base = _BASE_TOKEN_.balanceOf(address(this));
        uint256 quote = _QUOTE_TOKEN_.balanceOf(address(this));
        require(base >= _BASE_RESERVE_ || quote >= _QUOTE_RESERVE_, "FLASH_LOAN_FAILED");
        if (base < _BASE_RESERVE_) {
            uint256 sold = _BASE_RESERVE_ - base;
            require(sold <= _takeQuote(quote - _QUOTE_RESERVE_), "FLASH_LOAN_FAILED");
        } else if (quote < _QUOTE_RESERVE_) {
            uint256 sold = _QUOTE_RESERVE_ - quote;
            require(sold <= _takeBase(base - _BASE_RESERVE_), "FLASH_LOAN_FAILED");
        }
        _sync();
    }

    /* QUOTES */

    /// @dev A DVM returns the first two alone; who asks it reads no further.
    function querySellBase(address, uint256 payBaseAmount)
        public
        view
        returns (uint256 receiveQuoteAmount, uint256 mtFee, ModelPMM.R newRState, uint256 newBaseTarget)
    {
        ModelPMM.State memory state = getPMMState();
        (receiveQuoteAmount, newRState) = state.sellBase(payBaseAmount);
        (receiveQuoteAmount, mtFee) = _afterFees(receiveQuoteAmount);
        newBaseTarget = state.baseTarget;
    }

    /// @dev A DVM returns the first two alone; who asks it reads no further.
    function querySellQuote(address, uint256 payQuoteAmount)
        public
        view
        returns (uint256 receiveBaseAmount, uint256 mtFee, ModelPMM.R newRState, uint256 newQuoteTarget)
    {
        ModelPMM.State memory state = getPMMState();
        (receiveBaseAmount, newRState) = state.sellQuote(payQuoteAmount);
        (receiveBaseAmount, mtFee) = _afterFees(receiveBaseAmount);
        newQuoteTarget = state.quoteTarget;
    }

    function getPMMState() public view returns (ModelPMM.State memory state) {
        (state.i, state.k) = (_terms.i, _terms.k);
        (state.base, state.quote) = (_BASE_RESERVE_, _QUOTE_RESERVE_);
        if (kind == Kind.DVM) state.r = ModelPMM.R.AboveOne;
        else (state.baseTarget, state.quoteTarget, state.r) = (_BASE_TARGET_, _QUOTE_TARGET_, _RState_);
        state.adjustTarget();
    }

    function getMidPrice() external view returns (uint256) {
        return getPMMState().midPrice();
    }

    function getVaultReserve() external view returns (uint256 baseReserve, uint256 quoteReserve) {
        return (_BASE_RESERVE_, _QUOTE_RESERVE_);
    }

    /* INTERNALS */

    /// @notice Has the maintainer paid and moves the state; what is due for the base is left to the caller to pay.
    function _takeBase(uint256 paid) private returns (uint256 due) {
        uint256 mtFee;
        ModelPMM.R r;
        uint256 target;
        (due, mtFee, r, target) = querySellBase(tx.origin, paid);
        _QUOTE_TOKEN_.safeTransfer(_MAINTAINER_, mtFee);
        if (r != _RState_) (_RState_, _BASE_TARGET_) = (r, target);
    }

    /// @notice The same for quote.
    function _takeQuote(uint256 paid) private returns (uint256 due) {
        uint256 mtFee;
        ModelPMM.R r;
        uint256 target;
        (due, mtFee, r, target) = querySellQuote(tx.origin, paid);
        _BASE_TOKEN_.safeTransfer(_MAINTAINER_, mtFee);
        if (r != _RState_) (_RState_, _QUOTE_TARGET_) = (r, target);
    }

    function _callBack(IDodoCallee callee, uint256 baseAmount, uint256 quoteAmount, bytes calldata data) private {
        if (kind == Kind.DVM) callee.DVMFlashLoanCall(msg.sender, baseAmount, quoteAmount, data);
        else if (kind == Kind.DPP) callee.DPPFlashLoanCall(msg.sender, baseAmount, quoteAmount, data);
        else callee.DSPFlashLoanCall(msg.sender, baseAmount, quoteAmount, data);
    }

    function _sync() private {
        _BASE_RESERVE_ = _BASE_TOKEN_.balanceOf(address(this));
        _QUOTE_RESERVE_ = _QUOTE_TOKEN_.balanceOf(address(this));
    }

    function _afterFees(uint256 amount) private view returns (uint256 due, uint256 mtFee) {
        mtFee = amount * _terms.mtFeeRate / ONE;
        due = amount - amount * _terms.lpFeeRate / ONE - mtFee;
    }
}
