"""The replicas of all chains: each as its file has it, built at once, with what its kind of chain has beside it."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hexbytes import HexBytes
from web3 import Web3
from web3.types import Wei

from harness import chains, replica, replicastate, settings
from harness.keeper.abi import Call
from harness.replica import Replica

NAMES = chains.names()
OP_ORACLE, OP_BRIDGE = "0x420000000000000000000000000000000000000F", "0x4200000000000000000000000000000000000010"
DEPOSIT = HexBytes("0xd0e30db0")
ARB_SYS, ARB_GAS_INFO = (f"0x{number:040x}" for number in (0x64, 0x6C))


@pytest.fixture(scope="module", params=NAMES)
def served(request: pytest.FixtureRequest) -> Iterator[Replica]:
    with replica.serve(request.param) as it:
        yield it


def ask(node: Replica, to: str, signature: str, *arguments: object, answer: tuple[str, ...] = ("uint256",)) -> object:
    """Return the first value that a view answers with."""
    call = Call(to, signature, arguments, answer)
    said = node.web3.eth.call({"to": Web3.to_checksum_address(to), "data": Web3.to_hex(call.data())})
    values = call.read(bytes(said))
    assert values is not None, f"{to} does not answer {signature}"
    return values[0]


def test_it_stands_at_the_pinned_block_under_the_chains_rules(served: Replica) -> None:
    chain, latest = served.chain, served.web3.eth.get_block("latest")
    assert served.web3.eth.chain_id == chain.chain_id
    assert (latest["number"], latest["timestamp"]) == (chain.pinned.block, chain.pinned.timestamp)
    assert latest["baseFeePerGas"] == chain.replica.base_fee
    info = served.web3.provider.make_request("anvil_nodeInfo", [])["result"]  # type: ignore[arg-type]
    assert info["hardFork"].lower() == chain.hard_fork


def test_the_wrapped_coin_wraps_the_chains_own(served: Replica) -> None:
    chain, account = served.chain, settings.dev_account(4).address
    wrapped = Web3.to_checksum_address(chain.token(chain.native.wrapped).address)
    assert ask(served, wrapped, "symbol()", answer=("string",)) == chain.native.wrapped
    sent = served.web3.eth.send_transaction({"from": account, "to": wrapped, "value": Wei(3), "data": DEPOSIT})
    served.web3.eth.wait_for_transaction_receipt(sent)
    assert ask(served, wrapped, "balanceOf(address)", account) == 3


def test_whoever_serves_it_is_told_the_coin(served: Replica) -> None:
    assert f"{settings.BALANCE} {served.chain.native.symbol} each" in replica._described(served)


def test_a_rollups_sequencer_is_up_since_before_the_grace(served: Replica) -> None:
    sequencer = served.chain.sequencer
    assert (sequencer is not None) == served.chain.fees.is_rollup
    if sequencer is not None:
        call = Call(sequencer.feed, "latestRoundData()", (), ("uint80", "int256", "uint256", "uint256", "uint80"))
        said = served.web3.eth.call({"to": Web3.to_checksum_address(sequencer.feed), "data": Web3.to_hex(call.data())})
        values = call.read(bytes(said))
        assert values is not None
        assert values[1] == 0
        assert served.chain.pinned.timestamp - values[2] > sequencer.grace


def test_data_has_the_price_that_the_file_gives_the_chain_below(served: Replica) -> None:
    below = (served.chain.replica.model_extra or {}).get("below", {})
    if served.chain.fees.model == "op-stack":
        assert ask(served, OP_ORACLE, "l1BaseFee()") == below["baseFee"]
        assert ask(served, OP_ORACLE, "blobBaseFee()") == below["blobBaseFee"]
        assert ask(served, OP_ORACLE, "isFjord()", answer=("bool",)) is True
        assert str(ask(served, OP_BRIDGE, "OTHER_BRIDGE()", answer=("address",))).lower() == below["bridge"].lower()
    elif served.chain.fees.model == "arbitrum":
        assert ask(served, ARB_GAS_INFO, "getL1BaseFeeEstimate()") == below["baseFee"]
        assert ask(served, ARB_SYS, "arbBlockNumber()") == served.web3.eth.block_number
    else:
        assert not below
        assert served.web3.eth.get_code(Web3.to_checksum_address(OP_ORACLE)) == b""


def test_what_is_there_is_not_built_again_and_the_rest_is_compiled_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    compiled: list[list[str]] = []
    dumped: list[str] = []
    monkeypatch.setattr(replicastate, "BUILD", tmp_path)
    monkeypatch.setattr(replicastate, "_compile", lambda missing: compiled.append([chain.name for chain in missing]))
    monkeypatch.setattr(replicastate, "_dump", lambda chain: dumped.append(chain.name))
    stamp = tmp_path / "replica" / "base" / "stamp"
    stamp.parent.mkdir(parents=True)
    stamp.write_text(replicastate.digest("base"))
    found = replica.build_all(NAMES)
    rest = [name for name in NAMES if name != "base"]
    assert found == [tmp_path / "replica" / name / "genesis.json" for name in NAMES]
    assert compiled == [rest]
    assert sorted(dumped) == rest


def test_only_what_a_chain_has_is_compiled_for_it() -> None:
    def needed(name: str) -> set[str]:
        return replicastate._kinds([chains.load(name)]) & replicastate.PEERS.keys()

    assert needed("ethereum") == {"morpho"}
    assert needed("base") == {"morpho", "solidly", "slipstream"}
    assert needed("bsc") == set()


def test_paced_blocks_come_by_themselves() -> None:
    with replica.serve("arbitrum", paced=True) as node:
        wanted = node.web3.eth.block_number + 2
        deadline = time.monotonic() + 60
        while node.web3.eth.block_number < wanted and time.monotonic() < deadline:
            time.sleep(0.05)
        assert node.web3.eth.block_number >= wanted
