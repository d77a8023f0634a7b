// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ILiquidityReserve} from "../../contracts/interfaces/ILiquidityReserve.sol";
import {Share} from "../../contracts/types/Share.sol";

import {Base_Test} from "../Base.sol";
import {PlainToken} from "../mocks/PlainToken.sol";
import {Test} from "forge-std/Test.sol";

/// @notice The executor, strangers who send and recognise, and governance who changes its mind.
contract ReserveHandler is Test {
    uint256 public constant POOLS = 4;
    address public constant TREASURY = address(0xbe01);
    address public constant BUILDERS = address(0xbe02);
    ILiquidityReserve private immutable _reserve;
    PlainToken private immutable _token;
    address private immutable _governance;
    address private immutable _executor;

    uint256 public credited;
    uint256 public settled;
    uint256 public booked;
    uint256 public paid;

    constructor(ILiquidityReserve reserve, PlainToken token, address governance, address executor) {
        (_reserve, _token, _governance, _executor) = (reserve, token, governance, executor);
    }

    function settle(uint96 profit, uint256 first, uint256 count) external {
        address[] memory pools = cycle(first, bound(count, 2, POOLS));
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

    function book(uint256 epoch, uint256 first, uint256 count) external {
        epoch = bound(epoch, 1, _reserve.currentEpoch());
        address[] memory pools = cycle(first, bound(count, 2, POOLS));
        if (_reserve.pending(epoch, address(_token), pools) == 0) return;
        _reserve.book(epoch, address(_token), pools);
        ++booked;
    }

    function payBeneficiary(bool first) external {
        address beneficiary = first ? TREASURY : BUILDERS;
        uint256 amount = _reserve.beneficiaryBucket(beneficiary, address(_token));
        if (amount == 0) return;
        paid += _reserve.payBeneficiary(address(_token), beneficiary);
    }

    function setSplit(uint16 poolsBps, uint16 vaultBps) external {
        poolsBps = uint16(bound(poolsBps, 0, 9998));
        vaultBps = uint16(bound(vaultBps, 0, 9998 - poolsBps));
        uint16 rest = 10_000 - poolsBps - vaultBps;
        Share[] memory shares = new Share[](2);
        (shares[0], shares[1]) = (Share(TREASURY, rest / 2), Share(BUILDERS, rest - rest / 2));
        vm.prank(_governance);
        _reserve.setSplit(poolsBps, vaultBps, shares);
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

    function cycle(uint256 first, uint256 count) public pure returns (address[] memory pools) {
        pools = new address[](count);
        for (uint256 i; i < count; ++i) {
            pools[i] = pool((first % POOLS + i) % POOLS);
        }
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

    function invariant_BucketsAndJournalAddUpToWhatIsAccounted() public view {
        assertEq(_buckets() + _journal(), reserve.accounted(address(token)));
    }

    function invariant_EveryUnitCreditedIsHereOrPaid() public view {
        assertEq(_buckets() + _journal() + handler.paid(), handler.credited());
    }

    function invariant_AccountedNeverExceedsHeld() public view {
        assertLe(reserve.accounted(address(token)), token.balanceOf(address(reserve)));
    }

    function _buckets() private view returns (uint256 sum) {
        sum = reserve.vaultBucket(address(token)) + reserve.commonPot(address(token));
        sum += reserve.beneficiaryBucket(handler.TREASURY(), address(token));
        sum += reserve.beneficiaryBucket(handler.BUILDERS(), address(token));
        for (uint256 i; i < handler.POOLS(); ++i) {
            sum += reserve.poolBucket(handler.pool(i), address(token));
        }
    }

    /// @dev Of every cycle in every epoch.
    function _journal() private view returns (uint256 sum) {
        for (uint256 epoch = 1; epoch <= reserve.currentEpoch(); ++epoch) {
            for (uint256 first; first < handler.POOLS(); ++first) {
                for (uint256 count = 2; count <= handler.POOLS(); ++count) {
                    sum += reserve.pending(epoch, address(token), handler.cycle(first, count));
                }
            }
        }
    }
}
