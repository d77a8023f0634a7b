// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IVault} from "../../script/deployment/Interfaces.sol";
import {MockStrategy} from "../mocks/MockStrategy.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Test} from "forge-std/Test.sol";

/// @notice Stakers, a thief, a donor, the reserve, keepers, the guardian, strategies that gain and lose, and time. Keeps the
/// book of what ought to be, and looks after every act whether the price fell and what the thief has gained.
contract VaultHandler is Test {
    uint256 private constant VIRTUAL = 1e6;
    uint256 public constant STAKERS = 4;
    uint256 public constant THIEF = 3;
    uint256 public constant PARTIES = 8;

    IVault public immutable vault;
    IERC20 private immutable _asset;
    address private immutable _reserve;
    address private immutable _keeper;
    address private immutable _guardian;
    MockStrategy[2] public strategies;
    address[4] public stakers;

    string[8] public names = ["stakers", "thief", "donor", "reserve", "keeper", "strategies", "guardian", "time"];
    uint256[8] public calls;
    uint256[8] public successes;

    /// @notice What ought to lie idle.
    uint256 public idle;
    /// @notice Times that a share was worth less after an act that is no loss.
    uint256 public falls;
    uint256 public donated;

    /// @dev Before the act that runs.
    uint256 private _assets;
    uint256 private _shares;
    uint256 private _thiefs;

    /* WHAT THE THIEF MAY HAVE */

    uint256 public thiefPaid;
    uint256 public thiefGot;
    uint256 public allowance;

    constructor(IVault vault_, MockStrategy[2] memory strategies_, address[3] memory roles) {
        (vault, strategies) = (vault_, strategies_);
        _asset = IERC20(vault_.asset());
        (_reserve, _keeper, _guardian) = (roles[0], roles[1], roles[2]);
        for (uint256 i; i < STAKERS; ++i) {
            stakers[i] = makeAddr(string.concat("staker ", vm.toString(i)));
        }
    }

    /// @dev A party's act is a success if it did something. The price falls by losses alone, and the thief's holding grows
    /// by their part of what is streamed or made good, and by a unit that a rounding leaves to those who stay.
    modifier looked(uint256 party, bool loses, bool streams) {
        ++calls[party];
        _look();
        _;
        if (streams) _allowStreamed();
        _compare(loses);
    }

    function _look() private {
        (_assets, _shares) = (vault.totalAssets() + 1, vault.totalSupply() + VIRTUAL);
        _thiefs = _thiefShares();
    }

    function _allowStreamed() private {
        uint256 assets = vault.totalAssets() + 1;
        if (assets > _assets) allowance += ((assets - _assets) * _thiefs + _shares - 1) / _shares;
    }

    function _compare(bool loses) private {
        (uint256 assets, uint256 shares) = (vault.totalAssets() + 1, vault.totalSupply() + VIRTUAL);
        if (!loses && assets * _shares < _assets * shares) ++falls;
        ++allowance;
    }

    /* STAKERS AND THE THIEF */

    function deposit(uint256 who, uint256 assets) external looked(_party(who), false, false) {
        address staker = stakers[who % STAKERS];
        assets = bound(assets, 1e15, 1e21);
        _give(staker, assets);
        vm.prank(staker);
        try vault.deposit(assets, staker) {
            _paid(who, assets);
        } catch {}
    }

    function mint(uint256 who, uint256 shares) external looked(_party(who), false, false) {
        address staker = stakers[who % STAKERS];
        shares = bound(shares, 1e9, 1e27);
        uint256 assets = vault.previewMint(shares);
        _give(staker, assets);
        vm.prank(staker);
        try vault.mint(shares, staker) {
            _paid(who, assets);
        } catch {}
    }

    function withdraw(uint256 who, uint256 assets) external looked(_party(who), false, false) {
        address staker = stakers[who % STAKERS];
        assets = bound(assets, 0, vault.maxWithdraw(staker));
        vm.prank(staker);
        vault.withdraw(assets, staker, staker);
        _got(who, assets);
    }

    function redeem(uint256 who, uint256 shares) external looked(_party(who), false, false) {
        address staker = stakers[who % STAKERS];
        shares = bound(shares, 0, vault.maxRedeem(staker));
        vm.prank(staker);
        _got(who, vault.redeem(shares, staker, staker));
    }

    function request(uint256 who, uint256 shares) external looked(_party(who), false, false) {
        address staker = stakers[who % STAKERS];
        uint256 held = vault.balanceOf(staker);
        if (held == 0) return;
        vm.prank(staker);
        vault.requestExit(bound(shares, 1, held), staker);
        ++successes[_party(who)];
    }

    /// @dev The first that is ready, or none: then the party fails.
    function claim(uint256 who, uint256 part) external looked(_party(who), false, false) {
        address staker = stakers[who % STAKERS];
        for (uint256 id; id < vault.exitCount(staker); ++id) {
            (uint256 shares,, uint256 claimableAt) = vault.exitOf(staker, id);
            if (shares == 0 || claimableAt > block.timestamp) continue;
            vm.prank(staker);
            try vault.claimExit(id, part % 2 == 0 ? shares : bound(part, 1, shares), staker) returns (uint256 assets) {
                _got(who, assets);
            } catch {}
            return;
        }
    }

    /// @dev Everything in, a block, everything out.
    function snipe(uint256 assets) external looked(1, false, false) {
        address thief = stakers[THIEF];
        assets = bound(assets, 1e15, 1e22);
        _give(thief, assets);
        vm.prank(thief);
        try vault.deposit(assets, thief) {
            _paid(THIEF, assets);
        } catch {
            return;
        }
        _look();
        skip(12);
        _allowStreamed();
        uint256 most = vault.maxRedeem(thief);
        vm.prank(thief);
        _got(THIEF, vault.redeem(most, thief, thief));
        // One act, though it is both paid and got.
        --successes[1];
    }

    /* OTHERS */

    function donate(uint256 amount) external looked(2, false, false) {
        amount = bound(amount, 0, 1e24);
        deal(address(_asset), address(vault), _asset.balanceOf(address(vault)) + amount);
        donated += amount;
        ++successes[2];
    }

    function addProfit(uint256 amount) external looked(3, false, false) {
        amount = bound(amount, 1, 1e20);
        _give(_reserve, amount);
        vm.prank(_reserve);
        vault.addProfit(amount);
        idle += amount;
        ++successes[3];
    }

    function allocate(uint256 which, uint256 amount) external looked(4, false, false) {
        if (vault.idleAssets() == 0) return;
        amount = bound(amount, 1, (vault.idleAssets() + 1) / 2);
        vm.prank(_keeper);
        vault.allocate(address(strategies[which % 2]), amount, "");
        idle -= amount;
        ++successes[4];
    }

    function recall(uint256 which, uint256 amount) external looked(4, false, false) {
        MockStrategy strategy = strategies[which % 2];
        amount = bound(amount, 0, strategy.worth());
        vm.prank(_keeper);
        idle += vault.recall(address(strategy), amount, "");
        ++successes[4];
    }

    function report(uint256 which) external looked(4, false, false) {
        vm.prank(_keeper);
        vault.report(address(strategies[which % 2]));
        ++successes[4];
    }

    /// @dev What makes good an earlier loss counts at once, and what exceeds it by report.
    function gain(uint256 which, uint256 amount) external looked(5, false, true) {
        MockStrategy strategy = strategies[which % 2];
        amount = bound(amount, 0, strategy.worth() / 20);
        deal(address(_asset), address(strategy), _asset.balanceOf(address(strategy)) + amount);
        strategy.setResult(strategy.result() + int256(amount));
        ++successes[5];
    }

    function lose(uint256 which, uint256 amount) external looked(5, true, false) {
        MockStrategy strategy = strategies[which % 2];
        amount = bound(amount, 0, strategy.worth() / 20);
        strategy.setResult(strategy.result() - int256(amount));
        ++successes[5];
    }

    function stopDeposits(uint256 seed) external looked(6, false, false) {
        vm.prank(_guardian);
        vault.stopDeposits(seed % 8 == 0);
        ++successes[6];
    }

    function wait(uint256 time) external looked(7, false, true) {
        skip(bound(time, 1, 2 days));
        ++successes[7];
    }

    /* READING */

    /// @notice What the thief holds, exits that were requested at what they would pay.
    function thiefWorth() public view returns (uint256 worth) {
        address thief = stakers[THIEF];
        worth = vault.convertToAssets(vault.balanceOf(thief));
        for (uint256 id; id < vault.exitCount(thief); ++id) {
            (uint256 shares, uint256 assets,) = vault.exitOf(thief, id);
            uint256 now_ = vault.convertToAssets(shares);
            worth += assets < now_ ? assets : now_;
        }
    }

    function _thiefShares() private view returns (uint256 shares) {
        address thief = stakers[THIEF];
        shares = vault.balanceOf(thief);
        for (uint256 id; id < vault.exitCount(thief); ++id) {
            (uint256 waiting,,) = vault.exitOf(thief, id);
            shares += waiting;
        }
    }

    function _party(uint256 who) private pure returns (uint256) {
        return who % STAKERS == THIEF ? 1 : 0;
    }

    function _paid(uint256 who, uint256 assets) private {
        idle += assets;
        ++successes[_party(who)];
        if (who % STAKERS == THIEF) thiefPaid += assets;
    }

    function _got(uint256 who, uint256 assets) private {
        idle -= assets;
        if (assets != 0) ++successes[_party(who)];
        if (who % STAKERS == THIEF) thiefGot += assets;
    }

    function _give(address to, uint256 amount) private {
        deal(address(_asset), to, amount);
        vm.prank(to);
        _asset.approve(address(vault), amount);
    }
}
