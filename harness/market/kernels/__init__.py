"""Pool arithmetic over many pools at once, compiled; harness.market.pools is what it has to equal, to the unit.

Compiled code is kept on disk in a folder for each version of the sources here: numba looks at a function's own file
alone, and would keep one whose callees in another file have changed.
"""

from hashlib import sha256
from pathlib import Path

from numba import config

_HERE = Path(__file__).parent


def version() -> str:
    """Return what tells this version of the sources from others."""
    sources = sorted(_HERE.glob("*.py"))
    return sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:16]


config.CACHE_DIR = str(Path(config.CACHE_DIR or _HERE / "__pycache__") / version())
