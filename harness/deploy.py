"""`millrace deploy`: what is missing on each chain is said, paid for, sent step by step, compared and recorded.

Nothing is sent before everything that could be wrong has been looked at, on every chain. What stands is not sent again.
"""

import os
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import Any, Final, TypeVar

import click
from eth_utils.address import is_checksum_address
from web3 import Web3

from harness import chains
from harness.deploying import record, script, sources
from harness.deploying.checks import ProblemsError, Prospect, look
from harness.deploying.costs import coins
from harness.deploying.order import DeployError, Order, Site, listed
from harness.deploying.record import mismatch, standing, unsettled
from harness.deploying.script import Script
from harness.deploying.sending import Say, send
from harness.deployments import Deployment, Roles
from harness.errors import MillraceError
from harness.node import connect, is_development
from harness.settings import GOVERNANCE, GUARDIAN, KEEPER, dev_account
from harness.signer import Sender, sender_of

__all__ = ["DeployError", "Order", "carry_out", "carry_out_all", "command", "mismatch", "standing", "unsettled"]

AT_ONCE: Final = 2
"""Chains that are looked at and sent to at the same time; forge takes a core each, and more get in each other's way."""

Thing = TypeVar("Thing")
Result = TypeVar("Result")


@click.command()
@click.option("--chain", "names", required=True, help="Which of chains/*.json; several as a,b,c.")
@click.option("--rpc", "urls", multiple=True, help="Endpoint, chain=URL for one of several; else <CHAIN>_RPC_URL.")
@click.option("--account", "alias", help="ape account that signs; not needed on a replica.")
@click.option("--governance", multiple=True, help="Ends as the only admin, a Safe; chain=0x... where they differ.")
@click.option("--guardian", multiple=True, help="May pause; on a replica the third account.")
@click.option("--keeper", multiple=True, help="May execute routes; on a replica the fourth account.")
@click.option("--governance-is-account", "account_governs", is_flag=True, help="Let an account govern a real chain.")
@click.option("--broadcast", "sends", is_flag=True, help="Send; without it everything is only looked at.")
def command(names: str, sends: bool, **given: Any) -> None:  # noqa: ANN401 - as click hands it over
    """Deploy to chains or their replicas, to the same addresses on each."""
    wanted, problems, sites = list(dict.fromkeys(names.split(","))), [], []
    signer = cache(partial(sender_of, alias=given["alias"], sign=sends))
    for name in wanted:
        try:
            sites.append(site_of(name, signer, given))
        except MillraceError as error:
            problems.append(f"{name}: {error}" if len(wanted) > 1 else str(error))
    if sites:
        click.echo(carry_out_all(sites, sends=sends, problems=problems, say=click.echo))
    else:
        raise DeployError(listed(problems))


def site_of(name: str, signer: Callable[..., Sender], given: dict[str, Any]) -> Site:
    """Connect to a chain, and make an order of what the command line says of it.

    Raises:
        MillraceError: The chain, its endpoint, who signs or a role is not there.
    """
    chain = chains.load(name)
    url = _for(name, given["urls"]) or os.environ.get(chain.rpc_variable)
    if not url:
        raise DeployError(f"no endpoint of {name} is given; give --rpc or set {chain.rpc_variable}")
    web3 = connect(chain, url)
    local = is_development(web3)
    roles = _roles({role: _for(name, given[role]) for role in Roles.model_fields}, local=local)
    sender = signer(web3, local=local)
    return Site(Order(chain, url, roles, sender, local, account_governs=given["account_governs"]), web3)


def carry_out(order: Order, web3: Web3, *, sends: bool) -> str:
    """Look at one chain, send what is missing where `sends`, and say what happened.

    Raises:
        DeployError: Something stands in the way, or a step failed.
    """
    return carry_out_all([Site(order, web3)], sends=sends)


def carry_out_all(
    sites: Sequence[Site], *, sends: bool, problems: Sequence[str] = (), say: Say = lambda _: None
) -> str:
    """Look at every chain, then send what is missing where `sends`, and say what happened.

    Args:
        sites: The chains.
        sends: Whether to send anything.
        problems: What is known to be wrong already.
        say: Told of each transaction and of the plan.

    Raises:
        DeployError: Something stands in the way on any chain: nothing is sent to any. Or a step failed on one: the
            others have gone on.
    """
    script.compile_for(site.order.chain for site in sites)
    looks = _each(sites, _looked)
    prospects = [one for one in looks if isinstance(one, Prospect)]
    if found := [*problems, *(line for one in looks if isinstance(one, list) for line in one)]:
        raise DeployError(listed(found))
    if not sends:
        return "\n".join(_planned(prospect) for prospect in prospects)
    for prospect in prospects:
        say(_planned(prospect))
    failures: list[str] = []
    done = _each(prospects, lambda prospect: _finished(prospect, say, failures))
    if failures:
        raise DeployError(listed([*failures, *filter(None, done)]))
    return "\n".join(done)


def _looked(site: Site) -> Prospect | list[str]:
    """Look at one chain; return what stands in the way if anything does."""
    try:
        return look(site)
    except ProblemsError as error:
        return [f"{site.name}: {problem}" for problem in error.problems]
    except MillraceError as error:
        return [f"{site.name}: {error}"]


def _finished(prospect: Prospect, say: Say, failures: list[str]) -> str:
    """Send what is missing on one chain and record it; a failure is noted for the end."""
    site, said = prospect.site, prospect.script
    try:
        if not said.steps and (found := standing(site.order, site.web3)):
            differs = "; it differs from its file, see `millrace config check`" if said.changes else ""
            return _listed(f"{site.name} is deployed already, nothing was sent{differs}", found, said)
        send(prospect, say)
        done = record.written(site, said)
        sources.keep(site.order.chain, said)
        for line in () if site.order.local else sources.send(site.order.chain, said):
            say(f"{site.name}: {line}")
    except MillraceError as error:
        failures.append(str(error))
        return ""
    return _listed(f"deployed to {site.name}, recorded in {record.path_of(site.order).name}", done, said)


def _each(things: Sequence[Thing], act: Callable[[Thing], Result]) -> list[Result]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(act, things))


def _planned(prospect: Prospect) -> str:
    order, said = prospect.site.order, prospect.script
    if not said.steps:
        return f"{order.chain.name}: nothing is missing, nothing was sent"
    most = f"{len(said.steps)} transactions, at most {coins(prospect.cost)} {order.chain.native.symbol}"
    title = f"{order.chain.name}: {most} from {order.sender.address}; nothing was sent yet, --broadcast sends"
    lines = [f"  {role:<20} {address}" for role, address in said.addresses().items()]
    lent = f", and {coins(prospect.lent)} for who places the deployment proxy" if prospect.lent else ""
    steps = f"  steps: {', '.join(step.what for step in said.steps)}{lent}"
    delay = f"  governance announces {said.governance_delay / 86_400:g} days before it acts"
    return "\n".join([title, delay, *lines, steps, *_omitted(said)])


def _listed(title: str, deployment: Deployment, said: Script) -> str:
    lines = [f"  {key:<20} {item.address}  block {item.block}" for key, item in deployment.contracts.items()]
    return "\n".join([f"{title}:", *lines, *_omitted(said)])


def _omitted(said: Script) -> list[str]:
    return [f"  left out: {line}" for line in said.left_out]


def _for(name: str, given: Sequence[str]) -> str | None:
    """Return what is given for a chain as `name=...`, else what is given for all."""
    for value in given:
        if value.startswith(f"{name}="):
            return value.removeprefix(f"{name}=")
    return next((value for value in given if not re.match(r"[a-z0-9-]+=", value)), None)


def _roles(given: dict[str, str | None], *, local: bool) -> Roles:
    """Take the roles from the options, on a replica from the development accounts."""
    chosen = {}
    for role, index in {"governance": GOVERNANCE, "guardian": GUARDIAN, "keeper": KEEPER}.items():
        address = given[role] or (dev_account(index).address if local else None)
        if address is None or not is_checksum_address(address):
            raise DeployError(f"{role} is {address or 'missing'}; give --{role} a checksummed address")
        chosen[role] = address
    return Roles(**chosen)
