"""What `ape test --network ethereum:mainnet-fork:foundry` must find on its fork. Run by name, from test_replica.py."""

from ape.managers.accounts import TestAccountManager
from ape.managers.chain import ChainManager
from ape.managers.networks import NetworkManager

from harness import artifacts, chains


def test_the_fork_is_the_pinned_block(chain: ChainManager) -> None:
    ethereum = chains.load("ethereum")
    assert chain.chain_id == ethereum.chain_id
    assert chain.blocks.height == ethereum.pinned.block
    assert chain.provider.network.name == "mainnet-fork"


def test_the_real_token_answers(networks: NetworkManager) -> None:
    ethereum = chains.load("ethereum")
    token = ethereum.token("USDC")
    answer = networks.provider.web3.eth.call({"to": token.address, "data": "0x313ce567"})
    assert int.from_bytes(answer) == token.decimals == 6


def test_contracts_deploy_there(accounts: TestAccountManager) -> None:
    owner, ethereum = accounts[0], chains.load("ethereum")
    contract = artifacts.container(ethereum.executor.contract)
    executor = owner.deploy(contract, owner, owner, ethereum.token("WETH").address)
    assert executor.reserve() == owner.address
