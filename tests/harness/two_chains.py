"""Two replicas with Millrace deployed to both, and what tests of bridges do on them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from chore_stage import Stage, deployed_to, inbox_of, undone
from eth_account.signers.local import LocalAccount
from eth_utils.crypto import keccak
from hexbytes import HexBytes
from web3 import Web3
from web3.types import TxReceipt

from harness.keeper.abi import calldata, error_name
from harness.keeper.chores.chores import Chores
from harness.keeper.events import ChoreFailed
from harness.keeper.run import Runner
from harness.keeper.signers import LocalSigner
from harness.keeper.start import Plan, assembled
from harness.keeper.ways import Node
from harness.settings import KEEPER, dev_account
from harness.store import Store

STRANGER = 7
MOST = 10**30
HERE, THERE, OTHER = "uniswap-v2:USDC/WETH", "uniswap-v3:CQT/USDC:3000", "uniswap-v2:USDC/WETH"
"""Pools of Ethereum, of Base, and another one of Base."""
AMOUNT = 1_000 * 10**18
"""Of dai; a pool below has twice that."""
SEND = "sendToOutpost(address,address,uint256,uint256,address)"


@dataclass
class Two:
    """A chain and the rollup above it."""

    below: Stage
    above: Stage


@contextmanager
def both(below: str = "ethereum", above: str = "base") -> Iterator[Two]:
    """Serve two replicas, and deploy to both."""
    with deployed_to(below) as first, deployed_to(above) as second:
        yield Two(first, second)


@contextmanager
def both_undone(two: Two) -> Iterator[Two]:
    """Undo what happens on both."""
    with undone(two.below), undone(two.above):
        yield two


def opened(stage: Stage, pool: str) -> str:
    """The inbox of a pool, by its name in the chain file; anybody has opened it."""
    address = stage.pool(pool).address
    stage.node.do(dev_account(STRANGER), stage.at("reserve"), "openInbox(address)", address)
    return inbox_of(stage, address)


def way(here: Stage, there: Stage, token: str, bridge: str, pool: str) -> list[tuple[str, bytes]]:
    """What governance does for a token to go to a pool over there, once it has read the code of reserve and inbox."""
    reserve, chain_id = here.at("reserve"), there.chain.chain_id
    inbox = opened(there, pool)
    hashes = [keccak(bytes(there.node.web3.eth.get_code(Web3.to_checksum_address(at)))) for at in (reserve, inbox)]
    confirm = "confirmDestination(uint256,address,address,bytes32,bytes32)"
    return [
        (reserve, calldata("setBridge(uint256,address,address)", chain_id, token, bridge)),
        (reserve, calldata("setSendingCap(address,uint112,uint112)", token, MOST, MOST)),
        (reserve, calldata(confirm, chain_id, there.pool(pool).address, reserve, *hashes)),
    ]


def joined(here: Stage, there: Stage, token: str, bridge: str, pool: str) -> None:
    """Governance lists a token and opens its way to a pool over there."""
    here.govern(listed(here, token), *way(here, there, token, bridge, pool))


@contextmanager
def standing(two: Two) -> Iterator[Two]:
    """Dai goes both ways over the OP stack's standard bridge, and a pool below has some; all of it is undone."""
    below, above = two.below, two.above
    with both_undone(two):
        joined(below, above, below.token("DAI"), below.at("bridge-base-DAI"), THERE)
        joined(above, below, above.token("DAI"), above.at("bridge-ethereum-DAI"), HERE)
        filled(below, HERE, "DAI", 2 * AMOUNT)
        yield two


def listed(stage: Stage, token: str) -> tuple[str, bytes]:
    """Governance lets inboxes credit a token."""
    return stage.at("reserve"), calldata("listToken(address,bool)", token, True)


def filled(stage: Stage, pool: str, symbol: str, amount: int) -> None:
    """A pool's bucket holds an amount of a listed token: it came through the inbox."""
    inbox = opened(stage, pool)
    stage.grant(symbol, inbox, amount)
    flushed(stage, inbox, stage.token(symbol))


def flushed(stage: Stage, inbox: str, token: str) -> None:
    """Anybody has what lies at an inbox credited."""
    stage.node.do(dev_account(STRANGER), inbox, "flush(address)", token)


def sent(here: Stage, pool: str, token: str, amount: int, to: tuple[Stage, str]) -> TxReceipt:
    """The keeper sends from a pool's bucket to a pool over there."""
    there, destination = to
    source, target = here.pool(pool).address, there.pool(destination).address
    keeper = dev_account(KEEPER)
    return here.node.do(keeper, here.at("reserve"), SEND, source, token, amount, there.chain.chain_id, target)


def held(stage: Stage, token: str, owner: str) -> int:
    """Units of a token that somebody holds."""
    return stage.node.view(token, "balanceOf(address)", owner)


def in_bucket(stage: Stage, pool: str, token: str) -> int:
    """Units of a token in the bucket of a pool."""
    return stage.node.view(stage.at("reserve"), "poolBucket(address,address)", stage.pool(pool).address, token)


def in_flight(here: Stage, there: Stage, token: str) -> int:
    """Units that have left for a chain."""
    return here.node.view(here.at("reserve"), "inFlight(uint256,address)", there.chain.chain_id, token)


def done_by(stage: Stage, chores: Chores, blocks: int = 8) -> list[str]:
    """The kinds of what is done in so many blocks."""
    kinds = []
    for _ in range(blocks):
        task = chores.run(stage.head(), stage.send)
        stage.node.mine()
        kinds += [task.kind] if task else []
    return kinds


def kept(stage: Stage, record: Store, **more: Any) -> Runner:  # noqa: ANN401 - of a plan
    """A keeper that sends by itself, over the node."""
    plan = Plan(
        stage.chain,
        stage.deployment,
        [stage.node.web3],
        signer=LocalSigner(dev_account(KEEPER)),
        ways=(Node("node", stage.url),),
    )
    return assembled(replace(plan, **more), record)


def turned(stage: Stage, running: Runner, blocks: int = 4) -> None:
    """Let a keeper do everything for so many blocks."""
    for _ in range(blocks):
        running.turn(stage.head())
        stage.node.mine()


def failures(stage: Stage) -> list[str]:
    """Why chores could not be done."""
    return [event.reason for event in stage.heard if isinstance(event, ChoreFailed)]


def refusal(stage: Stage, sender: str, to: str, data: bytes) -> str:
    """Why a call would be refused: the name of the error or its text, empty where it would not be."""
    call: dict[str, Any] = {"from": sender, "to": to, "data": "0x" + data.hex(), "gas": hex(5_000_000)}
    answer: dict[str, Any] = stage.node.web3.provider.make_request("eth_call", [call, "latest"])  # type: ignore[arg-type,assignment]
    error = answer.get("error")
    if error is None:
        return ""
    revert = bytes(HexBytes(error.get("data") or "0x"))
    return error_name(revert) or str(error["message"])


def stranger() -> LocalAccount:
    """Somebody who has nothing to do with us."""
    return dev_account(STRANGER)
