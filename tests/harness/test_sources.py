"""Sources for explorers: what solc makes of them is what forge built, and an explorer on this machine takes them."""

import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from eth_abi.abi import encode

from harness import artifacts, chains
from harness.chains import Chain
from harness.deploying import script, sources
from harness.deploying.script import Made, Script
from harness.settings import ROOT, SCRIPT_OUT

pytestmark = pytest.mark.long

KEY = "s3cretkey"
ARGUMENTS = "0x" + encode(["address"] * 3 + ["uint16"] * 2, ["0x" + "11" * 20] * 3 + [2000, 8000]).hex()


@pytest.fixture(scope="module")
def said() -> Script:
    """What the script says of a deployment of two contracts."""
    script.compile_for([chains.load("ethereum")])
    made = [
        Made(role=role, name=name, address="0x" + digit * 40, salt="0x", init_code_hash="0x", arguments=arguments)
        for role, name, digit, arguments in (
            ("reserve", "LiquidityReserve", "1", ARGUMENTS),
            ("lens", "ReserveLens", "2", "0x" + ARGUMENTS[2:66]),
        )
    ]
    return Script(
        factory="0x" + "3" * 40,
        injection="0x" + "4" * 40,
        sizer="0x" + "5" * 40,
        governance_delay=0,
        left_out=(),
        pools=(),
        contracts=tuple(made),
        steps=(),
        changes=(),
    )


class Explorer:
    """Speaks as Etherscan's and Blockscout's interfaces do; the first verdict is late."""

    def __init__(self) -> None:
        self.taken: dict[str, dict[str, str]] = {}
        self.asked: dict[str, int] = {}
        self.keys: set[str] = set()
        self.url = ""
        self.broken = False

    def answer(self, fields: dict[str, str]) -> dict[str, str]:
        """Answer one request."""
        self.keys.add(fields["apikey"])
        assert fields["module"] == "contract"
        if fields["action"] == "verifysourcecode":
            guid = f"guid-{fields['contractaddress']}"
            self.taken[guid] = fields
            return {"status": "1", "message": "OK", "result": guid}
        assert fields["action"] == "checkverifystatus"
        self.asked[fields["guid"]] = self.asked.get(fields["guid"], 0) + 1
        late = self.asked[fields["guid"]] == 1
        return {
            "status": "0" if late else "1",
            "message": "OK",
            "result": sources.PENDING if late else "Pass - Verified",
        }


@contextmanager
def explorer() -> Iterator[Explorer]:
    """Serve such an explorer on this machine."""
    here = Explorer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Answer a form."""
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            assert self.path == "/api?chainid=1"
            fields = {key: values[0] for key, values in parse_qs(body, keep_blank_values=True).items()}
            said = b"<html>" if here.broken else json.dumps(here.answer(fields)).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here.url = f"http://127.0.0.1:{server.server_port}/api"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def shown_at(url: str | None) -> Chain:
    """Return Ethereum with another explorer's interface."""
    chain = chains.load("ethereum")
    assert chain.explorer is not None
    return chain.model_copy(update={"explorer": chain.explorer.model_copy(update={"api": url})})


def test_an_explorer_takes_the_sources(said: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(sources.KEY, KEY)
    with explorer() as here:
        lines = list(sources.send(shown_at(here.url), said, pause=0))
    roles = ["reserve", "lens", "injection", "sizer"]
    assert lines == [f"source of {role}: Pass - Verified" for role in roles]
    assert here.keys == {KEY}
    assert not any(KEY in line for line in lines)
    taken = {fields["contractname"]: fields for fields in here.taken.values()}
    assert set(taken) == {
        "contracts/LiquidityReserve.sol:LiquidityReserve",
        "contracts/ReserveLens.sol:ReserveLens",
        "contracts/reserve/Injection.sol:Injection",
        "contracts/Sizer.sol:Sizer",
    }
    reserve = taken["contracts/LiquidityReserve.sol:LiquidityReserve"]
    assert reserve["constructorArguements"] == ARGUMENTS[2:]
    assert reserve["contractaddress"] == "0x" + "1" * 40
    assert reserve["compilerversion"] == "v0.8.34+commit.80d5c536"
    assert reserve["codeformat"] == "solidity-standard-json-input"
    assert json.loads(reserve["sourceCode"]) == sources.standard_json("LiquidityReserve")
    assert taken["contracts/reserve/Injection.sol:Injection"]["constructorArguements"] == ARGUMENTS[2 : 2 + 3 * 64]
    assert taken["contracts/Sizer.sol:Sizer"]["constructorArguements"] == ""


def test_an_explorer_that_fails_stops_nothing(said: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(sources.KEY, KEY)
    with explorer() as here:
        here.broken = True
        lines = list(sources.send(shown_at(here.url), said, pause=0))
    assert lines[0] == "source of reserve: not taken (JSONDecodeError); build/sources has it"
    assert list(sources.send(shown_at(here.url), said, pause=0))[1] == (
        "source of lens: not taken (URLError); build/sources has it"
    )


def test_nothing_is_sent_without_a_key_or_an_interface(said: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(sources.KEY, raising=False)
    lines = list(sources.send(shown_at("https://explorer.invalid/api"), said))
    assert lines == [f"sources were not sent to https://etherscan.io: {sources.KEY} is not set"]
    assert list(sources.send(shown_at(None), said)) == []


def test_what_is_kept_compiles_to_what_is_deployed(said: Script, tmp_path: Path) -> None:
    folder = sources.keep(chains.load("ethereum"), said, tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == [
        "injection.json", "lens.json", "reserve.json", "sizer.json",
    ]  # fmt: skip
    solc = [str(ROOT / "script" / "solc"), "--standard-json"]
    compiled = subprocess.run(solc, input=(folder / "lens.json").read_bytes(), capture_output=True, check=True)
    contract = json.loads(compiled.stdout)["contracts"]["contracts/ReserveLens.sol"]["ReserveLens"]
    assert (
        bytes.fromhex(contract["evm"]["bytecode"]["object"]) == artifacts.artifact("ReserveLens", SCRIPT_OUT).init_code
    )
