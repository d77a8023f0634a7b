"""The log: a line an event, and no secret in any."""

import io
import json
import logging
from dataclasses import fields, replace
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from said import EXAMPLES, HASH, POOL

from harness.keeper import events as said
from harness.logs import Log, level_of, log_to, name_of

CHAIN = "ethereum"
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~!$&'()*+,;=\"%"


pytestmark = pytest.mark.usefixtures("restored_logging")


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Whether it is one."""
        return True


def written(*events: said.Event, level: int = logging.DEBUG, stream: io.StringIO | None = None) -> str:
    """What the log holds after some events."""
    stream = stream or io.StringIO()
    log_to(stream, level=level)
    log = Log(level)
    for event in events:
        log(CHAIN, event)
    return stream.getvalue()


def lines(*events: said.Event, level: int = logging.DEBUG) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written(*events, level=level).splitlines()]


@pytest.mark.parametrize("event", EXAMPLES.values(), ids=lambda event: type(event).__name__)
def test_every_event_is_one_line(event: said.Event) -> None:
    (line,) = lines(event)
    assert (line["event"], line["chain"]) == (name_of(event), CHAIN)
    assert line["level"] == logging.getLevelName(level_of(event)).lower()
    assert line["timestamp"].endswith("Z")
    for field in set(fields(event)) - {"timestamp"}:
        name = "block_time" if field.name == "timestamp" else field.name
        expected = getattr(event, field.name)
        assert line[name] == (list(expected) if isinstance(expected, tuple) else expected)


def test_a_line_says_the_block_the_attempt_and_the_route() -> None:
    structlog.contextvars.bind_contextvars(route="WETH-USDC:a1b2")
    head, sent = lines(EXAMPLES[said.HeadSeen], EXAMPLES[said.Sent])
    assert head["block"] == sent["block"] == 21_000_001
    assert (sent["attempt"], sent["route"]) == (12, "WETH-USDC:a1b2")


def test_blocks_are_told_apart_by_chain() -> None:
    stream = io.StringIO()
    log_to(stream)
    log = Log()
    log("base", EXAMPLES[said.HeadSeen])
    log(CHAIN, EXAMPLES[said.Sent])
    assert json.loads(stream.getvalue())["block"] is None


def test_what_is_below_the_level_is_not_written() -> None:
    said_by = [line["event"] for line in lines(*EXAMPLES.values(), level=logging.WARNING)]
    assert "trouble" in said_by
    assert "breaker_opened" in said_by
    assert not {"asked", "sent", "head_seen"} & set(said_by)


def test_a_terminal_gets_columns_and_a_file_json() -> None:
    shown = written(EXAMPLES[said.Sent], stream=Terminal())
    assert "sent" in shown
    assert "attempt" in shown
    with pytest.raises(json.JSONDecodeError):
        json.loads(shown)


def test_other_libraries_write_the_same_log() -> None:
    stream = io.StringIO()
    log_to(stream)
    try:
        raise ValueError("no answer from https://host/v2/s3cretkey")
    except ValueError:
        logging.getLogger("some.library").exception("asking %s", "wss://me:s3cretkey@host:1/s3cretkey")
    line = json.loads(stream.getvalue())
    assert (line["event"], line["level"]) == ("asking wss://host:1", "error")
    assert line["exception"].endswith("ValueError: no answer from https://host")
    assert "s3cretkey" not in stream.getvalue()


def test_hashes_are_shown_and_what_may_be_a_key_is_not() -> None:
    key = "12" * 32
    (line,) = lines(said.GivenUp(1, HASH))
    assert line["hash"] == HASH
    (line,) = lines(said.Trouble("signer", f"0x{key}", f"cannot read {key}"))
    assert (line["kind"], line["text"]) == ("0x12121212...", "cannot read 12121212...")
    (line,) = lines(said.Excluded(POOL, "uniswap-v2", "absurd"))
    assert line["pool"] == POOL


def test_fields_with_a_secret_name_are_not_shown() -> None:
    stream = io.StringIO()
    log_to(stream)
    said_so = {"keystore_passphrase": "open sesame", "headers": {"Authorization": "Basic b3Blbg=="}}
    structlog.stdlib.get_logger("x").info("start", **said_so, text="Bearer b3Blbg==", inner=["https://host/b3Blbg"])
    line = json.loads(stream.getvalue())
    assert (line["keystore_passphrase"], line["headers"]) == ("...", {"Authorization": "..."})
    assert (line["text"], line["inner"]) == ("Bearer ...", ["https://host"])


def test_the_rest_of_a_url_is_not_shown() -> None:
    text = "HTTPSConnectionPool(host='h', port=443): Max retries exceeded with url: /v2/s3cretkey (Caused by x)"
    (line,) = lines(said.Trouble("node", "timeout", text))
    assert line["text"] == text.replace("/v2/s3cretkey", "...")


secrets = st.text(LETTERS, min_size=8, max_size=30).map(lambda text: f"k{text}Key9")
planted = st.one_of(
    secrets.map(lambda key: (key, f"https://node.example/v2/{key}")),
    secrets.map(lambda key: (key, f"wss://me:{key}@node.example:8546/x?y=1#z")),
    secrets.map(lambda key: (key, f"http://node.example/?apikey={key}")),
    secrets.map(lambda key: (key, f"tgram://{key}/12345")),
    secrets.map(lambda key: (key, f"postgresql+psycopg://millrace:{key}@db/millrace")),
    st.binary(min_size=32, max_size=32).map(lambda key: (key.hex(), f"0x{key.hex()}")),
    st.binary(min_size=32, max_size=32).map(lambda key: (key.hex(), key.hex())),
)
around = st.sampled_from([("", ""), ("failed: ", " again"), ("('", "')"), ('{"url":"', '","x":1}'), ("<", ">")])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(st.sampled_from(sorted(EXAMPLES, key=lambda kind: kind.__name__)), planted, around, st.booleans())
def test_no_secret_in_any_field_of_any_event_survives(
    kind: type, plant: tuple[str, str], around: tuple[str, str], terminal: bool
) -> None:
    secret, carrier = plant
    text = carrier.join(around)
    event = EXAMPLES[kind]
    planted_in: dict[str, Any] = {
        field.name: {text: 0.1}
        if field.name == "seconds" and kind is said.Stepped
        else (text,)
        if field.name == "ways"
        else text
        for field in fields(event)
        if field.name not in ("hash", "pool", "target")
    }
    shown = written(replace(event, **planted_in), stream=Terminal() if terminal else None)
    assert shown
    assert secret not in shown
    assert json.dumps(secret)[1:-1] not in shown


def test_a_line_that_cannot_be_written_raises_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    class Unspeakable:
        def __str__(self) -> str:
            raise RuntimeError("unspeakable")

    shown = written(said.Trouble("node", "x", Unspeakable()))  # type: ignore[arg-type]
    assert json.loads(shown) == {"event": "a line of the log could not be written", "logger": "millrace"}
    assert capsys.readouterr().err == ""


def test_a_stream_that_is_gone_raises_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    gone = io.StringIO()
    log_to(gone)
    gone.close()
    Log()(CHAIN, said.Trouble("node", "timeout", "s3cretkey"))
    assert capsys.readouterr().err == ""
