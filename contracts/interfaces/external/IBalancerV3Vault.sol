// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

interface IBalancerV3Vault {
    /// @dev `kind` 0 is an exact input.
    struct VaultSwapParams {
        uint8 kind;
        address pool;
        address tokenIn;
        address tokenOut;
        uint256 amountGivenRaw;
        uint256 limitRaw;
        bytes userData;
    }

    /// @dev Calls the caller back with `data` as its calldata.
    function unlock(bytes calldata data) external returns (bytes memory);
    function swap(VaultSwapParams calldata params)
        external
        returns (uint256 amountCalculated, uint256 amountIn, uint256 amountOut);
    function settle(address token, uint256 amountHint) external returns (uint256 credit);
    function sendTo(address token, address to, uint256 amount) external;
}
