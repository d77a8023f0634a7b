"""Mutants: what is changed, what is left alone, and that the original stays what it was."""

from pathlib import Path
from typing import Any

import pytest

from harness.mutation import campaign, drive
from harness.mutation.areas import AREAS, MATRIX, UNIT, area_of, files_of, paths, stages
from harness.mutation.mutants import Mutant, Source, culprits, imported, sample, sparing
from harness.mutation.project import MutateError
from harness.settings import ROOT

UINT = {"typeString": "uint256"}


def node(kind: str, at: int, text: str, **fields: object) -> dict[str, Any]:
    return {"nodeType": kind, "src": f"{at}:{len(text)}:0", "typeDescriptions": UINT, **fields}


def function(body: str, *statements: dict[str, Any]) -> Source:
    """A source of one function, `function f() { body }`, whose statements' places count from the body."""
    head = "pragma solidity 0.8.34;\nfunction f() {"
    content = f"{head}{body}}}"

    def shifted(part: Any) -> Any:  # noqa: ANN401 - any part of a tree
        if isinstance(part, list):
            return [shifted(one) for one in part]
        if not isinstance(part, dict):
            return part
        moved = {name: shifted(value) for name, value in part.items()}
        if "src" in part:
            start, length, _ = part["src"].split(":")
            moved["src"] = f"{int(start) + len(head)}:{length}:0"
        return moved

    block = node("Block", -1, "{" + body + "}", statements=list(statements))
    tree = node("FunctionDefinition", -14, "function f() " + "{" + body + "}", name="f", body=block)
    unit = {"nodeType": "SourceUnit", "src": f"0:{len(content)}:0", "nodes": [shifted(tree)]}
    return Source("a.sol", content.encode(), unit, "./Mutant.sol", 1)


def a_sum(at: int) -> dict[str, Any]:
    left = node("Identifier", at, "a", name="a")
    right = node("Identifier", at + 4, "b", name="b")
    return node("BinaryOperation", at, "a + b", operator="+", leftExpression=left, rightExpression=right)


def test_a_statement_can_be_left_out_and_a_sum_turned_around() -> None:
    source = function("return a + b;", node("Return", 0, "return a + b", expression=a_sum(7)))
    written = source.written()
    assert written.endswith(
        "function f() {{ if (!isMutant(2)) { return (isMutant(1) ? /*<1*/a - b/*1>*/ : a + b); } }}"
    )
    assert [(one.before, one.after, one.line, one.function) for one in source.mutants] == [
        ("a + b", "a - b", 2, "f"),
        ("return a + b", "", 2, "f"),
    ]


def test_what_the_compiler_refuses_is_left_out_and_keeps_its_number() -> None:
    source = function("return a + b;", node("Return", 0, "return a + b", expression=a_sum(7)))
    source.without = frozenset({1})
    assert source.written().endswith("function f() {{ if (!isMutant(2)) { return a + b; } }}")
    assert [one.id for one in source.mutants] == [1, 2]


def test_the_same_change_twice_has_two_keys() -> None:
    statements = [node("Return", at, "return a + b", expression=a_sum(at + 7)) for at in (0, 14)]
    source = function("return a + b; return a + b;", *statements)
    source.written()
    assert len({one.key for one in source.mutants}) == 4


def test_an_else_stays_with_its_if() -> None:
    body = "if (c) a; else b;"
    condition = node("Identifier", 4, "c", name="c")
    parts = {
        name: node("ExpressionStatement", at, text, expression=node("Identifier", at, text, name=text))
        for name, at, text in (("trueBody", 7, "a"), ("falseBody", 15, "b"))
    }
    written = function(body, node("IfStatement", 0, body[:-1], condition=condition, **parts)).written()
    chosen = "(isMutant(1) ? /*<1*/true/*1>*/ : isMutant(2) ? /*<2*/false/*2>*/ : c)"
    bodies = "{ if (!isMutant(3)) { a; } } else { if (!isMutant(4)) { b; } }"
    assert written.endswith(f"function f() {{if ({chosen}) {bodies}}}")


def test_a_modifier_has_a_form_that_spares_a_mutant() -> None:
    modifier = "    modifier onlyVault() {\n        a();\n        _;\n    }\n"
    head = "    modifier onlyVaultUnless(uint256 id) { if (isMutant(id)) { _; } else {\n"
    spared = f"{head}        a();\n        _;\n    }} }}\n"
    assert sparing(f"contract A {{\n{modifier}}}\n") == f"contract A {{\n{spared}{modifier}}}\n"
    assert sparing(modifier.replace("onlyVault", "whenOpen")) == modifier.replace("onlyVault", "whenOpen")
    assert sparing("contract A {}") == "contract A {}"


def test_the_switch_is_imported_once() -> None:
    assert imported("pragma solidity ^0.8.0;\npragma abicoder v2;", "./M.sol").count("import") == 1


def test_an_error_is_the_innermost_mutants_around_it() -> None:
    written = "x = (isMutant(1) ? /*<1*/a + (isMutant(2) ? /*<2*/b/*2>*/ : c)/*1>*/ : d);"
    assert culprits(written, written.index("b"), written.index("b") + 1) == [2]
    assert culprits(written, written.index("a +"), written.index("a +") + 1) == [1]
    assert culprits(written, 0, len(written)) == [1]


def test_an_error_outside_mutants_is_the_statements_of_its_function() -> None:
    written = "function g() { if (!isMutant(1)) { a; } }\nfunction f() {\n  b;\n  { if (!isMutant(2)) { c; } }\n    }\n"
    assert culprits(written, written.index("b;"), written.index("b;") + 1) == [2]


def mutants(count: int) -> list[Mutant]:
    return [Mutant(at, "contracts/a.sol", 1, "f", f"x{at}", "") for at in range(1, count + 1)]


def test_a_sample_is_the_same_every_time_and_grows() -> None:
    all_of_them = mutants(1000)
    tenth, fifth = sample(all_of_them, 10), sample(all_of_them, 20)
    assert tenth == sample(all_of_them, 10)
    assert set(tenth) < set(fifth)
    assert 60 < len(tenth) < 140
    assert sample(all_of_them, 100) == all_of_them


def test_cheap_tests_come_first() -> None:
    assert stages("contracts/libraries/RouteEncoder.sol") == [("tests/unit/Route.t.sol", "")]
    assert [path for path, _ in stages("contracts/libraries/SizingLib.sol")] == [
        "tests/unit/Sizing.t.sol",
        "tests/unit/executor/*",
        "tests/integration/Sized.t.sol",
    ]
    assert stages("contracts/venues/Curve.sol")[-2:] == [(MATRIX, r"test_(FlashSwap|UniswapV3)\("), (MATRIX, "")]


def test_every_area_is_of_files_and_tests_that_exist() -> None:
    for area in AREAS:
        assert all(list(ROOT.glob(pattern)) for pattern in area.files), area.name
        assert all((ROOT / entry).exists() for entry in area.entries), area.name
        for file in files_of([area], ROOT):
            assert area_of(file) is area
            assert all(list(paths(stage, ROOT)) for stage in stages(file)), file
    assert all((ROOT / test).exists() for test in UNIT.values())


def test_the_contracts_that_hold_funds_are_all_changed() -> None:
    code = {str(path.relative_to(ROOT)) for path in ROOT.glob("contracts/**/*.sol") if "function " in path.read_text()}
    unsent = "contracts/TokenProbe.sol"  # never deployed: it runs in simulations alone
    apart = ("contracts/interfaces/", "contracts/executors/", "contracts/libraries/ErrorsLib.sol", unsent)
    assert {one for one in code if not one.startswith(apart)} - set(files_of(AREAS, ROOT)) == set()


def test_a_call_has_the_same_arguments_every_time_and_none_that_it_cannot_make_up() -> None:
    words = {"name": "testFuzz_A", "inputs": [{"type": "uint16"}, {"type": "int24"}, {"type": "address"}]}
    bytes_ = {"name": "testFuzz_B", "inputs": [{"type": "bytes"}]}
    plain: dict[str, Any] = {"name": "test_C", "inputs": []}
    known = {"testFuzz_A(uint16,int24,address)": "01020304", "testFuzz_B(bytes)": "0a0b0c0d", "test_C()": "05060708"}
    calls = list(drive.calls_of(words, known))
    assert calls == list(drive.calls_of(words, known))
    assert len(set(calls)) == drive.RUNS
    assert all(len(call) == 4 + 3 * 32 and call.startswith(b"\x01\x02\x03\x04") for call in calls)
    assert list(drive.calls_of(bytes_, known)) == []
    assert list(drive.calls_of(plain, known)) == [b"\x05\x06\x07\x08"]


def test_a_batch_is_of_the_same_tests() -> None:
    files = ["contracts/Sizer.sol"] * 70 + ["contracts/StakingVault.sol"] * 3
    waiting = [Mutant(at, file, 1, "f", f"x{at}", "") for at, file in enumerate(files, 1)]
    assert [len(batch) for batch in campaign.batches(waiting)] == [drive.BATCH, 70 - drive.BATCH, 3]


def test_every_mutant_has_one_outcome() -> None:
    one, two, three, four, five = mutants(5)
    found = {two.key: "test_A", three.key: ""}
    reasons = {four.key: "It says nothing."}
    outcomes = [campaign.outcome(mutant, {one.id}, found, reasons) for mutant in (one, two, three, four, five)]
    assert outcomes == ["refused", "killed", "survived", "explained", "not run"]


def test_an_explanation_of_no_mutant_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    listed = tmp_path / "mutants.toml"
    listed.write_text('[[equivalent]]\nmutant = "gone"\nreason = "It was."\n')
    monkeypatch.setattr(campaign, "EXPLAINED", listed)
    with pytest.raises(MutateError, match="gone"):
        campaign.explained(mutants(1))
