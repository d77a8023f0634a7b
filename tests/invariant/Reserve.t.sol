// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {LiquidityReserve} from "../../contracts/LiquidityReserve.sol";
import {Base_Test} from "../Base.sol";
import {PlainToken} from "../mocks/PlainToken.sol";
import {Test} from "forge-std/Test.sol";

/// @notice The executor, strangers who send and recognise, and governance who changes its mind.
contract ReserveHandler is Test {
    uint256 public constant POOLS = 4;
    LiquidityReserve private immutable _reserve;
    PlainToken private immutable _token;
    address private immutable _governance;
    address private immutable _executor;

    uint256 public credited;
    uint256 public settled;

    constructor(LiquidityReserve reserve, PlainToken token, address governance, address executor) {
        (_reserve, _token, _governance, _executor) = (reserve, token, governance, executor);
    }

    function settle(uint96 profit, uint256 first, uint256 count) external {
        count = bound(count, 2, POOLS);
        address[] memory pools = new address[](count);
        for (uint256 i; i < count; ++i) {
            pools[i] = pool((first % POOLS + i) % POOLS);
        }
        _token.mint(address(_reserve), profit);
        vm.prank(_executor);
        _reserve.settle(address(_token), profit, pools);
        credited += profit;
        ++settled;
    }

    function donate(uint96 amount) external {
        _token.mint(address(_reserve), amount);
    }

    function recognise() external {
        if (_token.balanceOf(address(_reserve)) == _reserve.accounted(address(_token))) return;
        credited += _reserve.recognise(address(_token));
    }

    function setSplit(uint256 poolsBps) external {
        poolsBps = bound(poolsBps, 0, 10_000);
        vm.prank(_governance);
        _reserve.setSplit(poolsBps, 10_000 - poolsBps);
    }

    function register(uint256 index, bool registered) external {
        address[] memory pools = new address[](1);
        pools[0] = pool(index % POOLS);
        vm.prank(_governance);
        _reserve.registerPools(pools, registered);
    }

    function spendPot(uint256 index, uint256 amount) external {
        address chosen = pool(index % POOLS);
        if (!_reserve.isRegistered(chosen)) return;
        amount = bound(amount, 0, _reserve.commonPot(address(_token)));
        vm.prank(_governance);
        _reserve.spendPot(address(_token), chosen, amount);
    }

    function pool(uint256 index) public pure returns (address) {
        return address(uint160(0xf00d0000 + index));
    }
}

contract Reserve_Invariants is Base_Test {
    ReserveHandler internal handler;
    PlainToken internal token;

    function setUp() public override {
        super.setUp();
        token = new PlainToken("TKN", 6);
        vm.prank(governance);
        reserve.listToken(address(token), true);
        handler = new ReserveHandler(reserve, token, governance, address(executor));
        targetContract(address(handler));
    }

    function invariant_BucketsAddUpToWhatIsAccounted() public view {
        assertEq(_buckets(), reserve.accounted(address(token)));
    }

    function invariant_EveryUnitCreditedIsInABucket() public view {
        assertEq(_buckets(), handler.credited());
    }

    function invariant_AccountedNeverExceedsHeld() public view {
        assertLe(reserve.accounted(address(token)), token.balanceOf(address(reserve)));
    }

    function _buckets() private view returns (uint256 sum) {
        sum = reserve.vaultBucket(address(token)) + reserve.commonPot(address(token));
        for (uint256 i; i < handler.POOLS(); ++i) {
            sum += reserve.poolBucket(handler.pool(i), address(token));
        }
    }
}
