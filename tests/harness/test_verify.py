"""A chain file is held against a node: the six replicas, where all is as it says, and one where something is not."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from chainfiles import address
from click.testing import CliRunner
from web3 import Web3

from harness import chains, cli, replica
from harness.chains import Chain
from harness.replica import Replica
from harness.verify import check
from harness.verify.check import Finding, Verdict, settled, verify
from harness.verify.pools import derived

Bend = Callable[[dict[str, Any]], object]

PERIPHERY = ("router", "quoter", "positionDescriptor")
"""What serves people alone, and is not on every replica."""


@pytest.fixture(scope="module")
def base() -> Iterator[Replica]:
    """Serve the replica of Base for the whole module."""
    with replica.serve("base") as served:
        yield served


def bent(chain: Chain, bend: Bend) -> Chain:
    """Return a chain file as another would have it, unchecked but for its shape."""
    data = chain.model_dump(by_alias=True, exclude_none=True)
    bend(data)
    return Chain.model_validate(data)


def differing(found: list[Finding]) -> dict[str, str]:
    """Return what differs, by its path."""
    return {one.path: one.said for one in found if one.verdict is Verdict.DIFFERS}


@pytest.mark.parametrize("name", chains.names())
def test_the_file_is_true_of_the_replica(name: str) -> None:
    with replica.serve(name) as served:
        found = verify(served.chain, served.web3)
    assert differing(found) == {}
    asked = {one.path for one in found if one.verdict is Verdict.CONFIRMED}
    chain = served.chain
    assert asked >= {f"tokens.{symbol}.{view}" for symbol in chain.tokens for view in ("address", "symbol", "decimals")}
    assert asked >= {f"feeds.{key}.{view}" for key in chain.feeds for view in ("address", "description", "decimals")}
    assert asked >= {f"{part}.{at}" for part in ("pools", "untraded") for at in range(len(getattr(chain, part)))}
    assert asked >= {f"lenders.{key}.address" for key in chain.lenders} | {"chainId", "native.wrapped"}
    assert ("sequencer.feed" in asked) == (chain.sequencer is not None)
    for one in found:
        unasked = one.path.startswith(("bridges", "strategies")) or one.path.endswith((*PERIPHERY, "initCodeHash"))
        assert one.verdict is Verdict.CONFIRMED or unasked


BENDS: list[tuple[str, Bend, str, str]] = [
    (
        "decimals",
        lambda d: d["tokens"]["USDC"].update(decimals=18),
        "tokens.USDC.decimals",
        "the file says 18, the chain says 6",
    ),
    (
        "symbol",
        lambda d: d["tokens"]["cbBTC"].update(symbol="WBTC"),
        "tokens.cbBTC.symbol",
        "the file says WBTC, the chain says cbBTC",
    ),
    (
        "feed of another asset",
        lambda d: d["feeds"]["ETH"].update(address=d["feeds"]["BTC"]["address"]),
        "feeds.ETH.description",
        "the file says ETH / USD, the chain says BTC / USD",
    ),
    (
        "feed's decimals",
        lambda d: d["feeds"]["ETH"].update(decimals=18),
        "feeds.ETH.decimals",
        "the file says 18, the chain says 8",
    ),
    (
        "pool that there is not",
        lambda d: d["pools"][3].update(fee=100),
        "pools.3",
        "uniswap-v3:USDC/WETH:100: its venue knows no such pool",
    ),
    (
        "deployer",
        lambda d: d["venues"]["pancake-v3"].update(deployer=d["tokens"]["USDC"]["address"]),
        "venues.pancake-v3.deployer",
        "the file says 0x8335",
    ),
    (
        "what pools are clones of",
        lambda d: d["venues"]["slipstream"].update(implementation=d["tokens"]["USDC"]["address"]),
        "venues.slipstream.implementation",
        "the file says 0x8335",
    ),
    (
        "lens of another manager",
        lambda d: d["venues"]["uniswap-v4"].update(stateView=d["venues"]["uniswap-v4"]["quoter"]),
        "untraded.0",
        "uniswap-v4:ETH/USDC:500: its venue knows no such pool",
    ),
    (
        "provider of another market",
        lambda d: d["lenders"]["aave-v3"].update(addressesProvider=d["lenders"]["aave-v3"]["oracle"]),
        "lenders.aave-v3.addressesProvider",
        "the file says 0x2Cc0",
    ),
    (
        "counterpart of a bridged token",
        lambda d: d["bridges"]["ethereum"]["tokens"].update(DAI=d["bridges"]["ethereum"]["tokens"]["USDbC"]),
        "bridges.ethereum.tokens.DAI",
        "the file says 0xA0b8",
    ),
    (
        "sequencer's feed that is a price's",
        lambda d: d["sequencer"].update(feed=d["feeds"]["ETH"]["address"]),
        "sequencer.feed",
        "the file says 0, the chain says 8",
    ),
    (
        "lender without code",
        lambda d: d["lenders"]["morpho"].update(address=address("nobody")),
        "lenders.morpho.address",
        f"there is no code at {address('nobody')}",
    ),
    (
        "factory without code",
        lambda d: d["venues"]["aerodrome"].update(factory=address("nobody")),
        "venues.aerodrome.factory",
        f"there is no code at {address('nobody')}",
    ),
    (
        "wrapped coin that wraps nothing",
        lambda d: d["native"].update(wrapped="USDC"),
        "native.wrapped",
        "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913 holds 0 wei for a supply of",
    ),
]


@pytest.mark.parametrize(("bend", "path", "said"), [case[1:] for case in BENDS], ids=[case[0] for case in BENDS])
def test_what_differs_is_named(base: Replica, bend: Bend, path: str, said: str) -> None:
    found = differing(verify(bent(base.chain, bend), base.web3))
    assert found[path].startswith(said)


def test_one_wrong_fact_is_the_only_one(base: Replica) -> None:
    found = verify(bent(base.chain, lambda d: d["tokens"]["USDC"].update(decimals=18)), base.web3)
    assert list(differing(found)) == ["tokens.USDC.decimals"]


def test_what_lies_at_an_address_without_code_could_not_be_asked(base: Replica) -> None:
    chain = bent(base.chain, lambda d: d["feeds"]["ETH"].update(address=address("nobody")))
    verdicts = {one.path: one.verdict for one in verify(chain, base.web3)}
    assert verdicts["feeds.ETH.address"] is Verdict.DIFFERS
    assert verdicts["feeds.ETH.decimals"] is verdicts["feeds.ETH.description"] is Verdict.UNASKED


def test_a_hash_that_gives_other_pools_differs_but_for_a_replica(
    base: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = "0x" + "11" * 32
    chain = bent(base.chain, lambda d: d["venues"]["uniswap-v3"].update(initCodeHash=wrong))
    path = "venues.uniswap-v3.initCodeHash"
    assert {one.verdict for one in verify(chain, base.web3) if one.path == path} == {Verdict.UNASKED}
    monkeypatch.setattr(check, "is_development", lambda _: False)
    assert differing(verify(chain, base.web3))[path].startswith("uniswap-v3:USDC/WETH:500 is at 0x")


def test_on_a_real_chain_all_has_code_and_feeds_answer_when_they_are_due(
    base: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "venues.aerodrome.router"
    chain = bent(base.chain, lambda d: d["venues"]["aerodrome"].update(router=address("nobody")))
    assert {one.verdict for one in verify(chain, base.web3) if one.path == path} == {Verdict.UNASKED}
    monkeypatch.setattr(check, "is_development", lambda _: False)
    found = verify(chain, base.web3)
    assert {one.path for one in found if one.verdict is Verdict.CONFIRMED} >= {
        f"feeds.{key}.heartbeat" for key in base.chain.feeds
    }
    assert set(differing(found)) == {path}
    snapshot = base.web3.provider.make_request("evm_snapshot", [])["result"]  # type: ignore[arg-type]
    _skip(base.web3, 1200 + check.SLACK + 1)
    late = {path for path in differing(verify(base.chain, base.web3)) if path.endswith("heartbeat")}
    base.web3.provider.make_request("evm_revert", [snapshot])  # type: ignore[arg-type]
    assert late == {"feeds.ETH.heartbeat", "feeds.BTC.heartbeat"}


def test_what_is_confirmed_is_no_longer_unconfirmed(base: Replica) -> None:
    chain = bent(base.chain, lambda d: d.update(unconfirmed=["tokens.CQT", "finality", "lenders.morpho"]))
    found = verify(chain, base.web3)
    assert settled(chain, found) == ["tokens.CQT", "lenders.morpho"]
    spoilt = [one._replace(verdict=Verdict.DIFFERS) if one.path == "tokens.CQT.decimals" else one for one in found]
    assert settled(chain, spoilt) == ["lenders.morpho"]


# What is known of the real chains' pools, by which the derivation is held.

KNOWN = {
    ("ethereum", "uniswap-v2:USDC/WETH"): "0xB4e16d0168e52d35CaCD2c6185b44281Ec28C9Dc",
    ("ethereum", "uniswap-v3:USDC/WETH:500"): "0x88e6A0c2dDD26FEEb64F039a2c41296FcB3f5640",
    ("bsc", "pancake-v2:USDT/WBNB"): "0x16b9a82891338f9bA80E2D6970FddA79D1eb0daE",
    ("polygon", "quickswap-v2:WPOL/USDT"): "0x604229c960e5CACF2aaEAc8Be68Ac07BA9dF81c3",
}


@pytest.mark.parametrize(("name", "pool"), KNOWN)
def test_a_pool_s_address_follows_from_the_hash_of_its_code(name: str, pool: str) -> None:
    chain = chains.load(name)
    assert derived(chain, chain.pool(pool)) == KNOWN[name, pool]


def test_the_command_ends_with_1_where_something_differs(base: Replica) -> None:
    args = ["chains", "verify", "--chain", "base", "--rpc", base.url]
    result = CliRunner().invoke(cli.main, args)
    assert result.exit_code == 0
    assert " confirmed, 0 differs, " in result.output.splitlines()[-1]
    assert "confirmed           tokens.CQT.symbol: CQT" in result.output
    cbbtc = base.chain.token("cbBTC").address
    code = base.web3.eth.get_code(cbbtc)  # type: ignore[arg-type]
    base.web3.provider.make_request("anvil_setCode", [cbbtc, "0x"])  # type: ignore[arg-type]
    result = CliRunner().invoke(cli.main, args)
    base.web3.provider.make_request("anvil_setCode", [cbbtc, Web3.to_hex(code)])  # type: ignore[arg-type]
    assert result.exit_code == 1
    assert f"differs             tokens.cbBTC.address: there is no code at {cbbtc}" in result.output
    assert "Error: base.json differs from the chain in " in result.output


def test_a_node_of_another_chain_is_refused(base: Replica) -> None:
    result = CliRunner().invoke(cli.main, ["chains", "verify", "--chain", "optimism", "--rpc", base.url])
    assert result.exit_code == 1
    assert "answers with chain id 8453, but optimism has 10" in result.output


def test_verify_wants_an_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BASE_RPC_URL", raising=False)
    result = CliRunner().invoke(cli.main, ["chains", "verify", "--chain", "base"])
    assert (result.exit_code, result.output) == (
        1,
        "Error: no endpoint of base is given; give --rpc or set BASE_RPC_URL\n",
    )


def _skip(web3: Web3, seconds: int) -> None:
    for method, args in (("evm_increaseTime", [seconds]), ("evm_mine", [])):
        web3.provider.make_request(method, args)  # type: ignore[arg-type]
