// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Header, Leg} from "../../../contracts/types/Route.sol";

import {ErrorsLib} from "../../../contracts/libraries/ErrorsLib.sol";
import {RouteEncoder} from "../../../contracts/libraries/RouteEncoder.sol";
import {Base_Test} from "../../Base.sol";
import {IUniswapV2Factory} from "../../Protocols.sol";
import {PlainToken} from "../../mocks/PlainToken.sol";
import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";

interface IPairSync {
    function sync() external;
}

/// @notice Cycles of two to eight pairs of Uniswap V2 with any reserves, against the whitepaper's formula.
contract Fuzz_Test is Base_Test {
    uint256 internal constant LARGEST_RESERVE = type(uint112).max;
    IUniswapV2Factory internal factory;
    PlainToken[] internal tokens;
    address[] internal pairs;
    uint256[] internal reservesIn;
    uint256[] internal reservesOut;
    Leg[] internal legs;

    function setUp() public override {
        super.setUp();
        factory = deployV2Factory();
    }

    /* A GIVEN AMOUNT */

    function testFuzz_EarnsWhatTheFormulaSays(uint256 seed, uint256 amount, uint256 margin) public {
        _buildCycle(seed, LARGEST_RESERVE);
        amount = _spread(amount, LARGEST_RESERVE - reservesIn[0]);
        (uint256 back, address empty, bool overflows) = _follow(amount);
        uint256 profit = back > amount ? back - amount : 0;
        Header memory header = flashSwap(address(tokens[0]), amount);
        header.minProfit = profit + margin % 3;
        if (header.minProfit != 0) --header.minProfit;
        if (empty != address(0)) return expectRefusal(header, legs, _error(ErrorsLib.OutputZero.selector, empty));
        if (profit == 0 || profit < header.minProfit) {
            return expectRefusal(header, legs, _notProfitable(profit, header.minProfit));
        }
        if (overflows) {
            return expectRefusal(header, legs, abi.encodeWithSignature("Error(string)", "UniswapV2: OVERFLOW"));
        }
        assertEq(execute(header, legs), profit);
        _assertSettled(profit);
    }

    /* SIZED */

    /// @dev Half of the largest reserve, so that no pair overflows by what another pays.
    function testFuzz_SizedIsTheBest(uint256 seed, uint256 cap, uint256 other) public {
        _buildCycle(seed, LARGEST_RESERVE / 2);
        cap = _spread(cap, LARGEST_RESERVE / 2);
        other = _spread(other, cap);
        Header memory header = flashSwap(address(tokens[0]), 0);
        header.cap = cap;
        (uint256 amount,) = executor.sizer().size(header.token, _packed(), 0, cap);
        assertLe(amount, cap);
        uint256 profit = _profitOf(amount);
        assertLe(_profitOf(other), amount == 0 ? 0 : _mostOf(amount), "another amount earns more");
        if (profit == 0) return expectRefusal(header, legs, _notProfitable(0, 1));
        assertEq(execute(header, legs), profit);
        _assertSettled(profit);
    }

    /* THE FORMULA */

    /// @return back What the cycle brings.
    /// @return empty The first pair that would pay nothing.
    /// @return overflows Whether a pair cannot hold what it would be paid.
    function _follow(uint256 amount) internal view returns (uint256 back, address empty, bool overflows) {
        back = amount;
        for (uint256 i; i < pairs.length; ++i) {
            if (reservesIn[i] + back > LARGEST_RESERVE) overflows = true;
            back = _output(i, back);
            if (back == 0) return (0, pairs[i], overflows);
        }
    }

    function _profitOf(uint256 amount) internal view returns (uint256) {
        (uint256 back,,) = _follow(amount);
        return back > amount ? back - amount : 0;
    }

    /// @dev No less than what the cycle would earn if pairs paid fractions. Two units are for the amount itself, which is
    /// whole, and a 2^60th of the reserve for the root's precision.
    function _mostOf(uint256 amount) internal view returns (uint256) {
        uint256 last = reservesOut[pairs.length - 1];
        uint256 back = _roundedUp(amount) + 2 + (last >> 60);
        if (_isSteep()) back += FixedPointMathLib.sqrt(last * pairs.length >> 38) + 1;
        return back > amount ? back - amount : 0;
    }

    /// @dev Whether one unit already brings half of all that can be had. The cycle's depth is then a fraction of a unit,
    /// of which sizing knows but 40 bits: e of it is worth up to 2·√(e·reserve).
    function _isSteep() internal view returns (bool) {
        return 2 * _roundedUp(1) >= _roundedUp(1 << 130);
    }

    function _roundedUp(uint256 amount) internal view returns (uint256) {
        for (uint256 i; i < pairs.length; ++i) {
            amount = _output(i, amount) + 1;
        }
        return amount;
    }

    function _output(uint256 i, uint256 amount) internal view returns (uint256) {
        return amount * 997 * reservesOut[i] / (reservesIn[i] * 1000 + amount * 997);
    }

    /* THE CYCLE */

    function _buildCycle(uint256 seed, uint256 largest) internal {
        uint256 count = 2 + seed % 7;
        for (uint256 i; i < count; ++i) {
            tokens.push(new PlainToken("TKN", uint8(_random(seed, 3 * i) % 25)));
        }
        for (uint256 i; i < count; ++i) {
            reservesIn.push(1000 + _spread(_random(seed, 3 * i + 1), largest - 1000));
            reservesOut.push(1000 + _spread(_random(seed, 3 * i + 2), largest - 1000));
            pairs.push(_pair(tokens[i], reservesIn[i], tokens[(i + 1) % count], reservesOut[i]));
            legs.push(v2(pairs[i], address(tokens[(i + 1) % count])));
        }
        vm.prank(governance);
        reserve.listToken(address(tokens[0]), true);
    }

    /// @dev Two pairs of the same two tokens need two factories.
    function _pair(PlainToken a, uint256 amountA, PlainToken b, uint256 amountB) internal returns (address pair) {
        IUniswapV2Factory own = pairs.length == 1 ? deployV2Factory() : factory;
        pair = own.createPair(address(a), address(b));
        a.mint(pair, amountA);
        b.mint(pair, amountB);
        IPairSync(pair).sync();
    }

    function _packed() internal view returns (bytes memory packed) {
        for (uint256 i; i < legs.length; ++i) {
            packed = bytes.concat(packed, RouteEncoder.encodeLeg(legs[i]));
        }
    }

    /* HELPERS */

    /// @dev One of 1 to `largest`, of any length in bits alike.
    function _spread(uint256 seed, uint256 largest) internal pure returns (uint256) {
        return bound(seed >> 8, 1, bound(largest >> (seed % 112), 1, largest));
    }

    function _random(uint256 seed, uint256 index) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, index)));
    }

    function _error(bytes4 selector, address pool) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(selector, pool);
    }

    function _notProfitable(uint256 profit, uint256 minProfit) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(ErrorsLib.NotProfitable.selector, profit, minProfit);
    }

    function _assertSettled(uint256 profit) internal view {
        assertEq(tokens[0].balanceOf(address(reserve)), profit);
        assertEq(reserve.accounted(address(tokens[0])), profit);
        for (uint256 i; i < pairs.length; ++i) {
            assertEmpty(address(tokens[i]), pairs[i]);
        }
    }
}
