"""From one reserve to the other over AggLayer's bridge, a model: two replicas, a stand-in for the exchange of roots."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from tempfile import TemporaryDirectory

import pytest
from agg_exchange import Exchange, Left, Network, Service, service, tree
from chore_stage import ANYONE, ETHER, Stage, inbox_of
from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from hypothesis import given
from hypothesis import strategies as st
from two_chains import (
    HERE,
    OTHER,
    STRANGER,
    THERE,
    Two,
    both_undone,
    done_by,
    failures,
    filled,
    flushed,
    held,
    in_bucket,
    opened,
    refusal,
    sent,
    stranger,
)
from two_chains import joined as open_way

from harness.chains import AggLayerBridge
from harness.keeper.abi import calldata
from harness.keeper.chores.bridge_service import BridgeService
from harness.keeper.chores.chore import Policy
from harness.keeper.chores.claims import CLAIM, Claim, ClaimSendings
from harness.keeper.signers import LocalSigner
from harness.keeper.start import Plan, assembled
from harness.settings import KEEPER, ROOT, dev_account, tool
from harness.store import Store

MAINNET, ROLLUP, ELSEWHERE = 0, 7, 9
ERRORS = {
    f"unknown error 0x{keccak(f'{name}()'.encode())[:4].hex()}": name
    for name in ("AlreadyClaimed", "DestinationNetworkInvalid", "GlobalExitRootInvalid", "InvalidSmtProof")
}


@dataclass
class Joined:
    """Both chains, the bridge on each, and what goes between them; `weth` stands for Ethereum's on Base."""

    two: Two
    exchange: Exchange
    weth: str

    def go(self, amount: int = ETHER) -> None:
        """An amount leaves the pool below for the pool above."""
        below, above, weth = self.two.below, self.two.above, self.two.below.token("WETH")
        sent(below, HERE, weth, amount, (above, THERE))
        inbox = inbox_of(above, above.pool(THERE).address)
        mainnet = self.exchange.mainnet
        mainnet.left.append(Left(MAINNET, weth, ROLLUP, inbox, amount, metadata_of(mainnet, weth)))

    def come(self, amount: int = ETHER) -> None:
        """And back."""
        below, above = self.two.below, self.two.above
        sent(above, THERE, self.weth, amount, (below, HERE))
        inbox, rollup = inbox_of(below, below.pool(HERE).address), self.exchange.rollup
        metadata = metadata_of(rollup, self.weth)
        rollup.left.append(Left(MAINNET, below.token("WETH"), MAINNET, inbox, amount, metadata))

    def refused(self, network: Network, claim: Claim) -> str:
        """Why a bridge refuses a claim of a stranger's; empty where it does not."""
        data = calldata(CLAIM, *claim.arguments())
        said = refusal(network.stage, stranger().address, network.bridge, data)
        return ERRORS.get(said, said)

    def claimed(self, network: Network, claim: Claim) -> None:
        """A stranger claims."""
        node = network.stage.node
        order = node.send(dev_account(STRANGER), network.bridge, calldata(CLAIM, *claim.arguments()))
        node.mine()
        node.receipt(order)


def metadata_of(network: Network, token: str) -> bytes:
    answer = network.stage.node.web3.eth.call(
        {"to": network.bridge, "data": "0x" + calldata("metadataOf(address)", token).hex()}  # type: ignore[typeddict-item]
    )
    length = int.from_bytes(answer[32:64])
    return bytes(answer[64 : 64 + length])


def bridged(stage: Stage, number: int, other: int, chain_id: int) -> tuple[Network, str]:
    """A bridge on a chain, and the reserve's way over it to the other one."""
    bridge = to_checksum_address(stage.deploy("ModelAggLayer", ("uint32", number)))
    arguments = (("address", stage.at("reserve")), ("address", bridge), ("uint256", chain_id), ("uint32", other))
    return Network(stage, number, bridge), to_checksum_address(stage.deploy("AggLayerBridge", *arguments))


@pytest.fixture(scope="module")
def deployed(both_chains: Two) -> Iterator[Joined]:
    build = [tool("forge"), "build", "--quiet", "contracts", "tests/mocks/ModelAggLayer.sol"]
    subprocess.run(build, cwd=ROOT, check=True)
    with both_undone(both_chains) as two:
        below, above = two.below, two.above
        mainnet, up = bridged(below, MAINNET, ROLLUP, above.chain.chain_id)
        rollup, down = bridged(above, ROLLUP, MAINNET, below.chain.chain_id)
        exchange = Exchange(mainnet, rollup)
        weth = below.token("WETH")
        open_way(below, above, weth, up, THERE)
        filled(below, HERE, "WETH", 10 * ETHER)
        joined = Joined(two, exchange, "")
        joined.go(ETHER)
        exchange.roots()
        joined.claimed(rollup, exchange.claim(mainnet, 0, ""))  # the first claim deploys the wrapped token
        wrapped = above.node.view(rollup.bridge, "getTokenWrappedAddress(uint32,address)", MAINNET, weth)
        joined.weth = to_checksum_address(f"{wrapped:#042x}")
        mapped = calldata("mapWrapped(address,address)", joined.weth, above.token("WETH"))
        above.govern((above.at("reserve"), mapped))
        open_way(above, below, joined.weth, down, HERE)
        yield joined


@pytest.fixture
def joined(deployed: Joined) -> Iterator[Joined]:
    mainnet, rollup = deployed.exchange.mainnet, deployed.exchange.rollup
    before = list(mainnet.left), list(rollup.left), deployed.exchange.known, dict(deployed.exchange.counts)
    with both_undone(deployed.two):
        yield deployed
    mainnet.left, rollup.left, deployed.exchange.known, deployed.exchange.counts = before


def test_what_is_sent_is_claimed_by_a_stranger_and_credited_to_its_pool_alone(joined: Joined) -> None:
    above, exchange = joined.two.above, joined.exchange
    inbox = opened(above, THERE)
    flushed(above, inbox, joined.weth)  # what the fixture has sent
    joined.go(3 * ETHER)
    exchange.roots()
    joined.claimed(exchange.rollup, exchange.claim(exchange.mainnet, 1, joined.weth))
    assert held(above, joined.weth, inbox) == 3 * ETHER
    flushed(above, inbox, joined.weth)
    assert in_bucket(above, THERE, joined.weth) == 4 * ETHER
    assert in_bucket(above, OTHER, joined.weth) == 0
    assert in_bucket(above, THERE, above.token("WETH")) == 0


def test_a_claim_counts_once(joined: Joined) -> None:
    exchange = joined.exchange
    first = exchange.claim(exchange.mainnet, 0, joined.weth)
    assert joined.refused(exchange.rollup, first) == "AlreadyClaimed"


def test_nothing_is_claimed_before_the_roots_have_been_exchanged(joined: Joined) -> None:
    exchange = joined.exchange
    joined.go()
    exchange.counts[MAINNET] = 2
    early = exchange.claim(exchange.mainnet, 1, joined.weth)
    assert joined.refused(exchange.rollup, early) == "InvalidSmtProof"
    unknown = replace(early, mainnet_root=keccak(b"of nobody's"))
    assert joined.refused(exchange.rollup, unknown) == "GlobalExitRootInvalid"
    exchange.roots()
    assert joined.refused(exchange.rollup, exchange.claim(exchange.mainnet, 1, joined.weth)) == ""


def test_a_proof_proves_one_exit_to_one_inbox_of_one_amount(joined: Joined) -> None:
    exchange = joined.exchange
    joined.go()
    exchange.roots()
    claim = exchange.claim(exchange.mainnet, 1, joined.weth)
    bent = (bytes(32), *claim.local_proof[1:])
    for wrong in (
        replace(claim, inbox=stranger().address),
        replace(claim, inbox=inbox_of(joined.two.above, joined.two.above.pool(OTHER).address)),
        replace(claim, amount=claim.amount + 1),
        replace(claim, global_index=claim.global_index + 1),
        replace(claim, network=ELSEWHERE),
        replace(claim, local_proof=bent),
    ):
        assert joined.refused(exchange.rollup, wrong) == "InvalidSmtProof"
    assert joined.refused(exchange.rollup, claim) == ""


def test_what_was_sent_to_another_network_is_not_claimed_here_and_waits_there(joined: Joined) -> None:
    """Somebody sends their own, as our bridge goes to one network alone."""
    below, exchange = joined.two.below, joined.exchange
    weth, mainnet = below.token("WETH"), exchange.mainnet
    below.grant("WETH", dev_account(ANYONE).address, ETHER)
    below.node.do(dev_account(ANYONE), weth, "approve(address,uint256)", mainnet.bridge, ETHER)
    inbox = opened(joined.two.above, THERE)
    signature = "bridgeAsset(uint32,address,uint256,address,bool,bytes)"
    below.node.do(dev_account(ANYONE), mainnet.bridge, signature, ELSEWHERE, inbox, ETHER, weth, True, b"")
    mainnet.left.append(Left(MAINNET, weth, ELSEWHERE, inbox, ETHER, metadata_of(mainnet, weth)))
    exchange.roots()
    claim = exchange.claim(mainnet, 1, joined.weth)
    assert joined.refused(exchange.rollup, claim) == "DestinationNetworkInvalid"
    assert held(below, weth, mainnet.bridge) == 2 * ETHER


def test_back_home_it_is_the_token_itself(joined: Joined) -> None:
    below, above, exchange = joined.two.below, joined.two.above, joined.exchange
    flushed(above, opened(above, THERE), joined.weth)
    joined.come()
    exchange.roots()
    weth = below.token("WETH")
    before = in_bucket(below, HERE, weth)
    claim = exchange.claim(exchange.rollup, 0, weth)
    assert joined.refused(exchange.mainnet, replace(claim, rollup_proof=claim.local_proof[::-1])) == "InvalidSmtProof"
    joined.claimed(exchange.mainnet, claim)
    flushed(below, opened(below, HERE), weth)
    assert in_bucket(below, HERE, weth) == before + ETHER
    assert joined.refused(exchange.mainnet, claim) == "AlreadyClaimed"


# the keeper


@pytest.fixture
def served(joined: Joined) -> Iterator[Service]:
    with service(joined.exchange) as served:
        yield served


def proofs(joined: Joined, served: Service) -> BridgeService:
    stage = joined.two.above
    return BridgeService(served.url, joined.exchange.rollup.bridge, stage.rpc(), stage.heard.append, timeout=5)


POLICY = Policy(enabled=frozenset(("inbox", "claim")), every=1)


def keeping(joined: Joined, served: Service, blocks: int = 8) -> list[str]:
    """What a keeper of the rollup does in so many blocks."""
    stage = joined.two.above
    claiming = ClaimSendings(joined.exchange.rollup.bridge, proofs(joined, served))
    return done_by(stage, stage.chores(POLICY, [claiming]), blocks)


def test_the_keeper_claims_what_the_service_can_prove_and_has_it_credited(joined: Joined, served: Service) -> None:
    above = joined.two.above
    joined.go(2 * ETHER)
    joined.exchange.roots()
    joined.go(5 * ETHER)  # of which the rollup does not know yet
    assert keeping(joined, served) == ["inbox", "claim", "inbox"]
    assert in_bucket(above, THERE, joined.weth) == 3 * ETHER
    assert keeping(joined, served) == []
    assert failures(above) == []


def test_a_claim_that_somebody_else_has_made_is_not_made_again(joined: Joined, served: Service) -> None:
    exchange = joined.exchange
    joined.go(2 * ETHER)
    exchange.roots()
    joined.claimed(exchange.rollup, exchange.claim(exchange.mainnet, 1, joined.weth))
    assert keeping(joined, served) == ["inbox"]
    assert in_bucket(joined.two.above, THERE, joined.weth) == 3 * ETHER


def test_a_service_that_lies_costs_nothing(joined: Joined, served: Service) -> None:
    joined.go()
    joined.exchange.roots()
    one = joined.exchange.mainnet.left[1]
    joined.exchange.mainnet.left[1] = replace(one, amount=1_000 * ETHER)
    inbox = inbox_of(joined.two.above, joined.two.above.pool(THERE).address)
    (claim,) = [claim for claim in proofs(joined, served).ready([inbox]) if claim.amount == 1_000 * ETHER]
    assert joined.refused(joined.exchange.rollup, claim) == "InvalidSmtProof"
    assert "claim" not in keeping(joined, served)


def test_only_what_came_to_this_network_and_is_ready_is_asked_a_proof_of(joined: Joined, served: Service) -> None:
    joined.go()
    joined.exchange.roots()
    inbox, exits = joined.exchange.mainnet.left[1].to, joined.exchange.mainnet.left
    exits.append(replace(exits[1], destination=ELSEWHERE))
    exits.append(exits[1])  # not ready, as its root has not come
    joined.exchange.counts[MAINNET] = 3
    assert len(proofs(joined, served).ready([inbox])) == 2
    assert [path for path in served.asked if "merkle" in path] == [
        f"/merkle-proof?deposit_cnt={place}&net_id=0" for place in (0, 1)
    ]


def test_pages_are_read_to_the_end(joined: Joined, served: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.keeper.chores.bridge_service.PAGE", 2)
    for _ in range(4):
        joined.go()
    joined.exchange.roots()
    inbox = joined.exchange.mainnet.left[1].to
    assert [claim.global_index & 0xFF for claim in proofs(joined, served).ready([inbox])] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    "nonsense",
    [b"", b"<html>", b"[]", b"7", b'{"deposits": 1}', b'{"deposits": [{"amount": "-1"}]}', b'{"deposits": [null]}'],
)
def test_a_service_that_answers_with_nonsense_is_told_of_and_the_other_chores_go_on(
    joined: Joined, served: Service, nonsense: bytes
) -> None:
    served.broken = nonsense
    assert keeping(joined, served, 3) == ["inbox"]
    assert failures(joined.two.above)
    assert all(served.url in said for said in failures(joined.two.above))


def test_a_service_that_is_down_is_told_of_without_its_key(joined: Joined) -> None:
    stage = joined.two.above
    down = BridgeService(
        "http://127.0.0.1:9/secret-key", joined.exchange.rollup.bridge, stage.rpc(), stage.heard.append
    )
    assert down.ready([stage.at("reserve")]) == []
    (said,) = failures(stage)
    assert "127.0.0.1:9" in said
    assert "secret" not in said


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=9), st.data())
def test_a_proof_of_any_leaf_leads_to_the_root(leaves: list[bytes], data: st.DataObject) -> None:

    place = data.draw(st.integers(0, len(leaves) - 1))
    root, proof = tree(leaves, place)
    node = leaves[place]
    for height, beside in enumerate(proof):
        node = keccak(beside + node if place >> height & 1 else node + beside)
    assert node == root
    assert len(encode(["bytes32[32]"], [proof])) == 32 * 32


def test_a_keeper_claims_over_the_bridges_whose_services_are_configured(joined: Joined, served: Service) -> None:
    stage, bridge = joined.two.above, joined.exchange.rollup.bridge
    over = AggLayerBridge(kind="agglayer", address=bridge, chain_id=1, network=MAINNET)
    chain = stage.chain.model_copy(update={"bridges": {**stage.chain.bridges, "over": over}})
    signer = LocalSigner(dev_account(KEEPER))
    plan = Plan(chain, stage.deployment, [stage.node.web3], signer=signer, chores=POLICY)
    joined.go()
    joined.exchange.roots()
    for services, claims in (({}, 0), ({"over": served.url}, 1)):
        with TemporaryDirectory() as folder:
            store = Store(f"sqlite:///{folder}/record.db")
            store.migrate()
            runner = assembled(replace(plan, services=services), store)
            chores = runner.tending._chores
        assert chores is not None
        assert done_by(stage, chores).count("claim") == claims
    assert held(stage, joined.weth, opened(stage, THERE)) == 0
    assert in_bucket(stage, THERE, joined.weth) == 2 * ETHER
