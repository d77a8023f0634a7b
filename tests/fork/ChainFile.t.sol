// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Base, PoolSpec} from "../../script/Base.s.sol";
import {Test} from "forge-std/Test.sol";

/// @dev The reader, from outside, on a text of one's own.
contract Reader is Base {
    function read(string memory name) external {
        readChain(name);
    }

    function set(string memory json) external {
        chainName = "test";
        chainJson = json;
    }

    function token(string memory symbol) external view returns (address) {
        return tokenOf(symbol);
    }
}

contract ChainFileTest is Base, Test {
    Reader private reader = new Reader();

    function test_RevertWhen_TheChainIsUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(Base.ChainUnknown.selector, "chains/atlantis.json"));
        reader.read("atlantis");
    }

    function test_RevertWhen_AFieldIsMissing() public {
        reader.set('{"tokens":{}}');
        vm.expectRevert(abi.encodeWithSelector(Base.FieldMissing.selector, "test", ".tokens.WETH.address"));
        reader.token("WETH");
    }

    function test_RevertWhen_AnAddressIsNotInItsChecksummedForm() public {
        string memory right = vm.toString(address(0xABcdEFABcdEFabcdEfAbCdefabcdeFABcDEFabCD));
        string memory wrong = vm.toLowercase(right);
        reader.set(string.concat('{"tokens":{"WETH":{"address":"', wrong, '"}}}'));
        vm.expectRevert(
            abi.encodeWithSelector(Base.AddressMisspelt.selector, "test", ".tokens.WETH.address", wrong, right)
        );
        reader.token("WETH");
    }

    function test_PoolsAreNamedByVenueTokensAndFee() public {
        chainJson = '{"pools":[{"venue":"a-v2","tokens":["X","Y"]},{"venue":"b-v3","tokens":["Z","X"],"fee":500}]}';
        PoolSpec[] memory specs = poolSpecs();
        assertEq(specs.length, 2);
        assertEq(specs[0].name, "a-v2:X/Y");
        assertEq(specs[0].fee, 0);
        assertEq(specs[1].name, "b-v3:Z/X:500");
        assertEq(specs[1].fee, 500);
        assertEq(specs[1].venue, "b-v3");
        assertEq(specs[1].tokens[0], "Z");
    }
}
