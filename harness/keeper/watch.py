"""`millrace watch`: a screen that shows how keepers do. It reads, and changes nothing."""

import time
from collections.abc import Callable
from typing import ClassVar
from urllib.parse import urlsplit

import click
from rich.text import Text
from textual import work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid
from textual.widgets import Footer, Static

from harness import chains
from harness.deployments import load_deployment
from harness.errors import MillraceError
from harness.keeper import panels
from harness.keeper.multicall import Multicall
from harness.keeper.watcher import Holdings, Record, Seen, Watcher, bank
from harness.node import connect, is_development, redact
from harness.store import Store

METRICS = "http://127.0.0.1:9464/metrics"
EVERY = 2.0
"""Seconds between two looks."""


class WatchError(MillraceError):
    """An option of `millrace watch` that cannot be read."""


class Screen(App[None]):
    """The screen.

    Args:
        look: Returns what there is to see; may take a while.
        clock: Unix time.
    """

    CSS = """
    #head { height: 1; padding: 0 1; background: $panel; }
    #problems, #pause { height: auto; padding: 0 1; }
    #problems { color: $error; }
    Grid { grid-size: 2 2; grid-rows: 11 1fr; grid-gutter: 0 1; }
    Grid Static { border-top: solid $primary; padding: 0 1; height: 100%; text-wrap: nowrap; text-overflow: ellipsis; }
    Grid.old Static { text-style: dim; }
    """
    TITLE = "millrace"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "quit", "quit"),
        Binding("tab", "turn(1)", "next chain", priority=True),
        Binding("shift+tab", "turn(-1)", "previous", priority=True, show=False),
        Binding("p", "pause", "how to pause"),
    ]

    def __init__(self, look: Callable[[], list[Seen]], clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._look, self._clock = look, clock
        self._seen: list[Seen] = []
        self._at = 0

    def compose(self) -> ComposeResult:
        """Lay the panels out."""
        yield Static(id="head", markup=False)
        yield Static(id="problems", markup=False)
        with Grid():
            for name, title in (
                ("funnel", "since the start"),
                ("health", "health"),
                ("money", "money"),
                ("record", "of late"),
            ):
                panel = Static(id=name, markup=False)
                panel.border_title = title
                yield panel
        yield Static(id="pause", markup=False)
        yield Footer()

    def on_mount(self) -> None:
        """Look at once, and from then on; keep the times going in between."""
        self.query_one("#pause").display = False
        self.paint()
        self.look()
        self.set_interval(EVERY, self.look)
        self.set_interval(1, self.paint)

    @work(thread=True, exclusive=True)
    def look(self) -> None:
        """Look, in a thread of its own."""
        seen = self._look()
        self.call_from_thread(self.show, seen)

    def show(self, seen: list[Seen]) -> None:
        """Show what was seen."""
        self._seen, self._at = seen, min(self._at, len(seen) - 1)
        self.paint()

    def paint(self) -> None:
        """Fill the panels with the chain chosen."""
        if not self._seen:
            self._fill(head="looking ...")
            return
        seen, now = self._seen[self._at], self._clock()
        place = f"  [{self._at + 1} of {len(self._seen)}]" if len(self._seen) > 1 else ""
        self._fill(head=panels.head(seen, now).append(place), problems="\n".join(seen.problems))
        self.query_one("#problems").display = bool(seen.problems)
        self.query_one(Grid).set_class(now - seen.at > panels.STALE, "old")
        if (one := seen.reading) is not None:
            self._fill(funnel=panels.funnel(one), health=panels.health(one, now))
            self._fill(money=panels.money(one, seen), record=panels.record(seen))

    def action_turn(self, by: int) -> None:
        """Go to the next chain, or the one before."""
        if self._seen:
            self._at = (self._at + by) % len(self._seen)
            self.paint()

    def action_pause(self) -> None:
        """Show, or hide, the command that pauses the keeper."""
        pause = self.query_one("#pause", Static)
        chain = self._seen[self._at].chain if self._seen else ""
        pause.update(f"on the keeper's machine: millrace pause --chain {chain or '<name>'}")
        pause.display = not pause.display

    def _fill(self, **texts: str | Text) -> None:
        for name, text in texts.items():
            self.query_one(f"#{name}", Static).update(text)


@click.command()
@click.option("--metrics", "urls", multiple=True, default=[METRICS], show_default=True, help="A keeper's endpoint.")
@click.option(
    "--database", default="", envvar="MILLRACE_DATABASE", show_envvar=True, help="URL of the keepers' record."
)
@click.option("--rpc", "endpoints", multiple=True, metavar="CHAIN=URL", help="A node, for reserve and vault.")
def command(urls: tuple[str, ...], database: str, endpoints: tuple[str, ...]) -> None:
    """Show how keepers do: what they find, earn, spend and ask for, and what troubles them. Changes nothing."""
    for url in urls:
        if urlsplit(url).scheme not in ("http", "https"):
            raise WatchError(f"--metrics {redact(url)}: give an http or https URL, {METRICS} for instance")
    banks = dict(map(_bank, endpoints))
    Screen(Watcher(urls, _record(database), banks).look).run()


def _bank(given: str) -> tuple[str, Callable[[], Holdings]]:
    """Read `CHAIN=URL`; return the chain's name and what reads its reserve and vault.

    Raises:
        WatchError: It is not of that form.
    """
    name, equals, url = given.partition("=")
    if not equals or "/" in name:
        raise WatchError("--rpc: write CHAIN=URL, for instance ethereum=http://127.0.0.1:8545")
    chain = chains.load(name)
    web3 = connect(chain, url)
    deployed = load_deployment(chain.chain_id, local=is_development(web3))
    multicall = Multicall(web3, chain.contracts["multicall3"])
    return name, bank(chain, multicall, deployed.address("reserve"), deployed.address("vault"))


def _record(url: str) -> Record | None:
    """Open the record, if there is one to see."""
    return Store(url) if url else None
