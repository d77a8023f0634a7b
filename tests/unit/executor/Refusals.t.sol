// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IFlashExecutor} from "../../../contracts/interfaces/IFlashExecutor.sol";
import {IUniswapV2Pair} from "../../../contracts/interfaces/external/IUniswapV2Pair.sol";
import {Header, Leg} from "../../../contracts/types/Route.sol";

import {ErrorsLib} from "../../../contracts/libraries/ErrorsLib.sol";
import {RouteEncoder} from "../../../contracts/libraries/RouteEncoder.sol";
import {RouteLib} from "../../../contracts/libraries/RouteLib.sol";
import {AaveV3Lender} from "../../protocols/AaveV3Lender.sol";
import {Market_Test} from "./Market.sol";

/// @notice Routes that are refused before anything is borrowed or moved, each by name.
contract Refusals_Test is Market_Test {
    uint256 internal constant AMOUNT = 20e18;

    function test_LastLegEndsElsewhere() public {
        Leg[] memory legs = _pairs();
        legs[1].tokenOut = address(0x44);
        _expectNothingMoved(_header(), legs, abi.encodeWithSelector(ErrorsLib.CycleOpen.selector, weth, address(0x44)));
    }

    function test_LegPaysItsInput() public {
        Leg[] memory legs = cycle(v2(cheapPair, address(weth)), v2(dearPair, address(weth)));
        bytes memory reason = abi.encodeWithSelector(ErrorsLib.LegPaysItsInput.selector, cheapPair, weth);
        _expectNothingMoved(_header(), legs, reason);
    }

    function test_PoolIsNoContract() public {
        Leg[] memory legs = cycle(v2(cheapPair, address(token)), v2(stranger, address(weth)));
        _expectNothingMoved(_header(), legs, abi.encodeWithSelector(ErrorsLib.NotContract.selector, stranger));
    }

    function test_PoolIsNoContract_OfASizedRoute() public {
        Header memory header = _header();
        (header.amountIn, header.cap) = (0, AMOUNT);
        Leg[] memory legs = cycle(v2(cheapPair, address(token)), v2(stranger, address(weth)));
        _expectNothingMoved(header, legs, abi.encodeWithSelector(ErrorsLib.NotContract.selector, stranger));
    }

    function test_TooFewLegs() public {
        Leg[] memory legs = new Leg[](0);
        bytes memory open = abi.encodeWithSelector(ErrorsLib.LegCountWrong.selector, 0);
        expectRefusal(_header(), legs, open);
        legs = new Leg[](1);
        legs[0] = v2(cheapPair, address(token));
        expectRefusal(_header(), legs, abi.encodeWithSelector(ErrorsLib.LegCountWrong.selector, 1));
    }

    function test_TooManyLegs() public {
        Leg[] memory legs = new Leg[](9);
        for (uint256 i; i < 9; ++i) {
            legs[i] = v2(cheapPair, i % 2 == 0 ? address(token) : address(weth));
        }
        _expectNothingMoved(_header(), legs, abi.encodeWithSelector(ErrorsLib.LegCountWrong.selector, 9));
    }

    function test_Truncated() public {
        bytes memory route = RouteEncoder.encode(_header(), _pairs());
        assembly {
            mstore(route, sub(mload(route), 1))
        }
        vm.expectRevert(ErrorsLib.RouteTruncated.selector);
        vm.prank(keeper);
        executor.execute(route);
    }

    function test_VenueIsUnknown() public {
        Leg[] memory legs = _pairs();
        bytes memory route = RouteEncoder.encode(_header(), legs);
        route[route.length - RouteEncoder.encodeLeg(legs[1]).length] = 0xff;
        vm.expectCall(cheapPair, abi.encodeWithSelector(IUniswapV2Pair.swap.selector), 0);
        vm.expectRevert(abi.encodeWithSelector(ErrorsLib.VenueUnknown.selector, 0xff));
        vm.prank(keeper);
        executor.execute(route);
    }

    /// @dev E10. By flash swap the pool that lends is the last whose input is known beforehand.
    function test_TheLenderIsALeg() public {
        Leg[] memory legs =
            cycle(v2(cheapPair, address(token)), v2(dearPair, address(weth)), v2(cheapPair, address(token)));
        Leg[] memory four = new Leg[](4);
        (four[0], four[1], four[2]) = (legs[0], legs[1], legs[2]);
        four[3] = v2(dearPair, address(weth));
        vm.expectRevert(abi.encodeWithSelector(ErrorsLib.LenderIsLeg.selector, dearPair));
        vm.prank(keeper);
        executor.execute(RouteEncoder.encode(flashSwap(address(weth), 1e15), four));
        Header memory header = loan(address(weth), AMOUNT, RouteLib.LENDER_UNISWAP_V3, dearPool, 30);
        legs = cycle(v2(cheapPair, address(token)), v3(dearPool, address(weth)));
        expectRefusal(header, legs, abi.encodeWithSelector(ErrorsLib.LenderIsLeg.selector, dearPool));
        header = loan(address(weth), AMOUNT, RouteLib.LENDER_BALANCER_V2, address(this), 0);
        legs[1] = Leg(RouteLib.BALANCER_V2, address(this), address(weth), 0);
        _expectNothingMoved(header, legs, abi.encodeWithSelector(ErrorsLib.LenderIsLeg.selector, address(this)));
    }

    /// @dev What a leg brings that cannot be quoted is not known before it runs, and it cannot lend itself.
    function test_NoLegLends() public {
        Leg[] memory legs = cycle(Leg(RouteLib.CURVE, address(this), address(token), 1), v2(dearPair, address(weth)));
        _expectNothingMoved(_header(), legs, abi.encodeWithSelector(ErrorsLib.NoLegLends.selector));
    }

    function test_LoanIsLargerThanThereIs() public {
        uint256 there = weth.balanceOf(cheapPool);
        Header memory header = loan(address(weth), there + 1, RouteLib.LENDER_UNISWAP_V3, cheapPool, 30);
        Leg[] memory legs = cycle(v3(dearPool, address(token)), v2(dearPair, address(weth)));
        bytes memory reason = abi.encodeWithSelector(ErrorsLib.LoanTooLarge.selector, cheapPool, there + 1, there);
        _expectNothingMoved(header, legs, reason);
        header = loan(address(weth), AMOUNT, RouteLib.LENDER_BALANCER_V2, address(this), 0);
        expectRefusal(header, legs, abi.encodeWithSelector(ErrorsLib.LoanTooLarge.selector, address(this), AMOUNT, 0));
    }

    /// @dev Aave is asked for what it has only once it has refused.
    function test_LoanIsLargerThanAaveHas() public {
        (address aave,) = new AaveV3Lender().create(address(weth), AMOUNT - 1);
        Header memory header = loan(address(weth), AMOUNT, RouteLib.LENDER_AAVE_V3, aave, 5);
        expectRefusal(
            header, _pairs(), abi.encodeWithSelector(ErrorsLib.LoanTooLarge.selector, aave, AMOUNT, AMOUNT - 1)
        );
        header.amountIn = AMOUNT - 1;
        assertGt(execute(header, _pairs()), 0);
    }

    /// @dev What fails within Aave's loan is told as it is, whether Aave has just what is asked for or more.
    function test_LossOnALoanOfAaves() public {
        Leg[] memory legs = cycle(v3(dearPool, address(token)), v2(cheapPair, address(weth)));
        for (uint256 spare; spare < 2; ++spare) {
            (address aave,) = new AaveV3Lender().create(address(weth), AMOUNT + spare);
            vm.expectPartialRevert(ErrorsLib.Loss.selector);
            execute(loan(address(weth), AMOUNT, RouteLib.LENDER_AAVE_V3, aave, 5), legs);
        }
    }

    function test_TheLenderIsNoContract() public {
        Header memory header = loan(address(weth), AMOUNT, RouteLib.LENDER_AAVE_V3, stranger, 5);
        _expectNothingMoved(header, _pairs(), abi.encodeWithSelector(ErrorsLib.NotContract.selector, stranger));
        header.lender = RouteLib.LENDER_UNISWAP_V3;
        expectRefusal(header, _pairs(), abi.encodeWithSelector(ErrorsLib.NotContract.selector, stranger));
    }

    /// @dev The chain's executor has what its chain file names, and no more.
    function test_AnotherChainsVenueOrLender() public {
        IFlashExecutor ethereum =
            IFlashExecutor(deployExecutor("EthereumExecutor", address(manager), address(reserve), address(weth)));
        vm.prank(governance);
        ethereum.setKeeper(keeper, true);
        Leg[] memory legs = _pairs();
        legs[0].venue = RouteLib.SOLIDLY;
        legs[0].params = 0;
        bytes memory route = RouteEncoder.encode(_header(), legs);
        vm.expectRevert(abi.encodeWithSelector(ErrorsLib.VenueUnknown.selector, RouteLib.SOLIDLY));
        vm.prank(keeper);
        ethereum.execute(route);
        route = RouteEncoder.encode(loan(address(weth), AMOUNT, RouteLib.LENDER_ALGEBRA, address(this), 0), _pairs());
        vm.expectRevert(abi.encodeWithSelector(ErrorsLib.LenderUnknown.selector, RouteLib.LENDER_ALGEBRA));
        vm.prank(keeper);
        ethereum.execute(route);
    }

    /// @dev More than a pair can hold, or a fee of more than everything: what would be multiplied must not overflow.
    function test_NoPairTakesIt() public {
        Header memory header = _header();
        header.amountIn = uint256(type(uint112).max) + 1;
        bytes memory reason = abi.encodeWithSelector(ErrorsLib.OutputZero.selector, cheapPair);
        _expectNothingMoved(header, _pairs(), reason);
        Leg[] memory legs = _pairs();
        legs[0].params = 10_001;
        expectRefusal(_header(), legs, reason);
        // As much as a pair can hold is a trade like any other.
        --header.amountIn;
        expectRefusal(header, _pairs(), abi.encodeWithSelector(ErrorsLib.NotProfitable.selector, 0, 1));
    }

    function _expectNothingMoved(Header memory header, Leg[] memory legs, bytes memory reason) private {
        vm.expectCall(cheapPair, abi.encodeWithSelector(IUniswapV2Pair.swap.selector), 0);
        vm.expectCall(dearPair, abi.encodeWithSelector(IUniswapV2Pair.swap.selector), 0);
        expectRefusal(header, legs, reason);
    }

    function _header() private view returns (Header memory) {
        return flashSwap(address(weth), AMOUNT);
    }

    function _pairs() private view returns (Leg[] memory) {
        return cycle(v2(cheapPair, address(token)), v2(dearPair, address(weth)));
    }
}
