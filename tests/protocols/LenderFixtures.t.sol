// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IAavePool} from "../../script/replica/interfaces/IAaveV3.sol";
import {IBalancerVault} from "../../script/replica/interfaces/IBalancerV2.sol";
import {IMorpho} from "../../script/replica/interfaces/IPeers.sol";
import {IUniswapV3Pool} from "../../script/replica/interfaces/IUniswapV3.sol";
import {FlashMintToken} from "../mocks/FlashMintToken.sol";
import {AaveV3Lender} from "./AaveV3Lender.sol";
import {BalancerV2Lender} from "./BalancerV2Lender.sol";
import {DssFlashLender} from "./DssFlashLender.sol";
import {ERC3156Lender} from "./ERC3156Lender.sol";
import {ILenderFixture} from "./ILenderFixture.sol";
import {MorphoLender} from "./MorphoLender.sol";
import {UniswapV3FlashLender} from "./UniswapV3FlashLender.sol";
import {IERC3156FlashBorrower} from "@openzeppelin/contracts/interfaces/IERC3156FlashBorrower.sol";
import {IERC3156FlashLender} from "@openzeppelin/contracts/interfaces/IERC3156FlashLender.sol";
import {Test} from "forge-std/Test.sol";

/// @notice Borrows from each lender all that it was asked to hold, and repays it with the fee.
contract LenderFixturesTest is Test, IERC3156FlashBorrower {
    uint256 private constant AMOUNT = 1_000_003e18 + 7;
    uint256 private constant FEE_BPS = 9;

    FlashMintToken private token = new FlashMintToken("LENT", FEE_BPS);
    address private lender;
    uint256 private fee;
    bool private repays = true;
    bytes32 private answer = keccak256("ERC3156FlashBorrower.onFlashLoan");

    function setUp() public {
        vm.warp(1_750_000_000);
    }

    /* EACH */

    function test_UniswapV3() external {
        _create(new UniswapV3FlashLender(), 30);
        _flash(0.003e18);
        _assertRepaid();
    }

    function test_UniswapV3_RevertWhen_NotRepaid() external {
        _create(new UniswapV3FlashLender(), 30);
        repays = false;
        IUniswapV3Pool pool = IUniswapV3Pool(lender);
        bool first = pool.token0() == address(token);
        vm.expectRevert(bytes(first ? "F0" : "F1"));
        pool.flash(address(this), first ? AMOUNT : 0, first ? 0 : AMOUNT, "");
    }

    function test_BalancerV2() external {
        _create(new BalancerV2Lender(), 0);
        _flashBalancer();
        _assertRepaid();
    }

    function test_BalancerV2_RevertWhen_NotRepaid() external {
        _create(new BalancerV2Lender(), 0);
        repays = false;
        vm.expectRevert("BAL#515");
        this.borrowFromBalancer();
    }

    function test_Morpho() external {
        _create(new MorphoLender(), 0);
        IMorpho(lender).flashLoan(address(token), AMOUNT, "");
        _assertRepaid();
    }

    function test_Morpho_RevertWhen_NotRepaid() external {
        _create(new MorphoLender(), 0);
        repays = false;
        vm.expectRevert("transferFrom reverted");
        IMorpho(lender).flashLoan(address(token), AMOUNT, "");
    }

    function test_AaveV3() external {
        _create(new AaveV3Lender(), 5);
        // Aave rounds half up.
        fee = (AMOUNT * 5 + 5000) / 10_000;
        deal(address(token), address(this), fee);
        IAavePool(lender).flashLoanSimple(address(this), address(token), AMOUNT, "", 0);
        _assertRepaid();
    }

    function test_AaveV3_RevertWhen_NotRepaid() external {
        _create(new AaveV3Lender(), 5);
        repays = false;
        vm.expectRevert();
        IAavePool(lender).flashLoanSimple(address(this), address(token), AMOUNT, "", 0);
    }

    function test_ERC3156() external {
        _create(new ERC3156Lender(), FEE_BPS);
        fee = (AMOUNT * FEE_BPS + 9999) / 10_000;
        deal(address(token), address(this), fee, true);
        IERC3156FlashLender(lender).flashLoan(this, address(token), AMOUNT, "");
        _assertRepaid();
    }

    function test_ERC3156_RevertWhen_NotRepaid() external {
        _create(new ERC3156Lender(), FEE_BPS);
        fee = (AMOUNT * FEE_BPS + 9999) / 10_000;
        repays = false;
        vm.expectRevert();
        IERC3156FlashLender(lender).flashLoan(this, address(token), AMOUNT, "");
    }

    function test_ERC3156_RevertWhen_TheTokenDoesNotLendItself() external {
        ERC3156Lender fixture = new ERC3156Lender();
        vm.expectRevert(abi.encodeWithSelector(ERC3156Lender.DoesNotLendItself.selector, address(fixture)));
        fixture.create(address(fixture), AMOUNT);
    }

    function test_DssFlash() external {
        _create(new DssFlashLender(), 0);
        assertEq(IERC3156FlashLender(lender).maxFlashLoan(address(token)), AMOUNT);
        assertEq(IERC3156FlashLender(lender).flashFee(address(token), AMOUNT), 0);
        IERC3156FlashLender(lender).flashLoan(this, address(token), AMOUNT, "");
        _assertRepaid();
        assertEq(token.totalSupply(), 0);
    }

    function test_DssFlash_RevertWhen_Misused() external {
        _create(new DssFlashLender(), 0);
        vm.expectRevert("DssFlash/ceiling-exceeded");
        IERC3156FlashLender(lender).flashLoan(this, address(token), AMOUNT + 1, "");
        vm.expectRevert("DssFlash/token-unsupported");
        IERC3156FlashLender(lender).flashLoan(this, address(this), AMOUNT, "");
        repays = false;
        vm.expectRevert();
        IERC3156FlashLender(lender).flashLoan(this, address(token), AMOUNT, "");
        answer = bytes32(0);
        vm.expectRevert("DssFlash/callback-failed");
        IERC3156FlashLender(lender).flashLoan(this, address(token), AMOUNT, "");
    }

    /* CALLBACKS */

    function uniswapV3FlashCallback(uint256 fee0, uint256 fee1, bytes calldata) external {
        if (repays) assertEq(fee0 + fee1, fee);
        _payBack(AMOUNT + fee);
    }

    function receiveFlashLoan(
        address[] calldata tokens,
        uint256[] calldata amounts,
        uint256[] calldata fees,
        bytes calldata
    ) external {
        assertEq(tokens[0], address(token));
        assertEq(amounts[0], AMOUNT);
        assertEq(fees[0], 0);
        _payBack(AMOUNT);
    }

    function onMorphoFlashLoan(uint256 assets, bytes calldata) external {
        assertEq(assets, AMOUNT);
        _allow();
    }

    function executeOperation(address asset, uint256 amount, uint256 premium, address initiator, bytes calldata)
        external
        returns (bool)
    {
        assertEq(asset, address(token));
        assertEq(amount, AMOUNT);
        assertEq(initiator, address(this));
        if (repays) assertEq(premium, fee);
        _allow();
        return true;
    }

    function onFlashLoan(address initiator, address token_, uint256 amount, uint256 fee_, bytes calldata)
        external
        returns (bytes32)
    {
        assertEq(initiator, address(this));
        assertEq(token_, address(token));
        assertEq(amount, AMOUNT);
        assertEq(fee_, fee);
        assertEq(IERC3156FlashLender(lender).maxFlashLoan(address(token)), _mostLeft());
        _allow();
        return answer;
    }

    /* INTERNALS */

    function borrowFromBalancer() external {
        _flashBalancer();
    }

    function _create(ILenderFixture fixture, uint256 expectedFeeBps) private {
        uint256 feeBps;
        (lender, feeBps) = fixture.create(address(token), AMOUNT);
        assertEq(feeBps, expectedFeeBps);
    }

    /// @param rate The pool's fee, in parts of 10^18.
    function _flash(uint256 rate) private {
        fee = (AMOUNT * rate + 1e18 - 1) / 1e18;
        deal(address(token), address(this), fee);
        IUniswapV3Pool pool = IUniswapV3Pool(lender);
        bool first = pool.token0() == address(token);
        pool.flash(address(this), first ? AMOUNT : 0, first ? 0 : AMOUNT, "");
    }

    function _flashBalancer() private {
        address[] memory tokens = new address[](1);
        uint256[] memory amounts = new uint256[](1);
        (tokens[0], amounts[0]) = (address(token), AMOUNT);
        IBalancerVault(lender).flashLoan(address(this), tokens, amounts, "");
    }

    function _payBack(uint256 amount) private {
        assertGe(token.balanceOf(address(this)), AMOUNT);
        if (repays) token.transfer(lender, amount);
    }

    function _allow() private {
        assertEq(token.balanceOf(address(this)), AMOUNT + (repays ? fee : 0));
        if (repays) token.approve(lender, AMOUNT + fee);
    }

    /// @dev Maker's lender lends once at a time; a token that lends itself lends on.
    function _mostLeft() private view returns (uint256) {
        return lender == address(token) ? type(uint256).max - token.totalSupply() : 0;
    }

    function _assertRepaid() private view {
        assertEq(token.balanceOf(address(this)), 0);
        assertEq(token.allowance(address(this), lender), 0);
    }
}
