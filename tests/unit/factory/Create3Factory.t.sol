// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ICreate3Factory} from "../../../contracts/interfaces/ICreate3Factory.sol";

import {Creating} from "../../../script/deployment/Creating.sol";
import {Test} from "forge-std/Test.sol";
import {CREATE3} from "solady/utils/CREATE3.sol";

/// @notice Remembers who called its constructor, and what it was given.
contract Newborn {
    address public immutable caller = msg.sender;
    uint256 public immutable given;

    error Refused(uint256 given);

    constructor(uint256 given_) {
        require(given_ != 0, Refused(given_));
        given = given_;
    }
}

/// @notice D1: the address is the sender's and the salt's.
contract Create3Factory_Test is Test, Creating {
    bytes32 private constant SALT = "salt";

    ICreate3Factory private fresh;
    address private sender = makeAddr("sender");

    function setUp() public {
        fresh = ICreate3Factory(deployCode("Create3Factory.sol:Create3Factory"));
    }

    /* DEPLOY */

    function test_TheContractIsWhereItWasForetold() public {
        address foretold = fresh.addressOf(sender, SALT);
        assertEq(_deploy(sender, SALT, 7), foretold);
        assertEq(Newborn(foretold).given(), 7);
        assertEq(foretold.code.length, vm.getDeployedCode("Create3Factory.t.sol:Newborn").length);
    }

    function test_TheEventTellsSenderSaltAddressAndCode() public {
        bytes memory initCode = _initCode(7);
        address foretold = fresh.addressOf(sender, SALT);
        vm.expectEmit(true, true, true, true, address(fresh));
        emit ICreate3Factory.Deployed(sender, SALT, foretold, keccak256(initCode));
        _deploy(sender, SALT, 7);
    }

    function testFuzz_TheAddressDependsOnNothingElse(address who, bytes32 salt, uint256 one, uint256 other) public {
        (one, other) = (bound(one, 1, type(uint256).max), bound(other, 1, type(uint256).max));
        uint256 state = vm.snapshotState();
        address first = _deploy(who, salt, one);
        vm.revertToState(state);
        vm.chainId(8453);
        _deploy(sender, keccak256(abi.encode(salt)), one);
        assertEq(_deploy(who, salt, other), first);
        assertEq(Newborn(first).given(), other);
    }

    /// @dev Hence a constructor must not give a right to whoever calls it.
    function test_TheConstructorIsCalledByAProxy() public {
        address caller = Newborn(_deploy(sender, SALT, 7)).caller();
        assertTrue(caller != sender && caller != address(fresh));
    }

    function test_RevertWhen_TheSaltIsTaken() public {
        address taken = _deploy(sender, SALT, 7);
        vm.expectRevert(abi.encodeWithSelector(ICreate3Factory.SaltTaken.selector, sender, SALT, taken));
        vm.prank(sender);
        fresh.deploy(SALT, _initCode(8));
        assertEq(Newborn(taken).given(), 7);
    }

    function test_RevertWhen_TheConstructorFails_AndTheSaltStaysFree() public {
        bytes memory initCode = _initCode(0);
        vm.expectRevert(CREATE3.DeploymentFailed.selector);
        vm.prank(sender);
        fresh.deploy(SALT, initCode);
        assertEq(_deploy(sender, SALT, 7), fresh.addressOf(sender, SALT));
    }

    function test_RevertWhen_ThereIsNoCode() public {
        vm.expectRevert(CREATE3.DeploymentFailed.selector);
        fresh.deploy(SALT, "");
    }

    /* THE FACTORY ITSELF */

    /// @dev Every address of a deployment hangs on this one: a change of it is a change of all.
    function test_ItHasOneAddressOnEveryChain() public {
        placeFactory();
        assertEq(address(create3), 0xE3633Ae6CfF7f92BCF929ca7D186AF6594861982);
        assertEq(address(create3).code, address(fresh).code);
    }

    /* INTERNALS */

    function _deploy(address who, bytes32 salt, uint256 given) private returns (address) {
        bytes memory initCode = _initCode(given);
        vm.prank(who);
        return fresh.deploy(salt, initCode);
    }

    function _initCode(uint256 given) private pure returns (bytes memory) {
        return bytes.concat(type(Newborn).creationCode, abi.encode(given));
    }
}
