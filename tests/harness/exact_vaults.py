"""Random states of ERC-4626 vaults, and what the chain's code and ours make of them."""

from collections.abc import Iterator
from random import Random

from evm_vaults import CODE, OURS, Answer, VaultOnChain

from harness.market.pools.erc4626 import ERC4626Vault

VAULT = "0x" + "33" * 20
TOKENS = ("0x" + "11" * 20, VAULT)
SWAPS_A_STATE = 5
KINDS = [kind for kind, code in CODE.items() if code.exists()]


def spread(rng: Random, low: float, high: float) -> int:
    """Return a whole number between powers of ten, uniform in its logarithm."""
    return int(10 ** rng.uniform(low, high))


def vault(rng: Random, kind: str) -> ERC4626Vault:
    """Return a vault of a kind, its share worth much or little."""
    if kind == OURS:
        assets = spread(rng, 3, 26)
        return ERC4626Vault(VAULT, TOKENS, assets, int(assets * 10 ** rng.uniform(3, 8)), 1, 10**6)
    return ERC4626Vault(VAULT, TOKENS, spread(rng, 0, 36), spread(rng, 0, 36))


def amount(rng: Random, pool: ERC4626Vault, i: int) -> int:
    """Return an amount to deposit or to redeem: mostly of the order of what there is."""
    return max(1, int((pool.assets, pool.shares)[i] * 10 ** rng.uniform(-9, 0.3)))


def answer(pool: ERC4626Vault, i: int, given: int) -> Answer:
    """Return what our arithmetic says is paid, and the assets and shares left."""
    paid = pool.amount_out(i, 1 - i, given)
    if paid is None:
        return None
    after = pool.after(i, 1 - i, given)
    return paid, after.assets, after.shares


def cases(seed: int, count: int) -> Iterator[tuple[str, Answer, Answer]]:
    """Yield `count` deposits and redemptions: where, what the chain says, what we say."""
    rng = Random(seed)
    chains = [VaultOnChain(kind) for kind in KINDS]
    for number in range(count):
        if number % SWAPS_A_STATE == 0:
            chain = rng.choice(chains)
            pool = chain.put(vault(rng, chain.kind))
        i = rng.randrange(2)
        given = amount(rng, pool, i)
        yield f"{chain.kind}: {pool} takes {given} of {i}", chain.trade(i, given), answer(pool, i, given)
