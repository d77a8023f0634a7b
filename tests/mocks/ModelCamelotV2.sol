// SPDX-License-Identifier: MIT
// Model: the factory and the pairs of Camelot V2 on Arbitrum, whose code no package carries.
pragma solidity >=0.8.34;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

interface ICallee {
    function uniswapV2Call(address sender, uint256 amount0, uint256 amount1, bytes calldata data) external;
}

/// @title ModelCamelotFactory
/// @notice Makes pairs, one for two tokens, and says who gets what of the fees. Whoever has made it owns it.
/// @dev Left out: handing over the three kinds of ownership, and the shares of referrers.
contract ModelCamelotFactory {
    error OnlyOwner();
    error PairExists();

    event PairCreated(address indexed token0, address indexed token1, address pair, uint256 length);

    address public immutable owner;
    address public feeTo;
    /// @notice In parts of 100,000.
    uint256 public ownerFeeShare = 50_000;
    mapping(address a => mapping(address b => address pair)) public getPair;
    address[] public allPairs;

    constructor(address owner_, address feeTo_) {
        (owner, feeTo) = (owner_, feeTo_);
    }

    function createPair(address a, address b) external returns (address pair) {
        require(getPair[a][b] == address(0), PairExists());
        (address token0, address token1) = a < b ? (a, b) : (b, a);
        pair = address(new ModelCamelotPair{salt: keccak256(abi.encodePacked(token0, token1))}());
        ModelCamelotPair(pair).initialize(token0, token1);
        (getPair[a][b], getPair[b][a]) = (pair, pair);
        allPairs.push(pair);
        emit PairCreated(token0, token1, pair, allPairs.length);
    }

    function setFeeTo(address feeTo_) external {
        require(msg.sender == owner, OnlyOwner());
        feeTo = feeTo_;
    }

    function setOwnerFeeShare(uint256 share) external {
        require(msg.sender == owner, OnlyOwner());
        ownerFeeShare = share;
    }

    function allPairsLength() external view returns (uint256) {
        return allPairs.length;
    }

    function feeInfo() external view returns (uint256, address) {
        return (ownerFeeShare, feeTo);
    }
}

/// @title ModelCamelotPair
/// @notice A pair with a fee each way, on the constant product or, where its owner has said so, on x³y + y³x.
/// @dev In the protocol's own order and with its own roundings. Its Solidity is older and checks only some operations;
/// which, is the same here. Left out: permits, the overload of `swap` that names a referrer, recovery of stray tokens, and
/// the end of changes to a pair's kind.
contract ModelCamelotPair is ERC20 {
    using SafeERC20 for IERC20Metadata;

    error Forbidden();
    error Locked();
    error InsufficientInput();
    error InsufficientLiquidity();
    error InsufficientOutput();
    error K();
    error Overflow();

    event FeePercentUpdated(uint16 token0FeePercent, uint16 token1FeePercent);
    event SetStableSwap(bool prevStableSwap, bool stableSwap);
    event Sync(uint112 reserve0, uint112 reserve1);
    event Swap(
        address indexed sender,
        uint256 amount0In,
        uint256 amount1In,
        uint256 amount0Out,
        uint256 amount1Out,
        address indexed to
    );

    /// @dev What arrived of either token, and what its fee is.
    struct Paid {
        uint256 amount0;
        uint256 amount1;
        uint256 fee0;
        uint256 fee1;
    }

    uint256 public constant FEE_DENOMINATOR = 100_000;
    uint256 public constant MAX_FEE_PERCENT = 2000;
    uint256 private constant MINIMUM_LIQUIDITY = 1000;
    uint256 private constant ONE = 1e18;
    uint256 private constant ROUNDS = 255;
    address private constant NOBODY = address(0xdead);

    address public immutable factory = msg.sender;
    address public token0;
    address public token1;
    uint256 public precisionMultiplier0;
    uint256 public precisionMultiplier1;

    uint112 private _reserve0;
    uint112 private _reserve1;
    uint16 public token0FeePercent = 300;
    uint16 public token1FeePercent = 300;
    bool public stableSwap;
    bool private _locked;
    uint256 public kLast;

    modifier lock() {
        require(!_locked, Locked());
        _locked = true;
        _;
        _locked = false;
    }

    modifier onlyOwner() {
        require(msg.sender == ModelCamelotFactory(factory).owner(), Forbidden());
        _;
    }

    constructor() ERC20("Camelot LP", "CMLT-LP") {}

    function initialize(address a, address b) external {
        require(msg.sender == factory && token0 == address(0), Forbidden());
        (token0, token1) = (a, b);
        precisionMultiplier0 = 10 ** IERC20Metadata(a).decimals();
        precisionMultiplier1 = 10 ** IERC20Metadata(b).decimals();
    }

    /* WHAT ITS OWNER SETS */

    function setFeePercent(uint16 fee0, uint16 fee1) external lock onlyOwner {
        require(fee0 != 0 && fee0 <= MAX_FEE_PERCENT && fee1 != 0 && fee1 <= MAX_FEE_PERCENT, Forbidden());
        (token0FeePercent, token1FeePercent) = (fee0, fee1);
        emit FeePercentUpdated(fee0, fee1);
    }

    /// @dev The reserves have to be those that whoever sets it knows of.
    function setStableSwap(bool stable, uint112 expected0, uint112 expected1) external lock onlyOwner {
        require(stable != stableSwap && expected0 == _reserve0 && expected1 == _reserve1, Forbidden());
        bool feeOn = _mintFee();
        emit SetStableSwap(stableSwap, stable);
        stableSwap = stable;
        kLast = stable && feeOn ? _k(_reserve0, _reserve1) : 0;
    }

    /* LIQUIDITY */

    function mint(address to) external lock returns (uint256 liquidity) {
        (uint256 balance0, uint256 balance1) = _balances();
        (uint256 amount0, uint256 amount1) = (balance0 - _reserve0, balance1 - _reserve1);
        bool feeOn = _mintFee();
        if (totalSupply() == 0) {
            liquidity = Math.sqrt(amount0 * amount1) - MINIMUM_LIQUIDITY;
            _mint(NOBODY, MINIMUM_LIQUIDITY);
        } else {
            liquidity = Math.min(amount0 * totalSupply() / _reserve0, amount1 * totalSupply() / _reserve1);
        }
        require(liquidity != 0, InsufficientLiquidity());
        _mint(to, liquidity);
        _update(balance0, balance1);
        if (feeOn) kLast = _k(_reserve0, _reserve1);
    }

    function burn(address to) external lock returns (uint256 amount0, uint256 amount1) {
        (uint256 balance0, uint256 balance1) = _balances();
        uint256 liquidity = balanceOf(address(this));
        bool feeOn = _mintFee();
        (amount0, amount1) = (liquidity * balance0 / totalSupply(), liquidity * balance1 / totalSupply());
        require(amount0 != 0 && amount1 != 0, InsufficientLiquidity());
        _burn(address(this), liquidity);
        IERC20Metadata(token0).safeTransfer(to, amount0);
        IERC20Metadata(token1).safeTransfer(to, amount1);
        (balance0, balance1) = _balances();
        _update(balance0, balance1);
        if (feeOn) kLast = _k(_reserve0, _reserve1);
    }

    function skim(address to) external lock {
        (uint256 balance0, uint256 balance1) = _balances();
        IERC20Metadata(token0).safeTransfer(to, balance0 - _reserve0);
        IERC20Metadata(token1).safeTransfer(to, balance1 - _reserve1);
    }

    function sync() external lock {
        (uint256 balance0, uint256 balance1) = _balances();
        _update(balance0, balance1);
    }

    /* SWAPS */

    function swap(uint256 amount0Out, uint256 amount1Out, address to, bytes calldata data) external lock {
        require(amount0Out != 0 || amount1Out != 0, InsufficientOutput());
        require(amount0Out < _reserve0 && amount1Out < _reserve1, InsufficientLiquidity());
        require(to != token0 && to != token1, Forbidden());
        if (amount0Out != 0) IERC20Metadata(token0).safeTransfer(to, amount0Out);
        if (amount1Out != 0) IERC20Metadata(token1).safeTransfer(to, amount1Out);
        if (data.length != 0) ICallee(to).uniswapV2Call(msg.sender, amount0Out, amount1Out, data);
        Paid memory paid = _paid(amount0Out, amount1Out);
        if (stableSwap) _payOwner(paid);
        (uint256 balance0, uint256 balance1) = _balances();
        require(_k(balance0 - paid.fee0, balance1 - paid.fee1) >= _k(_reserve0, _reserve1), K());
        _update(balance0, balance1);
        emit Swap(msg.sender, paid.amount0, paid.amount1, amount0Out, amount1Out, to);
    }

    function _paid(uint256 amount0Out, uint256 amount1Out) private view returns (Paid memory paid) {
        (uint256 balance0, uint256 balance1) = _balances();
        (uint256 left0, uint256 left1) = (_reserve0 - amount0Out, _reserve1 - amount1Out);
        if (balance0 > left0) paid.amount0 = balance0 - left0;
        if (balance1 > left1) paid.amount1 = balance1 - left1;
        require(paid.amount0 != 0 || paid.amount1 != 0, InsufficientInput());
        paid.fee0 = paid.amount0 * token0FeePercent / FEE_DENOMINATOR;
        paid.fee1 = paid.amount1 * token1FeePercent / FEE_DENOMINATOR;
    }

    /// @dev A stable pair's owner is paid at once, out of the fee; what is left of it stays.
    function _payOwner(Paid memory paid) private {
        (uint256 share, address feeTo) = ModelCamelotFactory(factory).feeInfo();
        if (feeTo == address(0)) return;
        share *= FEE_DENOMINATOR;
        if (paid.amount0 != 0) paid.fee0 -= _payOwner(token0, feeTo, paid.amount0 * share * token0FeePercent);
        if (paid.amount1 != 0) paid.fee1 -= _payOwner(token1, feeTo, paid.amount1 * share * token1FeePercent);
    }

    function _payOwner(address token, address feeTo, uint256 scaled) private returns (uint256 fee) {
        fee = scaled / FEE_DENOMINATOR ** 3;
        IERC20Metadata(token).safeTransfer(feeTo, fee);
    }

    /* VIEWS */

    function getReserves() external view returns (uint112, uint112, uint16, uint16) {
        return (_reserve0, _reserve1, token0FeePercent, token1FeePercent);
    }

    /// @dev Of the stable curve the original checks the fee and its invariant alone.
    function getAmountOut(uint256 amountIn, address tokenIn) external view returns (uint256) {
        bool zeroForOne = tokenIn == token0;
        uint256 fee = zeroForOne ? token0FeePercent : token1FeePercent;
        (uint256 reserveIn, uint256 reserveOut) = zeroForOne ? (_reserve0, _reserve1) : (_reserve1, _reserve0);
        if (stableSwap) {
            return _stableOut(zeroForOne, amountIn - amountIn * fee / FEE_DENOMINATOR, reserveIn, reserveOut);
        }
        amountIn *= FEE_DENOMINATOR - fee;
        return amountIn * reserveOut / (reserveIn * FEE_DENOMINATOR + amountIn);
    }

    function _stableOut(bool zeroForOne, uint256 amountIn, uint256 reserveIn, uint256 reserveOut)
        private
        view
        returns (uint256)
    {
        uint256 k = _k(_reserve0, _reserve1);
        (uint256 unitIn, uint256 unitOut) =
            zeroForOne ? (precisionMultiplier0, precisionMultiplier1) : (precisionMultiplier1, precisionMultiplier0);
        unchecked {
            uint256 held = reserveOut * ONE / unitOut;
            uint256 left = _solved(amountIn * ONE / unitIn + reserveIn * ONE / unitIn, k, held);
            return (held - left) * unitOut / ONE;
        }
    }

    /// @dev Newton's iteration, which ends at a step of one unit at most.
    function _solved(uint256 x, uint256 k, uint256 y) private pure returns (uint256) {
        unchecked {
            for (uint256 i; i < ROUNDS; ++i) {
                uint256 before = y;
                uint256 at = x * (y * y / ONE * y / ONE) / ONE + (x * x / ONE * x / ONE) * y / ONE;
                uint256 slope = 3 * x * (y * y / ONE) / ONE + (x * x / ONE * x / ONE);
                y = at < k ? y + (k - at) * ONE / slope : y - (at - k) * ONE / slope;
                if ((y > before ? y - before : before - y) <= 1) break;
            }
        }
        return y;
    }

    function _k(uint256 amount0, uint256 amount1) private view returns (uint256) {
        if (!stableSwap) return amount0 * amount1;
        (uint256 x, uint256 y) = (amount0 * ONE / precisionMultiplier0, amount1 * ONE / precisionMultiplier1);
        return (x * y / ONE) * (x * x / ONE + y * y / ONE) / ONE;
    }

    /* BOOKS */

    function _balances() private view returns (uint256, uint256) {
        return (IERC20Metadata(token0).balanceOf(address(this)), IERC20Metadata(token1).balanceOf(address(this)));
    }

    function _update(uint256 balance0, uint256 balance1) private {
        require(balance0 <= type(uint112).max && balance1 <= type(uint112).max, Overflow());
        // forge-lint: disable-next-line(unsafe-typecast): checked above
        (_reserve0, _reserve1) = (uint112(balance0), uint112(balance1));
        emit Sync(_reserve0, _reserve1);
    }

    /// @dev A volatile pair's owner is paid in shares for what √k has grown, whenever liquidity changes.
    function _mintFee() private returns (bool feeOn) {
        if (stableSwap) return false;
        (uint256 share, address feeTo) = ModelCamelotFactory(factory).feeInfo();
        feeOn = feeTo != address(0);
        if (feeOn && kLast != 0) {
            (uint256 root, uint256 last) = (Math.sqrt(_k(_reserve0, _reserve1)), Math.sqrt(kLast));
            if (root <= last) return feeOn;
            uint256 part = FEE_DENOMINATOR * 100 / share - 100;
            uint256 liquidity = totalSupply() * (root - last) * 100 / (root * part + last * 100);
            if (liquidity != 0) _mint(feeTo, liquidity);
        } else if (!feeOn && kLast != 0) {
            kLast = 0;
        }
    }
}
