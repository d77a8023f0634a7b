"""What the lenders of a chain file ask and have, read from the chain.

A flash swap needs none: the executor borrows it from the last leg whose input it can tell beforehand.
"""

from collections.abc import Sequence

from harness import chains
from harness.chains import Chain
from harness.keeper.abi import Call
from harness.keeper.multicall import Multicall
from harness.market.costs import FLASH_SWAP, Offer
from harness.market.route import Lender

GAS_OF_LOAN = {Lender.BALANCER_V2: 50_000, Lender.AAVE_V3: 135_000, Lender.MORPHO: 40_000, Lender.UNISWAP_V4: 40_000}
"""Units of gas beyond a flash swap, as measured on the replica, rounded up."""

WAD = 10**18
BPS = 10_000
ATOKEN = 8
"""Where the interest-bearing token stands in Aave's reserve data; what is lent lies there."""


def offers(chain: Chain, multicall: Multicall, block: int) -> tuple[Offer, ...]:
    """Return every way to borrow on a chain: by flash swap, from its lenders, and on Uniswap V4's credit.

    Raises:
        CallFailedError: A lender does not answer as one of its kind.
    """
    tokens = [chain.token(symbol).address for symbol in chain.profit_tokens]
    found = [FLASH_SWAP]
    for lender in chain.lenders.values():
        if lender.kind == "balancer-v2":
            found.append(_balancer_v2(lender.address, tokens, multicall, block))
        elif lender.kind == "aave-v3":
            found.append(_aave_v3(lender.address, tokens, multicall, block))
        else:
            found.append(_freely(Lender.MORPHO, lender.address, tokens, multicall, block))
    managers = [venue.pool_manager for venue in chain.venues.values() if isinstance(venue, chains.UniswapV4)]
    if "uniswap-v4" in chain.executor.lenders:
        found += [_freely(Lender.UNISWAP_V4, manager, tokens, multicall, block) for manager in managers]
    return tuple(found)


def _balancer_v2(vault: str, tokens: Sequence[str], multicall: Multicall, block: int) -> Offer:
    collector = multicall.read([Call(vault, "getProtocolFeesCollector()", (), ("address",))], block)[0][0]
    calls = [_balance(token, vault) for token in tokens]
    fee_call = Call(collector, "getFlashLoanFeePercentage()", (), ("uint256",))
    *held, (fee,) = multicall.read([*calls, fee_call], block)
    available = {token: balance for token, (balance,) in zip(tokens, held, strict=True)}
    kind = Lender.BALANCER_V2
    return Offer(kind, vault, -(-fee * BPS // WAD), GAS_OF_LOAN[kind], available)


def _aave_v3(pool: str, tokens: Sequence[str], multicall: Multicall, block: int) -> Offer:
    words = ("uint256",) * 15
    calls = [Call(pool, "getReserveData(address)", (token,), words) for token in tokens]
    premium_call = Call(pool, "FLASHLOAN_PREMIUM_TOTAL()", (), ("uint128",))
    *reserves, (premium,) = multicall.read([*calls, premium_call], block)
    holders = {token: f"0x{data[ATOKEN]:040x}" for token, data in zip(tokens, reserves, strict=True) if data[ATOKEN]}
    balances = multicall.read([_balance(token, holder) for token, holder in holders.items()], block)
    available = {token: balance for token, (balance,) in zip(holders, balances, strict=True)}
    return Offer(Lender.AAVE_V3, pool, premium, GAS_OF_LOAN[Lender.AAVE_V3], available)


def _freely(kind: Lender, holder: str, tokens: Sequence[str], multicall: Multicall, block: int) -> Offer:
    """Return the offer of a lender that takes no fee and lends whatever it holds."""
    held = multicall.read([_balance(token, holder) for token in tokens], block)
    available = {token: balance for token, (balance,) in zip(tokens, held, strict=True)}
    return Offer(kind, holder, 0, GAS_OF_LOAN[kind], available)


def _balance(token: str, holder: str) -> Call:
    return Call(token, "balanceOf(address)", (holder,), ("uint256",))
