// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IAaveOracle, IAavePool, IPoolAddressesProvider} from "../../script/replica/interfaces/IAaveV3.sol";
import {IMorpho} from "../../script/replica/interfaces/IPeers.sol";
import {ForkTest} from "./ForkTest.sol";

contract AaveV3ForkTest is ForkTest {
    IAavePool private pool;

    function setUp() public override {
        super.setUp();
        pool = IAavePool(lenderOf("aave-v3"));
    }

    function test_PartsKnowEachOther() public view {
        IPoolAddressesProvider provider = IPoolAddressesProvider(lenderOf("aave-v3", "addressesProvider"));
        assertEq(pool.ADDRESSES_PROVIDER(), address(provider));
        assertEq(provider.getPool(), address(pool));
        assertEq(provider.getPoolConfigurator(), lenderOf("aave-v3", "configurator"));
        assertEq(provider.getACLManager(), lenderOf("aave-v3", "aclManager"));
        assertEq(provider.getPriceOracle(), lenderOf("aave-v3", "oracle"));
    }

    function test_PremiumIsFiveBasisPoints() public view {
        assertEq(pool.FLASHLOAN_PREMIUM_TOTAL(), 5);
    }

    function test_FlashLoanOfEachReserveCostsThePremium() public {
        string[5] memory symbols = ["WETH", "USDC", "USDT", "DAI", "WBTC"];
        for (uint256 i; i < symbols.length; ++i) {
            uint256 amount = worth(symbols[i], 100_000);
            // Aave rounds half up.
            uint256 premium = (amount * 5 + 5000) / 10_000;
            fund(symbols[i], address(this), premium);
            pool.flashLoanSimple(address(this), tokenOf(symbols[i]), amount, abi.encode(symbols[i], premium), 0);
            assertEq(balance(symbols[i], address(this)), 0, symbols[i]);
        }
    }

    function test_RevertWhen_ThePremiumIsNotPaid() public {
        uint256 amount = worth("WETH", 1000);
        vm.expectRevert();
        pool.flashLoanSimple(
            address(this), tokenOf("WETH"), amount, abi.encode("WETH", (amount * 5 + 5000) / 10_000), 0
        );
    }

    function test_OracleAnswersInDollars() public view {
        IAaveOracle oracle = IAaveOracle(lenderOf("aave-v3", "oracle"));
        uint256 price = vm.parseUint(stringAt(".replica.prices.WETH"));
        assertApproxEqRel(oracle.getAssetPrice(tokenOf("WETH")), price, 0.05e18);
    }

    function executeOperation(address asset, uint256 amount, uint256 premium, address initiator, bytes calldata data)
        external
        returns (bool)
    {
        (string memory symbol, uint256 expected) = abi.decode(data, (string, uint256));
        assertEq(msg.sender, address(pool));
        assertEq(initiator, address(this));
        assertEq(asset, tokenOf(symbol));
        assertEq(premium, expected);
        assertGe(balance(symbol, address(this)), amount);
        approveAny(symbol, address(pool), amount + premium);
        return true;
    }
}

contract MorphoForkTest is ForkTest {
    IMorpho private morpho;

    function setUp() public override {
        super.setUp();
        morpho = IMorpho(lenderOf("morpho"));
    }

    function test_FlashLoanOfEachTokenCostsNothing() public {
        string[4] memory symbols = ["WETH", "USDC", "USDT", "DAI"];
        for (uint256 i; i < symbols.length; ++i) {
            uint256 held = balance(symbols[i], address(morpho));
            assertGt(held, 0, symbols[i]);
            morpho.flashLoan(tokenOf(symbols[i]), held, abi.encode(symbols[i]));
            assertEq(balance(symbols[i], address(morpho)), held, symbols[i]);
            assertEq(balance(symbols[i], address(this)), 0, symbols[i]);
        }
    }

    function test_RevertWhen_TheLoanIsNotRepaid() public {
        vm.expectRevert("transferFrom reverted");
        morpho.flashLoan(tokenOf("WETH"), 1e18, abi.encode(""));
    }

    function onMorphoFlashLoan(uint256 assets, bytes calldata data) external {
        string memory symbol = abi.decode(data, (string));
        assertEq(msg.sender, address(morpho));
        if (bytes(symbol).length == 0) return;
        assertEq(balance(symbol, address(this)), assets);
        approveAny(symbol, address(morpho), assets);
    }
}
