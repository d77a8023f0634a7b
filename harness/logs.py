"""The log: a line for each event, as JSON or, on a terminal, in columns; no secret in any.

`log_to(stream)` sets it up for the whole process, other libraries included; `Log` writes down what keepers say. What
`structlog.contextvars.bind_contextvars` binds stands in every line, a route's id for instance.
"""

import logging
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields
from typing import Final, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from harness.keeper import events as said
from harness.node import redacted

LOGGER: Final = "millrace"

DEBUG = (said.Asked, said.Stepped, said.HeadSeen, said.Synced, said.Decided, said.Outdated, said.Balance)
WARNING = (
    said.Drifted,
    said.Reorged,
    said.Orphaned,
    said.Excluded,
    said.GivenUp,
    said.ChoreFailed,
    said.LimitReached,
    said.Trouble,
)
ERROR = (said.BreakerOpened,)
"""What is worth which level; the rest is `INFO`."""

QUIET = {"alembic": logging.WARNING, "urllib3": logging.ERROR, "web3": logging.WARNING}
"""Libraries that say too much, or URLs; apprise is silenced by harness/channels.py."""

SECRET = re.compile(r"pass(word|phrase)|secret|private_?key|api_?key|authorization|mnemonic|credential", re.IGNORECASE)
"""Names of fields whose values are nobody's business."""

WORDS = ("hash", "parent", "pool", "target")
"""Fields that hold 32 bytes that are no key."""

KEY = re.compile(r"\b((?:0x)?[0-9a-fA-F]{8})[0-9a-fA-F]{56,}\b")
"""What may be a private key: elsewhere its first eight digits are shown."""

PATH = re.compile(r"(\burl: )/\S+")
"""How requests names the rest of a URL."""

OTHERWISE = {"timestamp": "block_time", "event": "what", "level": "grade"}
"""Fields that are called so in a line, where their own name means something else."""

BEARER = re.compile(r"\b(bearer|basic) \S+", re.IGNORECASE)


class Log:
    """Writes down what keepers say.

    Args:
        level: The least that is written, `logging.INFO` for instance; what is below costs nothing.
    """

    def __init__(self, level: int = logging.INFO) -> None:
        self._log, self._level = structlog.stdlib.get_logger(LOGGER), level
        self._blocks: dict[str, int] = {}

    def __call__(self, chain: str, event: said.Event) -> None:
        """Write one line."""
        if isinstance(event, said.HeadSeen):
            self._blocks[chain] = event.block
        level = level_of(event)
        if level < self._level:
            return
        line = {OTHERWISE.get(field.name, field.name): getattr(event, field.name) for field in fields(event)}
        line.setdefault("block", self._blocks.get(chain))
        try:
            self._log.log(level, name_of(event), chain=chain, **line)
        except Exception:  # a listener must not raise, whatever it is told
            logging.getLogger(LOGGER).error("a line of the log could not be written: %s", name_of(event))


class Handler(logging.StreamHandler[TextIO]):
    """Writes lines; of one that cannot be written the logging module would print all it holds, secrets included."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Say so much, if even that can be said."""
        with suppress(OSError, ValueError):
            self.stream.write(f'{{"event": "a line of the log could not be written", "logger": "{record.name}"}}\n')


def level_of(event: said.Event) -> int:
    """Return the level of an event's line."""
    if isinstance(event, DEBUG):
        return logging.DEBUG
    if isinstance(event, ERROR):
        return logging.ERROR
    return logging.WARNING if isinstance(event, WARNING) else logging.INFO


def name_of(event: said.Event) -> str:
    """Return an event's name in a line, `head_seen`."""
    return re.sub(r"(?<=[a-z])([A-Z])", r"_\1", type(event).__name__).lower()


def log_to(stream: TextIO = sys.stderr, *, json: bool | None = None, level: int = logging.INFO) -> None:
    """Write the whole process's log to a stream.

    Args:
        stream: Where to.
        json: A JSON object a line, or columns; None: JSON unless the stream is a terminal.
        level: The least that is written.
    """
    as_json = not stream.isatty() if json is None else json
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = Handler(stream)
    handler.setFormatter(_formatter(shared, stream, as_json=as_json))
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(max(level, least))


def _formatter(shared: list[Processor], stream: TextIO, *, as_json: bool) -> logging.Formatter:
    colours = stream.isatty()
    last: Processor = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=colours)
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            without_secrets,
            last,
        ],
    )


def without_secrets(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """Return a line whose texts hold no URL's key, no passphrase and nothing that may be a private key."""
    return {shown(name): _hidden(name, value) for name, value in line.items()}


def _hidden(name: str, value: object) -> object:
    """Return what of a field's value may be shown; what is neither a text nor a number is shown as a text."""
    if SECRET.search(name):
        return "..."
    if isinstance(value, Mapping):
        return {shown(str(key)): _hidden(str(key), one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_hidden(name, one) for one in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return shown(str(value), words=name in WORDS)


def shown(text: str, *, words: bool = False) -> str:
    """Return a text with its secrets hidden.

    Args:
        text: Any.
        words: Whether 32 bytes in it are known to be no key.
    """
    text = BEARER.sub(r"\1 ...", PATH.sub(r"\1...", redacted(text)))
    return text if words else KEY.sub(r"\1...", text)
