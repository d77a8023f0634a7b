"""Reading keeper.toml: all that is wrong with it at once, each with its key and what would be right."""

import difflib
import tomllib
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, get_args, get_origin

import click
from eth_utils.address import is_checksum_address
from pydantic import BaseModel, ValidationError

from harness import chains
from harness.chains import AggLayerBridge, Chain, OptimismBridge
from harness.errors import MillraceError
from harness.keeper import secrets
from harness.keeper.config import Bridge, ChainPart, Config, RemoteSigner, resolved
from harness.keeper.factories import searched
from harness.keeper.moving import endpoint_problems, move_problems
from harness.keeper.origins import rollups

UNKNOWN = "extra_forbidden"
TAGGED = ("ape", "remote")
"""What pydantic puts between `signer` and its keys."""


class ConfigError(MillraceError):
    """A configuration is wrong; every problem with its key path and what would be right.

    Attributes:
        problems: One line each.
    """

    def __init__(self, name: str, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(f"{name} is not a valid configuration:\n  " + "\n  ".join(problems))


def load(path: Path) -> Config:
    """Read and check a configuration. No secret is read.

    Raises:
        ConfigError: Something in it is wrong; all problems at once.
    """
    try:
        return parse(path.read_text(), path.name)
    except OSError as error:
        raise ConfigError(path.name, [f"the file cannot be read: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise ConfigError(path.name, ["the file is no text in UTF-8"]) from None


def parse(text: str, name: str = "keeper.toml") -> Config:
    """Check a configuration's text.

    Raises:
        ConfigError: Something in it is wrong; all problems at once.
    """
    try:
        data = tomllib.loads(text, parse_float=_decimal)
    except (ValueError, RecursionError) as error:
        raise ConfigError(name, [f"not TOML: {error}"]) from None
    return check(data, name)


def check(data: dict[str, Any], name: str = "keeper.toml") -> Config:
    """Check a configuration's tables.

    Raises:
        ConfigError: Something in them is wrong; all problems at once.
    """
    config, problems = None, []
    try:
        config = Config.model_validate(data)
    except ValidationError as error:
        problems = [_explained(problem["loc"], problem["type"], problem["msg"]) for problem in error.errors()]
    problems += _of_chains(data.get("chains"))
    if problems or config is None:
        raise ConfigError(name, problems)
    return config


def missing_secrets(config: Config) -> list[str]:
    """Return what is wrong with the secrets that can be read again and again: all but those of file descriptors."""
    found = []
    for key, reference in [*_references(config.model_dump(), ""), *_of_variables(config)]:
        if not secrets.problem(reference) and not reference.startswith("fd:"):
            try:
                resolved(reference)
            except secrets.SecretError as error:
                found.append(f"{key}: {error}")
    return found


def _of_variables(config: Config) -> Iterator[tuple[str, str]]:
    """Find the references that are not in the file, for the chain files have them."""
    for name, part in config.chains.items():
        for bridge, (_, endpoint) in rollups(part, chains.load(name)).items():
            if part.bridges[bridge].rpc is None:
                yield f"chains.{name}.bridges.{bridge}.rpc", endpoint


@click.command()
@click.option("--config", "path", type=click.Path(path_type=Path), default="keeper.toml", show_default=True)
def command(path: Path) -> None:
    """Check a configuration and the secrets that it refers to; say whether it would send."""
    config = load(path)
    if wrong := [*missing_secrets(config), *endpoint_problems(config)]:
        raise ConfigError(path.name, wrong)
    for name in config.chains:
        why = config.may_send(name, send=True, local=False)
        click.echo(f"{name}: " + (f"paper trading: {why}" if why else "sends when --send is given"))


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text} is no number") from None


def _explained(location: tuple[int | str, ...], kind: str, message: str) -> str:
    """Turn one complaint of pydantic into a line with the key path as it stands in the file."""
    parts = [part for i, part in enumerate(location) if not (part in TAGGED and location[i - 1 : i] == ("signer",))]
    path = ".".join(str(part) for part in parts) or "the file"
    if kind == UNKNOWN:
        known = _keys(Config, location[:-1])
        near = difflib.get_close_matches(str(location[-1]), known, 1)
        return f"{path}: is unknown; " + (f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}")
    return f"{path}: " + ("is missing; add it" if kind == "missing" else message.removeprefix("Value error, "))


def _keys(kind: Any, location: tuple[int | str, ...]) -> list[str]:  # noqa: ANN401 - any annotation
    """Return the keys of the table at a location, below a model or another type."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        fields = {field.alias or name: field.annotation for name, field in kind.model_fields.items()}
        if location and location[0] in TAGGED:
            return _keys(kind, location[1:]) if location[0] in get_args(fields.get("kind")) else []
        return _keys(fields.get(str(location[0])), location[1:]) if location else sorted(fields)
    inner = get_args(kind)
    if get_origin(kind) in (dict, list):
        return _keys(inner[-1], location[1:])
    return next((keys for each in inner if (keys := _keys(each, location))), [])


def _of_chains(given: object) -> list[str]:
    """Return what does not agree with the chain files, of all chains that are well formed."""
    problems = []
    for name, part in (given if isinstance(given, dict) else {}).items():
        if name not in chains.names():
            problems.append(f"chains.{name}: there is no such chain; there are {', '.join(chains.names())}")
            continue
        try:
            read = ChainPart.model_validate(part)
        except ValidationError:
            continue
        problems += [f"chains.{name}.{problem}" for problem in _of_chain(read, chains.load(name))]
    return problems


def _of_chain(part: ChainPart, chain: Chain) -> Iterator[str]:
    for symbol, most in part.limits.loans.items():
        if symbol not in chain.tokens:
            yield f"limits.loans.{symbol}: {chain.name} has no such token; it has {', '.join(chain.tokens)}"
        elif most.scaleb(chain.tokens[symbol].decimals) % 1:
            yield f"limits.loans.{symbol}: has more than {chain.tokens[symbol].decimals} digits after the point"
    for i, venue in enumerate(part.discovery.factories):
        if venue not in chain.venues:
            yield f"discovery.factories.{i}: {chain.name} has no such venue; it has {', '.join(chain.venues)}"
        elif not searched(chain.venues[venue]):
            yield f"discovery.factories.{i}: no pools are found at {venue}; take it off"
    for i, token in enumerate(part.discovery.tokens):
        if token not in chain.tokens and not is_checksum_address(token):
            yield f"discovery.tokens.{i}: is neither a checksummed address nor one of {', '.join(chain.tokens)}"
    yield from _of_bridges(part, chain)
    yield from move_problems(part, chain)
    if isinstance(part.signer, RemoteSigner) and not is_checksum_address(part.signer.address):
        yield "signer.address: has no valid checksum; write it as the signer's operator shows it"
    if not part.public and not part.private and not part.relays:
        yield "public: is false, and there is no other way; add private endpoints or relays"
    if part.backrun and (part.ws is None or not any(relay.reputation for relay in part.relays)):
        yield "backrun: needs ws, which shows pending transactions, and a relay with a reputation, which takes bundles"
    if part.fees.tip_gwei > part.fees.max_gas_price_gwei:
        yield "fees.tip_gwei: is above max_gas_price_gwei; lower it"


def _of_bridges(part: ChainPart, chain: Chain) -> Iterator[str]:
    for name, own in part.bridges.items():
        bridge = chain.bridges.get(name)
        if bridge is None:
            yield f"bridges.{name}: {chain.name} has no such bridge; it has {', '.join(chain.bridges) or 'none'}"
            continue
        if bridge.unconfirmed:
            yield f"bridges.{name}: the chain file calls it unconfirmed; nothing is claimed there until it is confirmed"
        of = _of_agglayer(own) if isinstance(bridge, AggLayerBridge) else _of_rollup(own, bridge)
        yield from (f"bridges.{name}{problem}" for problem in of)


def _of_agglayer(own: Bridge) -> Iterator[str]:
    if own.service is None:
        yield ".service: is missing; add it"
    if own.rpc is not None:
        yield ".rpc: AggLayer's bridge is claimed from by its service alone; take it off"


def _of_rollup(own: Bridge, bridge: OptimismBridge) -> Iterator[str]:
    rollup = chains.by_id(bridge.chain_id)
    if rollup is None:
        yield f": no chain file is of chain {bridge.chain_id}; add one"
    elif rollup.fees.model != "op-stack":
        yield f": what comes over it from {rollup.name} arrives by itself; take it off"
    if own.service is not None:
        yield ".service: the OP stack's bridge has none; take it off"


def _references(value: object, key: str) -> Iterator[tuple[str, str]]:
    """Find all texts of a configuration, with their keys."""
    if isinstance(value, str):
        yield key, value
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for part, inner in pairs:
        yield from _references(inner, f"{key}.{part}".removeprefix("."))
