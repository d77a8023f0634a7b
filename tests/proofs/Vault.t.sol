// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Book, Status} from "../../contracts/types/Book.sol";

import {StreamLib} from "../../contracts/libraries/StreamLib.sol";
import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";

/// @notice Rules V1 and V2. `check_` is proven by halmos, for every input. What takes several divisions, `test_` shows for every
/// small vault there is instead; which way each one rounds is proven in Rounding.t.sol.
contract Vault_Proof {
    uint256 private constant VIRTUAL = 2;

    /* THE BOOK */

    function check_TheStreamIsKept(uint256 word, uint88 locked, uint32 since, uint32 remaining) public pure {
        Book book = Book.wrap(word);
        Book changed = book.withStream(locked, since, remaining);
        assert(changed.locked() == locked && changed.since() == since && changed.remaining() == remaining);
        assert(changed.depositCap() == book.depositCap() && changed.strategies() == book.strategies());
        assert(uint8(Book.unwrap(changed)) == uint8(word));
    }

    function check_CapAndCountAreKept(uint256 word, uint88 cap, uint8 count) public pure {
        Book book = Book.wrap(word);
        Book changed = book.withDepositCap(cap).withStrategies(count);
        assert(changed.depositCap() == cap && changed.strategies() == count);
        assert(changed.locked() == book.locked() && changed.since() == book.since());
        assert(changed.remaining() == book.remaining() && uint8(Book.unwrap(changed)) == uint8(word));
    }

    function check_TheStatusIsKept(uint256 word, bool shut) public pure {
        Status status = shut ? Status.Shut : Status.Stopped;
        Book changed = Book.wrap(word).withStatus(status);
        assert(changed.status() == status);
        assert(Book.unwrap(changed) >> 8 == word >> 8);
    }

    /* THE STREAM */

    function check_TheStreamEnds(uint88 locked, uint32 remaining, uint32 elapsed) public pure {
        if (elapsed < remaining) return;
        assert(StreamLib.left(locked, remaining, elapsed) == 0);
    }

    function check_NothingIsReleasedAtOnce(uint88 locked, uint32 remaining) public pure {
        if (remaining == 0) return;
        assert(StreamLib.left(locked, remaining, 0) == locked);
    }

    /* EXHAUSTED: two streams become one */

    /// @dev (L + a)² / m ≤ L²/(L·r) + a²/(a·p), with m the joined line's L·r + a·p, rounded up.
    function test_JoinedIsNoFasterThanApart() public pure {
        for (uint256 i; i < 8 ** 4; ++i) {
            (uint256 locked, uint256 remaining) = (i % 8 + 1, i / 8 % 8 + 1);
            (uint256 amount, uint256 period) = (i / 64 % 8 + 1, i / 512 + 1);
            uint256 joined = StreamLib.join(locked, remaining, amount, period, 1);
            assert((locked + amount) * remaining * period <= (locked * period + amount * remaining) * joined);
        }
    }

    /* EXHAUSTED: there and back */

    /// @dev For every small price, deposit and redeem give less than is fair, mint and withdraw ask for more, each by less
    /// than a unit; and nobody has more after there and back.
    function test_EachRoundsInTheVaultsFavour() public pure {
        for (uint256 i; i < 12 ** 3; ++i) {
            (uint256 assets, uint256 shares, uint256 amount) = (i % 12 + 1, i / 12 % 12 + VIRTUAL, i / 144);
            uint256 deposited = FixedPointMathLib.fullMulDiv(amount, shares, assets);
            uint256 minted = FixedPointMathLib.fullMulDivUp(amount, assets, shares);
            uint256 withdrawn = FixedPointMathLib.fullMulDivUp(amount, shares, assets);
            uint256 redeemed = FixedPointMathLib.fullMulDiv(amount, assets, shares);
            assert(deposited * assets <= amount * shares && (deposited + 1) * assets > amount * shares);
            assert(minted * shares >= amount * assets && minted * shares < amount * assets + shares);
            assert(withdrawn * assets >= amount * shares && withdrawn * assets < amount * shares + assets);
            assert(redeemed * shares <= amount * assets && (redeemed + 1) * shares > amount * assets);
            _assertNoGain(assets, shares, amount, deposited, redeemed);
        }
    }

    /// @dev The price after a deposit and after a redemption is no lower than before.
    function _assertNoGain(uint256 assets, uint256 shares, uint256 amount, uint256 deposited, uint256 redeemed)
        private
        pure
    {
        assert((assets + amount) * shares >= assets * (shares + deposited));
        if (amount < shares && redeemed < assets) assert((assets - redeemed) * shares >= assets * (shares - amount));
        assert(FixedPointMathLib.fullMulDiv(deposited, assets + amount, shares + deposited) <= amount);
    }
}
