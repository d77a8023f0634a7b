"""`millrace chains`: looks after the chain files."""

import os
from collections import Counter

import click

from harness import chains
from harness.errors import MillraceError
from harness.node import connect
from harness.verify.check import Verdict, settled, verify


class VerifyError(MillraceError):
    """A node cannot be asked about a chain file, or what it says differs."""


@click.group()
def command() -> None:
    """Look after the chain files."""


@command.command("schema")
def schema_command() -> None:
    """Write chains/schema.json from the models."""
    click.echo(f"wrote {chains.write_schema().name}")


@command.command("check")
@click.argument("given", nargs=-1)
def check_command(given: tuple[str, ...]) -> None:
    """Check chain files; all of them when none is named."""
    for name in given or chains.names():
        chain = chains.load(name)
        click.echo(f"{name}: chain id {chain.chain_id}, {len(chain.tokens)} tokens, {len(chain.pools)} pools")


@command.command("verify")
@click.option("--chain", "name", required=True, help="The chain file's name.")
@click.option("--rpc", "url", default="", help="Endpoint; else the chain's variable, such as BASE_RPC_URL.")
def verify_command(name: str, url: str) -> None:
    """Ask a node about every fact of a chain file; end with 1 where one differs."""
    chain = chains.load(name)
    url = url or os.environ.get(chain.rpc_variable, "")
    if not url:
        raise VerifyError(f"no endpoint of {name} is given; give --rpc or set {chain.rpc_variable}")
    found = verify(chain, connect(chain, url))
    for one in found:
        click.echo(f"{one.verdict.value:<19} {one.path}: {one.said}")
    for path in settled(chain, found):
        click.echo(f"{path}: the file calls it unconfirmed; take it off that list")
    counts = Counter(one.verdict for one in found)
    click.echo(", ".join(f"{counts[verdict]} {verdict.value}" for verdict in Verdict))
    if counts[Verdict.DIFFERS]:
        raise VerifyError(f"{name}.json differs from the chain in {counts[Verdict.DIFFERS]} places; see above")
