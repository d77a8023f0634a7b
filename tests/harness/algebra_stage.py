"""A pool of Algebra's among people, which is followed and compared with what it says itself."""

from dataclasses import dataclass, replace
from random import Random
from typing import Any, ClassVar

from feed_stage import Stage
from flows import PAYER, newest, packed
from market_evm import OWNER

from harness.chains import Chain
from harness.keeper.picture import Picture
from harness.keeper.rpc import Rpc, RpcError
from harness.market.pools.tick_math import sqrt_price_at

MINT_OF_ALGEBRA = "mint(address,address,int24,int24,uint128,bytes)"
SWAP_OF_ALGEBRA = "swap(address,bool,int256,uint160,bytes)"
CHANGE = "changeFeeConfiguration((uint16,uint16,uint32,uint32,uint16,uint16,uint32,uint16,uint16))"
NOTHING_MOVES = (0, 0, 0, 0, 1, 1, 0, 1, 777)


class OddStorage(Rpc):
    """Nodes that tell one word for every slot of storage, or refuse. A fake."""

    def __init__(self, rpc: Rpc, word: str | None) -> None:
        super().__init__([rpc.web3])
        self._said = word

    def ask(self, method: str, *parameters: object) -> Any:  # noqa: ANN401 - as with the real ones
        """Ask, or make it up."""
        if method != "eth_getStorageAt":
            return super().ask(method, *parameters)
        if self._said is None:
            raise RpcError(method, {"code": -32601, "message": "the method is not offered"})
        return self._said


@dataclass
class Algebra:
    """A pool of Algebra's among people."""

    stage: Stage
    chain: Chain
    picture: Picture
    pool: str

    burn = "burn(int24,int24,uint128)"
    rest: tuple[bytes, ...] = ()
    foresees: bool = False
    FAR: ClassVar[int] = 3_000
    """Ticks from the middle at which swaps end."""

    def act(self, random: Random) -> None:
        """Liquidity that comes on one side of the price, some that goes, and swaps, in one block."""
        state: Any = self.picture.pools[self.pool]
        below, above = (60 * at for at in (state.tick // 60, state.tick // 60 + 1))
        near, wide = 60 * random.randint(0, 9), 60 * random.randint(1, 60)
        if random.random() < 0.5:
            low, high = (
                (below - near - wide, below - near) if random.random() < 0.5 else (above + near, above + near + wide)
            )
            self.provide(low, high, 10 ** random.randint(10, 13))
        for _ in range(random.randint(0, 3)):
            if random.random() < 0.2:
                low, high = random.choice(((-1_200, 0), (0, 1_200)))
                self.stage.paying(self.pool, self.burn, low, high, 10 ** random.randint(0, 12), *self.rest)
            else:
                self.swap(random.random() < 0.5, 10 ** random.randint(6, 13))

    def provide(self, low: int, high: int, liquidity: int) -> None:
        """Liquidity in a range."""
        self.stage.paying(self.pool, MINT_OF_ALGEBRA, PAYER, PAYER, low, high, liquidity, b"")

    def swap(self, zero_for_one: bool, amount: int) -> None:
        """A swap as far as the price goes."""
        self.stage.paying(self.pool, SWAP_OF_ALGEBRA, PAYER, zero_for_one, amount, self.end(zero_for_one), b"")

    def end(self, zero_for_one: bool) -> int:
        """How far a swap may go."""
        return sqrt_price_at(-self.FAR if zero_for_one else self.FAR)

    def amounts(self, zero_for_one: bool) -> tuple[int, ...]:  # noqa: ARG002 - tokens that are worth as much
        """What is asked for the price of."""
        return 10**5, 10**9, 10**12

    def quoted(self, zero_for_one: bool, amount: int) -> int:
        """What the pool itself would pay in the next block, where its fee is foreseen, or now."""
        values = (PAYER, zero_for_one, amount, self.end(zero_for_one), b"")
        data = bytes(12) + bytes.fromhex(self.pool[2:]) + packed(SWAP_OF_ALGEBRA, *values)
        asked: Any = {"from": OWNER, "to": PAYER, "data": "0x" + data.hex()}
        amounts = self.foreseen(asked) if self.foresees else self.stage.node.web3.eth.call(asked, "latest")
        return -int.from_bytes(amounts[32:64] if zero_for_one else amounts[:32], signed=True)

    def foreseen(self, asked: Any) -> bytes:  # noqa: ANN401 - as a node takes it
        """What a call would return in the next block."""
        last = newest(self.stage.rpc)
        place = {"number": hex(last.number + 1), "time": hex(self.chain.due(last.timestamp))}
        block = {"blockStateCalls": [{"blockOverrides": place, "calls": [asked]}]}
        [outcome] = self.stage.rpc.ask("eth_simulateV1", block, "latest")[0]["calls"]
        return bytes.fromhex(outcome["returnData"][2:])

    def follow(self) -> Any:  # noqa: ANN401 - of either family
        """Mine, follow, compare with a fresh reading and with what the pool itself says; return the state."""
        self.stage.follow(self.picture)
        state: Any = self.picture.pools[self.pool]
        fresh: Any = self.stage.picture(self.chain).pools[self.pool]
        lowest, highest = max(state.lowest, fresh.lowest), min(state.highest, fresh.highest)
        assert within(state, lowest, highest) == within(fresh, lowest, highest)
        for zero_for_one in (True, False):
            for amount in self.amounts(zero_for_one):
                said = state.amount_out(1 - zero_for_one, int(zero_for_one), amount)
                assert said == self.quoted(zero_for_one, amount)
        return state


def within(pool: Any, lowest: int, highest: int) -> Any:  # noqa: ANN401 - of any family with ticks
    """A state, of whose ticks no more is known than some."""
    ticks = [(tick, net) for tick, net in zip(pool.ticks, pool.liquidity_net, strict=True) if lowest <= tick <= highest]
    known = {"ticks": tuple(tick for tick, _ in ticks), "liquidity_net": tuple(net for _, net in ticks)}
    return replace(pool, lowest=lowest, highest=highest, **known)
