"""Curve's own contracts, which the Vyper compiler's source release carries among its tests, compiled by that compiler.

`make peers` runs this: the release and what it needs are fetched as requirements-vyper.txt locks them, into an
environment of their own. The release adapts the contracts to the language's version, and changes nothing else in them.
The pools of 2021 have coins and precisions as constants, which Curve's deployer replaces in the source; so does this.
"""

import re
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Final

from eth_utils.address import to_checksum_address

ROOT: Final = Path(__file__).parents[2]
LOCKED: Final = ROOT / "requirements-vyper.txt"
HERE: Final = ROOT / "build" / "vyper"
STAMP: Final = HERE / "stamp"
CURVE: Final = "tests/functional/examples/thirdparty/curvefi"
PLAIN: Final = ("CurveCryptoMathOptimized3", "CurveStableSwapNG")

SHARE, *COINS = (to_checksum_address(f"0x{number:02x}" + "5a" * 19) for number in range(1, 4))
PRECISIONS: Final = ((1, 1), (1, 10**12), (10**10, 1), (10**12, 10**16))
"""Of the pools of 2021 that are compiled."""


def code(name: str) -> bytes:
    """Return a contract's creation code; of a pool of 2021, `CurveCryptoSwap2` and the place in `PRECISIONS`."""
    return bytes.fromhex((HERE / f"{name}.hex").read_text())


def build() -> None:
    """Compile everything, unless that has been done from the same release and by this file."""
    wanted = LOCKED.read_bytes() + Path(__file__).read_bytes()
    if STAMP.exists() and STAMP.read_bytes() == wanted:
        return
    release = fetched()
    for name in PLAIN:
        compiled(name, release[name])
    for place, precisions in enumerate(PRECISIONS):
        compiled(f"CurveCryptoSwap2{place}", settled(release["CurveCryptoSwap2"], precisions))
    STAMP.write_bytes(wanted)


def fetched() -> dict[str, str]:
    """Make the environment; return the release's contracts by name."""
    python, pin = HERE / "bin" / "python", HERE / "vyper.txt"
    uv = Path(sys.executable).with_name("uv")
    run(uv, "venv", "--quiet", "--clear", "--python", sys.executable, HERE)
    run(uv, "pip", "sync", "--quiet", "--require-hashes", "--python", python, LOCKED)
    pin.write_text(re.findall(r"^vyper==(?:.*\\\n)+.*\n?", LOCKED.read_text(), re.MULTILINE)[0])
    alone = ("--no-deps", "--no-build-isolation", "--no-binary", "vyper", "--require-hashes", "--requirement", pin)
    run(python, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--dest", HERE, *alone)
    with tarfile.open(next(HERE.glob("vyper-*.tar.gz"))) as release:
        files = {Path(member.name): release.extractfile(member) for member in release if CURVE in member.name}
        return {path.stem: file.read().decode() for path, file in files.items() if file is not None}


def settled(source: str, precisions: tuple[int, int]) -> str:
    """Return the source of a pool of 2021 with its share's and coins' addresses and precisions."""
    was = (0x01, 0x10, 0x11)
    placed: dict[str, str] = {f"0x{old:040x}": new for old, new in zip(was, (SHARE, *COINS), strict=True)}
    placed |= {f"1,#{index}": f"{precision}," for index, precision in enumerate(precisions)}
    for old, new in placed.items():
        source = source.replace(old, new)
    return source


def compiled(name: str, source: str) -> None:
    """Write the creation code of a contract."""
    path = HERE / f"{name}.vy"
    path.write_text(source)
    path.with_suffix(".hex").write_text(run(HERE / "bin" / "vyper", path).strip().removeprefix("0x"))


def run(*command: str | Path) -> str:
    """Run a command; return what it prints."""
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout


if __name__ == "__main__":
    build()
