"""Mutation testing: `make mutate`.

Every small change to the contracts is tried against their tests, the cheapest first, until one fails; a change that
none notices survives, and is either a missing test or, with the reason, in tests/mutants.toml. All of it happens in
build/mutate, on a copy; what has been tried is kept there, so that it can be interrupted and continued.
"""

import argparse
import sys

from harness.mutation.areas import AREAS, area_of
from harness.mutation.campaign import State, campaign, explained, outcome, summary
from harness.mutation.mutants import sample
from harness.mutation.project import MutateError, prepare


def main() -> int:
    """Runs it; 1 where something survives unexplained."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [area.name for area in AREAS]
    parser.add_argument("--areas", default="", help=f"only these, separated by commas: {', '.join(names)}")
    parser.add_argument("--files", default="", help="only files whose path contains one of these, separated by commas")
    parser.add_argument("--sample", type=int, default=100, help="per cent of the mutants, the same every time")
    parser.add_argument("--quick", action="store_true", help="many at once, and what that lets pass is left for later")
    arguments = parser.parse_args()
    wanted = arguments.areas.split(",") if arguments.areas else names
    if unknown := [one for one in wanted if one not in names]:
        raise MutateError(f"there is no area {unknown[0]!r}; there are {', '.join(names)}")
    areas = [one for one in AREAS if one.name in wanted]
    written = prepare(areas)
    state = State.load()
    reasons = explained(written.mutants)
    chosen = [one for one in written.mutants if area_of(one.file) in areas]
    chosen = [one for one in chosen if any(part in one.file for part in arguments.files.split(","))]
    chosen = sample(chosen, arguments.sample)
    waiting = [one for one in chosen if outcome(one, written.without, state.found, reasons) == "not run"]
    campaign(waiting, state, arguments.quick)
    print("\n".join(summary(written, state, reasons)))
    survivors = [one for one in chosen if outcome(one, written.without, state.found, reasons) == "survived"]
    for one in survivors:
        print(f"survived: {one.file}:{one.line} {one.key}")
    return 1 if survivors else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except MutateError as problem:
        sys.exit(f"mutate: {problem}")
