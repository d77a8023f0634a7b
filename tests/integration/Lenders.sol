// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ILenderFixture} from "../protocols/ILenderFixture.sol";
import {IVenueFixture} from "../protocols/IVenueFixture.sol";

import {RouteLib} from "../../contracts/libraries/RouteLib.sol";
import {IBalancerVault} from "../../script/replica/interfaces/IBalancerV2.sol";
import {PlainToken} from "../mocks/PlainToken.sol";
import {AaveV3Lender} from "../protocols/AaveV3Lender.sol";
import {AlgebraFixture} from "../protocols/AlgebraFixture.sol";
import {AlgebraIntegralFixture} from "../protocols/AlgebraIntegralFixture.sol";
import {DssFlashLender} from "../protocols/DssFlashLender.sol";
import {ERC3156Lender} from "../protocols/ERC3156Lender.sol";
import {MorphoLender} from "../protocols/MorphoLender.sol";
import {PancakeV3Fixture} from "../protocols/PancakeV3Fixture.sol";
import {SlipstreamFixture} from "../protocols/SlipstreamFixture.sol";
import {UniswapV3Fixture} from "../protocols/UniswapV3Fixture.sol";
import {Stalls} from "./Stalls.sol";
import {IERC3156FlashLender} from "@openzeppelin/contracts/interfaces/IERC3156FlashLender.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

interface IPoolFee {
    function fee() external view returns (uint24 pips);
}

interface IAavePremium {
    function FLASHLOAN_PREMIUM_TOTAL() external view returns (uint128 bps);
}

interface IBalancerFees {
    /// @dev One for 10^18.
    function getFlashLoanFeePercentage() external view returns (uint256);
}

/// @notice Every flash lender, with enough of the coin to lend, and what it asks for by its own figures.
abstract contract Lenders is Stalls {
    enum By {
        FlashSwap,
        UniswapV3,
        Slipstream,
        PancakeV3,
        Algebra,
        AlgebraIntegral,
        UniswapV4,
        BalancerV2,
        BalancerV3,
        Morpho,
        AaveV3,
        ERC3156,
        DssFlash
    }

    struct Lender {
        string name;
        uint8 id;
        address place;
    }

    uint256 internal constant AMOUNT = 5e18;

    uint256 private constant BPS = 10_000;
    uint256 private constant PIPS = 1_000_000;
    /// @dev A constant of either version's code, which no view tells: BASE_FEE of 1.9, FLASH_FEE of Integral.
    uint256 private constant ALGEBRA_FLASH_PIPS = 100;

    mapping(By => Lender) internal lenders;

    function openLenders() internal {
        lenders[By.FlashSwap] = Lender("flash swap", RouteLib.LENDER_NONE, address(0));
        _lendByPool(By.UniswapV3, RouteLib.LENDER_UNISWAP_V3, new UniswapV3Fixture());
        _lendByPool(By.Slipstream, RouteLib.LENDER_UNISWAP_V3, new SlipstreamFixture());
        _lendByPool(By.PancakeV3, RouteLib.LENDER_PANCAKE_V3, new PancakeV3Fixture());
        _lendByPool(By.Algebra, RouteLib.LENDER_ALGEBRA, new AlgebraFixture());
        _lendByPool(By.AlgebraIntegral, RouteLib.LENDER_ALGEBRA, new AlgebraIntegralFixture());
        address manager_ = address(uniswapV4.manager());
        lenders[By.UniswapV4] = Lender("Uniswap V4", RouteLib.LENDER_UNISWAP_V4, manager_);
        lenders[By.BalancerV2] = Lender("Balancer V2", RouteLib.LENDER_BALANCER_V2, address(balancerV2.vault()));
        lenders[By.BalancerV3] = Lender("Balancer V3", RouteLib.LENDER_BALANCER_V3, address(balancerV3.vault()));
        _lend(By.Morpho, RouteLib.LENDER_MORPHO, new MorphoLender());
        _lend(By.AaveV3, RouteLib.LENDER_AAVE_V3, new AaveV3Lender());
    }

    /// @notice ERC-3156's, which lend tokens that they mint.
    function openMinters() internal {
        _lend(By.ERC3156, RouteLib.LENDER_ERC3156, new ERC3156Lender());
        _lend(By.DssFlash, RouteLib.LENDER_ERC3156, new DssFlashLender());
    }

    /// @notice What the lender asks for a loan of `amount`.
    function feeOf(By by, uint256 amount) internal view returns (uint256) {
        Lender memory lender = lenders[by];
        if (lender.id == RouteLib.LENDER_ALGEBRA) return Math.ceilDiv(amount * ALGEBRA_FLASH_PIPS, PIPS);
        if (lender.id == RouteLib.LENDER_UNISWAP_V3 || lender.id == RouteLib.LENDER_PANCAKE_V3) {
            return Math.ceilDiv(amount * IPoolFee(lender.place).fee(), PIPS);
        }
        // Aave rounds half up.
        if (by == By.AaveV3) return (amount * IAavePremium(lender.place).FLASHLOAN_PREMIUM_TOTAL() + BPS / 2) / BPS;
        if (by == By.BalancerV2) {
            address collector = IBalancerVault(lender.place).getProtocolFeesCollector();
            return Math.ceilDiv(amount * IBalancerFees(collector).getFlashLoanFeePercentage(), 1e18);
        }
        return lender.id == RouteLib.LENDER_ERC3156 ? IERC3156FlashLender(lender.place).flashFee(coin, amount) : 0;
    }

    /// @notice The largest fee to allow for, in basis points.
    function feeBps(By by) internal view returns (uint16) {
        return uint16(Math.ceilDiv(feeOf(by, 1e18) * BPS, 1e18));
    }

    /// @dev The pool's other token is nobody's.
    function _lendByPool(By by, uint8 id, IVenueFixture fixture) private {
        address pool = fixture.create(coin, DEPTH, address(new PlainToken("OTHER", 18)), DEPTH);
        lenders[by] = Lender(string.concat(fixture.name(), " flash"), id, pool);
    }

    function _lend(By by, uint8 id, ILenderFixture fixture) private {
        (address place,) = fixture.create(coin, DEPTH);
        lenders[by] = Lender(fixture.name(), id, place);
    }
}
