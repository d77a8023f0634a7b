"""Every figure that can be come by in two ways is: what does not add up is said, to the wei."""

from collections.abc import Iterator

from harness.earnings.ends import End
from harness.earnings.flows import Flows
from harness.earnings.spent import Spent


def problems(flows: Flows, before: End, after: End, spent: Spent) -> list[str]:
    """Return what does not add up, a sentence each.

    Args:
        flows: What the events of the period say.
        before: How everything stood before its first block.
        after: The same after its last.
        spent: On gas.
    """
    found = [*_profit(flows), *_buckets(flows, before, after), *_accounted(flows, before, after), *_gas(spent)]
    return [f"{what}: {one} by one way, {other} by the other" for what, one, other in found if one != other]


def _profit(flows: Flows) -> Iterator[tuple[str, int, int]]:
    for token in sorted(flows.earned | flows.settled):
        yield f"profit of {token}, executor and reserve", flows.earned[token] - flows.tips[token], flows.settled[token]
    for token in sorted(flows.booked):
        shares = sum(units for (_, of), units in flows.shares.items() if of == token)
        parts = flows.pools_part[token] + flows.vault_part[token] + shares
        yield f"booked of {token}, whole and parts", flows.booked[token], parts
    for token in sorted(flows.pools_part | flows.credited):
        mined = flows.mined if token == flows.wrapped else 0
        yield f"the pools' part of {token}, whole and parts", flows.pools_part[token] + mined, flows.credited[token]
    paid = sum(flows.to_vault.values())
    yield "paid to the vault, reserve and vault", paid, flows.streamed


def _buckets(flows: Flows, before: End, after: End) -> Iterator[tuple[str, int, int]]:
    for bucket in sorted(after.buckets):
        changed = after.buckets[bucket] - before.buckets[bucket]
        kind, owner, token = bucket
        yield (
            f"bucket of {' '.join(filter(None, (kind, owner)))} in {token}, state and events",
            changed,
            flows.moves[bucket],
        )
    for bucket in sorted(flows.moves.keys() - after.buckets.keys()):
        yield f"a bucket nobody knows, {' '.join(bucket)}", 0, flows.moves[bucket]


def _accounted(flows: Flows, before: End, after: End) -> Iterator[tuple[str, int, int]]:
    for token, accounted in sorted(after.accounted.items()):
        buckets = sum(units for (*_, of), units in after.buckets.items() if of == token)
        yield f"accounted for of {token}, sum and buckets with journal", accounted, buckets + after.journal[token]
        if accounted > after.held[token]:
            yield f"accounted for and held of {token}", accounted, after.held[token]
        aside = flows.aside if token == flows.wrapped else 0
        recognised = flows.booked[token] + aside - (before.journal[token] + flows.settled[token] - after.journal[token])
        changed = accounted - before.accounted[token]
        yield f"accounted for of {token}, state and events", changed, flows.accounted[token] + recognised


def _gas(spent: Spent) -> Iterator[tuple[str, int, int]]:
    if spent.left is not None and spent.reverted_gas is not None:
        yield "gas, transactions and the keepers' balances", spent.gas, spent.left
        if not spent.reverted:
            yield "gas of other transactions of the keepers, of which there are none", spent.reverted_gas, 0
