// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ICurvePool} from "../../script/replica/interfaces/IPeers.sol";
import {ModelCurveNG} from "../mocks/ModelCurveNG.sol";
import {PlainToken} from "../mocks/PlainToken.sol";
import {CurveFixture} from "./CurveFixture.sol";
import {CurveNGFixture} from "./CurveNGFixture.sol";
import {FixtureTest} from "./FixtureTest.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

contract CurveNGFixtureTest is FixtureTest {
    /// @dev What Ethereum's 3pool answered at a block: not part of the project.
    string private constant RECORDED = "../shared/data/curve-3pool";
    /// @dev A multiplier of one, in parts of 10^10: the fee is the same over the whole range.
    uint256 private constant FLAT = 1e10;

    CurveNGFixture private fixture = new CurveNGFixture();

    /* TRADES */

    /// @dev The figures solve Curve's equation with A·n = 400 to 60 digits; the fee is 0.04045425 % of what comes
    /// out, and then 0.04128608 %, and half of the first is the administrator's before the second.
    function test_TradesBothWaysAsTheInvariantHasIt() external {
        address pool = fixture.create(dai, 1_000_000e18, usdc, 1_000_000e6);
        assertApproxEqAbs(trade(fixture, pool, dai, 300_000e18, usdc), 299_388.178859e6, 2);
        assertApproxEqRel(trade(fixture, pool, usdc, 100_000e6, dai), 100_242.824437542962645798e18, 1e7);
    }

    function test_ExchangePullsAndPaysTheSame() external {
        ModelCurveNG pool = ModelCurveNG(fixture.create(dai, 1_000_000e18, usdc, 700_000e6));
        uint256 quoted = pool.get_dy(0, 1, 1000e18);
        deal(dai, address(this), 1000e18);
        IERC20(dai).approve(address(pool), 1000e18);
        assertEq(pool.exchange(0, 1, 1000e18, quoted), quoted);
        assertEq(IERC20(usdc).balanceOf(address(this)), quoted);
    }

    function test_ExchangeReceivedSellsAllThatCame() external {
        ModelCurveNG pool = ModelCurveNG(fixture.create(dai, 1_000_000e18, usdc, 700_000e6));
        uint256 quoted = pool.get_dy(0, 1, 1000e18);
        deal(dai, address(pool), 1_001_000e18);
        assertEq(pool.exchange_received(0, 1, 1, 0, trader), quoted);
        assertEq(IERC20(usdc).balanceOf(trader), quoted);
    }

    function test_RevertWhen_TooLittleCameOrGoesOut() external {
        ModelCurveNG pool = ModelCurveNG(fixture.create(dai, 1_000_000e18, usdc, 700_000e6));
        deal(dai, address(pool), 1_001_000e18);
        vm.expectRevert();
        pool.exchange_received(0, 1, 1000e18 + 1, 0, trader);
        uint256 quoted = pool.get_dy(0, 1, 1000e18);
        vm.expectRevert("Exchange resulted in fewer coins than expected");
        pool.exchange_received(0, 1, 1000e18, quoted + 1, trader);
    }

    /* AGAINST CURVE'S OWN */

    /// @dev Curve's sUSD pool, of the same equation, rounds its fee another way.
    function testFuzz_QuotesAsTheRealStableswapDoes(uint256 held, uint256 other, uint256 sold) external {
        held = bound(held, 100_000, 10_000_000);
        other = bound(other, 100_000, 10_000_000);
        sold = bound(sold, 1, 3 * held);
        CurveFixture real = new CurveFixture();
        ICurvePool pool = ICurvePool(real.create(dai, held * 1e18, usdc, other * 1e6));
        ModelCurveNG model = _copy(pool);
        assertApproxEqAbs(model.get_dy(0, 1, sold * 1e18), pool.get_dy(0, 1, sold * 1e18), 2);
        assertApproxEqAbs(model.get_dy(1, 0, sold * 1e6), pool.get_dy(1, 0, sold * 1e6), 100);
        assertApproxEqAbs(model.get_dy(2, 3, sold * 1e6), pool.get_dy(2, 3, sold * 1e6), 100);
    }

    function test_QuotesAsTheChainRecorded() external {
        (string memory state, string memory quotes) = _recorded();
        vm.skip(bytes(quotes).length == 0, "no recorded answers beside the project");
        ModelCurveNG model = _recordedPool(state);
        string[] memory keys = vm.parseJsonKeys(quotes, ".entries");
        for (uint256 i; i < keys.length; ++i) {
            // <pool>|get_dy|<symbol>-><symbol>|<amount>
            string[] memory parts = vm.split(keys[i], "|");
            string[] memory symbols = vm.split(parts[2], "->");
            uint256 expected = vm.parseJsonUint(quotes, string.concat(".entries[\"", keys[i], "\"].value"));
            uint256 quoted = model.get_dy(_place(symbols[0]), _place(symbols[1]), vm.parseUint(parts[3]));
            assertApproxEqAbs(quoted, expected, _place(symbols[1]) == 0 ? 1e12 : 1, keys[i]);
        }
        assertGt(keys.length, 10);
    }

    /* INTERNALS */

    function _copy(ICurvePool pool) private returns (ModelCurveNG model) {
        address[] memory coins = new address[](4);
        for (uint256 i; i < 4; ++i) {
            coins[i] = pool.coins(int128(int256(i)));
        }
        model = new ModelCurveNG(coins, 256, 4_000_000, FLAT);
        for (uint256 i; i < 4; ++i) {
            deal(coins[i], address(model), pool.balances(int128(int256(i))));
        }
        model.open();
    }

    /// @dev Empty where there are none, or where forge may not read them.
    function _recorded() private view returns (string memory state, string memory quotes) {
        try vm.readFile(string.concat(RECORDED, ".state.json")) returns (string memory text) {
            return (text, vm.readFile(string.concat(RECORDED, ".quotes.json")));
        } catch {}
    }

    function _recordedPool(string memory state) private returns (ModelCurveNG model) {
        address[] memory coins = new address[](3);
        (coins[0], coins[1], coins[2]) = (dai, usdc, address(new PlainToken("USDT", 6)));
        model =
            new ModelCurveNG(coins, vm.parseJsonUint(state, ".a_coefficient"), vm.parseJsonUint(state, ".fee"), FLAT);
        for (uint256 i; i < 3; ++i) {
            string memory path = string.concat(".balances[", vm.toString(i), "]");
            deal(coins[i], address(model), vm.parseJsonUint(state, path));
        }
        model.open();
    }

    function _place(string memory symbol) private pure returns (int128) {
        bytes32 hash = keccak256(bytes(symbol));
        if (hash == keccak256("DAI")) return 0;
        return hash == keccak256("USDC") ? int128(1) : int128(2);
    }
}
