// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Placer} from "./Placer.sol";
import {IACLManager, IAavePool, IPoolAddressesProvider, IPoolConfigurator} from "./interfaces/IAaveV3.sol";

/// @title AaveV3
/// @notice Aave V3.0.2: the pool and its configurator behind their proxies, the access list and the oracle, at their
/// addresses on chain; reserves come out with their real aTokens' addresses.
/// @dev On Ethereum the implementations behind the proxies are later ones; flash loans are called and answered alike.
abstract contract AaveV3 is Placer {
    string private constant ARTIFACTS = "node_modules/@aave/core-v3/artifacts/contracts/";
    string private constant LOGIC = "contracts/protocol/libraries/logic/";
    string private constant NONCES = ".replica.aaveNonces";
    uint128 private constant PREMIUM_BPS = 5;

    function placeAndFillAaveV3(string memory lender) internal {
        placeAaveV3(lender);
        seedAaveV3(lender);
    }

    function placeAaveV3(string memory lender) private {
        address provider = lenderOf(lender, "addressesProvider");
        bytes memory args = abi.encode("Aave Ethereum Market", holder);
        placeAave(provider, "protocol/configuration/PoolAddressesProvider", args);
        vm.startPrank(holder);
        IPoolAddressesProvider(provider).setACLAdmin(holder);
        IPoolAddressesProvider(provider).setACLManager(lenderOf(lender, "aclManager"));
        IPoolAddressesProvider(provider).setPriceOracle(lenderOf(lender, "oracle"));
        vm.stopPrank();
        placeAave(lenderOf(lender, "aclManager"), "protocol/configuration/ACLManager", abi.encode(provider));
        vm.prank(holder);
        IACLManager(lenderOf(lender, "aclManager")).addPoolAdmin(holder);
        placeOracle(lenderOf(lender, "oracle"), provider);
        placePool(lender, provider);
        placeReserveParts(lenderOf(lender), provider);
    }

    /// @notice Lists a reserve for each of the lender's nonces and supplies it.
    function seedAaveV3(string memory lender) private {
        string[] memory symbols = keysAt(NONCES);
        address configurator = lenderOf(lender, "configurator");
        vm.prank(holder);
        IPoolConfigurator(configurator).updateFlashloanPremiumTotal(PREMIUM_BPS);
        for (uint256 i; i < symbols.length; ++i) {
            list(configurator, symbols[i]);
            supply(lender, symbols[i]);
        }
    }

    /* PLACING */

    function placePool(string memory lender, address provider) private {
        placeAave(sideAddress("aave pool"), "protocol/pool/Pool", abi.encode(provider));
        placeAave(sideAddress("aave configurator"), "protocol/pool/PoolConfigurator", "");
        vm.startPrank(holder);
        IPoolAddressesProvider(provider).setPoolImpl(sideAddress("aave pool"));
        IPoolAddressesProvider(provider).setPoolConfiguratorImpl(sideAddress("aave configurator"));
        vm.stopPrank();
        requireAt("Aave pool", lenderOf(lender), IPoolAddressesProvider(provider).getPool());
        requireAt(
            "Aave configurator",
            lenderOf(lender, "configurator"),
            IPoolAddressesProvider(provider).getPoolConfigurator()
        );
    }

    /// @dev The oracle answers from the replica's feeds, in dollars with 8 decimals.
    function placeOracle(address oracle, address provider) private {
        string[] memory names = keysAt(".replica.answers");
        address[] memory assets = new address[](names.length);
        address[] memory sources = new address[](names.length);
        for (uint256 i; i < names.length; ++i) {
            assets[i] = tokenOf(stringAt(string.concat(".replica.answers.", names[i])));
            sources[i] = feedOf(names[i]);
        }
        placeAave(oracle, "misc/AaveOracle", abi.encode(provider, assets, sources, address(0), address(0), 1e8));
    }

    /// @dev One interest curve serves every reserve: nobody borrows for longer than a transaction.
    function placeReserveParts(address pool, address provider) private {
        placeAave(sideAddress("aave aToken"), "protocol/tokenization/AToken", abi.encode(pool));
        placeAave(sideAddress("aave stable debt"), "protocol/tokenization/StableDebtToken", abi.encode(pool));
        placeAave(sideAddress("aave variable debt"), "protocol/tokenization/VariableDebtToken", abi.encode(pool));
        placeAave(
            sideAddress("aave rates"),
            "protocol/pool/DefaultReserveInterestRateStrategy",
            abi.encode(provider, 0.8e27, 0, 0.04e27, 0.6e27, 0.005e27, 0.6e27, 0.01e27, 0.08e27, 0.2e27)
        );
    }

    /// @param what Path and name of the contract, whose file is named alike.
    function placeAave(address site, string memory what, bytes memory args) private scratch {
        string[] memory parts = vm.split(what, "/");
        string memory path = string.concat(ARTIFACTS, what, ".sol/", parts[parts.length - 1], ".json");
        require(vm.isFile(path), ArtifactMissing(path));
        string memory code = vm.parseJsonString(vm.readFile(path), ".bytecode");
        placeCode(site, vm.parseBytes(linked(code)), args);
    }

    /* LINKING */

    /// @notice Creation code in which the libraries' places have been filled, the libraries being placed when first met.
    function linked(string memory code) private returns (string memory) {
        string[8] memory libraries = [
            "BorrowLogic",
            "BridgeLogic",
            "ConfiguratorLogic",
            "EModeLogic",
            "FlashLoanLogic",
            "LiquidationLogic",
            "PoolLogic",
            "SupplyLogic"
        ];
        for (uint256 i; i < libraries.length; ++i) {
            string memory mark = placeholder(string.concat(LOGIC, libraries[i], ".sol:", libraries[i]));
            if (!has(code, mark)) continue;
            address site = sideAddress(string.concat("aave ", libraries[i]));
            if (site.code.length == 0) placeAave(site, string.concat("protocol/libraries/logic/", libraries[i]), "");
            code = vm.replace(code, mark, vm.replace(vm.toString(site), "0x", ""));
        }
        return code;
    }

    /// @notice What solc leaves where a library's address belongs: 34 digits of the hash of its full name.
    function placeholder(string memory fullName) private pure returns (string memory) {
        bytes memory digits = bytes(vm.toString(keccak256(bytes(fullName))));
        bytes memory cut = new bytes(34);
        for (uint256 i; i < cut.length; ++i) {
            cut[i] = digits[i + 2];
        }
        return string.concat("__$", string(cut), "$__");
    }

    /* RESERVES */

    /// @dev The configurator deploys a reserve's three proxies; its nonce decides their addresses.
    function list(address configurator, string memory symbol) private scratch {
        IPoolConfigurator.InitReserveInput[] memory inputs = new IPoolConfigurator.InitReserveInput[](1);
        inputs[0] = reserveOf(symbol);
        // forge-lint: disable-next-line(unsafe-typecast): nonces are small
        vm.setNonce(configurator, uint64(uintAt(string.concat(NONCES, ".", symbol))));
        vm.startPrank(holder);
        IPoolConfigurator(configurator).initReserves(inputs);
        IPoolConfigurator(configurator).setReserveBorrowing(inputs[0].underlyingAsset, true);
        IPoolConfigurator(configurator).setReserveFlashLoaning(inputs[0].underlyingAsset, true);
        vm.stopPrank();
    }

    function reserveOf(string memory symbol) private view returns (IPoolConfigurator.InitReserveInput memory input) {
        input.aTokenImpl = sideAddress("aave aToken");
        input.stableDebtTokenImpl = sideAddress("aave stable debt");
        input.variableDebtTokenImpl = sideAddress("aave variable debt");
        input.underlyingAssetDecimals = decimalsOf(symbol);
        input.interestRateStrategyAddress = sideAddress("aave rates");
        input.underlyingAsset = tokenOf(symbol);
        input.treasury = holder;
        input.aTokenName = string.concat("Aave Ethereum ", symbol);
        input.aTokenSymbol = string.concat("aEth", symbol);
        input.variableDebtTokenName = string.concat("Aave Ethereum Variable Debt ", symbol);
        input.variableDebtTokenSymbol = string.concat("variableDebtEth", symbol);
        input.stableDebtTokenName = string.concat("Aave Ethereum Stable Debt ", symbol);
        input.stableDebtTokenSymbol = string.concat("stableDebtEth", symbol);
    }

    function supply(string memory lender, string memory symbol) private {
        address token = tokenOf(symbol);
        uint256 amount = amountFor(symbol, uintAt(string.concat(".replica.lent[\"", lender, "\"].", symbol)));
        allow(token, lenderOf(lender), amount);
        vm.prank(holder);
        IAavePool(lenderOf(lender)).supply(token, amount, holder, 0);
    }
}
