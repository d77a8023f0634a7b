// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @title ModelWooRounding
/// @notice Model: what WooFi's pool pays and what that leaves of its reserves and its oracle's prices, to the last unit.
/// ModelWooPPV2 keeps balances; here is nothing but arithmetic, in the protocol's own order and with its own roundings, for
/// pool arithmetic in other languages to be compared with.
/// @dev Written after woonetwork/WooPoolV2: WooPPV2.sol in the version that caps a swap (maxGamma, maxNotionalSwap, capBal),
/// of which the Sherlock contest 2024-03-woofi-swap quotes the formulas, and wooracle/WooracleV2_2.sol, whose postPrice
/// widens the spread by what the price moved. What the oracle thinks feasible is given as the bounds of a price.
contract ModelWooRounding {
    /// @param unit 10 to the token's decimals. `feeRate` is in parts of 100,000; `price` has 8 decimals, `spread`, `coeff` and
    /// `maxGamma` have 18; `maxNotional` is in units of the quote token; `cap` bounds the reserve.
    /// @param low The least price that the oracle calls feasible, `high` the highest; 1 and 0 where none is.
    struct Asset {
        uint256 reserve;
        uint256 unit;
        uint256 feeRate;
        uint256 maxGamma;
        uint256 maxNotional;
        uint256 cap;
        uint256 price;
        uint256 spread;
        uint256 coeff;
        uint256 low;
        uint256 high;
    }

    uint256 private constant ONE = 1e18;
    uint256 private constant FEE_UNIT = 1e5;
    uint256 private constant PRICE_UNIT = 1e8;

    /// @notice Sells a base token for the quote token.
    function sellBase(Asset memory base, Asset memory quote, uint256 amount)
        external
        pure
        returns (uint256 out, Asset memory, Asset memory)
    {
        _take(base, amount);
        uint256 price;
        (out, price) = _quoteFor(base, quote.unit, amount, base.spread);
        _post(base, price);
        uint256 fee = out * base.feeRate / FEE_UNIT;
        out -= fee;
        quote.reserve = quote.reserve - out - fee;
        return (out, base, quote);
    }

    /// @notice Sells the quote token for a base token.
    function sellQuote(Asset memory base, Asset memory quote, uint256 amount)
        external
        pure
        returns (uint256 out, Asset memory, Asset memory)
    {
        uint256 fee = amount * base.feeRate / FEE_UNIT;
        uint256 price;
        (out, price) = _baseFor(base, quote.unit, amount - fee, base.spread);
        _post(base, price);
        base.reserve -= out;
        _take(quote, amount);
        quote.reserve -= fee;
        return (out, base, quote);
    }

    /// @notice Sells a base token for another by way of the quote token.
    function sellBaseForBase(Asset memory sold, Asset memory bought, Asset memory quote, uint256 amount)
        external
        pure
        returns (uint256 out, Asset memory, Asset memory, Asset memory)
    {
        _take(sold, amount);
        uint256 spread = (sold.spread > bought.spread ? sold.spread : bought.spread) / 2;
        uint256 fee;
        {
            uint256 price;
            (out, price) = _quoteFor(sold, quote.unit, amount, spread);
            _post(sold, price);
            fee = out * (sold.feeRate > bought.feeRate ? sold.feeRate : bought.feeRate) / FEE_UNIT;
        }
        quote.reserve -= fee;
        {
            uint256 price;
            (out, price) = _baseFor(bought, quote.unit, out - fee, spread);
            _post(bought, price);
        }
        bought.reserve -= out;
        return (out, sold, bought, quote);
    }

    /* POOL */

    function _take(Asset memory asset, uint256 amount) private pure {
        asset.reserve += amount;
        require(asset.reserve <= asset.cap, "CAP_EXCEEDS");
    }

    function _quoteFor(Asset memory base, uint256 quoteUnit, uint256 amount, uint256 spread)
        private
        pure
        returns (uint256 quote, uint256 price)
    {
        _requireFeasible(base);
        uint256 notional = amount * base.price * quoteUnit / base.unit / PRICE_UNIT;
        require(notional <= base.maxNotional, "!maxNotionalValue");
        uint256 gamma = amount * base.price * base.coeff / PRICE_UNIT / base.unit;
        require(gamma <= base.maxGamma, "!gamma");
        // The pool divides so.
        // forge-lint: disable-next-line(divide-before-multiply)
        quote = (amount * base.price * quoteUnit / PRICE_UNIT) * (ONE - gamma - spread) / ONE / base.unit;
        price = (ONE - gamma) * base.price / ONE;
    }

    function _baseFor(Asset memory base, uint256 quoteUnit, uint256 amount, uint256 spread)
        private
        pure
        returns (uint256 bought, uint256 price)
    {
        _requireFeasible(base);
        require(amount <= base.maxNotional, "!maxNotionalValue");
        uint256 gamma = amount * base.coeff / quoteUnit;
        require(gamma <= base.maxGamma, "!gamma");
        // The pool divides so.
        // forge-lint: disable-next-line(divide-before-multiply)
        bought = (amount * base.unit * PRICE_UNIT / base.price) * (ONE - gamma - spread) / ONE / quoteUnit;
        price = ONE * base.price / (ONE - gamma);
    }

    /* ORACLE */

    function _requireFeasible(Asset memory base) private pure {
        require(base.price != 0 && base.price >= base.low && base.price <= base.high, "!ORACLE_FEASIBLE");
    }

    /// @dev A price moved by a share m leaves a spread s of at least 1 - (1 - m) / (1 - s).
    function _post(Asset memory base, uint256 posted) private pure {
        uint256 before = base.price;
        // The pool casts it so.
        // forge-lint: disable-next-line(unsafe-typecast)
        base.price = uint128(posted);
        if (base.price == 0 || base.spread >= ONE) return;
        (uint256 most, uint256 least) = base.price >= before ? (base.price, before) : (before, base.price);
        uint256 rest = ONE * ONE * least / most / (ONE - base.spread);
        if (rest < ONE && ONE - rest > base.spread) base.spread = ONE - rest;
    }
}
