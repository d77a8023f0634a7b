// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

interface IToken {
    function name() external view returns (string memory);
    function symbol() external view returns (string memory);
    function decimals() external view returns (uint8);
    function totalSupply() external view returns (uint256);
    function balanceOf(address account) external view returns (uint256);
    function allowance(address owner, address spender) external view returns (uint256);
    function approve(address spender, uint256 value) external returns (bool);
    function transfer(address to, uint256 value) external returns (bool);
}

interface IWrapped {
    function deposit() external payable;
    function withdraw(uint256 value) external;
}

interface IStakedEtherRate {
    function stEthPerToken() external view returns (uint256);
    function getStETHByWstETH(uint256 amount) external view returns (uint256);
}

interface ICurvePool {
    function add_liquidity(uint256[4] calldata amounts, uint256 minted) external;
    function exchange(int128 i, int128 j, uint256 dx, uint256 minDy) external;
    function get_dy(int128 i, int128 j, uint256 dx) external view returns (uint256);
    function coins(int128 i) external view returns (address);
    function balances(int128 i) external view returns (uint256);
    function A() external view returns (uint256);
    function get_virtual_price() external view returns (uint256);
}

interface IMorpho {
    struct MarketParams {
        address loanToken;
        address collateralToken;
        address oracle;
        address irm;
        uint256 lltv;
    }

    function enableIrm(address irm) external;
    function enableLltv(uint256 lltv) external;
    function createMarket(MarketParams memory params) external;
    function supply(MarketParams memory params, uint256 assets, uint256 shares, address onBehalf, bytes calldata data)
        external
        returns (uint256 assetsSupplied, uint256 sharesSupplied);
    function flashLoan(address token, uint256 assets, bytes calldata data) external;
}

interface IMulticall3 {
    struct Call3 {
        address target;
        bool allowFailure;
        bytes callData;
    }

    struct Result {
        bool success;
        bytes returnData;
    }

    function aggregate3(Call3[] calldata calls) external payable returns (Result[] memory results);
    function getBlockNumber() external view returns (uint256);
}

interface IPermit2 {
    function DOMAIN_SEPARATOR() external view returns (bytes32);
    function allowance(address owner, address token, address spender)
        external
        view
        returns (uint160 amount, uint48 expiration, uint48 nonce);
}

interface IFeed {
    function decimals() external view returns (uint8);
    function description() external view returns (string memory);
    function latestRoundData()
        external
        view
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);
    function getRoundData(uint80 roundId)
        external
        view
        returns (uint80 id, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);
}
