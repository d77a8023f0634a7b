"""`millrace reserve` and `millrace vault`: every unit where it lies, and what the guardian has taken out."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from chore_stage import ETHER, Stage, staged, undone
from click.testing import CliRunner, Result

from harness import guardian, reserve, vault
from harness.cli import main
from harness.keeper.abi import calldata
from harness.keeper.chores.look import single
from harness.keeper.multicall import Multicall
from harness.settings import GUARDIAN, KEEPER, dev_account

PAIR = "uniswap-v2:USDC/WETH"
UNBOOKED = "not yet booked", "journal", "WETH"


@pytest.fixture(scope="module")
def earned(built: None) -> Iterator[Stage]:  # noqa: ARG001 - errors are named after the artifacts
    """A profit has been booked, part of it added to the pools, part paid to the vault; another waits."""
    with staged() as stage:
        stage.stake(10 * ETHER)
        stage.earned()
        assert stage.do_all(stage.chores())
        stage.earned()
        stage.node.rpc("evm_setAutomine", True)
        yield stage


@pytest.fixture
def stage(earned: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    for module in (reserve, vault, guardian):
        monkeypatch.setattr(module, "load_deployment", lambda *_, **__: earned.deployment)
    with undone(earned):
        yield earned


def run(stage: Stage, *arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments, "--chain", "ethereum", "--rpc", stage.url])


def shown(stage: Stage) -> dict[tuple[str, str, str], Decimal]:
    """What the command says, by place and token."""
    found = json.loads(run(stage, "reserve", "show", "--json").output)
    return {(one["of"], one["what"], one["token"]): Decimal(one["amount"]) for one in found}


def vault_of(stage: Stage) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(stage, "vault", "show", "--json").output)
    return found


def test_every_unit_that_the_reserve_holds_is_in_one_place(stage: Stage) -> None:
    found = shown(stage)
    for symbol in ("WETH", "USDC"):
        inside = {place: amount for place, amount in found.items() if place[1] in ("bucket", "journal")}
        units = stage.node.view(stage.token(symbol), "balanceOf(address)", stage.at("reserve"))
        held = Decimal(units).scaleb(-stage.chain.token(symbol).decimals)
        assert sum(amount for place, amount in inside.items() if place[2] == symbol) == held
    assert found[UNBOOKED] > 0


def test_liquidity_is_what_the_lens_says(stage: Stage) -> None:
    position = single(stage.at("lens"), "positionOf(address)", stage.pool(PAIR).address, returns=("uint256", "uint256"))
    [amounts] = Multicall(stage.rpc(), stage.chain.contracts["multicall3"]).read([position], "latest")
    assert all(amounts)
    found = shown(stage)
    assert found[PAIR, "liquidity", "USDC"] == Decimal(amounts[0]).scaleb(-6)
    assert found[PAIR, "liquidity", "WETH"] == Decimal(amounts[1]).scaleb(-18)


def test_a_table_for_people_has_the_same(stage: Stage) -> None:
    said = run(stage, "reserve", "show").output
    assert "the reserve on ethereum" in said
    assert f"{shown(stage)[PAIR, 'liquidity', 'WETH']:,.6f} WETH" in said


def test_the_guardian_takes_a_pools_liquidity_into_its_own_bucket(stage: Stage) -> None:
    before = shown(stage)
    assert run(stage, "reserve", "exit", PAIR).output == (
        f"  reserve: take all liquidity out of {PAIR}\n"
        f"1 call by {dev_account(GUARDIAN).address}; nothing was sent, --broadcast sends\n"
    )
    assert shown(stage) == before
    done = run(stage, "reserve", "exit", PAIR, "--broadcast")
    assert done.exit_code == 0, done.output
    after = shown(stage)
    for symbol in ("USDC", "WETH"):
        assert (PAIR, "liquidity", symbol) not in after
        into = after[PAIR, "bucket", symbol] - before.get((PAIR, "bucket", symbol), Decimal(0))
        assert into == before[PAIR, "liquidity", symbol]
    assert after[UNBOOKED] == before[UNBOOKED]


def test_what_is_no_pool_is_refused(stage: Stage) -> None:
    assert "ethereum has no pool 'uniswap-v2:A/B'" in run(stage, "reserve", "exit", "uniswap-v2:A/B").output


def test_books_that_do_not_balance_end_the_command(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    end, known = reserve.read(stage.chain, stage.rpc(), stage.deployment)
    end.accounted[stage.token("WETH")] = end.held[stage.token("WETH")] + 1
    monkeypatch.setattr(reserve, "read", lambda *_: (end, known))
    result = run(stage, "reserve", "show")
    assert (result.exit_code, "R2 is broken" in result.output) == (1, True)


def test_the_vault_says_what_the_contract_says(stage: Stage) -> None:
    found = vault_of(stage)
    assert Decimal(found["assets"]) == Decimal(stage.node.view(stage.at("vault"), "totalAssets()")).scaleb(-18)
    assert Decimal(found["locked"]) == Decimal(stage.node.view(stage.at("vault"), "lockedProfit()")).scaleb(-18) > 0
    assert (found["deposits"], found["strategies"]) == ("open", [])
    assert run(stage, "stop", "--broadcast").exit_code == 0
    assert "stopped by the guardian" in run(stage, "vault", "show").output


def test_the_guardian_has_a_strategy_left(stage: Stage) -> None:
    strategy = stage.deploy("MockStrategy", ("address", stage.at("vault")), ("address", stage.token("WETH")))
    stage.govern((stage.at("vault"), calldata("setStrategy(address,uint256)", strategy, 5 * ETHER)))
    lending = calldata("allocate(address,uint256,bytes)", strategy, 4 * ETHER, b"")
    stage.node.send(dev_account(KEEPER), stage.at("vault"), lending)
    stage.node.mine()
    [lent] = vault_of(stage)["strategies"]
    assert (lent["name"], *(Decimal(lent[key]) for key in ("debt", "worth", "cap"))) == (strategy, 4, 4, 5)
    assert run(stage, "vault", "exit", strategy, "--broadcast").exit_code == 0
    [left] = vault_of(stage)["strategies"]
    assert Decimal(left["debt"]) == 0


def test_what_is_no_strategy_is_refused(stage: Stage) -> None:
    result = run(stage, "vault", "exit", "strategy-lido")
    assert (result.exit_code, "is no strategy of the vault's" in result.output) == (1, True)
