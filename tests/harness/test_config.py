"""keeper.toml: everything wrong with one is said at once and by its key, and secrets stand elsewhere."""

import copy
import os
import re
import tomllib
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from harness import chains
from harness.cli import main
from harness.keeper.config import ApeSigner, ChainPart, Config, Relay, RemoteSigner, resolved
from harness.keeper.configfile import ConfigError, _of_bridges, check, load, missing_secrets, parse
from harness.keeper.origins import rollups
from harness.keeper.plans import _chores
from harness.keeper.secrets import SecretError, resolve
from harness.settings import ROOT

EXAMPLE = ROOT / "docs" / "keeper.example.toml"
WHOLE = re.sub(r"^# (?=\[|\w+ = )", "", EXAMPLE.read_text(), flags=re.MULTILINE)
"""The example with what is commented out in it."""
TABLES = tomllib.loads(WHOLE, parse_float=Decimal)
KEY = "s3cretkey"
BASE = '[chains.base]\nrpc = ["http://127.0.0.1:8545"]\n'
LEAST = '[chains.ethereum]\nrpc = ["http://127.0.0.1:8545"]\n'


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        parse(text)
    assert KEY not in str(raised.value)
    return raised.value.problems


# what stands in it


def test_the_example_is_valid_and_has_every_key() -> None:
    config = parse(WHOLE)
    ethereum = config.chains["ethereum"]
    assert sorted(_unset(config)) == ["chains.bridges.service", "chains.chores.kinds"]
    assert set(ethereum.bridges) == {"base"}
    assert isinstance(ethereum.signer, ApeSigner)
    limits = ethereum.limits_on(chains.load("ethereum"))
    weth, usdt = "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2", "0xdAC17F958D2ee523a2206206994597C13D831ec7"
    assert limits.max_loan == {weth: 250 * 10**18, usdt: 500_000 * 10**6}
    assert (limits.max_gas_price, limits.max_failures, limits.slippage_bps) == (100 * 10**9, 5, 10_000)
    assert (limits.gas_a_day, limits.least_balance, limits.runway_days) == (5 * 10**17, 5 * 10**16, 2)
    assert (ethereum.fees.tip, ethereum.fees.max_gas_price) == (10**8, 100 * 10**9)


def test_the_example_sends_nothing_elsewhere_and_claims_nothing_as_it_stands() -> None:
    ethereum = load(EXAMPLE).chains["ethereum"]
    assert (ethereum.moves, ethereum.bridges) == ([], {})
    assert {key: value for key, value in ethereum if key not in {"moves", "bridges"}} == {
        key: value for key, value in parse(WHOLE).chains["ethereum"] if key not in {"moves", "bridges"}
    }


def test_an_account_runs_low_at_about_the_same_worth_on_every_chain() -> None:
    worth, said = {}, {}
    for chain in map(chains.load, chains.names()):
        low = _chores(ChainPart(rpc=["https://host"]), chain).refill_below
        said[chain.name], worth[chain.name] = low, low * int(chain.replica.prices[chain.native.wrapped]) // 10**24
    assert said["ethereum"] == 10**17
    assert (said["bsc"], said["polygon"]) == (25 * 10**16, 800 * 10**18)
    assert max(worth.values()) < 2 * min(worth.values()), worth
    given = ChainPart.model_validate({"rpc": ["https://host"], "chores": {"refill_below": "0.5"}})
    assert _chores(given, chains.load("polygon")).refill_below == 5 * 10**17


def _unset(part: BaseModel, key: str = "") -> Iterator[str]:
    """Find the keys that a configuration leaves at their defaults."""
    for name in set(type(part).model_fields) - part.model_fields_set:
        yield f"{key}.{name}".removeprefix(".")
    for name, value in part:
        inner = next(iter(value.values()), None) if isinstance(value, dict) else value
        if isinstance(inner, BaseModel):
            yield from _unset(inner, f"{key}.{name}".removeprefix("."))


def test_what_the_example_calls_a_default_is_one() -> None:
    example, least = parse(WHOLE), parse(LEAST)
    assert (example.metrics, example.log, example.database) == (least.metrics, least.log, least.database)
    ethereum, bare = example.chains["ethereum"], least.chains["ethereum"]
    assert ethereum.fees.model_copy(update={"tip_percentile": None}) == bare.fees
    known = chains.load("ethereum")
    assert _chores(ethereum, known) == _chores(bare, known)
    assert (ethereum.margin_bps, ethereum.tip_bps, ethereum.public) == (bare.margin_bps, bare.tip_bps, bare.public)
    assert bare.limits.slippage_bps == ethereum.limits.slippage_bps
    assert (bare.limits.gas_a_day, bare.limits.loans, bare.signer) == (None, {}, None)


def test_a_remote_signer_is_named_by_url_and_address() -> None:
    address = "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2"
    text = LEAST + f'signer = {{ kind = "remote", url = "http://127.0.0.1:9000", address = "{address}" }}'
    signer = parse(text).chains["ethereum"].signer
    assert signer == RemoteSigner(kind="remote", url="http://127.0.0.1:9000", address=address)
    assert "has no valid checksum" in problems(text.replace(address, address.lower()))[0]


def test_amounts_are_exact() -> None:
    fees = parse(LEAST + "[chains.ethereum.fees]\ntip_gwei = 0.123456789\n").chains["ethereum"].fees
    assert fees.tip == 123_456_789


# what is wrong with it


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "chains: is missing; add it"),
        ("a = [", "not TOML: "),
        (LEAST + "[metrics]\nprot = 1", "metrics.prot: is unknown; did you mean port?"),
        (LEAST + "[metrics]\nport = '1'", "metrics.port: Input should be a valid integer"),
        (LEAST + "[metrics]\nport = 65536", "metrics.port: Input should be less than or equal to 65535"),
        (LEAST + "[log]\nlevel = 'loud'", "log.level: Input should be 'debug', 'info', 'warning' or 'error'"),
        (LEAST + "[zzz]", "zzz: is unknown; there are alerts, chains, database, log, metrics"),
        ("[chains.goerli]\nrpc = ['env:A']", "chains.goerli: there is no such chain; there are arbitrum"),
        ("[chains.ethereum]\nrpc = []", "chains.ethereum.rpc: List should have at least 1 item"),
        (LEAST + "limits.loans.WBCT = 1", "chains.ethereum.limits.loans.WBCT: ethereum has no such token; it has WETH"),
        (LEAST + "limits.loans.USDC = '0.0000001'", "chains.ethereum.limits.loans.USDC: has more than 6 digits after"),
        (LEAST + "limits.gas_a_day = true", "chains.ethereum.limits.gas_a_day: write a decimal number, such as 1.5"),
        (LEAST + "limits.gas_a_day = nan", "chains.ethereum.limits.gas_a_day: Input should be a finite number"),
        (LEAST + "limits.gas_a_day = -1", "chains.ethereum.limits.gas_a_day: Input should be greater than or equal"),
        (LEAST + "limits.failures = 0", "chains.ethereum.limits.failures: Input should be greater than or equal to 1"),
        (LEAST + "fees.tip_gwei = 101", "chains.ethereum.fees.tip_gwei: is above max_gas_price_gwei; lower it"),
        (LEAST + "public = false", "chains.ethereum.public: is false, and there is no other way; add private"),
        (LEAST + "bridges.x.service = 'env:A'", "chains.ethereum.bridges.x: ethereum has no such bridge; it has base"),
        (LEAST + "bridges.base.service = 'env:A'", "chains.ethereum.bridges.base.service: the OP stack's bridge has"),
        (BASE + "bridges.ethereum.rpc = 'env:A'", "chains.base.bridges.ethereum: what comes over it from ethereum arr"),
        (LEAST + f"bridges.base.rpc = 'https://h/{KEY}'", "chains.ethereum.bridges.base.rpc: is neither a URL of a"),
        (
            LEAST + "bridges.katana.service = 'env:A'",
            "chains.ethereum.bridges.katana: the chain file calls it unconfirm",
        ),
        (LEAST + f"bridges.katana.service = 'https://h/{KEY}'", "chains.ethereum.bridges.katana.service: is neither a"),
        (LEAST + "backrun = true", "chains.ethereum.backrun: needs ws, which shows pending transactions, and a relay"),
        (LEAST + "discovery.factories = ['x']", "chains.ethereum.discovery.factories.0: ethereum has no such venue"),
        (
            LEAST + "discovery.factories = ['curve']",
            "chains.ethereum.discovery.factories.0: no pools are found at curve",
        ),
        (LEAST + "discovery.tokens = ['0x1']", "chains.ethereum.discovery.tokens.0: is neither a checksummed address"),
        (LEAST + "signer = {kind = 'x'}", "chains.ethereum.signer: Input tag 'x' found using 'kind' does not match"),
        (LEAST + "signer = {kind = 'ape'}", "chains.ethereum.signer.alias: is missing; add it"),
        (
            LEAST + "signer = {kind = 'ape', alias = 'a', aliass = 'b'}",
            "chains.ethereum.signer.aliass: is unknown; did you mean alias?",
        ),
        (
            LEAST + "signer = {kind = 'ape', alias = 'a', url = 'b'}",
            "chains.ethereum.signer.url: is unknown; there are",
        ),
        (LEAST + f"ws = 'wss://host/{KEY}'", "chains.ethereum.ws: is neither a URL of a host alone nor a reference to"),
        (LEAST + f"ws = 'wss://me:{KEY}@host'", "chains.ethereum.ws: is neither a URL of a host alone nor a reference"),
        (LEAST + f"ws = 'wss://host?{KEY}'", "chains.ethereum.ws: is neither a URL of a host alone nor a reference to"),
        (
            f"database = 'postgresql://me:{KEY}@host/x'\n" + LEAST,
            "database: write sqlite:///PATH; for Postgres a",
        ),
        (
            LEAST + f"[alerts]\nurls = ['tgram://{KEY}']",
            "alerts.urls.0: is no reference to a secret; write env:N",
        ),
        (
            LEAST + f"signer = {{kind='ape', alias='a', passphrase='{KEY}'}}",
            "chains.ethereum.signer.passphrase: is no",
        ),
        (
            LEAST + "ws = 'file:relative'",
            "chains.ethereum.ws: is neither a URL of a host alone nor a",
        ),
    ],
)
def test_each_mistake_is_named_by_its_key(text: str, said: str) -> None:
    [found] = problems(text)
    assert found.startswith(said)


def test_all_mistakes_are_named_at_once() -> None:
    text = "[metrics]\nport = -1\n[chains.goerli]\n[chains.ethereum]\nrpc = ['env:A']\nlimits.loans.X = 1"
    keys = sorted(line.split(": ")[0] for line in problems(text))
    assert keys == ["chains.ethereum.limits.loans.X", "chains.goerli", "chains.goerli.rpc", "metrics.port"]


@pytest.mark.parametrize("name", ["nowhere.toml", "."])
def test_a_file_that_cannot_be_read_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="the file cannot be read"):
        load(tmp_path / name)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "keeper.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"the file is no text in UTF-8"):
        load(tmp_path / "keeper.toml")


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text()
    | st.sampled_from(["env:A", "WETH"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def places(value: object, path: tuple[int | str, ...] = ()) -> Iterator[tuple[int | str, ...]]:
    """Find the paths of everything in the example."""
    yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from places(inner, (*path, key))


Where = tuple[int | str, ...]
ACTS = ["set", "delete", "add"]
PLACES = [path for path in places(TABLES) if path]


@settings(deadline=None, max_examples=300)
@given(
    path=st.sampled_from(PLACES), value=VALUES, act=st.sampled_from(["set", "delete", "add"]), key=st.text(max_size=8)
)
def test_any_change_of_the_example_is_valid_or_named(
    path: tuple[int | str, ...], value: object, act: str, key: str
) -> None:
    data: Any = copy.deepcopy(TABLES)
    at = data
    for part in path[:-1]:
        at = at[part]
    if act == "delete":
        del at[path[-1]]
    elif act == "add" and isinstance(at, dict):
        at[key] = value
    else:
        at[path[-1]] = value
    _valid_or_named(lambda: check(data))


@settings(deadline=None, max_examples=200)
@given(start=st.integers(0, 3000), length=st.integers(0, 40), put=st.text(max_size=10))
def test_any_change_of_its_text_is_valid_or_named(start: int, length: int, put: str) -> None:
    text = WHOLE
    _valid_or_named(lambda: parse(text[:start] + put + text[start + length :]))


def _valid_or_named(read: Callable[[], Config]) -> None:
    try:
        assert isinstance(read(), Config)
    except ConfigError as error:
        assert error.problems
        assert all(": " in line for line in error.problems)


# sending


def test_sending_on_a_real_chain_needs_a_flag_and_limits() -> None:
    config = parse(WHOLE)
    assert config.may_send("ethereum", send=True, local=False) == ""
    assert config.may_send("ethereum", send=False, local=False) == "--send was not given"
    assert config.may_send("ethereum", send=False, local=True) == ""
    for key in ("gas_a_day", "loans"):
        data = copy.deepcopy(TABLES)
        del data["chains"]["ethereum"]["limits"][key]
        assert "has no gas_a_day or no loans" in check(data).may_send("ethereum", send=True, local=False)
        assert check(data).may_send("ethereum", send=True, local=True) == ""
    assert "signer is missing" in parse(LEAST).may_send("ethereum", send=True, local=True)


# secrets


def test_a_secret_is_read_from_where_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_KEY", KEY)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    file = tmp_path / "key"
    file.write_text(KEY + "\n")
    file.chmod(0o600)
    inward, outward = os.pipe()
    os.write(outward, KEY.encode())
    os.close(outward)
    for reference in ("env:A_KEY", "credential:key", f"file:{file}", f"fd:{inward}"):
        assert resolve(reference) == KEY
    with pytest.raises(SecretError, match="cannot be read"):
        resolve(f"fd:{inward}")
    assert resolved("env:A_KEY") == KEY
    assert resolved("https://host") == "https://host"
    assert parse("database = 'env:A_KEY'\n" + LEAST).database_url == KEY
    assert parse(LEAST).database_url == "sqlite:///millrace.db"


@pytest.mark.parametrize(("written", "secret"), [(" a b \n", " a b "), ("a\r\n", "a"), ("a\n\n", "a\n")])
def test_of_a_secret_nothing_is_left_out_but_its_lines_end(tmp_path: Path, written: str, secret: str) -> None:
    file = tmp_path / "key"
    file.write_bytes(written.encode())
    file.chmod(0o600)
    assert resolve(f"file:{file}") == secret


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "key"
    file.write_text(KEY)
    file.chmod(mode)
    with pytest.raises(SecretError, match="chmod 600"):
        resolve(f"file:{file}")


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("env:NOT_SET_ANYWHERE", "is not set"),
        ("credential:x", "needs systemd"),
        ("credential:../x", "takes a name"),
        ("file:/nowhere/x", "cannot be read"),
        ("file:/dev/null", "is no ordinary file"),
        ("file:x", "takes an absolute path"),
        ("fd:99999", "cannot be read"),
        ("fd:1", "takes the number"),
        (KEY, "is no reference to a secret"),
    ],
)
def test_a_secret_that_is_not_there_is_named(reference: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    with pytest.raises(SecretError, match=said) as raised:
        resolve(reference)
    assert KEY not in str(raised.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "is empty"), (b"\n", "is empty"), (b"x" * 65_537, "is too long"), (b"\xff", "is no text")],
)
def test_a_secret_that_is_none_is_refused(content: bytes, said: str, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(SecretError, match=said):
        resolve(f"file:{file}")


def test_all_missing_secrets_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MILLRACE_TELEGRAM", "ETHEREUM_RPC_URL", "ETHEREUM_WS_URL", "CREDENTIALS_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    named = [line.split(": ")[0] for line in missing_secrets(parse(WHOLE))]
    ethereum = "chains.ethereum."
    assert named == [
        "alerts.urls.0",
        *(ethereum + key for key in ("rpc.0", "ws", "relays.0.reputation", "signer.passphrase", "bridges.base.rpc")),
    ]


def test_a_rollup_is_reached_by_its_own_variable_unless_an_endpoint_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BASE_RPC_URL", raising=False)
    monkeypatch.delenv("OPTIMISM_RPC_URL", raising=False)
    both = parse(LEAST + "[chains.ethereum.bridges]\nbase = {}\nop-mainnet = { rpc = 'http://127.0.0.1:9' }\n")
    key = "chains.ethereum.bridges.base.rpc"
    assert missing_secrets(both) == [f"{key}: env:BASE_RPC_URL is not set; set it, or write another reference"]
    found = rollups(both.chains["ethereum"], chains.load("ethereum"))
    assert {name: (chain.name, endpoint) for name, (chain, endpoint) in found.items()} == {
        "base": ("base", "env:BASE_RPC_URL"),
        "op-mainnet": ("optimism", "http://127.0.0.1:9"),
    }


def test_agglayers_bridge_has_a_service_and_no_node() -> None:
    confirmed = chains.load("ethereum")
    katana = confirmed.bridges["katana"].model_copy(update={"unconfirmed": False})
    chain = confirmed.model_copy(update={"bridges": {"katana": katana}})
    said = {
        "bridges.katana = {}": [".service: is missing; add it"],
        "bridges.katana.rpc = 'env:A'": [
            ".service: is missing; add it",
            ".rpc: AggLayer's bridge is claimed from by its service alone; take it off",
        ],
        "bridges.katana.service = 'env:A'": [],
    }
    for text, problems in said.items():
        part = ChainPart.model_validate(tomllib.loads(LEAST + text)["chains"]["ethereum"])
        assert list(_of_bridges(part, chain)) == [f"bridges.katana{problem}" for problem in problems]


def test_a_bridge_to_where_no_chain_file_is_of_is_refused() -> None:
    known = chains.load("ethereum")
    base = known.bridges["base"].model_copy(update={"chain_id": 4_242})
    part = ChainPart.model_validate(tomllib.loads(LEAST + "bridges.base = {}")["chains"]["ethereum"])
    chain = known.model_copy(update={"bridges": {"base": base}})
    assert list(_of_bridges(part, chain)) == ["bridges.base: no chain file is of chain 4242; add one"]


def test_no_repr_of_a_configuration_has_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILLRACE_TELEGRAM", f"tgram://{KEY}")
    assert KEY not in repr(parse(WHOLE))
    assert Relay(url="https://host").reputation is None
    assert ChainPart(rpc=["https://host"]).private == []


# the command


def test_check_says_what_a_configuration_would_do(tmp_path: Path) -> None:
    file = tmp_path / "keeper.toml"
    file.write_text(LEAST)
    result = CliRunner().invoke(main, ["keeper", "check", "--config", str(file)])
    assert (result.exit_code, result.output) == (
        0,
        "ethereum: paper trading: chains.ethereum.signer is missing, so nobody signs\n",
    )
    file.write_text(LEAST + "ws = 'env:NOT_SET_ANYWHERE'")
    result = CliRunner().invoke(main, ["keeper", "check", "--config", str(file)])
    assert result.exit_code == 1
    assert result.output.endswith(
        "chains.ethereum.ws: env:NOT_SET_ANYWHERE is not set; set it, or write another reference\n"
    )
