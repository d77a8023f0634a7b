// SPDX-License-Identifier: MIT
// Model: what a pair of Camelot V2 keeps.
pragma solidity >=0.8.34;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";

/// @dev Who owns pairs, and who gets what of their fees.
interface ICamelotFactory {
    function owner() external view returns (address);
    function feeInfo() external view returns (uint256 share, address feeTo);
}

/// @title ModelCamelotV2State
/// @notice Tokens, reserves, a fee each way, and the curve: the constant product, or x³y + y³x.
abstract contract ModelCamelotV2State is ERC20 {
    error Forbidden();
    error Locked();
    error InsufficientLiquidity();
    error Overflow();

    event Sync(uint112 reserve0, uint112 reserve1);

    uint256 public constant FEE_DENOMINATOR = 100_000;
    uint256 internal constant ONE = 1e18;

    address public immutable factory = msg.sender;
    address public token0;
    address public token1;
    uint256 public precisionMultiplier0;
    uint256 public precisionMultiplier1;

    uint112 internal _reserve0;
    uint112 internal _reserve1;
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

    constructor() ERC20("Camelot LP", "CMLT-LP") {}

    function initialize(address a, address b) external {
        require(msg.sender == factory && token0 == address(0), Forbidden());
        (token0, token1) = (a, b);
        precisionMultiplier0 = 10 ** IERC20Metadata(a).decimals();
        precisionMultiplier1 = 10 ** IERC20Metadata(b).decimals();
    }

    function getReserves() external view returns (uint112, uint112, uint16, uint16) {
        return (_reserve0, _reserve1, token0FeePercent, token1FeePercent);
    }

    function _k(uint256 amount0, uint256 amount1) internal view returns (uint256) {
        if (!stableSwap) return amount0 * amount1;
        (uint256 x, uint256 y) = (amount0 * ONE / precisionMultiplier0, amount1 * ONE / precisionMultiplier1);
        return (x * y / ONE) * (x * x / ONE + y * y / ONE) / ONE;
    }

    /* BOOKS */

    function _balances() internal view returns (uint256, uint256) {
        return (IERC20Metadata(token0).balanceOf(address(this)), IERC20Metadata(token1).balanceOf(address(this)));
    }

    function _update(uint256 balance0, uint256 balance1) internal {
        require(balance0 <= type(uint112).max && balance1 <= type(uint112).max, Overflow());
        // forge-lint: disable-next-line(unsafe-typecast): checked above
        (_reserve0, _reserve1) = (uint112(balance0), uint112(balance1));
        emit Sync(_reserve0, _reserve1);
    }
}
