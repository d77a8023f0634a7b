// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ICreate3Factory} from "../../contracts/interfaces/ICreate3Factory.sol";

import {Test} from "forge-std/Test.sol";
import {CREATE3} from "solady/utils/CREATE3.sol";

/// @notice What the thief would put in place of a reserve.
contract Impostor {
    bool public constant isMine = true;
}

contract Reserve {
    bool public constant isReserve = true;
}

/// @notice Tries to take an address while it is being built, by the factory.
contract Reentrant {
    constructor(ICreate3Factory factory, bytes32 salt, bytes memory initCode) {
        factory.deploy(salt, initCode);
    }
}

/// @notice A factory that forgets whose salt it is.
contract ForgetfulFactory {
    function deploy(bytes32 salt, bytes calldata initCode) external returns (address) {
        return CREATE3.deployDeterministic(initCode, salt);
    }

    function addressOf(address, bytes32 salt) external view returns (address) {
        return CREATE3.predictDeterministicAddress(salt);
    }
}

/// @notice A thief who has seen the deployment on one chain is first on the next, where the same address would be trusted.
contract Create3Factory_Attack is Test {
    bytes32 private constant SALT = "millrace.reserve";

    ICreate3Factory private factory = ICreate3Factory(deployCode("Create3Factory.sol:Create3Factory"));
    address private deployer = makeAddr("deployer");
    address private thief = makeAddr("thief");

    /// @dev The weakened twin.
    function test_AThief_TakesTheAddressWhereTheSaltAloneDecides() public {
        ForgetfulFactory forgetful = new ForgetfulFactory();
        address wanted = forgetful.addressOf(deployer, SALT);
        vm.prank(thief);
        assertEq(forgetful.deploy(SALT, type(Impostor).creationCode), wanted);
    }

    function testFuzz_AThief_GetsAnotherAddressWhateverTheSalt(bytes32 salt) public {
        address wanted = factory.addressOf(deployer, SALT);
        vm.prank(thief);
        assertNotEq(factory.deploy(salt, type(Impostor).creationCode), wanted);
        _assertFree(wanted);
    }

    /// @dev What that proxy creates from now on is at addresses that nobody trusts.
    function test_AThief_CallsTheProxyThatTheDeployerLeftBehind() public {
        vm.prank(deployer);
        address reserve = factory.deploy(SALT, type(Reserve).creationCode);
        bytes32 salt = keccak256(abi.encode(deployer, SALT));
        address proxy = vm.computeCreate2Address(salt, CREATE3.PROXY_INITCODE_HASH, address(factory));
        vm.prank(thief);
        (bool done,) = proxy.call(type(Impostor).creationCode);
        assertTrue(done);
        assertEq(vm.computeCreateAddress(proxy, 1), reserve);
        assertEq(reserve.code, type(Reserve).runtimeCode);
        assertEq(vm.computeCreateAddress(proxy, 2).code, type(Impostor).runtimeCode);
    }

    function test_AThief_DeploysFromWithinAConstructor() public {
        address wanted = factory.addressOf(deployer, SALT);
        bytes memory inner = abi.encode(factory, SALT, type(Impostor).creationCode);
        vm.prank(thief);
        address outer = factory.deploy(SALT, bytes.concat(type(Reentrant).creationCode, inner));
        assertEq(factory.addressOf(outer, SALT).code, type(Impostor).runtimeCode);
        _assertFree(wanted);
    }

    function _assertFree(address wanted) private {
        assertEq(wanted.code.length, 0);
        vm.prank(deployer);
        assertEq(factory.deploy(SALT, type(Impostor).creationCode), wanted);
    }
}
