"""A solver for halmos where products and divisions are by what is not constant: over the integers instead of over bits.

Written over bits, a division of 256 of them is a circuit that no solver gets through. cvc5 can read the same as whole
numbers that wrap, of which it knows that q*d <= n < q*d + d. It still loses its way among conditions that do not
matter, above all the overflow checks of checked arithmetic. So it is given the claim with some of the conditions only,
more from try to try: what follows from a part of them follows from all.

`integers.py FILE` prints what SMT-LIB asks for: `unsat` where the claim holds, `sat` and a model where it does not.
"""

import multiprocessing
import subprocess
import sys
from pathlib import Path

import cvc5
import z3

SECONDS = 10
"""Of one try."""

MOST_DIVISIONS = 4
"""Conditions with a division in them that a try has at the most, the last ones first."""

DIVISIONS = (z3.Z3_OP_BUDIV, z3.Z3_OP_BUDIV_I, z3.Z3_OP_BUREM, z3.Z3_OP_BUREM_I)


def divides(term: z3.ExprRef) -> bool:
    """Whether there is a division in it."""
    seen: set[int] = set()
    terms = [term]
    while terms:
        term = terms.pop()
        if term.get_id() in seen:
            continue
        seen.add(term.get_id())
        if z3.is_app(term) and term.decl().kind() in DIVISIONS:
            return True
        terms.extend(term.children())
    return False


def tries(file: str) -> list[str]:
    """The query with the claim, the conditions without a division, and none, one, two … of the others."""
    *conditions, claim = z3.parse_smt2_file(file)
    conditions = [each for each in conditions if not any(z3.is_array(part) for part in each.children())]
    plain = [each for each in conditions if not divides(each)]
    others = [each for each in conditions if divides(each)]
    queries = []
    for count in range(min(len(others), MOST_DIVISIONS) + 1):
        solver = z3.Solver()
        solver.add(*plain, *others[len(others) - count :], claim)
        queries.append("(set-logic QF_BV)\n" + solver.to_smt2())
    return queries


def holds(query: str, answers: "multiprocessing.Queue[bool]") -> None:
    """Puts whether cvc5 shows that there is no counterexample."""
    manager = cvc5.TermManager()
    solver = cvc5.Solver(manager)
    solver.setOption("solve-bv-as-int", "sum")
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, query, "query")
    while not (command := parser.nextCommand()).isNull():
        if "unsat" in command.invoke(solver, parser.getSymbolManager()).split():
            answers.put(True)


def tried(query: str) -> bool:
    """The same, and false where it takes too long."""
    answers: multiprocessing.Queue[bool] = multiprocessing.Queue()
    process = multiprocessing.Process(target=holds, args=(query, answers))
    process.start()
    process.join(SECONDS)
    process.kill()
    process.join()
    return not answers.empty()


def bits(file: str) -> str:
    """What yices says of it, which finds counterexamples sooner."""
    try:
        return subprocess.run(
            ["yices-smt2", "--smt2-model-format", file], capture_output=True, text=True, timeout=SECONDS, check=False
        ).stdout
    except subprocess.TimeoutExpired:
        return "unknown"


def main(file: str) -> None:
    """Answers for halmos, which first asks with divisions left open, and again with their meaning."""
    if "declare-fun f_evm_bv" in Path(file).read_text():
        print("sat\n; f_evm_ left open")
    elif any(tried(query) for query in tries(file)):
        print("unsat")
    else:
        print(bits(file))


if __name__ == "__main__":
    main(sys.argv[1])
