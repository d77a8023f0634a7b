"""docs/RUNBOOK.md: what it has to have, and that its commands do what they say, on a replica."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest
import yaml  # type: ignore[import-untyped]
from click.testing import CliRunner

from harness import deployments, replica
from harness.cli import COMMANDS, main
from harness.demo import deploy_to
from harness.settings import ROOT
from harness.store import Store

RUNBOOK = (ROOT / "docs" / "RUNBOOK.md").read_text()
ENTRIES = re.findall(r"^#{1,2} (.+)$", RUNBOOK, re.MULTILINE)
LINES: list[str] = list(dict.fromkeys(re.findall(r"^ {4,}(millrace .*|ape .*|make .*)$", RUNBOOK, re.MULTILINE)))
INLINE = sorted(set(re.findall(r"`(millrace [a-z][^`]*|make [a-z][^`]*)`", RUNBOOK)))
ASKED = {
    *("Pause", "Drain a position", "Rotate the keeper's key", "Add a chain", "Add a fork of a venue"),
    *("No blocks", "Transactions enter no block", "Drift", "The breaker is open"),
    *("A bridge claim is late", "A feed is stale"),
}


def anchor(title: str) -> str:
    """As the page's own links name an entry."""
    return re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-")


def section(title: str) -> str:
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", RUNBOOK, re.MULTILINE | re.DOTALL)
    assert found, title
    return found[1]


def test_every_entry_that_was_asked_for_is_there() -> None:
    assert set(ENTRIES) >= ASKED


def test_every_alert_leads_to_an_entry() -> None:
    rules = yaml.safe_load((ROOT / "ops" / "prometheus" / "alerts.yml").read_text())
    urls = [rule["annotations"]["runbook_url"] for group in rules["groups"] for rule in group["rules"]]
    known = {f"docs/RUNBOOK.md#{anchor(title)}" for title in ENTRIES}
    assert [url for url in urls if url not in known] == []


def test_its_own_links_lead_somewhere() -> None:
    links = set(re.findall(r"\]\(#([^)]+)\)", RUNBOOK))
    assert links
    assert links <= {anchor(title) for title in ENTRIES}


@pytest.mark.parametrize("title", [title for title in ENTRIES if section(title).strip() and title != "Runbook"])
def test_an_entry_says_when_it_is_over(title: str) -> None:
    assert "*Over*" in section(title)


@pytest.mark.parametrize("line", INLINE)
def test_what_it_mentions_exists(line: str) -> None:
    words = [
        word for word in line.split() if not word.startswith(("-", "<")) and word.lower() == word and "=" not in word
    ]
    if words[0] == "make":
        assert re.search(rf"^{words[1]}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
        return
    command: click.Command = main
    for word in words[1:]:
        if isinstance(command, click.Group):
            found = command.get_command(click.Context(command), word)
            assert found, line
            command = found


@pytest.fixture(scope="module")
def place(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:  # noqa: ARG001
    """A replica with everything deployed, and a keeper's configuration; what the runbook's variables stand for."""
    folder = tmp_path_factory.mktemp("runbook")
    with replica.serve("ethereum") as served, pytest.MonkeyPatch.context() as patch:
        deployment = deploy_to(served)
        _lay(patch, deployment)
        served.web3.provider.make_request("evm_setAutomine", [True])  # type: ignore[arg-type]
        toml = folder / "keeper.toml"
        toml.write_text(f'database = "sqlite:///{folder}/record.db"\n[chains.ethereum]\nrpc = ["{served.url}"]\n')
        Store(f"sqlite:///{folder}/record.db").migrate()
        yield {
            "CHAIN": "ethereum",
            "CHAIN_RPC": served.url,
            "KEEPER_TOML": str(toml),
            "POOL": "uniswap-v2:USDC/WETH",
            "GUARDIAN": "guardian",
        }


def _lay(patch: pytest.MonkeyPatch, deployment: deployments.Deployment) -> None:
    """Have every command find the deployment, as if it were on record."""
    real = deployments.load_deployment
    for place, _ in COMMANDS.values():
        import_module(place.split(":")[0])
    for module in list(sys.modules.values()):
        if getattr(module, "load_deployment", None) is real:
            patch.setattr(module, "load_deployment", lambda *_, **__: deployment)


def run(line: str, place: dict[str, str]) -> tuple[int, str]:
    """Run a line; its exit code and what it says."""
    command, *arguments = shlex.split(re.sub(r"\$([A-Z_]+)", lambda name: place[name[1]], line))
    if command == "millrace":
        result = CliRunner().invoke(main, arguments)
        return result.exit_code, result.output
    tool = str(Path(sys.prefix) / "bin" / command)
    done = subprocess.run([tool, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def first(words: str) -> str:
    return next(line for line in LINES if line.startswith(words))


@pytest.mark.parametrize("line", LINES)
def test_a_command_of_the_runbook_works(line: str, place: dict[str, str]) -> None:
    code, output = run(line, place)
    assert (code, output) == (0, output)
    assert output
    if " stop " in line or " exit " in line:
        assert "nothing was sent" in output


def test_a_pause_is_told_and_ends(place: dict[str, str]) -> None:
    assert "ethereum: " in run(first("millrace pause"), place)[1]
    assert "pause by" in run(first("millrace status"), place)[1]
    assert "ethereum: resumed" in run(first("millrace resume"), place)[1]
    assert "pause by" not in run(first("millrace status"), place)[1]
