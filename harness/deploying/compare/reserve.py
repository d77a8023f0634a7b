"""The reserve against the chain file: what no file names, guarded tokens, mined funds, and the predecessor."""

from collections.abc import Iterator, Sequence

from eth_abi.abi import decode
from eth_utils.address import to_checksum_address

from harness.deploying import events
from harness.deploying.compare.ground import NONE, Ground, listed
from harness.deploying.script import Change
from harness.keeper.abi import calldata


def compared(ground: Ground) -> Iterator[Change]:
    """Yield what differs and the script does not look at."""
    yield from _tokens(ground)
    yield from _pools(ground)
    yield from _injectors(ground)
    yield from _sendings(ground)
    yield from _weights(ground)
    said = ground.said("reserve", "PredecessorSet(address)")
    found, wanted = events.address_in(said[-1]["topics"][1]) if said else NONE, ground.chain.terms.predecessor or NONE
    call = calldata("setPredecessor(address)", wanted)
    yield from ground.differ("reserve", "predecessor", _or_none(found), _or_none(wanted), call)


def _tokens(ground: Ground) -> Iterator[Change]:
    own = {ground.token(symbol) for symbol in ground.chain.profit_tokens}
    guarded = {ground.token(symbol) for symbol in ground.chain.terms.guarded_tokens}
    strangers = [one for one in ground.addresses_ever("reserve", "TokenListed(address,bool)") if one not in own]
    found = {token: (_profit_token(ground, token)[0], False) for token in strangers}
    yield from listed(ground, "reserve", "lists", found, "listToken(address,bool)")
    ever = {*guarded, *ground.addresses_ever("reserve", "TokenGuarded(address,bool)")}
    found = {token: (_profit_token(ground, token)[1], token in guarded) for token in sorted(ever)}
    yield from listed(ground, "reserve", "guards", found, "guardToken(address,bool)")


def _profit_token(ground: Ground, token: str) -> tuple[bool, bool]:
    is_listed, guarded = ground.ask("reserve", "profitToken(address)", token, returns=("bool", "bool"))
    return is_listed, guarded


def _pools(ground: Ground) -> Iterator[Change]:
    ever = ground.addresses_ever("reserve", "PoolRegistered(address,bool)")
    strange = [pool for pool in ever if pool not in ground.pools.values()]
    found = {pool: (ground.ask("reserve", "isRegistered(address)", pool, returns=("bool",)), False) for pool in strange}
    yield from listed(ground, "reserve", "registers", found, "registerPools(address[],bool)")


def _injectors(ground: Ground) -> Iterator[Change]:
    own = {*(ground.chain.terms.keepers or [ground.roles.keeper]), ground.addresses["upkeep"]}
    strangers = [who for who in ground.addresses_ever("reserve", "InjectorSet(address,bool)") if who not in own]
    found = {who: (ground.ask("reserve", "isInjector(address)", who, returns=("bool",)), False) for who in strangers}
    yield from listed(ground, "reserve", "injector", found, "setInjector(address,bool)")


def _sendings(ground: Ground) -> Iterator[Change]:
    """Yield the tokens that the file does not name and that may be sent: no view has the cap of a day itself."""
    own = {ground.token(symbol) for symbol in ground.chain.terms.sending_caps}
    caps = {
        events.address_in(log["topics"][1]): decode(["uint256", "uint256"], log["data"])
        for log in ground.said("reserve", "SendingCapSet(address,uint256,uint256)")
    }
    for token, (largest, a_day) in caps.items():
        if token not in own:
            call = calldata("setSendingCap(address,uint112,uint112)", token, 0, 0)
            found = f"{largest} at once, {a_day} a day"
            yield from ground.differ("reserve", f"sendings of {token}", found, "0 at once, 0 a day", call)


def _weights(ground: Ground) -> Iterator[Change]:
    wanted = [(ground.pools[name], weight) for name, weight in ground.chain.terms.mined_weights.items()]
    kept = ground.ask("reserve", "minedWeights()", returns=("(address,uint96)[]",)) or ()
    found = [(to_checksum_address(pool), weight) for pool, weight in kept]
    call = calldata("setMinedWeights((address,uint96)[])", wanted)
    yield from ground.differ("reserve", "weights of mined funds", _weighed(found), _weighed(wanted), call)


def _weighed(weights: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"{pool} {weight}" for pool, weight in weights) or "none"


def _or_none(address: str) -> str:
    return address if int(address, 16) else "none"
