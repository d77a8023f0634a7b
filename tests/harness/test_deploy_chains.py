"""Deploying to all chains at once: the same addresses, nothing left for the deployer, everything wrong in one list."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from click.testing import CliRunner
from eth_abi.abi import encode
from eth_account import Account
from eth_typing import ABIFunction
from eth_utils.abi import abi_to_signature
from eth_utils.crypto import keccak
from web3 import Web3

from harness import artifacts, chains, cli, deploy, replica
from harness.deploying import gas, rights
from harness.deploying.order import CREATE2, DeployError, Order, Site
from harness.deploying.proxy import COST, PLACER
from harness.deployments import CONTRACTS, Deployment, load_deployment
from harness.settings import DEPLOYER, SCRIPT_OUT, dev_account
from harness.signer import Sender

SENDER = dev_account(DEPLOYER).address
UNAUTHORIZED = keccak(text="AccessManagedUnauthorized(address)")[:4] + encode(["address"], [SENDER])
NOT_ADMIN = keccak(text="AccessManagerUnauthorizedAccount(address,uint64)")[:4] + encode(
    ["address", "uint64"], [SENDER, 0]
)

GUARDED = {
    "execute": "NotKeeper(address)",
    "settle": "NotExecutor(address)",
    "provideLiquidity": "NotInjector(address)",
    "recentre": "NotInjector(address)",
    "convertBucket": "NotInjector(address)",
    "convertVaultBucket": "NotInjector(address)",
    "sendToOutpost": "NotInjector(address)",
    "receiveMigrated": "NotPredecessor(address)",
    "receiveBridged": "NotInbox(address)",
    "performUpkeep": "NotPerformer(address)",
}
"""Functions that themselves say whom they serve, and the error by which they refuse others."""

ANYONES = {
    "executor": {
        "skim", "executeOperation", "receiveFlashLoan", "onMorphoFlashLoan", "onFlashLoan", "uniswapV2Call",
        "pancakeCall", "hook", "balancerV3Leg", "balancerV3Route",
    },
    "reserve": {
        "book", "recognise", "payVault", "payBeneficiary", "collectFees", "receiveMinedFunds", "payKeepers",
        "openInbox",
    },
    "vault": {
        "deposit", "mint", "withdraw", "redeem", "depositNative", "redeemNative", "requestExit", "claimExit", "approve",
        "transfer", "transferFrom", "permit",
    },
    "guard": {"observe"},
    "upkeep": set(),
    "manager": {
        "cancel", "consumeScheduledOp", "execute", "multicall", "renounceRole", "schedule",
    },
}  # fmt: skip
"""What is anybody's to call, or a pool's or lender's in the middle of a trade."""


@pytest.fixture(scope="module")
def everywhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Site]]:
    """Every chain's replica, deployed to in one go."""
    with gas.replicas(chains.names(), tmp_path_factory.mktemp("records")) as sites:
        deploy.carry_out_all(sites, sends=True)
        yield sites


def deployment_of(site: Site) -> Deployment:
    """Return the record of a site's deployment."""
    return load_deployment(site.order.chain.chain_id, local=True, folder=site.order.folder)


def test_the_addresses_are_the_same_everywhere(everywhere: list[Site]) -> None:
    records = [deployment_of(site) for site in everywhere]
    assert len({record.chain_id for record in records}) == len(records) == len(chains.names())
    assert len({record.factory for record in records}) == 1
    for name in CONTRACTS:
        assert len({record.address(name) for record in records}) == 1, name
    wrapped = {record.contracts["vault"].arguments[1] for record in records}
    assert len(wrapped) > 1  # and yet the constructors differ
    assert all(deploy.mismatch(record, site.web3) == "" for record, site in zip(records, everywhere, strict=True))


def test_a_pools_inbox_has_the_same_address_everywhere(everywhere: list[Site]) -> None:
    pool = dev_account(7).address
    data = keccak(text="inboxOf(address)")[:4] + encode(["address"], [pool])
    reserve = Web3.to_checksum_address(deployment_of(everywhere[0]).address("reserve"))
    assert len({bytes(site.web3.eth.call({"to": reserve, "data": data})) for site in everywhere}) == 1


def test_the_gas_is_what_the_snapshot_says(everywhere: list[Site]) -> None:
    said = "if it is meant to, write it anew by `python -m harness.deploying.gas`"
    assert gas.measured(everywhere) == json.loads(gas.SNAPSHOT.read_text()), said


def test_a_second_run_sends_nothing_anywhere(everywhere: list[Site]) -> None:
    before = [site.web3.eth.block_number for site in everywhere]
    said = deploy.carry_out_all(everywhere, sends=True)
    assert re.findall(r"^(\S+) is deployed already, nothing was sent:$", said, re.MULTILINE) == chains.names()
    assert [site.web3.eth.block_number for site in everywhere] == before


def test_the_former_deployer_can_do_nothing(everywhere: list[Site]) -> None:
    for site in everywhere:
        record, seen = deployment_of(site), set()
        restricted = {(contract, signature) for contract, signature, _ in rights.restricted(record)}
        for contract, item in functions(record):
            name, signature = item["name"], abi_to_signature(cast(ABIFunction, item))
            seen.add((contract, signature))
            if name in ANYONES[contract] or "allback" in name:
                assert (contract, signature) not in restricted
                continue
            refusal = refused(site.web3, record.address(contract), item)
            if (contract, signature) in restricted or name == "setAuthority":
                assert refusal == UNAUTHORIZED, (site.name, contract, signature)
            elif contract == "manager":
                assert refusal == NOT_ADMIN, (site.name, signature)
            else:
                assert refusal[:4] == keccak(text=GUARDED[name])[:4], (site.name, contract, signature)
        assert restricted <= seen


def functions(record: Deployment) -> list[tuple[str, dict[str, Any]]]:
    """Return every function that changes anything, by contract."""
    found = []
    for contract in (*rights.CODES, "manager"):
        name = record.contracts[contract].name
        codes = {rights.INTERFACES.get(contract, name), name}
        items = {
            abi_to_signature(cast(ABIFunction, item)): item
            for code in codes
            for item in artifacts.artifact(code, SCRIPT_OUT).abi
            if item["type"] == "function" and item["stateMutability"] in ("nonpayable", "payable")
        }
        found += [(contract, item) for item in items.values()]
    return found


def refused(web3: Web3, to: str, item: dict[str, Any]) -> bytes:
    """Call a function with nothing for every argument, and return what it reverts with."""
    signature = abi_to_signature(cast(ABIFunction, item))
    types = [type_of(argument) for argument in item["inputs"]]
    data = keccak(text=signature)[:4] + encode(types, [nothing(argument) for argument in item["inputs"]])
    asked = {"from": SENDER, "to": Web3.to_checksum_address(to), "data": "0x" + data.hex()}
    answer = web3.provider.make_request("eth_call", [asked, "latest"])  # type: ignore[arg-type]
    assert "error" in answer, f"{signature} is not refused"
    return bytes.fromhex(answer["error"]["data"][2:])


def type_of(argument: dict[str, Any]) -> str:
    """Return an argument's type as eth-abi writes it."""
    if not argument["type"].startswith("tuple"):
        return str(argument["type"])
    inner = ",".join(type_of(part) for part in argument["components"])
    return f"({inner}){argument['type'].removeprefix('tuple')}"


def nothing(argument: dict[str, Any]) -> object:
    """Return the emptiest value of an argument."""
    kind = argument["type"]
    if kind.endswith("]"):
        return []
    if kind == "tuple":
        return tuple(nothing(part) for part in argument["components"])
    if kind == "address":
        return "0x" + "00" * 20
    return {"bool": False, "string": "", "bytes": b""}.get(kind, b"" if kind.startswith("bytes") else 0)


# What is wrong beforehand.


def test_everything_wrong_is_in_one_list_and_nothing_is_sent(everywhere: list[Site], tmp_path: Path) -> None:
    poor = Account.create().address
    first, second = everywhere[0], everywhere[1]
    before = [site.web3.eth.block_number for site in (first, second)]
    sites = [asked_by(first, poor, tmp_path), asked_by(second, poor, tmp_path)]
    second.web3.provider.make_request("anvil_setNonce", [poor, hex(3)])  # type: ignore[arg-type]
    code = second.web3.eth.get_code(Web3.to_checksum_address(next(iter(second.order.chain.feeds.values())).address))
    feed = next(iter(second.order.chain.feeds))
    address = second.order.chain.feeds[feed].address
    second.web3.provider.make_request("anvil_setCode", [address, "0x"])  # type: ignore[arg-type]
    try:
        with pytest.raises(DeployError) as caught:
            deploy.carry_out_all(sites, sends=True, problems=["third: is not there"])
    finally:
        second.web3.provider.make_request("anvil_setCode", [address, code.to_0x_hex()])  # type: ignore[arg-type]
    lines = str(caught.value).splitlines()
    assert lines[:2] == ["3 problems:", "  third: is not there"]
    symbol = first.order.chain.native.symbol
    assert re.fullmatch(
        rf"  {first.name}: {poor} holds 0\.000000 {symbol} and what is left may cost [\d.]+; send it [\d.]+ {symbol}",
        lines[2],
    )
    assert lines[3].startswith(
        f"  {second.name}: feeds.{feed}.address of its file is {address}, where there is no code;"
    )
    assert [site.web3.eth.block_number for site in (first, second)] == before


def asked_by(site: Site, sender: str, folder: Path) -> Site:
    """Return the same order by another sender."""
    order = site.order
    return Site(Order(order.chain, order.url, order.roles, Sender(sender), local=True, folder=folder), site.web3)


def test_an_endpoint_of_another_chain_is_refused_beside_the_rest(everywhere: list[Site]) -> None:
    by_name = {site.name: site for site in everywhere}
    result = CliRunner().invoke(
        cli.main,
        [
            *("deploy", "--chain", "ethereum,base,goerli", "--broadcast", "--governance", "base=0x01"),
            *("--rpc", f"ethereum={by_name['base'].order.url}", "--rpc", f"base={by_name['base'].order.url}"),
        ],
    )
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "Error: 3 problems:",
        f"  ethereum: {by_name['base'].order.url} answers with chain id 8453, but ethereum has 1; "
        "give an endpoint of ethereum",
        "  base: governance is 0x01; give --governance a checksummed address",
        f"  goerli: unknown chain 'goerli'; there are: {', '.join(chains.names())}",
    ]


def test_governance_is_a_contract_on_real_chains_unless_one_insists(everywhere: list[Site]) -> None:
    site, order = everywhere[0], everywhere[0].order
    real = Order(order.chain, order.url, order.roles, order.sender, local=False, folder=order.folder / "real")
    said = rf"^{site.name}: governance {order.roles.governance} has no code there; make it a Safe, or insist by"
    with pytest.raises(DeployError, match=said):
        deploy.carry_out_all([Site(real, site.web3)], sends=False)
    insisting = Order(
        order.chain,
        order.url,
        order.roles,
        order.sender,
        local=False,
        folder=order.folder / "real",
        account_governs=True,
    )
    assert deploy.carry_out_all([Site(insisting, site.web3)], sends=False).endswith(
        "nothing is missing, nothing was sent"
    )


def test_the_deployment_proxy_is_placed_where_it_is_absent(tmp_path: Path) -> None:
    with replica.serve("ethereum") as served:
        served.web3.provider.make_request("anvil_setCode", [CREATE2, "0x"])  # type: ignore[arg-type]
        served.web3.provider.make_request("anvil_setNonce", [CREATE2, "0x0"])  # type: ignore[arg-type]
        order = Order(served.chain, served.url, gas.ROLES, Sender(SENDER), local=True, folder=tmp_path)
        planned = deploy.carry_out(order, served.web3, sends=False)
        assert f", and {COST / 10**18:.6f} for who places the deployment proxy" in planned
        deploy.carry_out(order, served.web3, sends=True)
        assert served.web3.eth.get_transaction_count(Web3.to_checksum_address(PLACER)) == 1
        assert deploy.mismatch(load_deployment(1, local=True, folder=tmp_path), served.web3) == ""
