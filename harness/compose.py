"""Writes a chain's executor: the contract that inherits the venues and lenders that its chain file names.

`python -m harness.compose` writes contracts/executors/, and there too EveryExecutor.sol, which has all there is and is
for tests: in tests/ forge would not compile it anew when only the body of a function changes that it inherits.
`--check` only says whether what stands there is what it would write.

A venue's file says how to swap there and passes on, by `super`, what is not its own. So an executor is a list of files,
and nothing is written here but that list, the sets of bits by which the executor knows its venues and lenders, and the
overrides that Solidity asks for wherever several of the files have the same function. The sources are written as
`forge fmt` would have them.
"""

import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain as chained
from pathlib import Path

from harness.errors import MillraceError
from harness.settings import CHAINS, ROOT

CONTRACTS = ROOT / "contracts"
EXECUTORS = CONTRACTS / "executors"
SCHEMA = CHAINS / "schema.json"
EVERY = "EveryExecutor"
LINE = 120
"""Characters in a line of Solidity, as foundry.toml has it."""

Part = tuple[str, tuple[str, ...]]
"""A contract, and its names in RouteLib."""

VENUES: dict[str, Part] = {
    "wrapped-native": ("WrappedNative", ("WRAPPED_NATIVE",)),
    "erc4626": ("ERC4626", ("ERC4626",)),
    "liquidity-book": ("LiquidityBook", ("LIQUIDITY_BOOK",)),
    "woofi": ("WooFi", ("WOOFI",)),
    "dodo-v2": ("DodoV2", ("DODO_V2",)),
    "curve": ("Curve", ("CURVE", "CURVE_NG", "CURVE_CRYPTO")),
    "balancer-v3": ("BalancerV3", ("BALANCER_V3",)),
    "balancer-v2": ("BalancerV2", ("BALANCER_V2",)),
    "uniswap-v4": ("UniswapV4", ("UNISWAP_V4",)),
    "uniswap-v3": ("UniswapV3", ("UNISWAP_V3",)),
    "pancake-v3": ("PancakeV3", ("PANCAKE_V3",)),
    "algebra": ("Algebra", ("ALGEBRA",)),
    "uniswap-v2": ("UniswapV2", ("UNISWAP_V2",)),
    "pancake-v2": ("PancakeV2", ("PANCAKE_V2",)),
    "solidly": ("Solidly", ("SOLIDLY",)),
}
"""By a venue's kind in the chain files. In the order of inheritance: a file comes after those it inherits, and what is
met most often comes last, because the last is asked first."""

LENDERS: dict[str, Part] = {
    "erc3156": ("ERC3156Loan", ("LENDER_ERC3156",)),
    "aave-v3": ("AaveV3Loan", ("LENDER_AAVE_V3",)),
    "morpho": ("MorphoLoan", ("LENDER_MORPHO",)),
    "uniswap-v3": ("UniswapV3Loan", ("LENDER_UNISWAP_V3",)),
    "pancake-v3": ("PancakeV3Loan", ("LENDER_PANCAKE_V3",)),
    "algebra": ("AlgebraLoan", ("LENDER_ALGEBRA",)),
    "balancer-v2": ("BalancerV2Loan", ("LENDER_BALANCER_V2",)),
    "balancer-v3": ("BalancerV3Loan", ("LENDER_BALANCER_V3",)),
    "uniswap-v4": ("UniswapV4Loan", ("LENDER_UNISWAP_V4",)),
}
"""By a lender's kind in the chain files. In the order of inheritance, as for the venues."""

CREDITORS = ("uniswap-v4", "balancer-v3")
"""Lenders that are a venue too, and whose loans run on that venue's code."""

TYPES = {"PackedLeg": "types/PackedLeg.sol", "Header": "types/Route.sol", "Flow": "venues/Venue.sol"}
"""Files of the types that hooks take."""

FUNCTION = re.compile(r"function (_\w+)\(([^)]*)\)([^;{]*)\{")
CONTRACT = re.compile(r"^abstract contract (\w+)(?: is\s+([\w,\s]+?))?\s*\{", re.MULTILINE)


class CompositionError(MillraceError):
    """A chain file names a venue or lender for which there is no code, or an executor is out of date."""


@dataclass(frozen=True, slots=True)
class Composition:
    """What an executor is made of.

    Attributes:
        contract: Its name.
        purpose: Whom it is for, as its documentation says.
        venues: Kinds of `VENUES`, in any order.
        lenders: Kinds of `LENDERS`, in any order.
    """

    contract: str
    purpose: str
    venues: tuple[str, ...]
    lenders: tuple[str, ...]

    @property
    def path(self) -> Path:
        """Where its source stands."""
        return EXECUTORS / f"{self.contract}.sol"

    def parts(self) -> tuple[list[Part], list[Part]]:
        """Return its venues and its lenders, each in the order of inheritance.

        Raises:
            CompositionError: A kind has no code, or lends on the code of a venue that is not there.
        """
        venues, lenders = _known("venue", self.venues, VENUES), _known("lender", self.lenders, LENDERS)
        for kind in CREDITORS:
            if kind in self.lenders and kind not in self.venues:
                raise CompositionError(f"{self.contract} borrows from {kind}, whose code the venue has; add that venue")
        return venues, lenders


@dataclass(frozen=True, slots=True)
class Source:
    """What matters here of a Solidity file with an abstract contract.

    Attributes:
        path: The file's, from contracts/.
        bases: The contracts it inherits.
        functions: Parameters, and what stands between them and the body, of every function that is neither private
            nor external and has a body, by name.
    """

    path: Path
    bases: tuple[str, ...]
    functions: Mapping[str, tuple[str, str]]


def compositions(folder: Path = CHAINS) -> list[Composition]:
    """Return the executors that the chain files name, and the one of all venues and lenders, which tests use.

    Raises:
        CompositionError: A chain file names none, or two name different ones by the same name.
    """
    found: dict[str, Composition] = {}
    for path in sorted(folder.glob("*.json")):
        if path.name != SCHEMA.name:
            one = _of_chain(path)
            other = found.setdefault(one.contract, one)
            if (other.venues, other.lenders) != (one.venues, one.lenders):
                raise CompositionError(f"{path.name} makes {one.contract} of other parts; give it another name")
    return [*found.values(), Composition(EVERY, "tests, with every venue and lender", tuple(VENUES), tuple(LENDERS))]


def render(composition: Composition) -> str:
    """Return the Solidity source of an executor.

    Raises:
        CompositionError: A kind has no code, or lends on the code of a venue that is not there.
    """
    venues, lenders = composition.parts()
    bases = ["FlashExecutor", *(name for name, _ in chained(venues, lenders))]
    hooks = {hook: _definers(bases, hook) for hook in _hooks(bases)}
    overrides = [_override(hook, definers) for hook, definers in hooks.items() if len(definers) > 1]
    sets = [_set("_venues", venues), _set("_lenders", [("", ("LENDER_NONE",)), *lenders])]
    body = "\n".join([_constructor(), *sets, *overrides])
    names = {*bases, *chained.from_iterable(found for found in hooks.values() if len(found) > 1)}
    return (
        "// SPDX-License-Identifier: MIT\npragma solidity >=0.8.34;\n\n"
        "// Generated by harness/compose.py. `make executors` writes it anew.\n\n"
        f"{_imports(names, body, composition.path)}\n"
        f"/// @title {composition.contract}\n/// @notice The executor of {composition.purpose}. See FlashExecutor.\n"
        f"{_inheritance(composition.contract, bases)}{body}}}\n"
    )


def write(found: Iterable[Composition]) -> list[Path]:
    """Write the sources of executors; return those that were not so already.

    Raises:
        CompositionError: A kind has no code.
    """
    changed = [one for one in found if not _stands(one)]
    for one in changed:
        one.path.parent.mkdir(parents=True, exist_ok=True)
        one.path.write_text(render(one))
    return [one.path for one in changed]


def check(found: Sequence[Composition]) -> None:
    """Make sure that the sources of executors are those that would be written, and that there are no others.

    Raises:
        CompositionError: One is missing, different, or named by no chain file.
    """
    for one in found:
        if not _stands(one):
            raise CompositionError(f"{one.path.relative_to(ROOT)} is out of date; run `make executors`")
    for path in set(EXECUTORS.glob("*.sol")) - {one.path for one in found}:
        raise CompositionError(f"{path.relative_to(ROOT)} is named by no chain file; remove it")


def _stands(one: Composition) -> bool:
    return one.path.is_file() and one.path.read_text() == render(one)


def _of_chain(path: Path) -> Composition:
    data = json.loads(path.read_text())
    try:
        executor = data["executor"]
        lists = tuple(executor["venues"]), tuple(executor["lenders"])
        return Composition(executor["contract"], data["name"], *lists)
    except (KeyError, TypeError):
        raise CompositionError(
            f"{path.name} does not say what its executor is made of; see chains/schema.json"
        ) from None


def _known(what: str, kinds: Sequence[str], table: Mapping[str, Part]) -> list[Part]:
    for kind in kinds:
        if kind not in table:
            raise CompositionError(f"there is no code for the {what} {kind!r}; there is for {', '.join(table)}")
    return [part for kind, part in table.items() if kind in kinds]


# What the sources say


@cache
def _sources() -> dict[str, Source]:
    """Read every abstract contract that an executor can inherit, by name."""
    found = {}
    for path in sorted(
        chained(CONTRACTS.glob("*.sol"), CONTRACTS.glob("venues/*.sol"), CONTRACTS.glob("lenders/*.sol"))
    ):
        text = path.read_text()
        if match := CONTRACT.search(text):
            bases = tuple(base.strip() for base in (match[2] or "").split(",") if base.strip())
            functions = {name: (params, tail) for name, params, tail in FUNCTION.findall(text) if "private" not in tail}
            found[match[1]] = Source(path.relative_to(CONTRACTS), bases, functions)
    return found


def _hooks(bases: Sequence[str]) -> list[str]:
    """Return the functions that can be overridden: as Venue and Loan declare them, and then the bases."""
    sources = (_sources()[name] for name in ("Venue", "Loan", *bases))
    found = (hook for source in sources for hook, (_, tail) in source.functions.items() if "virtual" in tail.split())
    return list(dict.fromkeys(found))


def _definers(bases: Iterable[str], hook: str) -> list[str]:
    """Return the contracts whose definition of a hook comes to an executor through its bases, in their order."""
    found = (_definer(base, hook) for base in bases)
    return list(dict.fromkeys(definer for definer in found if definer))


def _definer(contract: str, hook: str) -> str | None:
    """Return whose definition of a hook a contract has: its own, else that of the last base that has one."""
    source = _sources().get(contract)
    if source is None:
        return None
    if hook in source.functions:
        return contract
    found = (_definer(base, hook) for base in reversed(source.bases))
    return next((definer for definer in found if definer), None)


# The parts of a source, as forge fmt writes them


def _imports(names: Iterable[str], body: str, path: Path) -> str:
    """Return the imports of contracts by name, and of the types that the body uses, sorted by their paths."""
    up = "../" if path.parent == EXECUTORS else "../../contracts/"
    wanted: dict[str, set[str]] = {"libraries/RouteLib.sol": {"RouteLib"}}
    for name in names:
        wanted.setdefault(str(_sources()[name].path), set()).add(name)
    for name, file in TYPES.items():
        if f"{name} " in body:
            wanted.setdefault(file, set()).add(name)
    return "".join(f'import {{{", ".join(sorted(wanted[file]))}}} from "{up}{file}";\n' for file in sorted(wanted))


def _inheritance(contract: str, bases: Sequence[str]) -> str:
    line = f"contract {contract} is {', '.join(bases)} {{\n"
    return line if len(line) <= LINE + 1 else f"contract {contract} is\n    " + ",\n    ".join(bases) + "\n{\n"


def _constructor() -> str:
    return (
        "    constructor(address manager, address reserve_, address wrappedNative_)\n"
        "        FlashExecutor(manager, reserve_, wrappedNative_)\n    {}\n"
    )


def _set(name: str, parts: Sequence[Part]) -> str:
    """Return a function that answers with a set of identifiers of RouteLib, a bit each."""
    identifiers = chained.from_iterable(found for _, found in parts)
    lines = "".join(f"        set |= 1 << RouteLib.{identifier};\n" for identifier in identifiers)
    return f"    function {name}() internal pure override returns (uint256 set) {{\n{lines}    }}\n"


def _override(hook: str, definers: Sequence[str]) -> str:
    """Return the function by which the bases' definitions of a hook are called one after the other."""
    params, tail = next(_sources()[name].functions[hook] for name in definers)
    arguments = [(_type(param), "abcdefgh"[at]) for at, param in enumerate(params.split(","))]
    returned = re.search(r"returns \((\w+)", tail)
    attributes = ["internal", *(word for word in tail.split() if word in ("pure", "view"))]
    attributes += [_listed(definers), *([f"returns ({returned[1]})"] if returned else [])]
    head = f"    function {hook}({', '.join(f'{kind} {name}' for kind, name in arguments)})"
    line = f"{head} {' '.join(attributes)} {{"
    if "\n" in line or len(line) > LINE:
        line = "\n".join([head, *(f"        {attribute}" for attribute in attributes), "    {"])
    call = f"super.{hook}({', '.join(name for _, name in arguments)});"
    return f"{line}\n        {'return ' if returned else ''}{call}\n    }}\n"


def _listed(definers: Sequence[str]) -> str:
    """Return the contracts that are overridden, one a line where they do not fit into one."""
    line = f"override({', '.join(definers)})"
    if len(line) + 8 <= LINE:
        return line
    return "override(\n            " + ",\n            ".join(definers) + "\n        )"


def _type(param: str) -> str:
    """Return the type of a parameter, with the place of its data."""
    return " ".join(word for at, word in enumerate(param.split()) if at == 0 or word in ("memory", "calldata"))


if __name__ == "__main__":
    try:
        if "--check" in sys.argv[1:]:
            check(compositions())
        else:
            for written in write(compositions()):
                print(f"wrote {written.relative_to(ROOT)}")
    except MillraceError as error:
        sys.exit(f"compose: {error}")
