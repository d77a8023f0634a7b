// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Base_Test} from "../../Base.sol";
import {IUniswapV2Factory, IUniswapV3Factory} from "../../Protocols.sol";
import {PlainToken} from "../../mocks/PlainToken.sol";

/// @notice Two pairs and two concentrated pools of WETH and a token, on the protocols' own bytecode, at two prices:
/// the first of each sells 1,100 tokens for a WETH, the second 1,000.
abstract contract Market_Test is Base_Test {
    PlainToken internal token;
    address internal cheapPair;
    address internal dearPair;
    address internal cheapPool;
    address internal dearPool;

    function setUp() public virtual override {
        super.setUp();
        token = new PlainToken("TKN", 18);
        cheapPair = createPair(deployV2Factory(), address(weth), 1000e18, address(token), 1_100_000e18);
        dearPair = createPair(deployV2Factory(), address(weth), 1000e18, address(token), 1_000_000e18);
        cheapPool = _pool(1100);
        dearPool = _pool(1000);
        register(cheapPair, dearPair);
        register(cheapPool, dearPool);
    }

    /// @notice What a pair of Uniswap V2 gives for `amount`, from the whitepaper's formula.
    function pairOutput(uint256 amount, uint256 reserveIn, uint256 reserveOut) internal pure returns (uint256) {
        return amount * 997 * reserveOut / (reserveIn * 1000 + amount * 997);
    }

    function _pool(uint256 price) private returns (address) {
        uint256 root = address(weth) < address(token) ? _sqrt(price << 192) : _sqrt((1 << 192) / price);
        return createPool(deployV3Factory(), address(weth), address(token), uint160(root), 30_000e18);
    }

    function _sqrt(uint256 x) private pure returns (uint256 root) {
        root = 1 << 128;
        for (uint256 next = (root + x / root) / 2; next < root; next = (root + x / root) / 2) {
            root = next;
        }
    }
}
