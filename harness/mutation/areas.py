"""What is changed and what might notice it: a row an area, the most dangerous files of each first."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final

Stage = tuple[str, str]
"""The tests of a path, which may have `*` and `{,}`, and among them those of a name."""


@dataclass(frozen=True)
class Area:
    """Contracts that have their tests in common.

    Attributes:
        name: As the command line and the summary call it.
        entries: What the tests deploy, by its artifact.
        files: What is changed, as patterns.
        tests: What might notice, the cheapest first.
    """

    name: str
    entries: Sequence[str]
    files: Sequence[str]
    tests: Sequence[Stage]


EXECUTOR: Final = "contracts/executors/EveryExecutor.sol"
RESERVE: Final = "contracts/LiquidityReserve.sol"
STRATEGIES: Final = ("LidoStrategy", "WrappedStakedStrategy", "ReportPolicy")
BRIDGES: Final = ("contracts/bridges/AggLayerBridge.sol", "contracts/bridges/OptimismBridge.sol")

EXECUTOR_TESTS: Final = ("tests/unit/executor/*", "")
RESERVE_TESTS: Final = (("tests/unit/reserve/*", ""), ("tests/integration/Deepening.t.sol", ""))

AREAS: Final = (
    Area(
        "vault",
        ("contracts/StakingVault.sol",),
        (
            *("contracts/libraries/StreamLib.sol", "contracts/staking/VaultBook.sol", "contracts/StakingVault.sol"),
            *("contracts/types/Book.sol", "contracts/staking/Lending.sol"),
        ),
        (
            ("tests/unit/vault/{Deposits,Exits,Gains,Lending,Losses,Stream}.t.sol", ""),
            ("tests/{attacks/Vault,unit/vault/WrappedStakedStrategy}.t.sol", ""),
            ("tests/unit/vault/Properties.t.sol", ""),
        ),
    ),
    Area(
        "reserve",
        (RESERVE, "contracts/InjectionUpkeep.sol", "contracts/ReserveLens.sol"),
        (
            *("contracts/libraries/SplitLib.sol", "contracts/reserve/Ledger.sol", "contracts/reserve/Books.sol"),
            *("contracts/types/DailyCap.sol", "contracts/reserve/Injection.sol", "contracts/positions/*.sol"),
            *("contracts/libraries/OneSidedLib.sol", "contracts/libraries/LiquidityLib.sol"),
            *("contracts/reserve/Conversion.sol", "contracts/reserve/Treasury.sol", "contracts/reserve/Registry.sol"),
            *("contracts/libraries/PoolLib.sol", RESERVE),
            *("contracts/types/Pool.sol", "contracts/InjectionUpkeep.sol", "contracts/ReserveLens.sol"),
        ),
        (*RESERVE_TESTS, ("tests/{attacks/Reserve,unit/bridges/Receive}.t.sol", "")),
    ),
    Area(
        "guard",
        ("contracts/PriceGuard.sol",),
        (
            *("contracts/libraries/FeedLib.sol", "contracts/libraries/RatioLib.sol", "contracts/PriceGuard.sol"),
            *("contracts/libraries/TwapLib.sol", "contracts/libraries/ObservationLib.sol"),
            *("contracts/libraries/SpotLib.sol", "contracts/types/PriceSources.sol"),
            "contracts/libraries/RegistryLib.sol",
        ),
        (("tests/unit/guard/*", ""), ("tests/attacks/Prices.t.sol", ""), *RESERVE_TESTS),
    ),
    Area(
        "bridges",
        (RESERVE, *BRIDGES),
        ("contracts/reserve/Outposts.sol", "contracts/bridges/*.sol"),
        (("tests/unit/bridges/*", ""),),
    ),
    Area(
        "strategies",
        tuple(f"contracts/staking/{name}.sol" for name in STRATEGIES),
        ("contracts/staking/Strategy.sol", *(f"contracts/staking/{name}.sol" for name in STRATEGIES)),
        ((f"tests/unit/vault/{{{','.join(STRATEGIES)}}}.t.sol", ""), ("tests/attacks/Vault.t.sol", "")),
    ),
    Area(
        "executor",
        (EXECUTOR,),
        (
            *("contracts/libraries/Commitment.sol", "contracts/venues/Venue.sol", "contracts/venues/Runner.sol"),
            *("contracts/venues/Planner.sol", "contracts/FlashExecutor.sol", "contracts/lenders/Loan.sol"),
            *("contracts/venues/UniswapV*.sol", "contracts/libraries/RouteLib.sol", "contracts/lenders/*.sol"),
            *("contracts/venues/*.sol", "contracts/libraries/CalldataLib.sol", "contracts/types/PackedLeg.sol"),
            "contracts/libraries/UniswapV4Lib.sol",
        ),
        (EXECUTOR_TESTS, ("tests/integration/{Cycles,Locks}.t.sol", "")),
    ),
    Area(
        "sizing",
        (EXECUTOR,),
        (
            *("contracts/libraries/SizingLib.sol", "contracts/libraries/ConcentratedLib.sol"),
            *("contracts/libraries/TickLib.sol", "contracts/Sizer.sol"),
        ),
        (EXECUTOR_TESTS, ("tests/integration/Sized.t.sol", "")),
    ),
    Area(
        "factory",
        ("contracts/Create3Factory.sol",),
        ("contracts/Create3Factory.sol",),
        # Not where the factory itself lies, which its very bytes say.
        (("tests/unit/factory/*", "_(The|RevertWhen_The)"),),
    ),
    Area("encoder", (), ("contracts/libraries/RouteEncoder.sol",), ()),
)

UNIT: Final = {
    "SizingLib": "tests/unit/Sizing.t.sol",
    "ConcentratedLib": "tests/unit/Concentrated.t.sol",
    "TickLib": "tests/unit/Tick.t.sol",
    "RouteLib": "tests/unit/Route.t.sol",
    "RouteEncoder": "tests/unit/Route.t.sol",
    "CalldataLib": "tests/unit/Route.t.sol",
    "PackedLeg": "tests/unit/Route.t.sol",
    "OneSidedLib": "tests/unit/OneSided.t.sol",
    "LiquidityLib": "tests/unit/Liquidity.t.sol",
    "RatioLib": "tests/unit/guard/Ratio.t.sol",
}
"""A library's own tests, which carry its code in themselves."""

MATRIX: Final = "tests/integration/Matrix.t.sol"
MATRIX_TESTS: Final = {
    "AaveV3Loan": "AaveV3",
    "AlgebraLoan": "Algebra",
    "BalancerV2Loan": "BalancerV2",
    "BalancerV3": "BalancerV3",
    "BalancerV3Loan": "BalancerV3",
    "ERC3156Loan": "(ERC3156|DssFlash)",
    "MorphoLoan": "Morpho",
    "PancakeV3Loan": "PancakeV3",
    "UniswapV3Loan": "UniswapV3",
    "UniswapV4": "UniswapV4",
    "UniswapV4Loan": "UniswapV4",
}
"""Of the matrix, the lender by which a file's code is reached; for others, flash swaps and a plain loan. Then all."""


def area_of(file: str) -> Area:
    """The first whose patterns have the file."""
    return next(area for area in AREAS if any(PurePath(file).match(pattern) for pattern in area.files))


def stages(file: str) -> list[Stage]:
    """The tests that might notice a change to a file, the cheapest first."""
    name = Path(file).stem
    unit = [(UNIT[name], "")] if name in UNIT else []
    lender = MATRIX_TESTS.get(name, "(FlashSwap|UniswapV3)")
    matrix = [(MATRIX, rf"test_{lender}\("), (MATRIX, "")] if area_of(file).name == "executor" else []
    return [*unit, *area_of(file).tests, *matrix]


def every_stage(files: Iterable[str]) -> list[Stage]:
    """Those of all the files, each once."""
    return list(dict.fromkeys(stage for file in files for stage in stages(file)))


def files_of(areas: Iterable[Area], project: Path) -> list[str]:
    """The files of areas in a project, each once."""
    patterns = (pattern for area in areas for pattern in area.files)
    found = (path for pattern in patterns for path in sorted(project.glob(pattern)))
    return list(dict.fromkeys(str(path.relative_to(project)) for path in found))


def paths(stage: Stage, project: Path) -> Iterator[str]:
    """The sources of a stage's tests."""
    head, _, rest = stage[0].partition("{")
    names, _, tail = rest.partition("}")
    for name in names.split(","):
        found = (one for one in project.glob(f"{head}{name}{tail}") if one.suffix == ".sol")
        yield from sorted(str(one.relative_to(project)) for one in found)
