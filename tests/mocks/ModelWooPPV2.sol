// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ModelWooracle} from "./ModelWooracle.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title ModelWooPPV2
/// @notice Model: WooFi's pool (woonetwork/WooPoolV2, WooPPV2), whose code no package carries: selling of what was paid
/// beforehand at the oracle's price, less a spread and a slippage that grows with the amount.
/// @dev Base b is sold for b·p·(1 - c·b·p - s) of quote and moves the price to p·(1 - 2·c·b·p); quote q buys
/// q/p·(1 - c·q - s) of base and moves it to p·(1 + 2·c·q); one base is sold for another by way of quote. p, s and c are
/// the oracle's price, spread and coefficient. Left out: pausing, lending, rebates, and limits on a single swap's size,
/// which the later deployments have.
contract ModelWooPPV2 {
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @param feeRate In parts of 100,000, of the quote that changes hands.
    struct TokenInfo {
        uint192 reserve;
        uint16 feeRate;
    }

    /// @dev A price of zero is one that stays as it is.
    struct Fill {
        uint256 out;
        uint256 fee;
        uint256 priceFrom;
        uint256 priceTo;
    }

    event WooSwap(
        address indexed fromToken,
        address indexed toToken,
        uint256 fromAmount,
        uint256 toAmount,
        address from,
        address indexed to,
        address rebateTo,
        uint256 swapVol,
        uint256 swapFee
    );

    uint256 private constant ONE = 1e18;
    uint256 private constant FEE_UNIT = 1e5;
    uint256 private constant PRICE_UNIT = 1e8;

    address public immutable quoteToken;
    ModelWooracle public immutable wooracle;
    uint256 public unclaimedFee;
    mapping(address token => TokenInfo) public tokenInfos;

    constructor(address quoteToken_, ModelWooracle wooracle_) {
        (quoteToken, wooracle) = (quoteToken_, wooracle_);
    }

    /* OWNER */

    function setFeeRate(address token, uint16 rate) external {
        tokenInfos[token].feeRate = rate;
    }

    /// @notice Takes as reserve what the pool holds. The real one pulls a deposit.
    function depositAll(address token) external {
        tokenInfos[token].reserve = balance(token).toUint192();
    }

    /* TRADING */

    function swap(
        address fromToken,
        address toToken,
        uint256 fromAmount,
        uint256 minToAmount,
        address to,
        address rebateTo
    ) external returns (uint256 realToAmount) {
        require(to != address(0), "WooPPV2: !to");
        require(
            balance(fromToken) - tokenInfos[fromToken].reserve >= fromAmount,
            fromToken == quoteToken ? "WooPPV2: !QUOTE_BALANCE" : "WooPPV2: !BASE_BALANCE"
        );
        Fill memory fill = _fill(fromToken, toToken, fromAmount);
        realToAmount = fill.out;
        require(
            realToAmount >= minToAmount,
            toToken == quoteToken ? "WooPPV2: quoteAmount_LT_minQuoteAmount" : "WooPPV2: baseAmount_LT_minBaseAmount"
        );
        _settle(fromToken, toToken, fromAmount, fill);
        if (to != address(this)) IERC20(toToken).safeTransfer(to, realToAmount);
        emit WooSwap(fromToken, toToken, fromAmount, realToAmount, msg.sender, to, rebateTo, 0, fill.fee);
    }

    /// @notice What a swap would pay, if the pool has it.
    function query(address fromToken, address toToken, uint256 fromAmount) external view returns (uint256 toAmount) {
        toAmount = _fill(fromToken, toToken, fromAmount).out;
        require(toAmount <= tokenInfos[toToken].reserve, "WooPPV2: INSUFF_BALANCE");
    }

    /// @notice What a swap would pay, whether or not the pool has it.
    function tryQuery(address fromToken, address toToken, uint256 fromAmount) external view returns (uint256 toAmount) {
        return _fill(fromToken, toToken, fromAmount).out;
    }

    /// @notice What the pool holds, less the fees that wait to be claimed.
    function balance(address token) public view returns (uint256) {
        return IERC20(token).balanceOf(address(this)) - (token == quoteToken ? unclaimedFee : 0);
    }

    function poolSize(address token) external view returns (uint256) {
        return tokenInfos[token].reserve;
    }

    /* INTERNALS */

    function _settle(address from, address to, uint256 amount, Fill memory fill) private {
        if (fill.priceFrom != 0) wooracle.postPrice(from, fill.priceFrom.toUint128());
        if (fill.priceTo != 0) wooracle.postPrice(to, fill.priceTo.toUint128());
        tokenInfos[from].reserve += amount.toUint192();
        tokenInfos[to].reserve -= fill.out.toUint192();
        tokenInfos[quoteToken].reserve -= fill.fee.toUint192();
        unclaimedFee += fill.fee;
    }

    function _fill(address from, address to, uint256 amount) private view returns (Fill memory fill) {
        require(from != to, "WooPPV2: baseToken==quoteToken");
        ModelWooracle.State memory stateFrom = wooracle.state(from);
        ModelWooracle.State memory stateTo = wooracle.state(to);
        uint256 rate = Math.max(tokenInfos[from].feeRate, tokenInfos[to].feeRate);
        if (from != quoteToken && to != quoteToken) {
            stateFrom.spread = stateTo.spread = uint64(Math.max(stateFrom.spread, stateTo.spread) / 2);
        }
        uint256 quoteAmount = amount;
        if (from != quoteToken) (quoteAmount, fill.priceFrom) = _baseSold(from, amount, stateFrom);
        fill.fee = quoteAmount * rate / FEE_UNIT;
        fill.out = quoteAmount - fill.fee;
        if (to != quoteToken) (fill.out, fill.priceTo) = _quoteSold(to, fill.out, stateTo);
    }

    function _baseSold(address base, uint256 amount, ModelWooracle.State memory state)
        private
        view
        returns (uint256 quoteAmount, uint256 newPrice)
    {
        require(state.woFeasible, "WooPPV2: !ORACLE_FEASIBLE");
        uint256 baseUnit = _unit(base);
        uint256 slippage = amount * state.price * state.coeff / PRICE_UNIT / baseUnit;
        uint256 worth = amount * state.price * _unit(quoteToken) / PRICE_UNIT;
        quoteAmount = worth * (ONE - slippage - state.spread) / ONE / baseUnit;
        newPrice = state.price * (ONE - 2 * slippage) / ONE;
    }

    function _quoteSold(address base, uint256 amount, ModelWooracle.State memory state)
        private
        view
        returns (uint256 baseAmount, uint256 newPrice)
    {
        require(state.woFeasible, "WooPPV2: !ORACLE_FEASIBLE");
        uint256 quoteUnit = _unit(quoteToken);
        uint256 slippage = amount * state.coeff / quoteUnit;
        uint256 worth = amount * _unit(base) * PRICE_UNIT / state.price;
        baseAmount = worth * (ONE - slippage - state.spread) / ONE / quoteUnit;
        newPrice = state.price * (ONE + 2 * slippage) / ONE;
    }

    function _unit(address token) private view returns (uint256) {
        return 10 ** IERC20Metadata(token).decimals();
    }
}
