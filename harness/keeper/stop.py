"""`millrace stop`: the emergency stop of the contracts, by the guardian."""

import click
from eth_utils.address import to_checksum_address
from hexbytes import HexBytes
from web3 import Web3

from harness.chains import Chain
from harness.deployments import Deployment
from harness.guardian import GuardianError, Step, options, post
from harness.keeper.abi import Call, calldata


@click.command()
@options
def command(name: str, url: str, alias: str | None, broadcast: bool) -> None:
    """Stop the contracts: executing, adding liquidity, sending over bridges, deposits. Withdrawals go on."""
    guardian = post(name, url, alias, broadcast=broadcast)
    guardian.act(plan(guardian.web3, guardian.chain, guardian.deployment))


def plan(web3: Web3, chain: Chain, deployment: Deployment) -> list[Step]:
    """Return what there is to stop; what stands still already is left out."""
    executor, vault, reserve = (deployment.address(name) for name in ("executor", "vault", "reserve"))
    steps = []
    if not _view(web3, Call(executor, "paused()", (), ("bool",))):
        steps.append(Step("executor: pause, so that no route runs", executor, calldata("pause()")))
    if not _view(web3, Call(vault, "depositsStopped()", (), ("bool",))):
        steps.append(Step("vault: stop deposits", vault, calldata("stopDeposits(bool)", True)))
    steps.append(Step("reserve: stop adding liquidity", reserve, calldata("stopInjections()")))
    for symbol, token in chain.tokens.items():
        if _view(web3, Call(reserve, "sendingCap(address)", (token.address,), ("uint256", "uint256"))) != 0:
            data = calldata("stopSending(address)", token.address)
            steps.append(Step(f"reserve: stop sending {symbol} over bridges", reserve, data))
    return steps


def _view(web3: Web3, call: Call) -> int:
    answer = web3.eth.call({"to": to_checksum_address(call.to), "data": HexBytes(call.data())})
    values = call.read(bytes(answer))
    if values is None:
        raise GuardianError(f"{call.to} does not answer {call.signature}; is it what was deployed?")
    return int(values[0])
