"""Mutants of Solidity: small changes to a source, each of which some test should notice. Pure: no I/O.

Where slither-mutate compiles the project once a mutant, this writes all mutants of a file into it at once, each behind
a question whether it is the one being tried: a sum becomes `(isMutant(7) ? a - b : a + b)`. What is compiled once then
behaves as any of them, by a number that a test run sets, or as the original, by 0. The changes are of slither-mutate's
kinds, placed by the compiler's own syntax tree, so that they reach into `require` and the arguments of calls.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

Node = dict[str, Any]
"""A node of the compiler's syntax tree."""

Read = Callable[[Node], str]
"""Tells what stands at a node."""

IMPORT: Final = 'import {isMutant} from "%s";'
SWITCH: Final = """// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

function isMutant(uint256 id) pure returns (bool) {
    function() view returns (uint256) read = activeMutant;
    function() pure returns (uint256) active;
    assembly {
        active := read
    }
    return active() == id;
}

function activeMutant() view returns (uint256) {
    return block.prevrandao;
}
"""
"""The block's random number is what no contract here reads, and what a test run can be given."""

COMPARISONS: Final = {
    "<": ("<=", "!=", "false"),
    ">": (">=", "!=", "false"),
    "<=": ("<", "==", "true"),
    ">=": (">", "==", "true"),
    "==": ("!=", "<=", ">="),
    "!=": ("==", "<", ">"),
}
"""Those that tell any other comparison from the right one; `==` of what has no order only turns around."""

OPERATORS: Final = {
    "+": "-",
    "-": "+",
    "*": "/",
    "/": "*",
    "%": "*",
    "&": "|",
    "|": "&",
    "^": "&",
    "<<": ">>",
    ">>": "<<",
}

MODIFIERS: Final = re.compile("restricted|nonReentrant|only[A-Z]\\w*")
"""Modifiers that a mutant may do without."""
MODIFIER: Final = re.compile(r"^    modifier (\w+)\(\) (?:virtual )?\{\n(.*?)^    \}\n", re.DOTALL | re.MULTILINE)

REMOVABLE: Final = ("ExpressionStatement", "Return", "EmitStatement", "Break", "Continue")
CONDITIONS: Final = {"IfStatement": "condition", "Conditional": "condition", "WhileStatement": "condition"}
UNTOUCHED: Final = ("InlineAssembly", "TypeName", "ElementaryTypeName", "UserDefinedTypeName", "ArrayTypeName")


@dataclass(frozen=True)
class Mutant:
    """One change.

    Attributes:
        id: Its number, unique within a run; the original is 0.
        file: The source, relative to the project.
        line: Where, from 1.
        function: In which function.
        before: What stands there.
        after: What would.
        nth: The same change of the same text in the same function before it.
    """

    id: int
    file: str
    line: int
    function: str
    before: str
    after: str
    nth: int = 0

    @property
    def key(self) -> str:
        """A name that outlives changes elsewhere in the file."""
        again = f" #{self.nth + 1}" if self.nth else ""
        return f"{self.file} {self.function}: {self.before} => {self.after or 'nothing'}{again}"


@dataclass
class Source:
    """A source with its mutants written in, but for those that are left out.

    Attributes:
        file: Path relative to the project.
        content: The source, as bytes, which the compiler counts in.
        tree: Its syntax tree.
        switch: What the source imports `isMutant` from.
        first: The first mutant's number.
        without: Numbers of mutants to leave out, as the compiler refuses them.
    """

    file: str
    content: bytes
    tree: Node
    switch: str
    first: int
    without: frozenset[int] = frozenset()
    mutants: list[Mutant] = field(default_factory=list)
    _function: str = ""
    _seen: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def written(self) -> str:
        """The source with its mutants; fills `mutants`."""
        self.mutants, self._seen = [], {}
        text = self._render(self.tree)
        return imported(sparing(text), self.switch)

    def _text(self, node: Node) -> str:
        start, end = span(node)
        return self.content[start:end].decode()

    def _end(self, node: Node) -> int:
        """Of a statement, the end includes the semicolon."""
        end = span(node)[1]
        if node["nodeType"] in REMOVABLE:
            return self.content.index(b";", end - 1) + 1
        bodies = [node[name] for name in ("trueBody", "falseBody", "body") if isinstance(node.get(name), dict)]
        return max([end, *map(self._end, bodies)]) if node["nodeType"].endswith("Statement") else end

    def _render(self, node: Node) -> str:
        if node["nodeType"] in ("FunctionDefinition", "ModifierDefinition"):
            self._function = node.get("name") or node.get("kind", "")
        at, parts = span(node)[0], []
        for child, whole in children(node):
            start = span(child)[0]
            parts.append(self.content[at:start].decode())
            at = self._end(child) if whole else span(child)[1]
            parts.append(self._statement(child) if whole else self._expression(child, node))
        parts.append(self.content[at : span(node)[1]].decode())
        return "".join(parts)

    def _modifier(self, node: Node) -> str:
        name = self._text(node)
        mutant = self._new(node, name, "") if MODIFIERS.fullmatch(name) else None
        return name if mutant is None else f"{name}Unless({mutant})"

    def _statement(self, node: Node) -> str:
        inner = self._render(node)
        if node["nodeType"] not in REMOVABLE:
            return inner
        inner = inner.removesuffix(";")
        mutant = self._new(node, self._text(node), "")
        return f"{inner};" if mutant is None else f"{{ if (!isMutant({mutant})) {{ {inner}; }} }}"

    def _expression(self, node: Node, parent: Node) -> str:
        if node["nodeType"] == "ModifierInvocation":
            return self._modifier(node)
        choices = []
        for after in alternatives(node, parent, self._text):
            mutant = self._new(node, self._text(node), after)
            if mutant is not None:
                choices.append(f"isMutant({mutant}) ? /*<{mutant}*/{after}/*{mutant}>*/ : ")
        inner = self._render(node)
        return f"({''.join(choices)}{inner})" if choices else inner

    def _new(self, node: Node, before: str, after: str) -> int | None:
        """The number of a new mutant, or None if it is left out."""
        change = (self._function, flat(before), flat(after))
        nth = self._seen.get(change, 0)
        self._seen[change] = nth + 1
        line = self.content.count(b"\n", 0, span(node)[0]) + 1
        number = self.first + len(self.mutants)
        self.mutants.append(Mutant(number, self.file, line, *change, nth))
        return None if number in self.without else number


def sparing(source: str) -> str:
    """A source with a second form of each of `MODIFIERS` that it has, for a mutant to do without."""
    for found in MODIFIER.finditer(source):
        name, body = found.groups()
        if MODIFIERS.fullmatch(name):
            form = f"    modifier {name}Unless(uint256 id) {{ if (isMutant(id)) {{ _; }} else {{\n{body}    }} }}\n"
            source = source.replace(found[0], form + found[0])
    return source


def imported(source: str, switch: str) -> str:
    """The source with an import of `isMutant` from `switch`."""
    return re.sub(r"(pragma solidity [^;]*;)", rf"\1\n{IMPORT % switch}", source, count=1)


def span(node: Node) -> tuple[int, int]:
    """Where a node begins and ends, in bytes."""
    start, length, _ = node["src"].split(":")
    return int(start), int(start) + int(length)


def flat(text: str) -> str:
    """On one line."""
    return " ".join(text.split())


def children(node: Node) -> Iterator[tuple[Node, bool]]:
    """The parts of a node that may change, in order, and whether a part is a statement that stands alone."""
    kind = node["nodeType"]
    skipped: tuple[str, ...] = ("leftHandSide", "typeName", "parameters", "returnParameters", "documentation")
    if kind == "VariableDeclaration" and node.get("constant"):
        return
    if kind == "UnaryOperation" and node["operator"] in ("++", "--", "delete"):
        return
    if kind == "FunctionCall" and is_error(node):
        return
    if kind == "FunctionCall" and node.get("kind") != "functionCall":
        skipped += ("expression",)
    found = []
    for name, value in node.items():
        if name in skipped or name == "externalReferences":
            continue
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict) and "src" in part and part["nodeType"] not in UNTOUCHED:
                alone = name in ("statements", "trueBody", "falseBody", "body") and not (
                    kind == "Conditional" or part["nodeType"] == "Block"
                )
                found.append((part, alone))
    yield from sorted(found, key=lambda one: span(one[0])[0])


def is_error(call: Node) -> bool:
    """What an error tells is for people: its arguments stay."""
    return str(call["typeDescriptions"].get("typeIdentifier", "")).startswith("t_error")


def type_of(node: Node) -> str:
    """A node's Solidity type, by the compiler's name."""
    return str((node.get("typeDescriptions") or {}).get("typeString") or "")


def alternatives(node: Node, parent: Node, text: Read) -> Iterable[str]:
    """What might stand in a node's place."""
    kind = node["nodeType"]
    if node is parent.get(CONDITIONS.get(parent["nodeType"], "")):
        yield from ("true", "false")
    if kind == "BinaryOperation" and not type_of(node).startswith(("int_const", "rational")):
        loops = parent["nodeType"] == "ForStatement"
        yield from (one for one in binary(node, text) if not (loops and "!=" in one))
    elif kind == "UnaryOperation" and node["operator"] in ("!", "~", "-") and "const" not in type_of(node):
        yield text(node["subExpression"])
    elif kind == "MemberAccess" and text(node) == "msg.sender":
        yield "tx.origin"
    elif kind == "FunctionCall" and parent["nodeType"] == "Assignment" and type_of(node).startswith("uint"):
        yield "0"
    elif parent["nodeType"] == "VariableDeclarationStatement" and node is parent.get("initialValue"):
        yield from initial(node)
    yield from number(node, parent, text)


def binary(node: Node, text: Read) -> Iterator[str]:
    """Another operator; or one side of a conjunction."""
    left, right, operator = node["leftExpression"], node["rightExpression"], node["operator"]
    if operator in ("&&", "||"):
        yield from (text(left), text(right))
    elif operator in COMPARISONS:
        ordered = type_of(left).startswith(("uint", "int")) or operator not in ("==", "!=")
        others = COMPARISONS[operator] if ordered else COMPARISONS[operator][:1]
        for other in others:
            if not same(operator, other, type_of(left), text(right)):
                yield other if other in ("true", "false") else f"{text(left)} {other} {text(right)}"
    elif operator in OPERATORS:
        yield f"{text(left)} {OPERATORS[operator]} {text(right)}"


def same(operator: str, other: str, kind: str, right: str) -> bool:
    """Whether two comparisons cannot differ: nothing is below zero, and a leg's two tokens are never one."""
    unsigned = right == "0" and kind.startswith("uint") and (operator, other) in (("==", "<="), ("!=", ">"))
    return unsigned or (kind in ("address", "contract") and other in ("<=", ">="))


def initial(node: Node) -> Iterator[str]:
    """Nothing, in place of a variable's first value."""
    kind = type_of(node)
    if kind.startswith("uint"):
        yield f"{kind}(0)"
    elif kind == "bool":
        yield from ("true", "false")
    elif kind == "address":
        yield "address(0)"


def number(node: Node, parent: Node, text: Read) -> Iterator[str]:
    """One more, of a number that is written or named; one less, of one that is written; of a set, one bit less."""
    if type_of(parent).startswith(("int_const", "rational")) or parent.get("kind") == "typeConversion":
        return
    if node["nodeType"] == "Literal" and node.get("kind") == "number" and not str(node["value"]).startswith("0x"):
        value = int(str(node["value"]).replace("_", ""), 10) if re.fullmatch(r"[\d_]+", str(node["value"])) else 0
        yield f"uint256({value + 1})" if parent["nodeType"] == "BinaryOperation" else str(value + 1)
        if value > 1:
            yield f"uint256({value - 1})" if parent["nodeType"] == "BinaryOperation" else str(value - 1)
    elif is_constant(node) and type_of(node).startswith("uint"):
        bits = parent.get("memberName") == "has" or parent.get("operator") == ">>"
        yield f"{text(node)} & ({text(node)} - 1)" if bits else f"{text(node)} + 1"


def is_constant(node: Node) -> bool:
    """Whether a name is a constant's: such are written in capitals."""
    name = str(node.get("name") or node.get("memberName") or "")
    return node["nodeType"] in ("Identifier", "MemberAccess") and re.fullmatch(r"[A-Z][A-Z0-9_]+", name) is not None


def culprits(written: str, start: int, end: int) -> list[int]:
    """The mutants to leave out for an error between two characters of a written source.

    The innermost one around it, or else the first that stands there, or else all that remove a statement of its
    function.
    """
    around = []
    for found in re.finditer(r"/\*<(\d+)\*/", written[: start + 1]):
        close = written.find(f"/*{found[1]}>*/", found.end())
        if found.start() <= start and close >= start:
            around.append((close - found.start(), int(found[1])))
    if around:
        return [min(around)[1]]
    within = re.findall(r"isMutant\((\d+)\)", written[start:end])
    if within:
        return [int(within[0])]
    begin = max(written.rfind("\n    function ", 0, start), written.rfind("\nfunction ", 0, start))
    stop = written.find("\n    }\n", start)
    return [int(one) for one in re.findall(r"if \(!isMutant\((\d+)\)\)", written[begin:stop])]


def sample(mutants: Sequence[Mutant], percent: int) -> list[Mutant]:
    """So many in a hundred, the same ones every time, in their order."""
    return [one for one in mutants if int.from_bytes(hashlib.sha256(one.key.encode()).digest()[:4]) % 100 < percent]
