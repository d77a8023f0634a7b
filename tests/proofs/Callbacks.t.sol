// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Commitment} from "../../contracts/libraries/Commitment.sol";
import {ErrorsLib} from "../../contracts/libraries/ErrorsLib.sol";
import {ICallbacks} from "../ICallbacks.sol";
import {Executor_Proof} from "./Stubs.sol";

/// @notice A commitment, and a callback of every name.
contract Committed is Commitment {
    function open(address caller, bytes4 selector, bytes calldata data) external {
        _expect(caller, selector, data);
    }

    function requireAccepted() external view {
        _requireAccepted();
    }

    fallback(bytes calldata data) external returns (bytes memory) {
        _accept(data[4:]);
        return "";
    }
}

/// @notice Rule E3, for every caller and all data, of the lengths that `make prove` names. While no call is open, each
/// callback of the executor refuses everybody; while one is, only the call committed to is let in, and once. That every
/// callback asks the same `_accept` is what the error and the selector in it say.
contract Callbacks_Proof is Executor_Proof {
    Committed internal committed;

    function setUp() public override {
        super.setUp();
        committed = new Committed();
    }

    /* NO CALL OPEN */

    function check_UniswapV2Call(address caller, address sender, uint256 amount0, uint256 amount1, bytes calldata data)
        public
    {
        _assertRefused(caller, abi.encodeCall(ICallbacks.uniswapV2Call, (sender, amount0, amount1, data)));
    }

    function check_UniswapV3Swap(address caller, int256 delta0, int256 delta1, bytes calldata data) public {
        _assertRefused(caller, abi.encodeCall(ICallbacks.uniswapV3SwapCallback, (delta0, delta1, data)));
    }

    function check_PancakeV3Swap(address caller, int256 delta0, int256 delta1, bytes calldata data) public {
        _assertRefused(caller, abi.encodeCall(ICallbacks.pancakeV3SwapCallback, (delta0, delta1, data)));
    }

    function check_Unlock(address caller, bytes calldata data) public {
        _assertRefused(caller, abi.encodeCall(ICallbacks.unlockCallback, (data)));
    }

    function check_BalancerV3Leg(address caller, bytes calldata data) public {
        _assertRefused(caller, abi.encodeCall(ICallbacks.balancerV3Leg, (data)));
    }

    function check_BalancerV3Route(address caller, bytes calldata data) public {
        _assertRefused(caller, abi.encodeCall(ICallbacks.balancerV3Route, (data)));
    }

    function check_UniswapV3Flash(address caller, uint256 fee0, uint256 fee1, bytes calldata data) public {
        _assertRefused(caller, abi.encodeCall(ICallbacks.uniswapV3FlashCallback, (fee0, fee1, data)));
    }

    function check_PancakeV3Flash(address caller, uint256 fee0, uint256 fee1, bytes calldata data) public {
        _assertRefused(caller, abi.encodeCall(ICallbacks.pancakeV3FlashCallback, (fee0, fee1, data)));
    }

    function check_BalancerV2Flash(
        address caller,
        address[] calldata tokens,
        uint256[] calldata amounts,
        uint256[] calldata fees,
        bytes calldata data
    ) public {
        _assertRefused(caller, abi.encodeCall(ICallbacks.receiveFlashLoan, (tokens, amounts, fees, data)));
    }

    function check_AaveV3Flash(
        address caller,
        address asset,
        uint256 amount,
        uint256 premium,
        address initiator,
        bytes calldata data
    ) public {
        _assertRefused(caller, abi.encodeCall(ICallbacks.executeOperation, (asset, amount, premium, initiator, data)));
    }

    function check_MorphoFlash(address caller, uint256 assets, bytes calldata data) public {
        _assertRefused(caller, abi.encodeCall(ICallbacks.onMorphoFlashLoan, (assets, data)));
    }

    function check_ERC3156Flash(
        address caller,
        address initiator,
        address token,
        uint256 amount,
        uint256 fee,
        bytes calldata data
    ) public {
        _assertRefused(caller, abi.encodeCall(ICallbacks.onFlashLoan, (initiator, token, amount, fee, data)));
    }

    /* A CALL OPEN */

    function check_ExactlyWhatIsExpected(
        address expected,
        bytes4 expectedSelector,
        bytes calldata expectedData,
        address caller,
        bytes4 selector,
        bytes calldata data
    ) public {
        _assumeCallback(selector);
        committed.open(expected, expectedSelector, expectedData);
        bool matches = caller == expected && selector == expectedSelector && keccak256(data) == keccak256(expectedData);
        assert(_callBack(caller, selector, data) == matches);
    }

    function check_Once(address caller, bytes4 selector, bytes calldata data, address again, bytes4 other) public {
        _assumeCallback(selector);
        _assumeCallback(other);
        committed.open(caller, selector, data);
        assert(!_isAccepted());
        assert(_callBack(caller, selector, data));
        assert(_isAccepted());
        assert(!_callBack(again, other, data));
    }

    function _assumeCallback(bytes4 selector) private pure {
        vm.assume(selector != Committed.open.selector && selector != Committed.requireAccepted.selector);
    }

    function _callBack(address caller, bytes4 selector, bytes calldata data) private returns (bool done) {
        vm.prank(caller);
        (done,) = address(committed).call(bytes.concat(selector, data));
    }

    function _isAccepted() private view returns (bool accepted) {
        (accepted,) = address(committed).staticcall(abi.encodeCall(Committed.requireAccepted, ()));
    }

    function _assertRefused(address caller, bytes memory data) private {
        (bool done, bytes memory reason) = _call(caller, data);
        assert(!done);
        bytes memory expected = abi.encodeWithSelector(ErrorsLib.CallbackUnexpected.selector, caller, bytes4(data));
        assert(keccak256(reason) == keccak256(expected));
    }
}
