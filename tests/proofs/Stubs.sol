// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IFlashExecutor} from "../../contracts/interfaces/IFlashExecutor.sol";
import {Vm} from "forge-std/Vm.sol";

/// @notice Knows one who may do everything, at once.
contract ManagerStub {
    address private immutable governance;

    constructor(address governance_) {
        governance = governance_;
    }

    function canCall(address caller, address, bytes4) external view returns (bool immediate, uint32 delay) {
        return (caller == governance, 0);
    }
}

/// @notice A token, or the wrapped coin, of which anyone may be given any amount.
contract TokenStub {
    mapping(address => uint256) public balanceOf;

    function deposit() external payable {
        balanceOf[msg.sender] += msg.value;
    }

    function give(address account, uint256 amount) external {
        balanceOf[account] += amount;
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
        return true;
    }
}

/// @notice The executor of Ethereum, built by the profile `prove`, with one keeper and stubs around it.
abstract contract Executor_Proof {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    string private constant ARTIFACT = "build/prove/out/EthereumExecutor.sol/EthereumExecutor.json";

    address internal constant GOVERNANCE = address(0x60);
    address internal constant KEEPER = address(0x4B);
    address internal constant RESERVE = address(0x5E);

    address internal manager;
    TokenStub internal wrapped;
    IFlashExecutor internal executor;

    function setUp() public virtual {
        manager = address(new ManagerStub(GOVERNANCE));
        wrapped = new TokenStub();
        bytes memory code = bytes.concat(vm.getCode(ARTIFACT), abi.encode(manager, RESERVE, wrapped));
        address created;
        assembly ("memory-safe") {
            created := create(0, add(code, 32), mload(code))
        }
        assert(created != address(0));
        executor = IFlashExecutor(created);
        vm.prank(GOVERNANCE);
        executor.setKeeper(KEEPER, true);
    }

    function _call(address caller, bytes memory data) internal returns (bool done, bytes memory result) {
        vm.prank(caller);
        return address(executor).call(data);
    }
}
