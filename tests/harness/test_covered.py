"""Every function that can set something is in the file, compared and applied; what only acts has its reason."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from drift_stage import Stage, filed, settled, taken_back
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from hexbytes import HexBytes

from harness import chains, replica
from harness.deploying import config_command, covered, rights, script
from harness.keeper.abi import Call, calldata
from harness.settings import KEEPER, dev_account

OTHER, INJECTOR, PERFORMER, WRAPPED = (dev_account(index).address for index in (8, 9, 6, 7))
NONE = "0x" + "00" * 20
BASE = 8453
TERMS = "(address,uint8,uint8,uint16,uint16,uint16,uint32,address,uint24,int24,bool,uint40,address,int24,bool,address)"
FEED_OF_DAI = chains.load("ethereum").feeds["DAI"].address
FEED = "(address,uint32,uint128,uint128)"
TWAP = "(address,uint32,uint32,uint16,uint16,uint128)"


class Walk:
    """What each function is called with so that the chain is no longer as its file says."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.chain = stage, stage.served.chain
        self.pools = dict(zip((pool.name for pool in self.chain.pools), self._pools(), strict=True))

    def at(self, contract: str) -> str:
        """Return the address of a contract of the deployment."""
        return self.stage.deployment.address(contract)

    def token(self, symbol: str) -> str:
        """Return the address of a token of the file."""
        return self.chain.token(symbol).address

    def call(self, contract: str, signature: str, *arguments: object) -> tuple[str, bytes]:
        """Return a call of a contract's."""
        return self.at(contract), calldata(signature, *arguments)

    def ask(self, to: str, signature: str, *arguments: object, returns: str = "address") -> Any:  # noqa: ANN401
        """Return what a view answers; an address checksummed."""
        asked = Call(to, signature, arguments, (returns,))
        answer = self.stage.served.web3.eth.call({"to": to_checksum_address(to), "data": HexBytes(asked.data())})
        [value] = asked.read(bytes(answer)) or (None,)
        return to_checksum_address(value) if returns == "address" else value

    def strange_pool(self) -> str:
        """A pool that the file does not trade."""
        venue = self.chain.venues["pancake-v3"]
        assert isinstance(venue, chains.PancakeV3)
        pair = self.token("USDC"), self.token("WETH")
        return str(self.ask(venue.factory, "getPool(address,address,uint24)", *pair, 500))

    def strategy(self) -> str:
        """A contract that the vault takes for a strategy: it answers with the asset or with the vault."""
        address, asset = to_checksum_address("0x" + "57" * 20), keccak(text="asset()")[:4].hex()
        answers = [f"73{one[2:]}60005260206000f3" for one in (self.at("vault"), self.token("WETH"))]
        code = f"0x60003560e01c63{asset}14602c57{answers[0]}5b{answers[1]}"
        self.stage.served.web3.provider.make_request("anvil_setCode", [address, code])  # type: ignore[arg-type]
        return address

    def terms(self, pool: str) -> tuple[Any, ...]:
        """The pool's terms, but for the depth."""
        terms = self.ask(self.at("reserve"), "poolOf(address)", pool, returns=TERMS)
        return (*terms[:5], 77, *terms[6:])

    def inbox_hash(self, pool: str) -> bytes:
        """Open a pool's inbox, and return the hash of its code."""
        self.stage.send(self.at("reserve"), calldata("openInbox(address)", pool))
        inbox = self.ask(self.at("reserve"), "inboxOf(address)", pool)
        return keccak(bytes(self.stage.served.web3.eth.get_code(to_checksum_address(inbox))))

    def _pools(self) -> list[str]:
        return list(script.run(self.stage.order).pools)


def by_governance(walk: Walk) -> dict[str, tuple[tuple[str, bytes], str]]:
    """By function a call of it, and what is then said of the chain."""
    call, token, pools, at = walk.call, walk.token, list(walk.pools.values()), walk.at
    v3 = walk.pools["uniswap-v3:USDC/WETH:500"]
    strange, strategy = walk.strange_pool(), walk.strategy()
    eth, aggregator = walk.chain.feeds["ETH"], walk.chain.feeds["DAI"].address
    v4, v2 = walk.chain.venues["uniswap-v4"], walk.chain.venues["balancer-v2"]
    assert isinstance(v4, chains.UniswapV4)
    assert isinstance(v2, chains.BalancerV2)
    balancer = next(pool for pool in walk.chain.untraded if pool.venue == "balancer-v2")
    vault, balancer_pool = v2.vault, to_checksum_address(str(balancer.pool_id)[:42])
    usdc, weth = token("USDC"), token("WETH")
    key = "(address,address,uint24,int24,address)"
    v4_key = (NONE, usdc, 500, 10, NONE)
    hashes = (b"\1" * 32, walk.inbox_hash(pools[0]))
    return {
        "executor.setKeeper": (
            call("executor", "setKeeper(address,bool)", OTHER, True),
            f"executor, keeper {OTHER}: is yes, would be no",
        ),
        "executor.restrictPools": (
            call("executor", "restrictPools(bool)", True),
            "executor, listed pools alone: is yes, would be no",
        ),
        "executor.allowPools": (
            call("executor", "allowPools(address[],bool)", [strange], True),
            f"executor, allows {strange}: is yes, would be no",
        ),
        "executor.setMaxTip": (
            call("executor", "setMaxTip(uint16)", 7),
            "executor, largest tip, basis points: is 7, would be 0",
        ),
        "executor.setPriceGuard": (
            call("executor", "setPriceGuard(address)", OTHER),
            f"executor, guard: is {OTHER}, would be {at('guard')}",
        ),
        "reserve.setSplit": (
            call("reserve", "setSplit(uint16,uint16,(address,uint16)[])", 2000, 7000, [(OTHER, 1000)]),
            f"reserve, split: is pools 2000, stakers 7000, {OTHER} 1000, would be pools 2000, stakers 8000",
        ),
        "reserve.setExecutor": (
            call("reserve", "setExecutor(address)", OTHER),
            f"reserve, executor: is {OTHER}, would be {at('executor')}",
        ),
        "reserve.listToken": (
            call("reserve", "listToken(address,bool)", token("CQT"), True),
            "reserve, lists CQT: is yes, would be no",
        ),
        "reserve.guardToken": (
            call("reserve", "guardToken(address,bool)", usdc, True),
            "reserve, guards USDC: is yes, would be no",
        ),
        "reserve.registerPools": (
            call("reserve", "registerPools(address[],bool)", [strange], True),
            f"reserve, registers {strange}: is yes, would be no",
        ),
        "reserve.setPool": (
            call("reserve", f"setPool(address,{TERMS})", pools[1], walk.terms(pools[1])),
            f"reserve, terms of {pools[1]}: is deviation 200, slippage 150, depth 77",
        ),
        "reserve.setInjector": (
            call("reserve", "setInjector(address,bool)", INJECTOR, True),
            f"reserve, injector {INJECTOR}: is yes, would be no",
        ),
        "reserve.setStakersGuard": (
            call("reserve", "setStakersGuard(address,uint16)", at("guard"), 7),
            "reserve, stakers' guard: is ",
        ),
        "reserve.setMinedWeights": (
            call("reserve", "setMinedWeights((address,uint96)[])", [(pools[2], 5)]),
            f"reserve, weights of mined funds: is {pools[2]} 5, would be none",
        ),
        "reserve.setGasBudget": (
            call("reserve", "setGasBudget(uint112)", 9),
            "reserve, budget for gas a day: is 9, would be 0",
        ),
        "reserve.setPredecessor": (
            call("reserve", "setPredecessor(address)", OTHER),
            f"reserve, predecessor: is {OTHER}, would be none",
        ),
        "reserve.setBridge": (
            call("reserve", "setBridge(uint256,address,address)", BASE, token("DAI"), at("bridge-base-DAI")),
            "reserve, bridge of DAI to base: is bridge-base-DAI, would be none",
        ),
        "reserve.confirmDestination": (
            call(
                "reserve",
                "confirmDestination(uint256,address,address,bytes32,bytes32)",
                BASE,
                pools[0],
                at("reserve"),
                *hashes,
            ),
            f"reserve, destination {pools[0]} on base: is yes, would be no",
        ),
        "reserve.setSendingCap": (
            call("reserve", "setSendingCap(address,uint112,uint112)", token("DAI"), 3, 4),
            "reserve, sendings of DAI: is 3 at once, 4 a day, would be 0 at once, 0 a day",
        ),
        "reserve.mapWrapped": (
            call("reserve", "mapWrapped(address,address)", WRAPPED, weth),
            f"reserve, {WRAPPED} arrives as: is WETH, would be none",
        ),
        "vault.setStrategy": (
            call("vault", "setStrategy(address,uint256)", strategy, 5),
            f"vault, cap of {strategy}: is 5, would be none",
        ),
        "vault.setYieldShare": (
            call("vault", "setYieldShare(address,uint256)", at("reserve"), 7),
            "vault, part of the yield: is 7 basis points",
        ),
        "vault.setDepositCap": (call("vault", "setDepositCap(uint256)", 77), "vault, cap on deposits: is 77, would be"),
        "guard.setFeed": (
            call("guard", f"setFeed(address,{FEED})", weth, (eth.address, eth.heartbeat + 300, 1, 0)),
            "guard, answers taken for WETH: is 1 to ",
        ),
        "guard.setPairFeed": (
            call("guard", f"setPairFeed(address,address,{FEED})", weth, usdc, (aggregator, 60, 0, 0)),
            f"guard, feed of USDC and WETH: is {aggregator} for 60 s, WETH first, would be none",
        ),
        "guard.setTwap": (
            call("guard", f"setTwap(address,address,{TWAP})", usdc, weth, (v3, 900, 0, 500, 0, 0)),
            f"guard, mean price of USDC and WETH: is {v3} over 900 s, at most 0 s old, 500 basis points off",
        ),
        "guard.setSequencer": (
            call("guard", "setSequencer(address,uint32)", aggregator, 600),
            f"guard, sequencer: is {aggregator}, would be none",
        ),
        "guard.registerPool": (
            call("guard", "registerPool(address,uint8,address,address,uint16)", strange, 2, usdc, weth, 300),
            f"guard, knows pool {strange}: is yes, would be no",
        ),
        "guard.removePool": (
            call("guard", "removePool(address)", pools[3]),
            f"guard, bound of {pools[3]}: is none, would be 300 basis points",
        ),
        "guard.registerBalancerPool": (
            call(
                "guard",
                "registerBalancerPool(address,address,address,address,uint16)",
                vault,
                balancer_pool,
                usdc,
                weth,
                300,
            ),
            f"guard, knows pool {balancer_pool}: is yes, would be no",
        ),
        "guard.registerUniswapV4Pool": (
            call("guard", f"registerUniswapV4Pool(address,{key},uint16)", v4.pool_manager, v4_key, 300),
            "guard, knows pool 0x",
        ),
        "upkeep.setPerformer": (
            call("upkeep", "setPerformer(address,bool)", PERFORMER, True),
            f"upkeep, performer {PERFORMER}: is yes, would be no",
        ),
        "upkeep.setWorth": (
            call("upkeep", "setWorth(uint128,uint128)", 1, 2),
            "upkeep, least worth of an injection: is 2 times 1 gas, would be 20 times 300000 gas",
        ),
    }


def by_the_guardian(walk: Walk) -> dict[str, tuple[tuple[str, bytes], str]]:
    """The same of what is the guardian's."""
    pool = list(walk.pools.values())[4]
    return {
        "executor.pause": (walk.call("executor", "pause()"), "executor, paused: is yes, would be no"),
        "reserve.stopInjections": (
            walk.call("reserve", "stopInjections()"),
            "reserve, cap on losses a day: is 0, would be 1",
        ),
        "reserve.exitPool": (
            walk.call("reserve", "exitPool(address)", pool),
            f"reserve, registers {pool}: is no, would be yes",
        ),
        "vault.stopDeposits": (
            walk.call("vault", "stopDeposits(bool)", True),
            "vault, deposits: is stopped, would be open",
        ),
    }


SAME = {
    "executor.unpause": "executor.pause",
    "reserve.setLossCap": "reserve.stopInjections",
    "reserve.revokeDestination": "reserve.confirmDestination",
    "reserve.stopSending": "reserve.setSendingCap",
    "vault.removeStrategy": "vault.setStrategy",
    "vault.emergencyExit": "vault.setStrategy",
}
"""Functions that set what another one sets."""


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A replica of Ethereum, deployed to and handed over."""
    with settled("ethereum", tmp_path_factory.mktemp("records")) as stage:
        yield stage


@pytest.fixture
def undone(stage: Stage) -> Iterator[Stage]:
    """The same, and what happens there is taken back."""
    with taken_back(stage):
        yield stage


def checked(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    """Run `millrace config check`; return how it ends and what it says."""
    monkeypatch.setattr(config_command, "load_deployment", lambda *_, **__: stage.deployment)
    command = ["check", "--chain", stage.served.chain.name, "--rpc", stage.served.url]
    result = CliRunner().invoke(config_command.command, command)
    return result.exit_code, result.output


def test_every_function_that_asks_the_manager_is_in_the_table(stage: Stage) -> None:
    asking = {f"{contract}.{signature.split('(')[0]}" for contract, signature, _ in rights.restricted(stage.deployment)}
    assert asking == {*covered.SETTINGS, *covered.ACTS}
    assert not {*covered.SETTINGS} & {*covered.ACTS}


def test_the_page_has_the_table() -> None:
    page = covered.CHAINS_PAGE.read_text()
    assert covered.written(page) == page, "write it anew by `python -m harness.deploying.covered`"
    assert covered.table() in page


def test_a_page_with_another_table_gets_this_one(tmp_path: Path) -> None:
    page, stale = covered.CHAINS_PAGE.read_text(), tmp_path / "page.md"
    stale.write_text(page.replace(covered.table(), "| contract |\n|---|\n| none |\n"))
    assert stale.read_text() != page
    covered.write(stale)
    assert stale.read_text() == page


def test_whatever_is_set_otherwise_is_named_and_applied(
    undone: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    walk = Walk(undone)
    assert checked(undone, monkeypatch) == (0, "ethereum is set as its file says\n")
    governed, guarded = by_governance(walk), by_the_guardian(walk)
    assert {*governed, *guarded, *SAME, "vault.shutDown"} == {*covered.SETTINGS}
    assert all(covered.SETTINGS[one] == covered.SETTINGS[other] for one, other in SAME.items())
    undone.govern(*(call for call, _ in governed.values()))
    undone.guard(*(call for call, _ in guarded.values()))
    ends, said = checked(undone, monkeypatch)
    unsaid = {name: line for name, (_, line) in {**governed, **guarded}.items() if f"ethereum: {line}" not in said}
    assert (ends, unsaid) == (1, {})
    undone.apply(undone.drift(), tmp_path)
    deposits = "ethereum: vault, deposits: is stopped, would be open; the guardian opens them: `stopDeposits(false)`\n"
    assert checked(undone, monkeypatch) == (1, deposits)
    undone.guard(walk.call("vault", "stopDeposits(bool)", False))
    assert checked(undone, monkeypatch) == (0, "ethereum is set as its file says\n")


def test_a_vault_that_is_shut_down_is_named_for_good(undone: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where deposits have been stopped before: to open them mends nothing then."""
    undone.guard((undone.deployment.address("vault"), calldata("stopDeposits(bool)", True)))
    undone.govern((undone.deployment.address("vault"), calldata("shutDown()")))
    line = "ethereum: vault, deposits: is shut down, would be open; a vault that is shut down stays so\n"
    assert checked(undone, monkeypatch) == (1, line)
    assert undone.drift().mendable == ()


@pytest.fixture
def other(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A replica of Base on which reserve and inbox have the very code that they have here; the pool of the inbox."""
    walk = Walk(stage)
    pool = walk.strange_pool()
    walk.inbox_hash(pool)
    with replica.serve("base") as served:
        monkeypatch.setenv(served.chain.rpc_variable, served.url)
        for address in (walk.at("reserve"), walk.ask(walk.at("reserve"), "inboxOf(address)", pool)):
            code = stage.served.web3.eth.get_code(to_checksum_address(address)).to_0x_hex()
            served.web3.provider.make_request("anvil_setCode", [address, code])  # type: ignore[arg-type]
        yield pool


def everything(pool: str) -> dict[str, object]:
    """Terms with all that only governance sets."""
    return {
        "guardedTokens": ["USDC"],
        "restrictPools": True,
        "allowedPools": [pool],
        "converters": [OTHER],
        "minedWeights": {"uniswap-v2:USDC/WETH": 3, "uniswap-v2:USDT/WETH": 1},
        "strategies": {"lido": "12.5"},
        "outposts": {"base": {"tokens": ["DAI"], "pools": [pool]}},
        "sendingCaps": {"DAI": {"largest": "10", "perDay": "20"}},
        "wrapped": {WRAPPED: "WETH"},
        "predecessor": OTHER,
        "upkeep": {"gas": 400000, "multiple": 5},
        "feedBounds": {"ETH": {"least": "100", "most": "99000.5"}},
        "pairFeeds": [{"base": "CQT", "quoted": "USDC", "address": FEED_OF_DAI, "heartbeat": 60}],
        "meanPrices": [{"pool": "uniswap-v3:USDC/WETH:500", "window": 900, "maxDisagreementBps": 300}],
    }


def test_whatever_the_file_names_is_applied_and_what_undoes_it_is_named(
    undone: Stage, other: str, tmp_path: Path
) -> None:
    walk = Walk(undone)
    contracts = undone.deployment.contracts
    lido = contracts["lens"].model_copy(update={"address": walk.strategy()})
    undone.deployment = undone.deployment.model_copy(update={"contracts": {**contracts, "strategy-lido": lido}})
    with filed(everything(other)) as chain:
        found = undone.drift(chain)
        assert {line.split(": is ")[0].removeprefix("ethereum: ") for line in found.lines()} == wanted(walk, other)
        assert [change for change in found.changes if change.left] == []
        undone.apply(found, tmp_path)
        assert undone.drift(chain).lines() == []
        undone.govern(
            walk.call("vault", "removeStrategy(address)", lido.address),
            walk.call("reserve", "revokeDestination(uint256,address)", BASE, other),
            walk.call("reserve", "setBridge(uint256,address,address)", BASE, walk.token("DAI"), NONE),
        )
        undone.guard(walk.call("reserve", "stopSending(address)", walk.token("DAI")))
        assert undone.drift(chain).lines() == [
            "ethereum: reserve, sendings of DAI: is 0 at once, 0 a day, "
            "would be 10000000000000000000 at once, 20000000000000000000 a day",
            "ethereum: vault, cap of strategy-lido: is none, would be 12500000000000000000",
            "ethereum: reserve, bridge of DAI to base: is none, would be bridge-base-DAI",
            f"ethereum: reserve, destination {other} on base: is no, would be yes",
        ]


def wanted(walk: Walk, pool: str) -> set[str]:
    """What differs while nothing of `everything` is set."""
    pools = [*walk.pools.values(), pool]
    return {
        *(f"executor, allows {one}" for one in pools),
        *(f"guard, {what}" for what in ("answers taken for WETH", "mean price of USDC and WETH")),
        f"guard, feed of {' and '.join(sorted(('CQT', 'USDC'), key=walk.token))}",
        *("executor, listed pools alone", "upkeep, least worth of an injection", "vault, cap of strategy-lido"),
        f"manager, converter {OTHER}",
        *("reserve, guards USDC", "reserve, weights of mined funds", "reserve, predecessor"),
        *("reserve, sendings of DAI", "reserve, bridge of DAI to base", f"reserve, destination {pool} on base"),
        f"reserve, {WRAPPED} arrives as",
    }


def test_a_strategy_is_left_by_the_guardian_and_named(undone: Stage) -> None:
    walk = Walk(undone)
    at = walk.strategy()
    contracts = undone.deployment.contracts
    lido = contracts["lens"].model_copy(update={"address": at})
    undone.deployment = undone.deployment.model_copy(update={"contracts": {**contracts, "strategy-lido": lido}})
    with filed({"strategies": {"lido": "1"}}) as chain:
        undone.govern(walk.call("vault", "setStrategy(address,uint256)", at, 10**18))
        assert undone.drift(chain).lines() == []
        undone.guard(walk.call("vault", "emergencyExit(address,bytes)", at, b""))
        line = "ethereum: vault, cap of strategy-lido: is 0, would be 1000000000000000000"
        assert undone.drift(chain).lines() == [line]


def test_a_strategy_that_owes_is_first_lent_no_more(undone: Stage, tmp_path: Path) -> None:
    walk, lender = Walk(undone), dev_account(8)
    at, vault = walk.strategy(), walk.at("vault")
    undone.govern(walk.call("vault", "setStrategy(address,uint256)", at, 10**18))
    undone.node.do(lender, vault, "depositNative(address)", lender.address, value=10**18)
    undone.node.do(dev_account(KEEPER), vault, "allocate(address,uint256,bytes)", at, 10**17, b"")
    found = undone.drift()
    assert found.lines() == [f"ethereum: vault, cap of {at}: is {10**18}, owes {10**17}, would be none"]
    undone.apply(found, tmp_path)
    left = f"it owes {10**17}: a keeper has to recall that before it can be removed"
    assert undone.drift().lines() == [f"ethereum: vault, cap of {at}: is 0, owes {10**17}, would be none; {left}"]
    assert undone.drift().mendable == ()


def test_what_cannot_be_mended_yet_is_said_with_the_reason(undone: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BASE_RPC_URL", raising=False)
    outposts = {"base": {"tokens": ["DAI"], "pools": [OTHER]}}
    gone = {role: made for role, made in undone.deployment.contracts.items() if role != "bridge-base-DAI"}
    undone.deployment = undone.deployment.model_copy(update={"contracts": gone})
    terms: dict[str, object] = {"strategies": {"lido": "1"}, "outposts": outposts}
    with replica.serve("base") as served, filed(terms) as chain:
        found = undone.drift(chain)
        assert found.lines() == [
            "ethereum: vault, cap of strategy-lido: is none, would be 1000000000000000000; "
            "it is not deployed: `millrace deploy` says why",
            "ethereum: reserve, bridge of DAI to base: is none, would be bridge-base-DAI; "
            "it is not deployed: `millrace deploy` says why",
            f"ethereum: reserve, destination {OTHER} on base: is no, would be yes; "
            "the code there has to be read first: set BASE_RPC_URL",
        ]
        assert found.mendable == ()
        monkeypatch.setenv("BASE_RPC_URL", served.url)
        assert undone.drift(chain).lines()[-1].endswith("no reserve as forge built it; deploy there first")


def test_rights_that_went_astray_are_named_and_mended(undone: Stage, tmp_path: Path) -> None:
    walk = Walk(undone)
    manager, guard = walk.at("manager"), walk.at("guard")
    selector = keccak(text="removePool(address)")[:4]
    undone.govern(
        (manager, calldata("setTargetFunctionRole(address,bytes4[],uint64)", guard, [selector], 1)),
        (manager, calldata("setRoleAdmin(uint64,uint64)", 4, 1)),
        (manager, calldata("setRoleGuardian(uint64,uint64)", 2, 1)),
        (manager, calldata("grantRole(uint64,address,uint32)", 3, OTHER, 0)),
        (manager, calldata("grantRole(uint64,address,uint32)", 0, INJECTOR, 5)),
        (manager, calldata("setTargetClosed(address,bool)", walk.at("upkeep"), True)),
    )
    found = undone.drift()
    assert found.lines() == [
        "ethereum: manager, upkeep is closed: is yes, would be no",
        "ethereum: manager, role for guard.removePool: is 1, would be 0",
        "ethereum: manager, guardian of role reserve: is 1, would be 0",
        "ethereum: manager, admin of role vault keeper: is 1, would be 0",
        f"ethereum: manager, governance {INJECTOR}: is after 5 s, would be no",
        f"ethereum: manager, converter {OTHER}: is at once, would be no",
    ]
    undone.apply(found, tmp_path)
    assert undone.drift().lines() == []


def test_a_contract_that_obeys_another_manager_is_named(undone: Stage) -> None:
    manager, vault = undone.deployment.address("manager"), undone.deployment.address("vault")
    undone.govern((manager, calldata("updateAuthority(address,address)", vault, undone.deployment.address("lens"))))
    line = undone.drift().lines()[0]
    assert line.endswith(f"would be {manager}; only whom it obeys now can give it back")


def test_the_deployer_sets_what_the_file_has_before_the_hand_over(tmp_path: Path) -> None:
    terms = {key: value for key, value in everything(OTHER).items() if key not in {"strategies", "outposts"}}
    with filed(terms) as chain, settled("ethereum", tmp_path, chain) as stage:
        assert stage.drift().lines() == []
        walk = Walk(stage)
        assert walk.ask(walk.at("executor"), "poolsRestricted()", returns="bool") is True
