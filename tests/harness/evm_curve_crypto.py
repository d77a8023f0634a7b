"""Curve's crypto pools in an EVM: the pool of two coins of 2021, and the mathematics of the new pools of three coins.

What evm_vyper.py compiles. Coins and shares answer 1 to whatever is asked: they let every transfer pass.
"""

from collections.abc import Sequence

from evm_balancer import World
from evm_vyper import COINS, PRECISIONS, SHARE, code
from market_evm import Reverted
from pyrevm import EVM, AccountInfo

from harness.market.pools.curve_crypto import CurveCryptoPool

ANSWERS_ONE = bytes.fromhex("60015f5260205ff3")
NEVER = 1 << 255
NOBODY = "0x" + "00" * 20
NUMBERS = ("uint256",) * 11


class TwoFirstOnChain:
    """Pools of two coins, one for each of `PRECISIONS`, whose states are written into their storage."""

    PRICE, LAST, TIME, AMP_GAMMA, EXTRA = 0, 2, 3, 5, 8
    FEE_GAMMA, MID_FEE, OUT_FEE, BALANCES, INVARIANT, WORTH = 10, 16, 17, 22, 24, 29

    def __init__(self) -> None:
        self.world = World(EVM(gas_limit=1 << 40))
        for token in (SHARE, *COINS):
            self.world.evm.insert_account_info(token, AccountInfo(code=ANSWERS_ONE))
        kinds, values = ("address", "address", *NUMBERS[:10]), (NOBODY, NOBODY, *(1,) * 10)
        made = enumerate(PRECISIONS)
        self.pools = {one: self.world.put(code(f"CurveCryptoSwap2{place}"), kinds, values) for place, one in made}

    def exchange(self, pool: CurveCryptoPool, i: int, j: int, amount: int) -> tuple[int, int] | None:
        """Swap in a state; return what is paid and the invariant that is left, or None where the pool reverts.

        The state is one without profits, so that the price scale stays.
        """
        address = self.pools[pool.precisions[0], pool.precisions[1]]
        written = {
            self.PRICE: pool.price_scale[0],
            self.LAST: pool.price_scale[0],
            self.TIME: NEVER,
            self.AMP_GAMMA: pool.amp << 128 | pool.gamma,
            self.EXTRA: NEVER >> 1,
            self.FEE_GAMMA: pool.fee_gamma,
            self.MID_FEE: pool.mid_fee,
            self.OUT_FEE: pool.out_fee,
            self.BALANCES: pool.balances[0],
            self.BALANCES + 1: pool.balances[1],
            self.INVARIANT: pool.d,
            self.WORTH: 0,
        }
        for slot, value in written.items():
            self.world.write(address, slot, value)
        try:
            self.world.call(address, "exchange(uint256,uint256,uint256,uint256)", i, j, amount, 0)
        except Reverted:
            return None
        left = int(self.world.evm.storage(address, self.BALANCES + j))
        return pool.balances[j] - left, int(self.world.evm.storage(address, self.INVARIANT))


class ThreeOnChain:
    """What the new pools of three coins compute with; None where it reverts."""

    def __init__(self) -> None:
        self.world = World(EVM(gas_limit=1 << 40))
        self.address = self.world.put(code("CurveCryptoMathOptimized3"))

    def balance(self, ann: int, gamma: int, xp: Sequence[int], d: int, j: int) -> tuple[int, int] | None:
        """Return the balance at `j`, and the hint for the invariant."""
        signature = "get_y(uint256,uint256,uint256[3],uint256,uint256)"
        answer = self._asked(signature, ann, gamma, tuple(xp), d, j, returns=2)
        return None if answer is None else (answer[0], answer[1])

    def invariant(self, ann: int, gamma: int, xp: Sequence[int], hint: int) -> int | None:
        """Return the invariant of the balances."""
        answer = self._asked("newton_D(uint256,uint256,uint256[3],uint256)", ann, gamma, tuple(xp), hint)
        return None if answer is None else answer[0]

    def mean(self, xp: Sequence[int]) -> int | None:
        """Return the geometric mean."""
        answer = self._asked("geometric_mean(uint256[3])", tuple(xp))
        return None if answer is None else answer[0]

    def near(self, xp: Sequence[int], fee_gamma: int) -> int | None:
        """Return how near to balance the balances are, by which the fee is between its two ends."""
        answer = self._asked("reduction_coefficient(uint256[3],uint256)", tuple(xp), fee_gamma)
        return None if answer is None else answer[0]

    def _asked(self, signature: str, *values: object, returns: int = 1) -> tuple[int, ...] | None:
        try:
            return self.world.call(self.address, signature, *values, returns=NUMBERS[:returns])
        except Reverted:
            return None
