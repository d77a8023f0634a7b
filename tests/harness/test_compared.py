"""What `millrace config check` tells apart: parts of a setting, whom the file names, what stands on the other chain."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from drift_stage import DELAY, Stage, filed, settled, taken_back
from eth_utils.address import to_checksum_address
from web3.types import RPCEndpoint

from harness import replica
from harness.chains import Chain
from harness.deploying import script
from harness.keeper.abi import calldata
from harness.settings import GOVERNANCE, dev_account

OTHER, SECOND, THIRD = (dev_account(index).address for index in (8, 9, 6))
SETBACK = 5 * 86_400
"""Seconds until the manager takes another delay of its own."""
FEED = "(address,uint32,uint128,uint128)"
TWAP = "(address,uint32,uint32,uint16,uint16,uint128)"
ADMIN, RESERVE, CONVERTER = 0, 2, 3
FOREIGN = "0x6001600055"
"""Code of something else."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A replica of Ethereum, deployed to and handed over."""
    with settled("ethereum", tmp_path_factory.mktemp("records")) as stage:
        yield stage


@pytest.fixture
def stage(served: Stage) -> Iterator[Stage]:
    """The same, and what happens there is taken back."""
    with taken_back(served):
        yield served


def test_a_feed_of_a_token_that_the_file_prices_by_none_is_named_and_taken_away(stage: Stage, tmp_path: Path) -> None:
    guard, chain = stage.deployment.address("guard"), stage.served.chain
    feed = chain.feeds["DAI"]
    cqt = chain.token("CQT").address
    stage.govern((guard, calldata(f"setFeed(address,{FEED})", cqt, (feed.address, 60, 0, 0))))
    found = stage.drift()
    assert found.lines() == [f"ethereum: guard, feed of CQT: is {feed.address} for 60 s, would be none"]
    stage.apply(found, tmp_path)
    assert stage.drift().lines() == []


def test_of_a_mean_price_every_part_is_compared(stage: Stage, tmp_path: Path) -> None:
    mean = {"pool": "uniswap-v3:USDC/WETH:500", "window": 900, "maxDisagreementBps": 500}
    guard = stage.deployment.address("guard")
    with filed({"meanPrices": [mean]}) as chain:
        stage.apply(stage.drift(chain), tmp_path)
        assert stage.drift(chain).lines() == []
        pair = [chain.token(symbol).address for symbol in ("USDC", "WETH")]
        pool = script.run(replace(stage.order, chain=chain)).pools[
            [one.name for one in chain.pools].index(str(mean["pool"]))
        ]
        said = f"{pool} over 900 s, at most 0 s old, 500 basis points off"
        for other, told in (
            ((pool, 901, 0, 500, 0, 0), f"{pool} over 901 s, at most 0 s old, 500 basis points off"),
            ((pool, 900, 7, 500, 0, 0), f"{pool} over 900 s, at most 7 s old, 500 basis points off"),
            ((pool, 900, 0, 499, 0, 0), f"{pool} over 900 s, at most 0 s old, 499 basis points off"),
            ((pool, 900, 0, 500, 3, 9), f"{said}, 3 times 9 deep"),
        ):
            with taken_back(stage):
                stage.govern((guard, calldata(f"setTwap(address,address,{TWAP})", *pair, other)))
                line = f"ethereum: guard, mean price of USDC and WETH: is {told}, would be {said}"
                assert stage.drift(chain).lines() == [line]


def test_delays_that_the_manager_has_been_given_are_named_and_taken_away(stage: Stage, tmp_path: Path) -> None:
    manager, vault = (stage.deployment.address(role) for role in ("manager", "vault"))
    stage.govern(
        (manager, calldata("setTargetAdminDelay(address,uint32)", vault, 7)),
        (manager, calldata("setGrantDelay(uint64,uint32)", RESERVE, 9)),
    )
    stage.node.mine(SETBACK)
    found = stage.drift()
    assert found.lines() == [
        "ethereum: manager, more delay for vault's rights: is 7 s, would be 0 s",
        "ethereum: manager, delay of grants of role reserve: is 9, would be 0",
    ]
    stage.apply(found, tmp_path)
    stage.node.mine(SETBACK)
    assert stage.drift().lines() == []


def test_governance_that_waits_longer_or_shorter_than_it_should_is_named(stage: Stage) -> None:
    governance = dev_account(GOVERNANCE).address
    call = calldata("grantRole(uint64,address,uint32)", ADMIN, governance, DELAY + 60)
    stage.govern((stage.deployment.address("manager"), call))
    line = f"ethereum: manager, governance's delay: is {DELAY + 60} s, would be {DELAY} s"
    assert stage.drift().lines() == [line]


def test_a_converter_that_has_to_wait_is_named_and_waits_no_more(stage: Stage, tmp_path: Path) -> None:
    call = calldata("grantRole(uint64,address,uint32)", CONVERTER, OTHER, 9)
    stage.govern((stage.deployment.address("manager"), call))
    with filed({"converters": [OTHER]}) as chain:
        found = stage.drift(chain)
        assert found.lines() == [f"ethereum: manager, converter {OTHER}: is after 9 s, would be at once"]
        stage.apply(found, tmp_path)
        stage.node.mine(60)
        assert stage.drift(chain).lines() == []


def test_the_files_own_keepers_and_guardians_are_no_strangers(stage: Stage, tmp_path: Path) -> None:
    with filed({"keepers": [OTHER, SECOND], "guardians": [THIRD]}) as chain:
        found = stage.drift(chain)
        assert len(found.lines()) == len(set(found.lines())) > 8
        stage.apply(found, tmp_path)
        assert stage.drift(chain).lines() == []


def test_a_bridge_of_a_kind_that_takes_every_token_has_one_contract_for_all(stage: Stage) -> None:
    with filed({"outposts": {"katana": {"tokens": ["DAI"]}}}, confirmed="katana") as chain:
        lines = stage.drift(chain).lines()
        reason = "it is not deployed: `millrace deploy` says why"
        assert f"ethereum: reserve, bridge of DAI to 747474: is none, would be bridge-katana; {reason}" in lines


def test_a_destination_that_cannot_be_confirmed_yet_has_its_reason(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    reserve = stage.deployment.address("reserve")
    code = stage.served.web3.eth.get_code(to_checksum_address(reserve)).to_0x_hex()

    def reason(chain: Chain) -> str:
        [line] = [line for line in stage.drift(chain).lines() if "destination" in line]
        return line.split("; ", 1)[1]

    with replica.serve("base") as there, filed({"outposts": {"base": {"pools": [OTHER]}}}) as chain:
        monkeypatch.setenv("BASE_RPC_URL", there.url)
        put = there.web3.provider.make_request
        put(RPCEndpoint("anvil_setCode"), [reserve, FOREIGN])
        without = f"at {reserve} on base there is no reserve as forge built it; deploy there first"
        assert reason(chain) == without
        put(RPCEndpoint("anvil_setCode"), [reserve, code])
        assert reason(chain) == f"on base the pool has no inbox yet; anybody may open it: openInbox({OTHER})"
        monkeypatch.setenv("BASE_RPC_URL", stage.served.url)
        assert reason(chain).startswith("the code there cannot be read: ")
