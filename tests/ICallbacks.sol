// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @notice Every function by which a pool or a lender calls an executor back, and nobody else may.
interface ICallbacks {
    function uniswapV2Call(address sender, uint256 amount0, uint256 amount1, bytes calldata data) external;
    function pancakeCall(address sender, uint256 amount0, uint256 amount1, bytes calldata data) external;
    function hook(address sender, uint256 amount0, uint256 amount1, bytes calldata data) external;
    function DVMFlashLoanCall(address sender, uint256 base, uint256 quote, bytes calldata data) external;
    function DPPFlashLoanCall(address sender, uint256 base, uint256 quote, bytes calldata data) external;
    function DSPFlashLoanCall(address sender, uint256 base, uint256 quote, bytes calldata data) external;

    function uniswapV3SwapCallback(int256 amount0Delta, int256 amount1Delta, bytes calldata data) external;
    function pancakeV3SwapCallback(int256 amount0Delta, int256 amount1Delta, bytes calldata data) external;
    function algebraSwapCallback(int256 amount0Delta, int256 amount1Delta, bytes calldata data) external;

    function unlockCallback(bytes calldata data) external returns (bytes memory);
    function balancerV3Leg(bytes calldata data) external returns (uint256);
    function balancerV3Route(bytes calldata data) external;

    function uniswapV3FlashCallback(uint256 fee0, uint256 fee1, bytes calldata data) external;
    function pancakeV3FlashCallback(uint256 fee0, uint256 fee1, bytes calldata data) external;
    function algebraFlashCallback(uint256 fee0, uint256 fee1, bytes calldata data) external;
    function receiveFlashLoan(
        address[] calldata tokens,
        uint256[] calldata amounts,
        uint256[] calldata fees,
        bytes calldata data
    ) external;
    function executeOperation(address asset, uint256 amount, uint256 premium, address initiator, bytes calldata data)
        external
        returns (bool);
    function onMorphoFlashLoan(uint256 assets, bytes calldata data) external;
    function onFlashLoan(address initiator, address token, uint256 amount, uint256 fee, bytes calldata data)
        external
        returns (bytes32);
}
