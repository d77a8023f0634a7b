"""Mutants: what is changed, what is left alone, and that the original stays what it was."""

from pathlib import Path
from typing import Any

import pytest

from harness import mutate
from harness.mutants import Mutant, Source, culprits, imported, sample, sparing
from harness.mutate import MutateError

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
    assert sparing("    modifier restricted() {") == (
        "    modifier restrictedUnless(uint256 id) "
        "{ if (!isMutant(id)) _checkCanCall(_msgSender(), _msgData()); _; }\n    modifier restricted() {"
    )
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
    assert mutate.stages("contracts/libraries/RouteEncoder.sol") == [("tests/unit/Route.t.sol", "")]
    assert [path for path, _ in mutate.stages("contracts/libraries/SizingLib.sol")] == [
        "tests/unit/Sizing.t.sol",
        "tests/unit/executor/*",
        mutate.SIZED,
    ]
    assert mutate.stages("contracts/venues/Curve.sol")[-1] == (mutate.MATRIX, r"test_(FlashSwap|UniswapV3)\(")


def test_every_mutant_has_one_outcome() -> None:
    one, two, three, four, five = mutants(5)
    found = {two.key: "test_A", three.key: ""}
    reasons = {four.key: "It says nothing."}
    outcomes = [mutate.outcome(mutant, {one.id}, found, reasons) for mutant in (one, two, three, four, five)]
    assert outcomes == ["refused", "killed", "survived", "explained", "not run"]


def test_an_explanation_of_no_mutant_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    listed = tmp_path / "mutants.toml"
    listed.write_text('[[equivalent]]\nmutant = "gone"\nreason = "It was."\n')
    monkeypatch.setattr(mutate, "EXPLAINED", listed)
    with pytest.raises(MutateError, match="gone"):
        mutate.explained(mutants(1))
