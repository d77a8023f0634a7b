"""One example of everything that a keeper says."""

from typing import get_args

from harness.keeper import events as said

HASH = "0x" + "ab" * 32
POOL = "0x0d4a11d5EEaaC28EC3F61d100daF4d40471f1852"
ETHER = 10**18

ALL: tuple[type, ...] = get_args(said.Event)

EXAMPLES: dict[type, said.Event] = {
    type(event): event
    for event in (
        said.HeadSeen(21_000_001, HASH, 1_700_000_012, 0.4),
        said.Synced(21_000_001, 7, 120, 3),
        said.Excluded(POOL, "uniswap-v2", "its reserves are absurd"),
        said.Reorged(2, 20_999_999),
        said.Drifted(POOL, "uniswap-v3", 21_000_001),
        said.Decided(21_000_001, 4, ETHER // 2),
        said.Outdated(21_000_001, 21_000_002),
        said.Simulated(11, 21_000_001, "WETH", None, "NotProfitable(3, 5)"),
        said.Sent(12, HASH, 5, ("node", "relay"), 0.021),
        said.Included(12, HASH, 21_000_002, "USDT", 12_500_000, ETHER // 100),
        said.GivenUp(13, HASH),
        said.Orphaned(12, HASH, 21_000_002),
        said.ChoreDone("inject", POOL, HASH, ETHER // 1_000),
        said.ChoreFailed("report", POOL, "NotDue()"),
        said.LimitReached("gas_a_day", "0.5 of 0.5 ETH"),
        said.BreakerOpened("5 failures in a row"),
        said.Halted(True, "by hand"),
        said.Led(True),
        said.HistoryRead("base", 20_000_000, 21_000_001),
        said.Trouble("node", "timeout", "https://host did not answer"),
        said.Recovered("node", 30.0),
        said.Asked("eth_getLogs", 0.004, "ok"),
        said.Stepped(21_000_001, {"sync": 0.002, "decide": 0.003}),
        said.Balance(2 * ETHER, 12.5),
    )
}
