"""The sources of what is deployed, as explorers take them: standard JSON, kept, and sent where something takes it."""

import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from harness.chains import Chain
from harness.deploying.record import built
from harness.deploying.script import Script
from harness.settings import BUILD, ROOT

FOLDER: Final = BUILD / "sources"
KEY: Final = "EXPLORER_API_KEY"
"""The environment's variable for the explorers' key: Etherscan's serves all its chains."""
TIMEOUT: Final = 30
TRIES: Final = 10
PAUSE: Final = 3.0
"""Seconds between two questions whether the explorer is done."""
PENDING: Final = "Pending in queue"
OUTPUTS: Final = {"*": {"*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"]}}


def standard_json(name: str) -> dict[str, Any]:
    """Return what solc is given to make a contract's very bytecode."""
    settings = dict(built(name).metadata["settings"])
    settings.pop("compilationTarget")
    files = sorted(built(name).sources)
    return {
        "language": "Solidity",
        "sources": {path: {"content": (ROOT / path).read_text()} for path in files},
        "settings": settings | {"outputSelection": OUTPUTS},
    }


def keep(chain: Chain, said: Script, folder: Path = FOLDER) -> Path:
    """Write the standard JSON of each contract, and return the folder."""
    own = folder / str(chain.chain_id)
    own.mkdir(parents=True, exist_ok=True)
    for role, name in _names(said).items():
        (own / f"{role}.json").write_text(json.dumps(standard_json(name)))
    return own


def send(chain: Chain, said: Script, pause: float = PAUSE) -> Iterator[str]:
    """Hand the sources to the chain's explorer, if it takes any and we have a key; yield a line for each contract."""
    key = os.environ.get(KEY)
    if chain.explorer is None or chain.explorer.api is None:
        return
    if not key:
        yield f"sources were not sent to {chain.explorer.url}: {KEY} is not set"
        return
    encoded = {made.role: made.arguments.removeprefix("0x") for made in said.contracts}
    encoded |= {"injection": encoded["reserve"][: 3 * 64], "sizer": ""}
    for role, name in _names(said).items():
        explorer = Verifier(chain.explorer.api, chain.chain_id, key, pause)
        yield f"source of {role}: {explorer.verify(said.addresses()[role], name, encoded[role])}"


class Verifier:
    """An explorer that speaks as Etherscan's and Blockscout's do.

    Args:
        url: Of its interface.
        chain_id: Of the chain that is meant.
        key: Ours there; shown to nobody.
        pause: Seconds between two questions whether it is done.
    """

    def __init__(self, url: str, chain_id: int, key: str, pause: float) -> None:
        self._url, self._pause = f"{url}?chainid={chain_id}", pause
        self._common = {"module": "contract", "apikey": key}

    def verify(self, address: str, name: str, arguments: str) -> str:
        """Hand in one contract, wait for the verdict, and return it in words; an explorer that fails stops nothing."""
        item = built(name)
        try:
            guid = self._ask(
                action="verifysourcecode",
                codeformat="solidity-standard-json-input",
                sourceCode=json.dumps(standard_json(name)),
                contractaddress=address,
                contractname=f"{item.source_id}:{name}",
                compilerversion=f"v{item.metadata['compiler']['version']}",
                constructorArguements=arguments,  # so it is spelled there
            )
            for _ in range(TRIES):
                verdict = self._ask(action="checkverifystatus", guid=guid)
                if verdict != PENDING:
                    return verdict
                time.sleep(self._pause)
        except (OSError, ValueError, KeyError, TypeError) as error:
            return f"not taken ({type(error).__name__}); build/sources has it"
        return "still in the explorer's queue"

    def _ask(self, **fields: str) -> str:
        body = urllib.parse.urlencode(self._common | fields).encode()
        with urllib.request.urlopen(self._url, body, TIMEOUT) as answer:  # noqa: S310 - the chain file's, https alone
            said: dict[str, Any] = json.loads(answer.read())
        return str(said["result"])


def _names(said: Script) -> dict[str, str]:
    names = {made.role: made.name for made in said.contracts}
    return names | {"injection": "Injection", "sizer": "Sizer"}
