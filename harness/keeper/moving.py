"""Moves between chains as keeper.toml has them: what does not agree with the chains' files, and what they come to."""

import os
from collections.abc import Iterator
from decimal import Decimal

from harness import chains
from harness.chains import Chain, OptimismBridge
from harness.keeper.chores.moves import Move, MoveReserves
from harness.keeper.config import ChainPart, Config, MovePart, units

HOUR = 3_600


def move_problems(part: ChainPart, chain: Chain) -> Iterator[str]:
    """Yield what is wrong with a chain's moves, by their keys below the chain's."""
    for i, move in enumerate(part.moves):
        yield from (f"moves.{i}.{problem}" for problem in _of_move(move, chain))
        if _way(move) in map(_way, part.moves[:i]):
            yield f"moves.{i}: stands there twice; keep one"
    if part.moves and part.chores.kinds is not None and MoveReserves.kind not in part.chores.kinds:
        yield f"moves: chores.kinds leaves them out; add {MoveReserves.kind!r} there, or take them off"


def endpoint_problems(config: Config) -> list[str]:
    """Return the moves whose other chain has no endpoint in its variable."""
    return [
        f"chains.{name}.moves.{i}: no endpoint of {move.there.name}; set {move.there.rpc_variable}"
        for name, part in config.chains.items()
        for i, move in enumerate(moves_of(part, chains.load(name)))
        if not os.environ.get(move.there.rpc_variable)
    ]


def moves_of(part: ChainPart, chain: Chain) -> tuple[Move, ...]:
    """Return a chain's moves, which have no problems."""
    return tuple(_move(move, chain) for move in part.moves)


def _move(part: MovePart, chain: Chain) -> Move:
    bridge, decimals = chain.bridges[part.over], chain.tokens[part.token].decimals
    there = chains.by_id(bridge.chain_id)
    assert isinstance(bridge, OptimismBridge)  # noqa: S101 - checked with the configuration
    assert there is not None  # noqa: S101 - likewise
    return Move(
        token=part.token,
        pool=part.pool,
        kind=bridge.kind,
        there=there,
        arrives=_symbol(there, bridge.tokens[part.token]),
        to=part.to,
        shallow_bps=part.shallow_bps,
        share_bps=part.share_bps,
        most=units(part.most, decimals),
        a_day=units(part.a_day, decimals),
        rest=part.rest_hours * HOUR,
        apart_bps=part.apart_bps,
    )


def _of_move(move: MovePart, chain: Chain) -> Iterator[str]:
    if move.token not in chain.tokens:
        yield f"token: {chain.name} has no such token; it has {', '.join(chain.tokens)}"
        return
    decimals = chain.tokens[move.token].decimals
    for key, amount in (("most", move.most), ("a_day", move.a_day)):
        if _digits(amount, decimals):
            yield f"{key}: has more than {decimals} digits after the point"
    if move.most > move.a_day:
        yield "most: is above a_day; lower it"
    yield from _of_pool("pool", move.pool, chain, move.token)
    bridge = chain.bridges.get(move.over)
    if bridge is None:
        yield f"over: {chain.name} has no such bridge; it has {', '.join(chain.bridges) or 'none'}"
    elif bridge.unconfirmed:
        yield "over: the chain file calls it unconfirmed; nothing is sent over it until it is confirmed"
    elif not isinstance(bridge, OptimismBridge) or move.token not in bridge.tokens:
        yield f"over: the file does not say as what {move.token} arrives over {move.over}; it goes there by hand alone"
    else:
        yield from _of_end(move, bridge)


def _of_end(move: MovePart, bridge: OptimismBridge) -> Iterator[str]:
    there = chains.by_id(bridge.chain_id)
    if there is None:
        yield f"over: leads to chain {bridge.chain_id}, of which there is no file"
        return
    arrives = _symbol(there, bridge.tokens[move.token])
    if not arrives:
        yield f"over: {move.token} arrives on {there.name} as {bridge.tokens[move.token]}, which its file does not have"
    else:
        yield from _of_pool("to", move.to, there, arrives)


def _of_pool(key: str, name: str, chain: Chain, symbol: str) -> Iterator[str]:
    traded = {pool.name: pool for pool in chain.pools if symbol in pool.tokens}
    if name not in traded:
        yield f"{key}: {chain.name} trades no such pool with {symbol}; it has {', '.join(traded) or 'none'}"


def _way(move: MovePart) -> tuple[str, ...]:
    return move.token, move.pool, move.over, move.to


def _digits(amount: Decimal, decimals: int) -> bool:
    return bool(amount.scaleb(decimals) % 1)


def _symbol(chain: Chain, address: str) -> str:
    return next((symbol for symbol, token in chain.tokens.items() if token.address == address), "")
