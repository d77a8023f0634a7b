"""What is deployed beside a keeper loads, fits together, and asks for metrics that are there."""

import json
import re
import shutil
import subprocess
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml  # type: ignore[import-untyped]
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard, RowPanel
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from promql_parser import AggregateExpr, BinaryExpr, Expr, VectorSelector
from said import EXAMPLES, HASH

from harness import chains
from harness.keeper import configfile
from harness.keeper import events as said
from harness.metrics import Metrics
from harness.settings import ROOT

OPS = ROOT / "ops"
RULES = OPS / "prometheus" / "alerts.yml"
ETHEREUM = chains.load("ethereum")
ADDED = {"job", "instance"}
"""Labels that Prometheus adds to each sample."""


def loaded(path: Path) -> Any:  # noqa: ANN401
    return yaml.safe_load(path.read_text())


DASHBOARD: dict[str, Any] = json.loads((OPS / "grafana" / "millrace.json").read_text())
COMPOSE: dict[str, Any] = loaded(ROOT / "docker-compose.yml")
ALERTS: list[dict[str, Any]] = [rule for group in loaded(RULES)["groups"] for rule in group["rules"]]
PANELS: list[dict[str, Any]] = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]


def grafana(expression: str) -> str:
    """An expression as Grafana sends it."""
    return expression.replace("$__rate_interval", "1m").replace("$__range", "6h")


EXPRESSIONS = {f"{panel['title']} {one['refId']}": grafana(one["expr"]) for panel in PANELS for one in panel["targets"]}
EXPRESSIONS |= {rule["alert"]: rule["expr"] for rule in ALERTS}


@cache
def exposed() -> dict[str, set[str]]:
    """The labels of every sample that a keeper shows, by its name, and Prometheus' own `up`."""
    metrics = Metrics([ETHEREUM])
    for event in EXAMPLES.values():
        metrics(ETHEREUM.name, event)
    metrics("nowhere", EXAMPLES[said.Excluded])
    metrics(ETHEREUM.name, said.Included(1, HASH, 2, "WETH", None, 1, "Expired(5)"))
    metrics.alerted("failed")
    found: dict[str, set[str]] = {"up": set()}
    for family in text_string_to_metric_families(generate_latest(metrics.registry).decode()):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def lost(given: Any, kept: Any, where: str = "") -> list[str]:  # noqa: ANN401
    """Where in a document something is that is not in another; the other may have more."""
    if isinstance(given, dict) and isinstance(kept, dict):
        return [at for key in given for at in lost(given[key], kept.get(key), f"{where}.{key}")]
    if isinstance(given, list) and isinstance(kept, list) and len(given) == len(kept):
        return [at for i, one in enumerate(given) for at in lost(one, kept[i], f"{where}[{i}]")]
    return [] if given == kept else [where]


def parts(expression: str) -> list[Expr]:
    """Every part of an expression."""
    found: list[Expr] = []

    def visit(part: Expr) -> bool:
        found.append(part)
        return True

    promql_parser.walk(promql_parser.parse(expression), visit)
    return found


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_every_metric_and_label_asked_for_is_there(name: str) -> None:
    found = parts(EXPRESSIONS[name])
    selectors = [part for part in found if isinstance(part, VectorSelector)]
    assert selectors
    labels = set[str]()
    for selector in selectors:
        assert selector.name in exposed()
        labels |= exposed()[selector.name]
        assert {one.name for one in selector.matchers.matchers} <= exposed()[selector.name] | ADDED
    for part in found:
        if isinstance(part, AggregateExpr) and part.modifier:
            assert set(part.modifier.labels) <= labels | ADDED
        if isinstance(part, BinaryExpr) and part.modifier and part.modifier.matching:
            assert set(part.modifier.matching.labels) <= labels


def test_every_metric_is_looked_at() -> None:
    asked = {part.name for one in EXPRESSIONS.values() for part in parts(one) if isinstance(part, VectorSelector)}
    families = {re.sub(r"_(bucket|sum|count)$", "", name) for name in exposed() if name.startswith("millrace_")}
    seen = {re.sub(r"_(bucket|sum|count)$", "", name) for name in asked if name}
    assert {name for name in families - seen if not name.endswith("_created")} == {
        "millrace_head_block",
        "millrace_breaker_openings_total",
    }


def test_counters_are_asked_for_their_growth_and_gauges_for_their_value() -> None:
    for one in EXPRESSIONS.values():
        for name, ranged in re.findall(r"((?:millrace|process)_\w+)(?:{[^}]*})?(\[)?", one):
            assert bool(ranged) == name.endswith(("_total", "_count", "_bucket", "_sum")), one


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_every_rule_says_what_is_wrong_and_where_to_read_on(rule: dict[str, Any]) -> None:
    notes = rule["annotations"]
    assert rule["labels"]["severity"] in ("critical", "warning")
    assert len(notes["summary"]) < 90
    assert notes["description"].endswith((".", "?", "`.", "defect."))
    assert re.fullmatch(r"docs/RUNBOOK\.md#[a-z-]+", notes["runbook_url"])


def test_rules_have_names_and_places_of_their_own() -> None:
    for key in ("alert", "expr"):
        assert max(Counter(rule[key] for rule in ALERTS).values()) == 1
    assert max(Counter(rule["annotations"]["runbook_url"] for rule in ALERTS).values()) == 1


def test_every_rule_is_shown_to_fire_and_not_to() -> None:
    troubles, well = loaded(OPS / "prometheus" / "alerts_test.yml")["tests"]
    firing = " ".join(one["labels"] for check in troubles["promql_expr_test"] for one in check["exp_samples"])
    assert set(re.findall(r'alertname="(\w+)"', firing)) == {rule["alert"] for rule in ALERTS}
    assert [check["exp_samples"] for check in well["promql_expr_test"]] == [[], []]


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool (Debian: prometheus) is not installed")
@pytest.mark.parametrize("what", [("check", "config", "prometheus.yml"), ("test", "rules", "alerts_test.yml")])
def test_prometheus_itself_agrees(what: tuple[str, str, str]) -> None:
    command = ["promtool", *what[:2], str(OPS / "prometheus" / what[2])]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_dashboard_is_whole() -> None:
    assert (DASHBOARD["uid"], DASHBOARD["title"]) == ("millrace", "Millrace")
    assert {one["name"] for one in DASHBOARD["templating"]["list"]} == {"datasource", "chain"}
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    for panel in PANELS:
        assert panel["title"]
        assert panel["description"]
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        assert all(one["legendFormat"] for one in panel["targets"])
        assert len({one["refId"] for one in panel["targets"]}) == len(panel["targets"])


def test_grafana_s_own_types_read_all_of_the_dashboard() -> None:
    register_default_plugins()
    read = Dashboard.from_json(DASHBOARD)
    assert lost(DASHBOARD, json.loads(JSONEncoder().encode(read))) == []
    for panel in read.panels or []:
        if not isinstance(panel, RowPanel):
            assert not isinstance(panel.options, dict), f"Grafana has no such kind of panel: {panel.title}"
            assert not any(isinstance(target, dict) for target in panel.targets or [])


def test_no_panel_covers_another() -> None:
    cells: Counter[tuple[int, int]] = Counter()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells.update((place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"]))
    assert max(cells.values()) == 1


def test_grafana_finds_the_dashboard_and_its_source() -> None:
    mounts = dict(volume.split(":")[:2] for volume in COMPOSE["services"]["grafana"]["volumes"])
    provider = loaded(OPS / "grafana/provisioning/dashboards/millrace.yml")["providers"][0]
    source = loaded(OPS / "grafana/provisioning/datasources/prometheus.yml")["datasources"][0]
    assert mounts["./ops/grafana/millrace.json"] == f"{provider['options']['path']}/millrace.json"
    assert mounts["./ops/grafana/provisioning"] == "/etc/grafana/provisioning"
    assert (source["type"], source["url"]) == ("prometheus", "http://prometheus:9090")


def test_prometheus_asks_the_keeper() -> None:
    config = loaded(OPS / "prometheus" / "prometheus.yml")
    (job,) = config["scrape_configs"]
    assert (job["job_name"], job["static_configs"]) == ("millrace", [{"targets": ["keeper:9464"]}])
    assert config["rule_files"] == [RULES.name]
    assert set(COMPOSE["services"]["keeper"]["networks"]) & set(COMPOSE["services"]["prometheus"]["networks"])


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_every_service_is_kept_small(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["healthcheck"]["test"][0] == "CMD"
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    assert name == "keeper" or re.search(r":v?\d+(\.\d+)*$", service["image"])
    assert name == "postgres" or service["cap_drop"] == ["ALL"]
    assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])


def test_no_secret_stands_in_the_open() -> None:
    for name, secret in COMPOSE["secrets"].items():
        assert secret == {"file": f"./secrets/{name}"}
    for service in COMPOSE["services"].values():
        for key, value in service.get("environment", {}).items():
            assert "PASSWORD" not in key or value.startswith("/run/secrets/")
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert "/secrets/" in ignored
    assert (ROOT / ".dockerignore").read_text().startswith("*\n")


def test_the_database_can_be_reached_from_inside_alone() -> None:
    assert COMPOSE["services"]["postgres"]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert "ports" not in COMPOSE["services"]["postgres"]


def test_what_is_mounted_is_there() -> None:
    for service in COMPOSE["services"].values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            kept = source in COMPOSE["volumes"] or source.startswith("./secrets/")
            assert kept or (ROOT / source).exists(), source
            assert kept or volume.endswith(":ro")


def test_what_the_image_copies_is_there() -> None:
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert all(list(ROOT.glob(one)) for one in kept if one != "deployments"), kept
    assert {"requirements.txt", "package-lock.json", "Makefile"} <= set(kept)


def compose() -> list[str] | None:
    """Docker's own reader of such files, if it is here; it needs no engine."""
    for command in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(command[0]) and _succeeds([*command, "version"]):
            return command
    return None


def _succeeds(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(compose() is None, reason="docker compose is not installed")
def test_docker_itself_agrees() -> None:
    command = [*(compose() or []), "--file", str(ROOT / "docker-compose.yml"), "config", "--quiet"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_the_keeper_of_the_composition_is_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = configfile.load(OPS / "keeper.toml")
    keeper = COMPOSE["services"]["keeper"]
    for name in keeper["secrets"]:
        text = "postgresql://millrace:x@postgres/millrace" if name == "database_url" else "https://node.example.org"
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o600)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert configfile.missing_secrets(config) == []
    assert (config.metrics.host, keeper["ports"]) == ("0.0.0.0", [f"127.0.0.1:{config.metrics.port}:9464"])  # noqa: S104
    assert keeper["environment"] == {"CREDENTIALS_DIRECTORY": "/run/secrets"}
    assert "./ops/keeper.toml:/etc/millrace/keeper.toml:ro" in keeper["volumes"]
