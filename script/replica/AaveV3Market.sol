// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Placer} from "./Placer.sol";
import {IACLManager, IAavePool, IPoolAddressesProvider, IPoolConfigurator} from "./interfaces/IAaveV3.sol";

/// @notice What of a market lies at addresses of one's choice; the pool and its configurator lie where the provider
/// deploys their proxies.
struct AaveSites {
    address provider;
    address aclManager;
    address oracle;
}

/// @title AaveV3Market
/// @notice A market of Aave V3.0.2, linked and placed: its parts, and reserves of it.
abstract contract AaveV3Market is Placer {
    string private constant ARTIFACTS = "node_modules/@aave/core-v3/artifacts/contracts/";
    string private constant LOGIC = "contracts/protocol/libraries/logic/";
    uint128 private constant PREMIUM_BPS = 5;

    /// @param assets What the oracle prices, by the feeds in `sources`, in dollars with 8 decimals.
    function placeMarket(AaveSites memory sites, address[] memory assets, address[] memory sources) internal {
        IPoolAddressesProvider provider = IPoolAddressesProvider(sites.provider);
        placeAave(
            sites.provider, "protocol/configuration/PoolAddressesProvider", abi.encode("Aave Ethereum Market", holder)
        );
        vm.startPrank(holder);
        provider.setACLAdmin(holder);
        provider.setACLManager(sites.aclManager);
        provider.setPriceOracle(sites.oracle);
        vm.stopPrank();
        placeAave(sites.aclManager, "protocol/configuration/ACLManager", abi.encode(provider));
        vm.prank(holder);
        IACLManager(sites.aclManager).addPoolAdmin(holder);
        placeAave(sites.oracle, "misc/AaveOracle", abi.encode(provider, assets, sources, address(0), address(0), 1e8));
        placePool(sites.provider);
        placeReserveParts(sites.provider);
        IPoolConfigurator configurator = IPoolConfigurator(provider.getPoolConfigurator());
        vm.prank(holder);
        configurator.updateFlashloanPremiumTotal(PREMIUM_BPS);
    }

    /* PLACING */

    function placePool(address provider) private {
        placeAave(sideAddress("aave pool"), "protocol/pool/Pool", abi.encode(provider));
        placeAave(sideAddress("aave configurator"), "protocol/pool/PoolConfigurator", "");
        vm.startPrank(holder);
        IPoolAddressesProvider(provider).setPoolImpl(sideAddress("aave pool"));
        IPoolAddressesProvider(provider).setPoolConfiguratorImpl(sideAddress("aave configurator"));
        vm.stopPrank();
    }

    /// @dev One interest curve serves every reserve: nobody borrows for longer than a transaction.
    function placeReserveParts(address provider) private {
        address pool = IPoolAddressesProvider(provider).getPool();
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

    /// @notice Opens a reserve that can be borrowed from, for a moment or for longer.
    function list(address configurator, address token, string memory symbol, uint8 decimals) internal scratch {
        IPoolConfigurator.InitReserveInput[] memory inputs = new IPoolConfigurator.InitReserveInput[](1);
        inputs[0] = reserveOf(token, symbol, decimals);
        vm.startPrank(holder);
        IPoolConfigurator(configurator).initReserves(inputs);
        IPoolConfigurator(configurator).setReserveBorrowing(token, true);
        IPoolConfigurator(configurator).setReserveFlashLoaning(token, true);
        vm.stopPrank();
    }

    function reserveOf(address token, string memory symbol, uint8 decimals)
        private
        view
        returns (IPoolConfigurator.InitReserveInput memory input)
    {
        input.aTokenImpl = sideAddress("aave aToken");
        input.stableDebtTokenImpl = sideAddress("aave stable debt");
        input.variableDebtTokenImpl = sideAddress("aave variable debt");
        input.underlyingAssetDecimals = decimals;
        input.interestRateStrategyAddress = sideAddress("aave rates");
        input.underlyingAsset = token;
        input.treasury = holder;
        input.aTokenName = string.concat("Aave Ethereum ", symbol);
        input.aTokenSymbol = string.concat("aEth", symbol);
        input.variableDebtTokenName = string.concat("Aave Ethereum Variable Debt ", symbol);
        input.variableDebtTokenSymbol = string.concat("variableDebtEth", symbol);
        input.stableDebtTokenName = string.concat("Aave Ethereum Stable Debt ", symbol);
        input.stableDebtTokenSymbol = string.concat("stableDebtEth", symbol);
    }

    function supply(IAavePool pool, address token, uint256 amount) internal {
        allow(token, address(pool), amount);
        vm.prank(holder);
        pool.supply(token, amount, holder, 0);
    }
}
