// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IFlashExecutor} from "../../contracts/interfaces/IFlashExecutor.sol";
import {ILiquidityReserve} from "../../contracts/interfaces/ILiquidityReserve.sol";
import {IUniswapV2Pair} from "../../contracts/interfaces/external/IUniswapV2Pair.sol";
import {IUniswapV3Pool} from "../../contracts/interfaces/external/IUniswapV3Pool.sol";

import {IMintable} from "../Protocols.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Test} from "forge-std/Test.sol";

/// @dev Of pairs and of concentrated pools alike.
interface ITwoTokens {
    function token0() external view returns (address);
    function token1() external view returns (address);
}

/// @notice The market that all handlers act in, and the book of what ought to lie where. Tokens: the wrapped coin, one of
/// 6 decimals, one of 18. For each two of them, two pairs and a concentrated pool, under the index of the third.
contract World is Test {
    uint256 public constant TOKENS = 3;
    uint256 public constant POOLS = 3;
    uint256 public constant CONCENTRATED = 2;

    IFlashExecutor public immutable executor;
    ILiquidityReserve public immutable reserve;
    address public immutable keeper;
    address[3] public tokens;
    address[3][3] public pools;
    address[] private _spenders;

    /// @notice What was sent to the executor and not skimmed; native coin under the zero address.
    mapping(address => uint256) public strays;
    mapping(address => uint256) public earned;
    mapping(address => uint256) public skimmed;
    mapping(address => uint256) private _reserved;
    uint256 public falls;

    constructor(IFlashExecutor executor_, address keeper_, address[3] memory tokens_, address[3][3] memory pools_) {
        (executor, keeper, tokens, pools) = (executor_, keeper_, tokens_, pools_);
        reserve = ILiquidityReserve(executor_.reserve());
        for (uint256 i; i < TOKENS * POOLS; ++i) {
            addSpender(pools_[i / POOLS][i % POOLS]);
        }
    }

    function addSpender(address spender) public {
        _spenders.push(spender);
    }

    function spenders() external view returns (address[] memory) {
        return _spenders;
    }

    function give(address token, address to, uint256 amount) public {
        if (token == tokens[0]) IERC20(token).transfer(to, amount);
        else IMintable(token).mint(to, amount);
    }

    /* TRADING */

    /// @notice Sells a share of what the pool holds, in parts of a thousand.
    function push(uint256 third, uint256 index, bool zeroForOne, uint256 share) external {
        address pool = pools[third][index];
        address sold = zeroForOne ? ITwoTokens(pool).token0() : ITwoTokens(pool).token1();
        uint256 amount = IERC20(sold).balanceOf(pool) * share / 1000;
        if (index != CONCENTRATED) return _swap(pool, sold, zeroForOne, amount);
        uint160 limit = zeroForOne ? 4_295_128_740 : 1_461_446_703_485_210_103_287_273_052_203_988_822_378_723_970_341;
        IUniswapV3Pool(pool).swap(address(this), zeroForOne, int256(amount), limit, abi.encode(sold));
    }

    function uniswapV3SwapCallback(int256 amount0, int256 amount1, bytes calldata data) external {
        give(abi.decode(data, (address)), msg.sender, uint256(amount0 > 0 ? amount0 : amount1));
    }

    function _swap(address pair, address sold, bool zeroForOne, uint256 amount) private {
        (uint256 reserveIn, uint256 reserveOut,) = IUniswapV2Pair(pair).getReserves();
        if (!zeroForOne) (reserveIn, reserveOut) = (reserveOut, reserveIn);
        give(sold, pair, amount);
        uint256 out = amount * 997 * reserveOut / (reserveIn * 1000 + amount * 997);
        IUniswapV2Pair(pair).swap(zeroForOne ? 0 : out, zeroForOne ? out : 0, address(this), "");
    }

    /* THE BOOK */

    function noteStray(address token, uint256 amount) external {
        strays[token] += amount;
    }

    /// @notice What a stranger's pools left at the executor has been given away.
    function noteLeftovers() external {
        for (uint256 i; i <= TOKENS; ++i) {
            address token = i == TOKENS ? address(0) : tokens[i];
            if (held(token) > strays[token]) strays[token] = held(token);
        }
    }

    function noteProfit(address token, uint256 profit) external {
        earned[token] += profit;
    }

    function noteSkim(address token) external {
        address received = token == address(0) ? tokens[0] : token;
        skimmed[received] += strays[token];
        strays[token] = 0;
        if (received == token) return;
        skimmed[received] += strays[received];
        strays[received] = 0;
    }

    /// @notice To be called after every act.
    function noteReserve() external {
        for (uint256 i; i < TOKENS; ++i) {
            uint256 balance = IERC20(tokens[i]).balanceOf(address(reserve));
            if (balance < _reserved[tokens[i]]) ++falls;
            _reserved[tokens[i]] = balance;
        }
    }

    function held(address token) public view returns (uint256) {
        return token == address(0) ? address(executor).balance : IERC20(token).balanceOf(address(executor));
    }
}
