"""From keeper.toml to the rollups whose withdrawals a keeper proves."""

from harness import chains
from harness.chains import Chain, OptimismBridge
from harness.deployments import load_deployment
from harness.keeper.chores.rollup import Origin
from harness.keeper.config import ChainPart, resolved


def rollups(part: ChainPart, chain: Chain) -> dict[str, tuple[Chain, str]]:
    """Return the rollups whose bridges a configuration names, by the bridges' names, each with its endpoint.

    An endpoint is a reference to one, or a URL without a key in it: the rollup's own variable where none is given.

    Args:
        part: Of keeper.toml, checked.
        chain: The chain below.
    """
    found = {}
    for name, own in part.bridges.items():
        bridge = chain.bridges[name]
        rollup = chains.by_id(bridge.chain_id) if isinstance(bridge, OptimismBridge) else None
        if rollup is not None:
            found[name] = rollup, own.rpc or f"env:{rollup.rpc_variable}"
    return found


def origins_of(part: ChainPart, chain: Chain, *, local: bool) -> dict[str, Origin]:
    """Return what is known of these rollups, and of the reserve there; no node is asked.

    Raises:
        DeploymentError: Nothing is deployed on one of them.
        SecretError: An endpoint is not where it should be.
    """
    found = {}
    for name, (rollup, endpoint) in rollups(part, chain).items():
        there = load_deployment(rollup.chain_id, local=local)
        reserve = there.contracts["reserve"]
        found[name] = Origin(rollup, resolved(endpoint), reserve.address, reserve.block)
    return found
