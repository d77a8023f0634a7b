"""The chain files, chains/<name>.json: read, checked to the last key, and handed out as frozen models.

The models stand in harness/chainmodel/. Solidity scripts read the same files. `python -m harness.chains` writes
chains/schema.json from the models, so that an editor can check a chain file as it is written.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from harness.chainfile import reference_problems
from harness.chainmodel.annexes import AggLayerBridge, Bridge, Lido, OptimismBridge
from harness.chainmodel.base import Address, Model
from harness.chainmodel.chain import Chain, Replica, UnknownKeyError
from harness.chainmodel.network import Deployers, Explorer, FeeModel, Native, Pinned, Sequencer, Token
from harness.chainmodel.pools import Feed, Pool
from harness.chainmodel.terms import DeploymentTerms
from harness.chainmodel.venues import (
    ERC4626,
    NATIVE_DECIMALS,
    Algebra,
    BalancerV2,
    BalancerV3,
    Curve,
    DodoV2,
    Executor,
    Lender,
    LiquidityBook,
    PancakeV2,
    PancakeV3,
    Solidly,
    Tradable,
    Trading,
    UniswapV2,
    UniswapV3,
    UniswapV4,
    Venue,
    WooFi,
    WrappedNative,
)
from harness.chainrules import rule_problems
from harness.errors import MillraceError
from harness.settings import CHAINS
from harness.termrules import term_problems

__all__ = [
    "CHAINS",
    "ERC4626",
    "NATIVE_DECIMALS",
    "SCHEMA",
    "Address",
    "AggLayerBridge",
    "Algebra",
    "BalancerV2",
    "BalancerV3",
    "Bridge",
    "Chain",
    "ChainFileError",
    "Curve",
    "Deployers",
    "DeploymentTerms",
    "DodoV2",
    "Executor",
    "Explorer",
    "FeeModel",
    "Feed",
    "Lender",
    "Lido",
    "LiquidityBook",
    "Model",
    "Native",
    "OptimismBridge",
    "PancakeV2",
    "PancakeV3",
    "Pinned",
    "Pool",
    "Replica",
    "Sequencer",
    "Solidly",
    "Token",
    "Tradable",
    "Trading",
    "UniswapV2",
    "UniswapV3",
    "UniswapV4",
    "UnknownChainError",
    "UnknownKeyError",
    "Venue",
    "WooFi",
    "WrappedNative",
    "by_id",
    "load",
    "names",
    "schema",
    "write_schema",
]

SCHEMA = "schema.json"


class UnknownChainError(MillraceError):
    """No chain file of that name; names those that there are."""


class ChainFileError(MillraceError):
    """A chain file is wrong; every problem with its key path and what would be right.

    Attributes:
        problems: One line each.
    """

    def __init__(self, path: Path, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(f"{path.name} is not a valid chain file:\n  " + "\n  ".join(problems))


def names(folder: Path = CHAINS) -> list[str]:
    """Return the chains that there are files of."""
    return sorted(path.stem for path in folder.glob("*.json") if path.name != SCHEMA)


def load(name: str, folder: Path = CHAINS) -> Chain:
    """Read and check one chain file.

    Args:
        name: The file's name without `.json`.
        folder: Where the chain files lie.

    Raises:
        UnknownChainError: There is no such file.
        ChainFileError: Something in it is wrong; all problems at once.
    """
    if name not in names(folder):
        raise UnknownChainError(f"unknown chain {name!r}; there are: {', '.join(names(folder)) or 'none'}")
    path = folder / f"{name}.json"
    repeated: list[str] = []
    try:
        data = json.loads(path.read_text(), object_pairs_hook=lambda pairs: _object(pairs, repeated))
    except ValueError as error:
        raise ChainFileError(path, [f"not JSON: {error}"]) from None
    chain, problems = _validated(data)
    problems = [*repeated, *problems, *reference_problems(data, name), *rule_problems(data, name), *term_problems(data)]
    if problems or chain is None:
        raise ChainFileError(path, problems)
    return chain


def by_id(chain_id: int, folder: Path = CHAINS) -> Chain | None:
    """Return the chain with an id; None where no file is of it.

    Raises:
        ChainFileError: A file is wrong.
    """
    return next((chain for chain in (load(name, folder) for name in names(folder)) if chain.chain_id == chain_id), None)


def schema() -> str:
    """Return the JSON schema of a chain file, as it stands in chains/schema.json."""
    body = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Chain.model_json_schema(by_alias=True)}
    return json.dumps(body, indent=2) + "\n"


def write_schema(folder: Path = CHAINS) -> Path:
    """Write chains/schema.json anew."""
    path = folder / SCHEMA
    path.write_text(schema())
    return path


def _object(pairs: list[tuple[str, Any]], repeated: list[str]) -> dict[str, Any]:
    """Build one JSON object and note the keys that stand in it twice, of which JSON would silently drop the first."""
    counts = Counter(key for key, _ in pairs)
    repeated.extend(f"{key}: stands twice in one object; keep one" for key, count in counts.items() if count > 1)
    return dict(pairs)


def _validated(data: object) -> tuple[Chain | None, list[str]]:
    """Check the shape of a chain file: keys, types, ranges, checksums."""
    try:
        return Chain.model_validate(data), []
    except ValidationError as error:
        return None, [_explained(problem["loc"], problem["type"], problem["msg"]) for problem in error.errors()]


def _explained(location: tuple[int | str, ...], kind: str, message: str) -> str:
    """Turn one complaint of pydantic into a line with the key path as it stands in the file."""
    if location[:1] in (("venues",), ("bridges",)):
        location = location[:2] + location[3:]  # pydantic puts the kind between a name and its keys
    path = ".".join(str(part) for part in location)
    said = "is missing; add it" if kind == "missing" else message.removeprefix("Value error, ")
    return f"{path or 'the file'}: {said}"


if __name__ == "__main__":
    write_schema()
