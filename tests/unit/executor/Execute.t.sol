// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IFlashExecutor} from "../../../contracts/interfaces/IFlashExecutor.sol";
import {IUniswapV2Pair} from "../../../contracts/interfaces/external/IUniswapV2Pair.sol";
import {Header, Leg} from "../../../contracts/types/Route.sol";
import {IUniswapV2Factory} from "../../Protocols.sol";

import {ErrorsLib} from "../../../contracts/libraries/ErrorsLib.sol";
import {RouteEncoder} from "../../../contracts/libraries/RouteEncoder.sol";
import {ICallbacks} from "../../ICallbacks.sol";
import {FeeToken} from "../../mocks/FeeToken.sol";
import {ModelArbSys} from "../../mocks/ModelArbSys.sol";
import {PlainToken} from "../../mocks/PlainToken.sol";
import {Market_Test} from "./Market.sol";

contract Execute_Test is Market_Test {
    uint256 internal constant AMOUNT = 20e18;
    uint256 internal lenderFee;

    function test_RevertWhen_CallerIsNotKeeper() public {
        bytes memory route = RouteEncoder.encode(_header(), _pairs());
        vm.expectRevert(abi.encodeWithSelector(ErrorsLib.NotKeeper.selector, stranger));
        vm.prank(stranger);
        executor.execute(route);
    }

    function test_RevertGiven_Paused() public {
        vm.prank(guardian);
        executor.pause();
        expectRefusal(_header(), _pairs(), abi.encodeWithSelector(ErrorsLib.ExecutorPaused.selector));
        vm.prank(governance);
        executor.unpause();
        assertGt(execute(_header(), _pairs()), 0);
    }

    function test_RevertWhen_DeadlinePassed() public {
        Header memory header = _header();
        vm.warp(header.deadline + 1);
        expectRefusal(header, _pairs(), abi.encodeWithSelector(ErrorsLib.DeadlinePassed.selector, header.deadline));
    }

    function test_UpToTheDeadline() public {
        Header memory header = flashSwap(address(weth), 1e18);
        uint256 start = header.deadline;
        assertGt(execute(header, _pairs()), 0);
        header.deadline = start + 2;
        assertGt(execute(header, _pairs()), 0);
        vm.warp(start + 2);
        assertGt(execute(header, _pairs()), 0);
    }

    /// @dev On Arbitrum the parent is ArbSys's, and not that of the block number's.
    function test_ParentOnArbitrum() public {
        vm.roll(100);
        vm.etch(address(0x64), address(new ModelArbSys()).code);
        ModelArbSys(address(0x64)).setBlock(5000);
        Header memory header = flashSwap(address(weth), 20e18);
        header.parentHash = blockhash(99);
        bytes32 parent = keccak256(abi.encode("arbitrum", 4999));
        expectRefusal(
            header, _pairs(), abi.encodeWithSelector(ErrorsLib.ParentMismatch.selector, header.parentHash, parent)
        );
        header.parentHash = parent;
        assertGt(execute(header, _pairs()), 0);
    }

    function test_RevertWhen_ParentIsAnother() public {
        vm.roll(100);
        Header memory header = _header();
        header.parentHash = keccak256("another");
        bytes32 parent = blockhash(99);
        expectRefusal(
            header, _pairs(), abi.encodeWithSelector(ErrorsLib.ParentMismatch.selector, header.parentHash, parent)
        );
        header.parentHash = parent;
        assertGt(execute(header, _pairs()), 0);
    }

    /// @dev Before borrowing: no pool is asked to swap.
    function test_RevertWhen_TokenNotListed() public {
        Header memory header = flashSwap(address(token), AMOUNT);
        Leg[] memory legs = cycle(v2(dearPair, address(weth)), v2(cheapPair, address(token)));
        vm.expectCall(dearPair, abi.encodeWithSelector(IUniswapV2Pair.swap.selector), 0);
        vm.expectCall(cheapPair, abi.encodeWithSelector(IUniswapV2Pair.swap.selector), 0);
        expectRefusal(header, legs, abi.encodeWithSelector(ErrorsLib.TokenNotListed.selector, token));
    }

    function test_RevertWhen_ProfitMissesMinimum() public {
        Header memory header = _header();
        uint256 profit = _pairsProfit(AMOUNT);
        header.minProfit = uint128(profit + 1);
        expectRefusal(
            header, _pairs(), abi.encodeWithSelector(ErrorsLib.NotProfitable.selector, profit, header.minProfit)
        );
        header.minProfit = uint128(profit);
        assertEq(execute(header, _pairs()), profit);
    }

    /// @dev E6: what can be quoted is not begun, by flash swap or with a loan; strays cannot make up for it.
    function test_RevertWhen_QuotedLoss() public {
        fund(address(weth), address(executor), 100e18);
        bytes memory reason = abi.encodeWithSelector(ErrorsLib.NotProfitable.selector, 0, 1);
        Leg[] memory legs = cycle(v2(dearPair, address(token)), v2(cheapPair, address(weth)));
        vm.expectCall(dearPair, abi.encodeWithSelector(IUniswapV2Pair.swap.selector), 0);
        vm.expectCall(cheapPair, abi.encodeWithSelector(IUniswapV2Pair.swap.selector), 0);
        vm.expectCall(address(this), abi.encodeWithSelector(this.flashLoan.selector), 0);
        expectRefusal(_header(), legs, reason);
        expectRefusal(loan(address(weth), AMOUNT, 1, address(this), 0), legs, reason);
        Header memory header = _header();
        header.minProfit = 0;
        expectRefusal(header, legs, abi.encodeWithSelector(ErrorsLib.NotProfitable.selector, 0, 0));
    }

    /// @dev What cannot be quoted is named as soon as it shows, by flash swap and with a loan.
    function test_RevertWhen_Loss() public {
        fund(address(weth), address(executor), 100e18);
        fund(address(weth), address(this), AMOUNT);
        Leg[] memory legs = cycle(v3(dearPool, address(token)), v2(cheapPair, address(weth)));
        vm.expectPartialRevert(ErrorsLib.Loss.selector);
        execute(_header(), legs);
        vm.expectPartialRevert(ErrorsLib.Loss.selector);
        execute(loan(address(weth), AMOUNT, 1, address(this), 0), legs);
        // Where the pool that lends brings it, by what the pool says: strays do not count.
        legs = cycle(v2(dearPair, address(token)), v3(cheapPool, address(weth)));
        vm.expectPartialRevert(ErrorsLib.Loss.selector);
        execute(_header(), legs);
    }

    /// @dev The lender's fee takes the whole of it.
    function test_RevertWhen_NothingIsEarned() public {
        Header memory header = loan(address(weth), AMOUNT, 1, address(this), 10_000);
        header.minProfit = 0;
        Leg[] memory legs = cycle(v2(cheapPair, address(token)), v3(dearPool, address(weth)));
        uint256 snapshot = vm.snapshotState();
        fund(address(weth), address(this), AMOUNT);
        uint256 profit = execute(header, legs);
        vm.revertToState(snapshot);
        fund(address(weth), address(this), AMOUNT);
        lenderFee = profit;
        expectRefusal(header, legs, abi.encodeWithSelector(ErrorsLib.NotProfitable.selector, 0, 0));
        --lenderFee;
        assertEq(execute(header, legs), 1);
    }

    /// @dev E6: the fee counts with the most that the route allows.
    function test_RevertWhen_TheLargestFeeLeavesTooLittle() public {
        Header memory header = loan(address(weth), AMOUNT, 1, address(this), 100);
        fund(address(weth), address(this), AMOUNT);
        uint256 profit = _pairsProfit(AMOUNT) - AMOUNT / 100;
        header.minProfit = uint128(profit + 1);
        bytes memory reason = abi.encodeWithSelector(ErrorsLib.NotProfitable.selector, profit, profit + 1);
        expectRefusal(header, _pairs(), reason);
        header.minProfit = uint128(profit);
        assertEq(execute(header, _pairs()), _pairsProfit(AMOUNT));
    }

    function test_CountsNothingThatLayHereBefore() public {
        fund(address(weth), address(executor), 5e18);
        fund(address(token), address(executor), 5e18);
        assertEq(execute(_header(), _pairs()), _pairsProfit(AMOUNT));
        assertEq(weth.balanceOf(address(executor)), 5e18);
        assertEq(token.balanceOf(address(executor)), 5e18);
    }

    function testFuzz_EarnsWhatTheFormulaSays(uint256 amount) public {
        amount = bound(amount, 1e12, 40e18);
        uint256 expected = _pairsProfit(amount);
        assertEq(execute(flashSwap(address(weth), amount), _pairs()), expected);
        assertEq(reserve.accounted(address(weth)), expected);
        assertEq(weth.balanceOf(address(reserve)), expected);
        assertEmpty(address(weth), cheapPair);
        assertEq(token.balanceOf(address(executor)), 0);
    }

    /// @dev The least there is to earn: 11 units buy 12,063, which sell for 12.
    function test_EarnsASingleUnit() public {
        assertEq(_pairsProfit(11), 1);
        assertEq(execute(flashSwap(address(weth), 11), _pairs()), 1);
    }

    function test_SplitsBetweenThePoolsAndTheVault() public {
        uint256 profit = execute(_header(), _pairs());
        uint256 vaultPart = profit * 8000 / 10_000;
        uint256 poolsPart = profit - vaultPart;
        address[] memory pools = new address[](2);
        (pools[0], pools[1]) = (cheapPair, dearPair);
        assertEq(reserve.book(1, address(weth), pools), profit);
        assertEq(reserve.vaultBucket(address(weth)), vaultPart);
        assertEq(reserve.poolBucket(dearPair, address(weth)), poolsPart / 2);
        assertEq(reserve.poolBucket(cheapPair, address(weth)), poolsPart - poolsPart / 2);
    }

    function test_TellsTheTrade() public {
        Leg[] memory legs = _pairs();
        bytes memory packed = abi.encodePacked(RouteEncoder.encodeLeg(legs[0]), RouteEncoder.encodeLeg(legs[1]));
        uint256 profit = _pairsProfit(AMOUNT);
        vm.expectEmit(address(executor));
        emit IFlashExecutor.Executed(keccak256(packed), address(weth), dearPair, AMOUNT, profit, 0);
        execute(_header(), legs);
    }

    function test_PairThenPool() public {
        _assertEarns(cycle(v2(cheapPair, address(token)), v3(dearPool, address(weth))));
    }

    function test_PoolThenPair_StraightFromPoolToPair() public {
        bytes memory here = abi.encodeWithSelector(token.transfer.selector, executor);
        vm.expectCall(address(token), here, 0);
        _assertEarns(cycle(v3(cheapPool, address(token)), v2(dearPair, address(weth))));
        assertEq(token.balanceOf(address(executor)), 0);
    }

    function test_PoolThenPool() public {
        _assertEarns(cycle(v3(cheapPool, address(token)), v3(dearPool, address(weth))));
    }

    function test_ThreeLegs_EveryMixtureOfVenues() public {
        PlainToken other = new PlainToken("OTH", 6);
        IUniswapV2Factory factory = deployV2Factory();
        address bridge = createPair(factory, address(token), 1_000_000e18, address(other), 1_000_000e6);
        address back = createPair(factory, address(other), 1_000_000e6, address(weth), 1000e18);
        for (uint256 i; i < 2; ++i) {
            Leg memory first = i == 0 ? v2(cheapPair, address(token)) : v3(cheapPool, address(token));
            Leg[] memory legs = cycle(first, v2(bridge, address(other)), v2(back, address(weth)));
            _assertEarns(legs);
        }
    }

    function test_RevertWhen_TokenTakesAFee() public {
        FeeToken taxed = new FeeToken("TAX", 18);
        address buy = createPair(deployV2Factory(), address(weth), 1000e18, address(taxed), 1_500_000e18);
        address sell = createPair(deployV2Factory(), address(weth), 1000e18, address(taxed), 1_000_000e18);
        // The second pair receives less than its quote assumed, and defends its constant product.
        expectRefusal(_header(), cycle(v2(buy, address(taxed)), v2(sell, address(weth))), bytes("UniswapV2: K"));
    }

    function _assertEarns(Leg[] memory legs) internal {
        uint256 before = weth.balanceOf(address(reserve));
        uint256 profit = execute(flashSwap(address(weth), 1e18), legs);
        assertGt(profit, 0.05e18);
        assertEq(weth.balanceOf(address(reserve)) - before, profit);
        assertEq(weth.balanceOf(address(executor)), 0);
        assertEq(token.balanceOf(address(executor)), 0);
    }

    function _header() private view returns (Header memory) {
        return flashSwap(address(weth), AMOUNT);
    }

    function _pairs() private view returns (Leg[] memory) {
        return cycle(v2(cheapPair, address(token)), v2(dearPair, address(weth)));
    }

    function _pairsProfit(uint256 amount) private pure returns (uint256) {
        uint256 bought = pairOutput(amount, 1000e18, 1_100_000e18);
        return pairOutput(bought, 1_000_000e18, 1000e18) - amount;
    }

    /// @dev Stands in as an honest Balancer vault, with a fee.
    function flashLoan(address receiver, address[] calldata tokens, uint256[] calldata amounts, bytes calldata data)
        external
    {
        weth.transfer(receiver, amounts[0]);
        uint256[] memory fees = new uint256[](1);
        fees[0] = lenderFee;
        ICallbacks(address(executor)).receiveFlashLoan(tokens, amounts, fees, data);
    }
}
