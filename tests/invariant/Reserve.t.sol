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

    /// @dev A cycle that has earned under a split and is not booked yet.
    struct Open {
        uint256 epoch;
        address[] pools;
    }

    uint256 public credited;
    uint256 public paid;
    mapping(bytes32 act => uint256) public calls;
    mapping(bytes32 act => uint256) public done;
    Open[] private _journal;
    mapping(bytes32 entry => bool) private _isOpen;

    constructor(ILiquidityReserve reserve, PlainToken token, address governance, address executor) {
        (_reserve, _token, _governance, _executor) = (reserve, token, governance, executor);
    }

    function settle(uint96 profit, uint256 first, uint256 count) external {
        ++calls["settle"];
        address[] memory pools = cycle(first, bound(count, 2, POOLS));
        _token.mint(address(_reserve), profit);
        vm.prank(_executor);
        _reserve.settle(address(_token), profit, pools);
        credited += profit;
        _enter(_reserve.currentEpoch(), pools);
        ++done["settle"];
    }

    function donate(uint96 amount) external {
        _token.mint(address(_reserve), amount);
    }

    function recognise() external {
        ++calls["recognise"];
        if (_token.balanceOf(address(_reserve)) == _reserve.accounted(address(_token))) return;
        credited += _reserve.recognise(address(_token));
        ++done["recognise"];
    }

    function book(uint256 index) external {
        ++calls["book"];
        if (_journal.length == 0) return;
        index %= _journal.length;
        Open memory entry = _journal[index];
        _journal[index] = _journal[_journal.length - 1];
        _journal.pop();
        _isOpen[keccak256(abi.encode(entry))] = false;
        if (_reserve.pending(entry.epoch, address(_token), entry.pools) == 0) return;
        _reserve.book(entry.epoch, address(_token), entry.pools);
        ++done["book"];
    }

    function payBeneficiary(bool first) external {
        ++calls["pay"];
        address beneficiary = first ? TREASURY : BUILDERS;
        uint256 amount = _reserve.beneficiaryBucket(beneficiary, address(_token));
        if (amount == 0) return;
        paid += _reserve.payBeneficiary(address(_token), beneficiary);
        ++done["pay"];
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
        ++calls["spend"];
        address chosen = pool(index % POOLS);
        if (!_reserve.isRegistered(chosen)) return;
        amount = bound(amount, 0, _reserve.commonPot(address(_token)));
        vm.prank(_governance);
        _reserve.spendPot(address(_token), chosen, amount);
        ++done["spend"];
    }

    /// @notice What no bucket has yet: of every cycle that has earned and was not booked.
    function journal() external view returns (uint256 sum) {
        for (uint256 i; i < _journal.length; ++i) {
            sum += _reserve.pending(_journal[i].epoch, address(_token), _journal[i].pools);
        }
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

    function _enter(uint256 epoch, address[] memory pools) private {
        Open memory entry = Open(epoch, pools);
        bytes32 key = keccak256(abi.encode(entry));
        if (_isOpen[key]) return;
        _isOpen[key] = true;
        _journal.push(entry);
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

    /// @dev All in one campaign: each asks for as many calls, and the calls are what takes time.
    function invariant_EveryRuleHoldsAfterEveryCall() public view {
        uint256 entered = _buckets() + handler.journal();
        assertEq(entered, reserve.accounted(address(token)), "what is accounted is in a bucket or the journal");
        assertEq(entered + handler.paid(), handler.credited(), "every unit credited is here or paid");
        assertLe(reserve.accounted(address(token)), token.balanceOf(address(reserve)), "what is accounted is held");
    }

    function _buckets() private view returns (uint256 sum) {
        sum = reserve.vaultBucket(address(token)) + reserve.commonPot(address(token));
        sum += reserve.beneficiaryBucket(handler.TREASURY(), address(token));
        sum += reserve.beneficiaryBucket(handler.BUILDERS(), address(token));
        for (uint256 i; i < handler.POOLS(); ++i) {
            sum += reserve.poolBucket(handler.pool(i), address(token));
        }
    }

    /// @dev A long run of all acts in turn, to see that they do what they are for.
    function test_EveryHandlerSucceedsOften() public {
        for (uint256 i; i < 2000; ++i) {
            _act(uint256(keccak256(abi.encode(i))));
        }
        bytes32[5] memory acts = [bytes32("settle"), "recognise", "book", "pay", "spend"];
        for (uint256 i; i < acts.length; ++i) {
            assertGt(handler.done(acts[i]) * 10, handler.calls(acts[i]) * 3, string(abi.encodePacked(acts[i])));
        }
        invariant_EveryRuleHoldsAfterEveryCall();
    }

    function _act(uint256 seed) private {
        (uint256 act, uint256 one, uint256 other) = (seed % 8, seed >> 16, seed >> 64);
        if (act == 0) handler.settle(uint96(one), other, seed >> 128);
        else if (act == 1) handler.donate(uint96(one));
        else if (act == 2) handler.recognise();
        else if (act == 3) handler.book(one);
        else if (act == 4) handler.payBeneficiary(one % 2 == 0);
        else if (act == 5) handler.setSplit(uint16(one), uint16(other));
        else if (act == 6) handler.register(one, other % 2 == 0);
        else handler.spendPot(one, other);
    }
}
