"""Forks keepers on demand: everything is imported once, so that a hundred of them can be started and killed.

Reads one JSON object a line: `url` of a replica, `deployment` as JSON, `database`, and `cut`, where the keeper ends
itself by SIGKILL: `before` or `after`, a name in `POINTS`, and at which time that it comes there; or null. Writes the
process id.
"""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from itertools import count
from typing import Any

from harness import chains
from harness.deployments import Deployment
from harness.keeper.chores.chore import Policy as ChorePolicy
from harness.keeper.limits import Limits
from harness.keeper.signers import LocalSigner
from harness.keeper.start import Plan, assembled
from harness.keeper.ways import Node, Ways
from harness.market.costs import Policy
from harness.market.decide import decide
from harness.market.market import Market
from harness.market.pools.uniswap_v2 import UniswapV2Pool
from harness.node import connect
from harness.settings import KEEPER, dev_account
from harness.store import Store

POINTS: dict[str, tuple[type, str]] = {
    "signing": (LocalSigner, "sign"),
    "signed": (Store, "signed"),
    "handed": (Ways, "hand"),
    "sent": (Store, "sent"),
    "included": (Store, "included"),
    "chore": (Store, "chore"),
    "chore signed": (Store, "signed"),
    "chore included": (Store, "included"),
}


def main() -> None:
    """Fork a keeper for every line."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    warm()
    for line in sys.stdin:
        told = json.loads(line)
        child = os.fork()
        if child == 0:
            keep(told)
        print(child, flush=True)


def warm() -> None:
    """Have everything compiled."""
    coin, other = "0x" + "11" * 20, "0x" + "22" * 20
    market = Market([coin])
    market.update(
        UniswapV2Pool("0x" + digit * 40, (coin, other), (10**22, 10**22 * deep)) for digit, deep in (("3", 1), ("4", 2))
    )
    if not decide(market, Policy(coin, 10**9)):
        raise RuntimeError("nothing was compiled")


def keep(told: dict[str, Any]) -> None:
    """Be a keeper until killed."""
    chain = chains.load("ethereum")
    if told["cut"]:
        cut(*told["cut"])
    store = Store(told["database"])
    store.migrate()
    plan = Plan(
        chain,
        Deployment.model_validate_json(told["deployment"]),
        [connect(chain, told["url"])],
        signer=LocalSigner(dev_account(KEEPER)),
        ways=(Node("node", told["url"]),),
        limits=Limits(max_failures=10**6),
        chores=ChorePolicy(every=5),
    )
    assembled(plan, store).run(threading.Event())


def cut(when: str, point: str, time: int) -> None:
    """Let this process end where it comes to a point for the nth time."""
    owner, name = POINTS[point]
    original: Callable[..., Any] = getattr(owner, name)
    times = count(1)

    def counts(given: tuple[Any, ...]) -> bool:
        if point == "chore included":
            row = given[0].transaction(given[1])
            return row is not None and row.chore_id is not None
        return point != "chore signed" or given[1].chore_id is not None

    def cutting(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever is passed through
        now = counts(given) and next(times) == time
        if now and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*given, **named)
        if now:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, cutting)


if __name__ == "__main__":
    main()
