"""ERC-4626 vaults, each a token of the chain file. What a share is worth can grow by the second: read at every block.

What the standard does not say is found by asking: the virtual shares and assets are those with which the vault's own
conversions agree, as OpenZeppelin's and Solady's vaults have them, or none. A vault that agrees with none is refused.
"""

from typing import ClassVar

from harness import chains
from harness.keeper.abi import Call
from harness.keeper.feeds.feed import Feed, Held, Steps, UnreadableError, ask, checksummed, topic
from harness.keeper.feeds.place import Place
from harness.market.pools.erc4626 import MAX_UINT, ERC4626Vault

DEPOSIT = topic("Deposit(address,address,uint256,uint256)")
WITHDRAW = topic("Withdraw(address,address,address,uint256,uint256)")
PROBES = (10**18 + 7, 10**27 + 13)
"""Amounts that are converted to find out how a vault rounds."""

Virtual = tuple[int, int]


class ERC4626Feed(Feed):
    """Vaults, asset and share in this order in the chain file; `Held.beside` is the virtual assets and shares."""

    POOL = ERC4626Vault
    TOPICS = frozenset({DEPOSIT, WITHDRAW})
    RESTLESS: ClassVar[bool] = True

    def find(self, pool: chains.Pool) -> Steps[Place]:
        """Ask the share for its asset."""
        asset, share = self.tokens(pool)
        [answer] = yield [Call(share, "asset()", (), ("address",))]
        matches = answer is not None and checksummed(answer) == (asset,)
        return self.place(pool, share if matches else None)

    def read(self, place: Place, held: Held | None = None) -> Steps[Held]:
        """Read assets, shares and the most that is taken; what is virtual too, if it is not known."""
        somebody = self.chain.contracts["multicall3"]
        calls = [
            Call(place.address, "totalAssets()", (), ("uint256",)),
            Call(place.address, "totalSupply()", (), ("uint256",)),
            Call(place.address, "maxDeposit(address)", (somebody,), ("uint256",)),
        ]
        [(assets,), (shares,), (most,)] = yield from ask(calls)
        virtual: Virtual = held.beside if held is not None else (yield from _virtual(place, assets, shares))
        tokens = (place.token1, place.token0) if place.address == place.token0 else (place.token0, place.token1)
        limits = {"max_deposit": most, "max_redeem": MAX_UINT}
        return Held(ERC4626Vault(place.address, tokens, assets, shares, *virtual, **limits), virtual)


def _virtual(place: Place, assets: int, shares: int) -> Steps[Virtual]:
    """Find out what is virtual.

    Raises:
        UnreadableError: No candidate converts as the vault does.
    """
    asset = place.token1 if place.address == place.token0 else place.token0
    to_shares = [Call(place.address, "convertToShares(uint256)", (amount,), ("uint256",)) for amount in PROBES]
    to_assets = [Call(place.address, "convertToAssets(uint256)", (amount,), ("uint256",)) for amount in PROBES]
    decimals = [Call(token, "decimals()", (), ("uint8",)) for token in (asset, place.address)]
    (of_asset,), (of_share,), *converted = yield from ask([*decimals, *to_shares, *to_assets])
    for virtual in ((1, 10 ** max(0, of_share - of_asset)), (1, 1), (0, 0)):
        whole = assets + virtual[0], shares + virtual[1]
        if min(whole) > 0 and [paid for (paid,) in converted] == _paid(*whole):
            return virtual
    raise UnreadableError(f"{place.address} does not convert by its assets and shares; it may take a fee")


def _paid(assets: int, shares: int) -> list[int]:
    return [amount * shares // assets for amount in PROBES] + [amount * assets // shares for amount in PROBES]
