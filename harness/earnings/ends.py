"""Reserve and positions as they stood at a block: what events are checked against."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import isqrt

from harness.deployments import Deployment
from harness.earnings.flows import Bucket
from harness.errors import MillraceError
from harness.keeper.abi import Call
from harness.keeper.chores.chore import Group
from harness.keeper.chores.fees import buckets as pool_buckets
from harness.keeper.chores.fees import collected
from harness.keeper.chores.known import DeepPool, Known
from harness.keeper.chores.look import Answers, Rates, ask, single
from harness.keeper.rpc import Rpc, RpcError

PRODUCT = 1
"""Kind of a pool whose fees stay in its shares."""
Q96 = 2**96


class EndError(MillraceError):
    """A node does not know how the contracts stood at a block."""


@dataclass(frozen=True, slots=True)
class Position:
    """The reserve's liquidity in a pool.

    Attributes:
        amounts: What it is in units of both tokens, without fees that lie at the pool.
        fees: Units of both that lie at the pool.
        growth: Of a constant product, √(reserve0 · reserve1) a share, times 2^96: it grows by fees alone. Else 0.
        supply: Of a constant product, the reserve's shares. Else 0.
    """

    amounts: tuple[int, int]
    fees: tuple[int, int]
    growth: int
    supply: int


@dataclass(frozen=True, slots=True)
class End:
    """One end of a period.

    Attributes:
        buckets: Units, by bucket.
        journal: Units not yet booked, by token.
        accounted: What the reserve says that all that adds up to, by token.
        held: The reserve's balance, by token.
        positions: By pool.
        rates: Wei for 10^24 units, of tokens that the guard has a price of.
        flying: Units in flight to other chains, by chain id and token.
    """

    buckets: dict[Bucket, int]
    journal: dict[str, int]
    accounted: dict[str, int]
    held: dict[str, int]
    positions: dict[str, Position]
    rates: dict[str, int]
    flying: dict[tuple[int, str], int] = field(default_factory=dict)


class Ends:
    """Reads ends.

    Args:
        rpc: The chain's nodes.
        multicall: Address of Multicall3.
        deployment: Of the contracts.
        wrapped: Address of the wrapped native coin.
        known: What there is.
    """

    def __init__(self, rpc: Rpc, multicall: str, deployment: Deployment, wrapped: str, known: Known) -> None:
        self._rpc, self._multicall, self._known = rpc, multicall, known
        self._reserve, self._lens = deployment.address("reserve"), deployment.address("lens")
        self._rates, self._wrapped = Rates(deployment.address("guard"), wrapped), wrapped

    def read(self, block: int) -> End:
        """Read everything at the end of a block; what was not there yet is nothing.

        Raises:
            EndError: The node does not keep the state of that block.
            NodeError: No node has answered.
        """
        known, reserve = self._known, self._reserve
        where = self._buckets()
        pending = {entry.id: self._pending(entry.id) for entry in known.entries.values()}
        totals = {
            t: (single(reserve, "accounted(address)", t), single(t, "balanceOf(address)", reserve))
            for t in known.tokens
        }
        flights = sorted({(one.chain_id, one.token) for one in known.sent})
        flying = {flight: single(reserve, "inFlight(uint256,address)", *flight) for flight in flights}
        calls = [*where.values(), *pending.values(), *(call for pair in totals.values() for call in pair)]
        calls += flying.values()
        groups: list[Group] = [*((call,) for call in calls), *self._rates.asks(known)]
        answers = self._ask(
            [*groups, *(group for pool in known.pools.values() for group in self._position(pool))], block
        )
        journal = dict.fromkeys(known.tokens, 0)
        for name, call in pending.items():
            journal[known.entries[name].token] += _number(answers, call)
        return End(
            {bucket: _number(answers, call) for bucket, call in where.items()},
            journal,
            {token: _number(answers, pair[0]) for token, pair in totals.items()},
            {token: _number(answers, pair[1]) for token, pair in totals.items()},
            {pool.address: self._read(pool, answers) for pool in known.pools.values()},
            self._rates.read(known, answers),
            {flight: _number(answers, call) for flight, call in flying.items()},
        )

    def growth(self, pool: DeepPool, block: int) -> int:
        """Return the growth of a constant product at the end of a block."""
        return self._growth(pool, self._ask([(call,) for call in self._shares(pool)], block))

    def _ask(self, groups: Iterable[Group], block: int) -> Answers:
        try:
            return ask(self._rpc, self._multicall, groups, block)
        except RpcError as error:
            raise EndError(
                f"the node does not know the state of block {block} ({error.message}); give an archive node's endpoint"
            ) from None

    def _buckets(self) -> dict[Bucket, Call]:
        known, reserve = self._known, self._reserve
        listed = sorted(known.listed)
        where: dict[Bucket, Call] = {("gas", "", self._wrapped): single(reserve, "gasBucket()")}
        for token in listed:
            where["vault", "", token] = single(reserve, "vaultBucket(address)", token)
            where["pot", "", token] = single(reserve, "commonPot(address)", token)
            for who in sorted(known.beneficiaries):
                where["beneficiary", who, token] = single(reserve, "beneficiaryBucket(address,address)", who, token)
        for pool in sorted(known.registered | known.pools.keys()):
            terms = known.pools.get(pool)
            own = (terms.token0, terms.token1) if terms else ()
            for token in dict.fromkeys((*own, *listed)):
                where["pool", pool, token] = single(reserve, "poolBucket(address,address)", pool, token)
        return where

    def _pending(self, name: str) -> Call:
        entry = self._known.entries[name]
        return single(self._reserve, "pending(uint256,address,address[])", entry.epoch, entry.token, entry.pools)

    def _position(self, pool: DeepPool) -> list[Group]:
        calls = [self._amounts(pool), *(self._shares(pool) if pool.kind == PRODUCT else ())]
        return [*((call,) for call in calls), collected(self._reserve, pool)]

    def _read(self, pool: DeepPool, answers: Answers) -> Position:
        amounts = answers[(self._amounts(pool),)][0] or (0, 0)
        done, *after = answers[collected(self._reserve, pool)]
        before = [_number(answers, group[0]) for group in pool_buckets(self._reserve, pool)]
        owed = [int(a[0]) - b if a and done is not None else 0 for a, b in zip(after, before, strict=True)]
        product = pool.kind == PRODUCT
        supply = _number(answers, self._shares(pool)[2]) if product else 0
        growth = self._growth(pool, answers) if product else 0
        return Position((int(amounts[0]), int(amounts[1])), (owed[0], owed[1]), growth, supply)

    def _growth(self, pool: DeepPool, answers: Answers) -> int:
        reserves, supply = (answers[(call,)][0] for call in self._shares(pool)[:2])
        if reserves is None or supply is None or not supply[0]:
            return 0
        return isqrt(reserves[0] * reserves[1]) * Q96 // int(supply[0])

    def _amounts(self, pool: DeepPool) -> Call:
        return single(self._lens, "positionOf(address)", pool.address, returns=("uint256", "uint256"))

    def _shares(self, pool: DeepPool) -> tuple[Call, Call, Call]:
        return (
            single(pool.address, "getReserves()", returns=("uint112", "uint112")),
            single(pool.address, "totalSupply()"),
            single(pool.address, "balanceOf(address)", self._reserve),
        )


def _number(answers: Answers, call: Call) -> int:
    values = answers[(call,)][0]
    return int(values[0]) if values else 0
