"""From keeper.toml to keepers: nodes connected, secrets read, signers unlocked."""

from collections.abc import Iterator
from decimal import Decimal

import click
from eth_account import Account
from eth_account.signers.local import LocalAccount

from harness import chains
from harness.chains import NATIVE_DECIMALS, Chain
from harness.deployments import load_deployment
from harness.errors import MillraceError
from harness.keeper.chores.chore import Policy as ChorePolicy
from harness.keeper.config import ApeSigner as ApePart
from harness.keeper.config import ChainPart, Config, Relay, resolved, units
from harness.keeper.fees import PERCENT, FeePolicy
from harness.keeper.moving import moves_of
from harness.keeper.origins import origins_of
from harness.keeper.rpc import TIMEOUT
from harness.keeper.scout import Search
from harness.keeper.secrets import resolve
from harness.keeper.settings import Settings
from harness.keeper.signers import ApeSigner, RemoteSigner, Signer
from harness.keeper.start import Plan
from harness.keeper.ways import Bundles, Node, Private, Way
from harness.node import connect, is_development

DAY_HOUR = 3_600
REFILL_PART = Decimal("0.1")
"""Of what injections may lose a day: an account that holds less runs low, about the same worth everywhere."""


class ReputationError(MillraceError):
    """The key by which relays know a keeper is none."""


def plan_of(config: Config, name: str, *, send: bool) -> tuple[Plan, str]:
    """Return what the keeper of a chain is to be, and why it sends nothing; empty where it does.

    Args:
        config: All of keeper.toml.
        name: The chain's.
        send: Whether sending was asked for on the command line.

    Raises:
        SecretError: A secret is not where it should be.
        NodeError: A node does not answer.
        WrongChainError: One answers for another chain.
        DeploymentError: Nothing is deployed there.
        SignerError: The account cannot be unlocked.
    """
    part, chain = config.chains[name], chains.load(name)
    urls = [resolved(url) for url in part.rpc]
    nodes = [connect(chain, url, TIMEOUT) for url in urls]
    local = is_development(nodes[0])
    paper = config.may_send(name, send=send, local=local)
    plan = Plan(
        chain,
        load_deployment(chain.chain_id, local=local),
        nodes,
        ws=resolved(part.ws) if part.ws else None,
        signer=None if paper else signer_of(part),
        ways=() if paper else tuple(_ways(part, urls[0])),
        limits=part.limits_on(chain),
        settings=_settings(part, chain),
        chores=_chores(part, chain),
        search=_search(part, chain),
        backrun=part.backrun,
        moves=moves_of(part, chain),
        services={bridge: resolved(own.service) for bridge, own in part.bridges.items() if own.service},
        origins=origins_of(part, chain, local=local),
    )
    return plan, paper


def signer_of(part: ChainPart) -> Signer:
    """Return who signs.

    Raises:
        SignerError: The account is not there, or its passphrase is another.
        SecretError: The passphrase is not where it should be.
    """
    signer = part.signer
    assert signer is not None  # noqa: S101 - asked before
    if isinstance(signer, ApePart):
        return ApeSigner(signer.alias, lambda: _passphrase(signer))
    return RemoteSigner(resolved(signer.url), signer.address)


def _passphrase(signer: ApePart) -> str:
    if signer.passphrase is not None:
        return resolve(signer.passphrase)
    return str(click.prompt(f"passphrase of {signer.alias}", hide_input=True, err=True))


def _ways(part: ChainPart, node: str) -> Iterator[Way]:
    """Yield the ways: the public one only where it is wanted, or there is no other."""
    if part.public or not (part.private or part.relays):
        yield Node("public", node)
    for place, url in enumerate(part.private):
        yield Private(f"private-{place}", resolved(url))
    for place, relay in enumerate(part.relays):
        yield _relay(f"relay-{place}", relay)


def _relay(name: str, relay: Relay) -> Way:
    if relay.reputation is None:
        return Private(name, resolved(relay.url))
    return Bundles(name, resolved(relay.url), _reputation(relay.reputation))


def _reputation(reference: str) -> LocalAccount:
    """Return the account by which a relay knows us; of a key that is none nothing is said but that."""
    try:
        account: LocalAccount = Account.from_key(resolve(reference))
    except ValueError:
        account = None  # type: ignore[assignment]
    if account is None:
        raise ReputationError(f"what stands at {reference} is no private key; put 32 bytes in hexadecimal there")
    return account


def _settings(part: ChainPart, chain: Chain) -> Settings:
    fees = FeePolicy(
        limit=part.fees.max_gas_price,
        tip=part.fees.tip,
        tip_percentile=part.fees.tip_percentile,
        base_fee_percent=int(part.fees.base_fee_factor * PERCENT),
        bump_percent=part.fees.bump_percent,
        blocks_to_live=part.fees.blocks_to_live,
    )
    return Settings(
        fees.on(chain), part.margin_bps, part.tip_bps, part.parent_hash, access_lists=part.fees.access_lists
    )


def _search(part: ChainPart, chain: Chain) -> Search | None:
    own = part.discovery
    if not own.factories:
        return None
    tokens = (chain.tokens[token].address if token in chain.tokens else token for token in own.tokens)
    return Search(tuple(own.factories), units(own.least_liquidity, NATIVE_DECIMALS), tuple(tokens))


def _chores(part: ChainPart, chain: Chain) -> ChorePolicy:
    own = part.chores
    low = Decimal(chain.terms.loss_cap) * REFILL_PART if own.refill_below is None else own.refill_below
    return ChorePolicy(
        every=own.every,
        gas_share_bps=own.gas_share_bps,
        deadline=None if own.deadline_hours is None else own.deadline_hours * DAY_HOUR,
        tip=part.fees.tip,
        max_gas_price=part.fees.max_gas_price,
        refill_below=units(low, NATIVE_DECIMALS),
        enabled=None if own.kinds is None else frozenset(own.kinds),
    )
