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

/// @notice Every flash lender, with enough of the coin to lend, and what it asks for `AMOUNT` by its own figures.
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
        uint256 fee;
    }

    uint256 internal constant AMOUNT = 5e18;

    uint256 private constant BPS = 10_000;
    uint256 private constant PIPS = 1_000_000;
    /// @dev A constant of either version's code, which no view tells: BASE_FEE of 1.9, FLASH_FEE of Integral.
    uint256 private constant ALGEBRA_FLASH_PIPS = 100;

    mapping(By => Lender) internal lenders;

    function openLenders() internal {
        lenders[By.FlashSwap] = Lender("flash swap", RouteLib.LENDER_NONE, address(0), 0);
        _lendByPool(By.UniswapV3, RouteLib.LENDER_UNISWAP_V3, new UniswapV3Fixture());
        _lendByPool(By.Slipstream, RouteLib.LENDER_UNISWAP_V3, new SlipstreamFixture());
        _lendByPool(By.PancakeV3, RouteLib.LENDER_PANCAKE_V3, new PancakeV3Fixture());
        _lendByPool(By.Algebra, RouteLib.LENDER_ALGEBRA, new AlgebraFixture());
        _lendByPool(By.AlgebraIntegral, RouteLib.LENDER_ALGEBRA, new AlgebraIntegralFixture());
        _lend(By.UniswapV4, "Uniswap V4", RouteLib.LENDER_UNISWAP_V4, address(uniswapV4.manager()), 0);
        address vaultV2 = address(balancerV2.vault());
        _lend(By.BalancerV2, "Balancer V2", RouteLib.LENDER_BALANCER_V2, vaultV2, _balancerFee(vaultV2));
        _lend(By.BalancerV3, "Balancer V3", RouteLib.LENDER_BALANCER_V3, address(balancerV3.vault()), 0);
        address morpho = _create(new MorphoLender());
        _lend(By.Morpho, "Morpho", RouteLib.LENDER_MORPHO, morpho, 0);
        address aave = _create(new AaveV3Lender());
        _lend(By.AaveV3, "Aave V3", RouteLib.LENDER_AAVE_V3, aave, _aaveFee(aave));
    }

    /// @notice ERC-3156's, which lend tokens that they mint.
    function openMinters() internal {
        _lendByMinting(By.ERC3156, new ERC3156Lender());
        _lendByMinting(By.DssFlash, new DssFlashLender());
    }

    /// @notice The largest fee to allow for, in basis points of `AMOUNT`.
    function feeBps(Lender memory lender) internal pure returns (uint16) {
        return uint16(Math.ceilDiv(lender.fee * BPS, AMOUNT));
    }

    /// @dev The pool's other token is nobody's.
    function _lendByPool(By by, uint8 id, IVenueFixture fixture) private {
        address pool = fixture.create(coin, DEPTH, address(new PlainToken("OTHER", 18)), DEPTH);
        uint256 pips = id == RouteLib.LENDER_ALGEBRA ? ALGEBRA_FLASH_PIPS : IPoolFee(pool).fee();
        _lend(by, string.concat(fixture.name(), " flash"), id, pool, Math.ceilDiv(AMOUNT * pips, PIPS));
    }

    function _lend(By by, string memory name, uint8 id, address place, uint256 fee) private {
        lenders[by] = Lender(name, id, place, fee);
    }

    function _lendByMinting(By by, ILenderFixture fixture) private {
        address minter = _create(fixture);
        _lend(by, fixture.name(), RouteLib.LENDER_ERC3156, minter, IERC3156FlashLender(minter).flashFee(coin, AMOUNT));
    }

    function _create(ILenderFixture fixture) private returns (address lender) {
        (lender,) = fixture.create(coin, DEPTH);
    }

    function _balancerFee(address vault_) private view returns (uint256) {
        address collector = IBalancerVault(vault_).getProtocolFeesCollector();
        return Math.ceilDiv(AMOUNT * IBalancerFees(collector).getFlashLoanFeePercentage(), 1e18);
    }

    /// @dev Aave rounds half up.
    function _aaveFee(address pool) private view returns (uint256) {
        return (AMOUNT * IAavePremium(pool).FLASHLOAN_PREMIUM_TOTAL() + BPS / 2) / BPS;
    }
}
