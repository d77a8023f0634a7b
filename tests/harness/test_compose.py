"""A chain's executor is made of what its chain file names, of nothing else, and is what stands in the repository."""

import json
import random
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from chainfiles import chain_data, write_chain

from harness import chains, compose, settings
from harness.compose import Composition, CompositionError, render

FEW = Composition("FewExecutor", "tests", ("uniswap-v3", "uniswap-v2"), ("aave-v3",))
LEAST = Composition("LeastExecutor", "tests", ("uniswap-v2",), ())
SOME = Composition("SomeExecutor", "tests", ("curve", "solidly", "algebra", "uniswap-v4"), ("uniswap-v4", "algebra"))
EVERY = compose.compositions()[-1]


def bases(source: str) -> list[str]:
    """The contracts that a source inherits."""
    found = re.search(r"^contract \w+ is([^{]+)\{", source, re.MULTILINE)
    assert found is not None
    return [name.strip() for name in found[1].split(",")]


def function(source: str, name: str) -> str:
    """A function of a source, in one line."""
    start = source.index(f"function {name}(")
    return " ".join(source[start : source.index("    }\n", start)].split())


def members(source: str, name: str) -> list[str]:
    """The identifiers of RouteLib in a set of a source."""
    return re.findall(r"set \|= 1 << RouteLib\.(\w+);", function(source, name))


def test_what_stands_in_the_repository_is_what_would_be_written() -> None:
    compose.check(compose.compositions())


def test_every_chain_has_the_executor_that_its_file_names() -> None:
    found = {one.contract: one for one in compose.compositions()}
    for name in chains.names():
        executor = chains.load(name).executor
        assert set(found[executor.contract].venues) == set(executor.venues)
        assert set(found[executor.contract].lenders) == set(executor.lenders)
        assert found[executor.contract].path == settings.ROOT / f"contracts/executors/{executor.contract}.sol"
    assert set(found["EveryExecutor"].venues) == set(compose.VENUES)


def test_venues_and_lenders_are_inherited_in_the_order_of_their_own_inheritance() -> None:
    names = bases(render(EVERY))
    assert names[0] == "FlashExecutor"
    assert names.index("UniswapV3") < names.index("Algebra") < names.index("UniswapV2") < names.index("PancakeV2")
    assert bases(render(SOME))[1:] == ["Curve", "UniswapV4", "Algebra", "Solidly", "AlgebraLoan", "UniswapV4Loan"]


def test_fewer_venues_give_fewer_bases_and_smaller_sets() -> None:
    source = render(FEW)
    assert bases(source) == ["FlashExecutor", "UniswapV3", "UniswapV2", "AaveV3Loan"]
    assert members(source, "_venues") == ["UNISWAP_V3", "UNISWAP_V2"]
    assert members(source, "_lenders") == ["LENDER_NONE", "LENDER_AAVE_V3"]
    assert "Curve" not in source


def test_every_name_of_a_venue_is_in_its_set() -> None:
    assert members(render(SOME), "_venues") == ["CURVE", "CURVE_NG", "CURVE_CRYPTO", "UNISWAP_V4", "ALGEBRA", "SOLIDLY"]


def test_what_several_bases_define_is_overridden_and_nothing_else() -> None:
    few, every = render(FEW), render(EVERY)
    assert "override(Venue, UniswapV3, UniswapV2)" in function(few, "_swap")
    assert "override(Loan, AaveV3Loan)" in function(few, "_borrow")
    assert "_flashCallbackOf" not in few
    assert "_swapOnCredit" not in few
    assert "override(UniswapV3Loan, PancakeV3Loan, AlgebraLoan)" in function(every, "_flashCallbackOf")
    assert "return super._flashCallbackOf(a);" in every
    assert "_run(" not in every


def test_only_what_is_used_is_imported() -> None:
    said = [line for line in render(LEAST).splitlines() if line.startswith("import")]
    assert said == [
        'import {FlashExecutor} from "../FlashExecutor.sol";',
        'import {RouteLib} from "../libraries/RouteLib.sol";',
        'import {PackedLeg} from "../types/PackedLeg.sol";',
        'import {UniswapV2} from "../venues/UniswapV2.sol";',
        'import {Flow, Venue} from "../venues/Venue.sol";',
    ]


def some(number: int) -> Composition:
    """An executor of some venues and lenders, the same for the same number."""
    draw = random.Random(number)
    venues = draw.sample(list(compose.VENUES), draw.randint(1, len(compose.VENUES)))
    lenders = draw.sample(list(compose.LENDERS), draw.randint(0, len(compose.LENDERS)))
    lent = [kind for kind in lenders if kind in venues or kind not in compose.CREDITORS]
    return Composition(f"Executor{number}", "tests", tuple(venues), tuple(lent))


def test_sources_are_written_as_forge_fmt_would_have_them(tmp_path: Path) -> None:
    shutil.copy(settings.ROOT / "foundry.toml", tmp_path)
    paths = []
    for one in (LEAST, FEW, SOME, EVERY, *(some(number) for number in range(40))):
        paths.append(tmp_path / f"{one.contract}.sol")
        paths[-1].write_text(render(one))
    command = [settings.tool("forge"), "fmt", "--check", *map(str, paths)]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_there_is_a_file_for_every_kind_and_a_kind_for_every_file() -> None:
    common = inherited("FlashExecutor") | {"Kinds"}
    for table, folder in ((compose.VENUES, "venues"), (compose.LENDERS, "lenders")):
        files = {path.stem for path in (settings.ROOT / "contracts" / folder).glob("*.sol")}
        assert {name for name, _ in table.values()} == files - common


def inherited(contract: str) -> set[str]:
    """Every abstract contract that one inherits, however far up."""
    sources = compose._sources()
    above = sources[contract].bases if contract in sources else ()
    return set(above).union(*(inherited(base) for base in above))


def test_kinds_without_code_are_refused_with_those_there_are() -> None:
    with pytest.raises(CompositionError, match=r"no code for the venue 'uniswap-v9'; there is for wrapped-native, "):
        render(Composition("X", "x", ("uniswap-v9",), ()))
    with pytest.raises(CompositionError, match=r"no code for the lender 'bank'; there is for erc3156, "):
        render(Composition("X", "x", ("uniswap-v2",), ("bank",)))


def test_a_lender_whose_code_is_a_venues_needs_that_venue() -> None:
    with pytest.raises(CompositionError, match="X borrows from uniswap-v4, whose code the venue has; add that venue"):
        render(Composition("X", "x", ("uniswap-v2",), ("uniswap-v4",)))


def test_chain_files_are_read_and_two_executors_have_two_names(tmp_path: Path) -> None:
    chains.write_schema(write_chain(tmp_path, chain_data()))
    assert [one.contract for one in compose.compositions(tmp_path)] == ["ToyExecutor", "EveryExecutor"]
    write_chain(tmp_path, chain_data("twin"), "twin")
    assert [one.contract for one in compose.compositions(tmp_path)] == ["ToyExecutor", "EveryExecutor"]
    other = chain_data("other")
    other["executor"]["lenders"].append("morpho")
    write_chain(tmp_path, other, "other")
    with pytest.raises(CompositionError, match=r"^toy\.json makes ToyExecutor of other parts; give it another name$"):
        compose.compositions(tmp_path)
    (tmp_path / "other.json").write_text(json.dumps({"name": "other"}))
    with pytest.raises(CompositionError, match=r"^other\.json does not say what its executor is made of"):
        compose.compositions(tmp_path)


def test_an_executor_that_is_out_of_date_or_named_by_nobody_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compose, "ROOT", tmp_path)
    monkeypatch.setattr(compose, "EXECUTORS", tmp_path / "executors")
    with pytest.raises(CompositionError, match=r"^executors/FewExecutor\.sol is out of date; run `make executors`$"):
        compose.check([FEW])
    assert compose.write([FEW]) == [tmp_path / "executors" / "FewExecutor.sol"]
    assert compose.write([FEW]) == []
    compose.check([FEW])
    FEW.path.write_text(FEW.path.read_text() + "\n")
    with pytest.raises(CompositionError, match="is out of date"):
        compose.check([FEW])
    assert compose.write([FEW, LEAST]) == [FEW.path, LEAST.path]
    with pytest.raises(CompositionError, match=r"^executors/LeastExecutor\.sol is named by no chain file; remove it$"):
        compose.check([FEW])
