// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Fixture} from "./Fixture.sol";

interface IBalancerV3Vault {
    enum SwapKind {
        EXACT_IN,
        EXACT_OUT
    }

    struct VaultSwapParams {
        SwapKind kind;
        address pool;
        address tokenIn;
        address tokenOut;
        uint256 amountGivenRaw;
        uint256 limitRaw;
        bytes userData;
    }

    struct TokenConfig {
        address token;
        uint8 tokenType;
        address rateProvider;
        bool paysYieldFees;
    }

    struct PoolRoleAccounts {
        address pauseManager;
        address swapFeeManager;
        address poolCreator;
    }

    struct LiquidityManagement {
        bool disableUnbalancedLiquidity;
        bool enableAddLiquidityCustom;
        bool enableRemoveLiquidityCustom;
        bool enableDonation;
    }

    function registerPool(
        address pool,
        TokenConfig[] calldata tokens,
        uint256 swapFee,
        uint32 pauseWindowEnd,
        bool protocolFeeExempt,
        PoolRoleAccounts calldata roles,
        address hooks,
        LiquidityManagement calldata liquidity
    ) external;
    function initialize(
        address pool,
        address to,
        address[] calldata tokens,
        uint256[] calldata amounts,
        uint256 minShares,
        bytes calldata userData
    ) external returns (uint256 shares);
    function unlock(bytes calldata data) external returns (bytes memory);
    function settle(address token, uint256 hint) external returns (uint256 credit);
    function sendTo(address token, address to, uint256 amount) external;
    function swap(VaultSwapParams calldata params)
        external
        returns (uint256 amountCalculated, uint256 amountIn, uint256 amountOut);
    function getStaticSwapFeePercentage(address pool) external view returns (uint256);
    function getCurrentLiveBalances(address pool) external view returns (uint256[] memory scaled18);
}

/// @notice Balancer V3's vault with weighted pools of two tokens in equal parts at 0.3 %. `make peers` builds them.
/// @dev The fixture is the router: the vault calls it back inside `unlock`.
contract BalancerV3Fixture is Fixture {
    struct NewPoolParams {
        string name;
        string symbol;
        uint256 numTokens;
        uint256[] normalizedWeights;
        string version;
        uint256[] minTokenBalances;
    }

    string private constant OUT = "build/peers/balancer/out/";
    uint256 private constant SWAP_FEE = 0.3e16;
    uint256 private constant PROTOCOL_SWAP_FEE = 50e16;
    uint256 private constant PROTOCOL_YIELD_FEE = 10e16;
    /// @dev The least amounts that are swapped, in 18 decimals, and wrapped, in the token's, are those of the deployments.
    uint256 private constant MIN_TRADE = 1e6;
    uint256 private constant MIN_WRAP = 1e4;

    string public constant name = "Balancer V3";
    IBalancerV3Vault public immutable vault;

    constructor() {
        // The vault's parts are made before it and named in its constructor, and each knows the vault.
        address main = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 3);
        address admin = built("VaultAdmin", abi.encode(main, 4 * 365 days, 180 days, MIN_TRADE, MIN_WRAP));
        address extension = built("VaultExtension", abi.encode(main, admin));
        address fees = built("ProtocolFeeController", abi.encode(main, PROTOCOL_SWAP_FEE, PROTOCOL_YIELD_FEE));
        vault = IBalancerV3Vault(built("Vault", abi.encode(extension, makeAddr("Balancer V3's authorizer"), fees)));
    }

    function create(address a, uint256 amountA, address b, uint256 amountB) external returns (address pool) {
        pool = built("WeightedPool", abi.encode(equalParts(), vault));
        address[] memory tokens = new address[](2);
        uint256[] memory amounts = new uint256[](2);
        (tokens[0], amounts[0], tokens[1], amounts[1]) = sorted(a, amountA, b, amountB);
        IBalancerV3Vault.TokenConfig[] memory configs = new IBalancerV3Vault.TokenConfig[](2);
        (configs[0].token, configs[1].token) = (tokens[0], tokens[1]);
        IBalancerV3Vault.PoolRoleAccounts memory roles;
        IBalancerV3Vault.LiquidityManagement memory liquidity;
        vault.registerPool(
            pool, configs, SWAP_FEE, uint32(block.timestamp + 365 days), false, roles, address(0), liquidity
        );
        vault.unlock(abi.encodeCall(this.fill, (pool, tokens, amounts)));
    }

    function trade(address pool, address tokenIn, uint256 amountIn, address tokenOut)
        external
        returns (uint256 amountOut)
    {
        take(tokenIn, amountIn);
        bytes memory result = vault.unlock(abi.encodeCall(this.swap, (pool, tokenIn, amountIn, tokenOut, msg.sender)));
        return abi.decode(result, (uint256));
    }

    /* CALLED BACK */

    function fill(address pool, address[] calldata tokens, uint256[] calldata amounts) external {
        for (uint256 i; i < tokens.length; ++i) {
            give(tokens[i], address(vault), amounts[i]);
            vault.settle(tokens[i], amounts[i]);
        }
        vault.initialize(pool, address(this), tokens, amounts, 0, "");
    }

    function swap(address pool, address tokenIn, uint256 amountIn, address tokenOut, address to)
        external
        returns (uint256 amountOut)
    {
        IBalancerV3Vault.VaultSwapParams memory params;
        (params.pool, params.tokenIn, params.tokenOut, params.amountGivenRaw) = (pool, tokenIn, tokenOut, amountIn);
        pay(tokenIn, address(vault), amountIn);
        vault.settle(tokenIn, amountIn);
        (,, amountOut) = vault.swap(params);
        vault.sendTo(tokenOut, to, amountOut);
    }

    function built(string memory contractName, bytes memory arguments) private returns (address) {
        return deploy(string.concat(OUT, contractName, ".sol/", contractName, ".json"), ".bytecode.object", arguments);
    }

    function equalParts() private pure returns (NewPoolParams memory params) {
        (params.name, params.symbol, params.numTokens) = ("Equal parts", "EQ", 2);
        params.normalizedWeights = new uint256[](2);
        (params.normalizedWeights[0], params.normalizedWeights[1]) = (0.5e18, 0.5e18);
        params.minTokenBalances = new uint256[](2);
        (params.minTokenBalances[0], params.minTokenBalances[1]) = (1e6, 1e6);
    }
}
