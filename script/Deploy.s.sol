// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ChainPlan} from "./deployment/ChainPlan.sol";
import {Plan} from "./deployment/Plan.sol";
import {Told} from "./deployment/Told.sol";

/// @title Deploy
/// @notice Writes down what is to be sent to the chain that chains/<name>.json describes until the deployment there is as
/// the file has it, and what differs. It sends nothing itself: `millrace deploy` and `millrace config` run it, show what it
/// says, and send it step by step.
contract Deploy is ChainPlan, Told {
    error ChainMismatch(uint256 expected, uint256 actual);

    /// @param path Where to write to, under build/.
    function run(
        string calldata name,
        address deployer,
        address governance,
        address guardian,
        address keeper,
        string calldata path
    ) external {
        readChain(name);
        require(block.chainid == chainIdOf(), ChainMismatch(chainIdOf(), block.chainid));
        Plan memory plan = planOf(governance, guardian, keeper);
        vm.startPrank(deployer);
        deployMillrace(deployer, plan);
        deployAnnexes(address(vault), address(reserve));
        vm.stopPrank();
        vm.writeFile(path, told(plan));
    }

    function attempt(string memory what, address to, bytes memory data)
        internal
        override
        returns (bool done, bytes memory said)
    {
        uint256 before = gasleft();
        (done, said) = super.attempt(what, to, data);
        if (done) tellStep(what, to, data, before - gasleft());
    }
}
