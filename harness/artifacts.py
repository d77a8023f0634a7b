"""forge's artifacts, handed to ape and web3: one compiler, one bytecode.

`contracts()` gives ape containers, `publish()` writes the manifest that makes `project.EthereumExecutor` work in ape,
and `Artifact.differences` compares code on chain with forge's. Loaded as an IPython extension (ape-config.yaml) this
module puts every container into `ape console` by name.

Executors are compiled with settings of their own, via the IR, and tests without the optimizer (foundry.toml). What both
inherit and import is compiled in several ways, and forge gives the artifacts of either way a longer name, at times.
Whatever they are called, of two the one compiled as the contract itself is deployed counts.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eth_utils.crypto import keccak

from harness.errors import MillraceError
from harness.settings import OUT, ROOT

if TYPE_CHECKING:
    from ape.contracts import ContractContainer
    from ethpm_types import ContractType

SOURCES = "contracts/"
EXECUTORS = ("contracts/executors/", "contracts/Sizer.sol")
"""What is compiled via the IR where it could be either way: executors, and what they deploy."""
PACKAGES = "node_modules/"
MANIFEST = ROOT / ".build" / "__local__.json"


class ArtifactError(MillraceError):
    """A contract is not built, or its sources have changed since."""


@dataclass(frozen=True)
class Artifact:
    """What forge says of one contract.

    Attributes:
        name: The contract's.
        source_id: Its source file, from the project's root.
        abi: As solc wrote it.
        init_code: Deployment bytecode without constructor arguments; empty for an interface.
        runtime_code: Deployed bytecode with zeros where the immutables go.
        immutables: (start, length) of each immutable in the runtime code, bytes.
        sources: keccak256 of every source file that the contract was compiled from, by path from the root.
        via_ir: Whether it was compiled via the IR.
        optimized: Whether the optimizer was on; it is off for tests alone.
        metadata: The compiler's own account of sources, settings and version.
    """

    name: str
    source_id: str
    abi: list[dict[str, Any]]
    init_code: bytes
    runtime_code: bytes
    immutables: tuple[tuple[int, int], ...]
    sources: dict[str, str]
    via_ir: bool = False
    optimized: bool = True
    metadata: dict[str, Any] = field(default_factory=dict, compare=False)

    def differences(self, code: bytes) -> list[int]:
        """Return the offsets at which `code` is not this contract's, ignoring exactly its immutables.

        Args:
            code: What `eth_getCode` returned. Where the lengths differ, every offset beyond the shorter one counts.
        """
        masked = {start + index for start, length in self.immutables for index in range(length)}
        here = zip(code, self.runtime_code, strict=False)
        changed = [at for at, (found, built) in enumerate(here) if found != built and at not in masked]
        lengths = sorted((len(code), len(self.runtime_code)))
        return changed + list(range(*lengths))

    def stale(self) -> list[str]:
        """Return the sources that are not the ones this was compiled from."""
        return [path for path, digest in self.sources.items() if _digest(ROOT / path) != digest]


def artifact(name: str, out: Path = OUT) -> Artifact:
    """Read forge's artifact of one contract, under contracts/ or of a package that those import.

    Raises:
        ArtifactError: It is not built, or a source of it has changed since.
    """
    paths = [*out.glob(f"*/{name}.json"), *out.glob(f"*/{name}.*.json")]
    found = [item for path in sorted(paths) if (item := _read(path))]
    for root in (SOURCES, PACKAGES):
        for item in sorted(found, key=_is_part):
            if item.source_id.startswith(root):
                return _fresh(item)
    raise ArtifactError(f"{name} is not built; run `make build`, and if it stays away look for it under {SOURCES}")


def artifacts(out: Path = OUT) -> dict[str, Artifact]:
    """Read the artifacts of everything under contracts/, by contract name.

    Raises:
        ArtifactError: Nothing is built, or a source has changed since.
    """
    parts_first = sorted(_all(out), key=_is_part, reverse=True)
    found = {name: _fresh(item) for name, item in {item.name: item for item in parts_first}.items()}
    if not found:
        raise ArtifactError("no contract is built; run `make build`")
    return found


def container(name: str, out: Path = OUT) -> "ContractContainer":
    """Return the ape container of one contract; `container("X").deploy(..., sender=account)` deploys forge's bytecode.

    Raises:
        ArtifactError: It is not built, or a source of it has changed since.
    """
    return import_module("ape.contracts").ContractContainer(contract_type=contract_type(artifact(name, out)))


def contracts(out: Path = OUT) -> dict[str, "ContractContainer"]:
    """Return ape containers of everything under contracts/, by contract name.

    Raises:
        ArtifactError: Nothing is built, or a source has changed since.
    """
    new = import_module("ape.contracts").ContractContainer
    return {name: new(contract_type=contract_type(item)) for name, item in artifacts(out).items()}


def contract_type(item: Artifact) -> "ContractType":
    """Return an artifact as the ethpm type that ape works with."""
    return import_module("ethpm_types").ContractType.model_validate(_ethpm(item))


def publish(out: Path = OUT, manifest: Path = MANIFEST) -> Path:
    """Write the manifest in which ape finds the project's contracts, as if a compiler of its own had run.

    Raises:
        ArtifactError: Nothing is built, or a source has changed since.
    """
    items = artifacts(out)
    sources = {item.source_id: {"content": (ROOT / item.source_id).read_text()} for item in items.values()}
    body = {
        "manifest": "ethpm/3",
        "sources": sources,
        "contractTypes": {name: _ethpm(item) for name, item in items.items()},
    }
    manifest.parent.mkdir(exist_ok=True)
    draft = manifest.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(body))
    draft.replace(manifest)
    return manifest


def load_ipython_extension(shell: Any) -> None:  # noqa: ANN401
    """Put every container into `ape console` by its name; called by IPython."""
    try:
        publish()
        shell.push(contracts())
    except ArtifactError as error:
        print(error)


def _all(out: Path) -> Iterator[Artifact]:
    for path in sorted(out.glob("*.sol/*.json")):
        item = _read(path)
        if item and item.source_id.startswith(SOURCES):
            yield item


def _is_part(item: Artifact) -> bool:
    """Tell whether it was compiled in another way than it would be deployed, as a part of something else."""
    return not item.optimized or item.via_ir != item.source_id.startswith(EXECUTORS)


def _read(path: Path) -> Artifact | None:
    """Read one artifact; None where it is of an older build, its source gone."""
    data = json.loads(path.read_text())
    target = data.get("metadata", {}).get("settings", {}).get("compilationTarget", {})
    if not target:
        return None
    source_id, name = next(iter(target.items()))
    if not (ROOT / source_id).is_file():
        return None
    deployed = data["deployedBytecode"]
    spans = (span for spans in deployed.get("immutableReferences", {}).values() for span in spans)
    return Artifact(
        name=name,
        source_id=source_id,
        abi=data["abi"],
        init_code=_code(data["bytecode"]),
        runtime_code=_code(deployed),
        immutables=tuple(sorted((span["start"], span["length"]) for span in spans)),
        sources={path: entry["keccak256"] for path, entry in data["metadata"]["sources"].items()},
        via_ir=bool(data["metadata"]["settings"].get("viaIR")),
        optimized=data["metadata"]["settings"]["optimizer"]["enabled"],
        metadata=data["metadata"],
    )


def _code(bytecode: dict[str, Any]) -> bytes:
    """Return the code; empty where there is none, or where a library is left to link and so there is none yet."""
    text = bytecode["object"].removeprefix("0x")
    return b"" if bytecode.get("linkReferences") else bytes.fromhex(text)


def _fresh(item: Artifact) -> Artifact:
    if changed := item.stale():
        raise ArtifactError(f"{item.name} was built from another {', '.join(changed)}; run `make build`")
    return item


def _digest(path: Path) -> str:
    return "0x" + keccak(path.read_bytes()).hex() if path.is_file() else "missing"


def _ethpm(item: Artifact) -> dict[str, Any]:
    codes = {"deploymentBytecode": item.init_code, "runtimeBytecode": item.runtime_code}
    return {
        "contractName": item.name,
        "sourceId": item.source_id,
        "abi": item.abi,
        **{key: {"bytecode": "0x" + code.hex()} for key, code in codes.items() if code},
    }


if __name__ == "__main__":
    publish()
