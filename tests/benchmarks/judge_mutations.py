"""True sentences made false by one small change each: what of them the judge lets through.

    python -m tests.benchmarks.judge_mutations [--wrong]

Every true case of `judge_cases`, held out ones too, is changed in one way of the table: a number
becomes one that none of its cited items has, a link or markup is added, somebody else becomes its
subject, its citations go or one of them was never shown, a second claim rides along, the whole is
denied. Nothing of that may be shown. `--wrong` prints what was, of the developing part alone.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.benchmarks.judge_cases import JudgeCase, Tally, is_held_out, is_right, load_cases
from tests.benchmarks.judge_evidence import sets

_NUMBER = re.compile(r"(?<![\w.,/:-])\d+(?:\.\d+)?(?![\w,/:]|\.\d|-\d)")
Change = Callable[[JudgeCase], Iterator[JudgeCase]]


def said(case: JudgeCase, text: str) -> JudgeCase:
    """The case with other words, which must be withheld."""
    return replace(case, text=text, verdict="withhold")


def other_number(case: JudgeCase) -> Iterator[JudgeCase]:
    """Each free-standing number in turn, with another last digit that no cited item has."""
    items = [item for item in sets()[case.evidence].items if item.number in case.cites]
    held = " ".join(f"{item.line} {item.date}" for item in items)
    for match in _NUMBER.finditer(case.text):
        last = int(match[0][-1])
        other = f"{match[0][:-1]}{(last + 3) % 10}"
        if not re.search(rf"(?<!\d){re.escape(other)}(?!\d)", held):
            yield said(case, f"{case.text[: match.start()]}{other}{case.text[match.end() :]}")


def link(case: JudgeCase) -> Iterator[JudgeCase]:
    """A place to go."""
    yield said(case, f"{_open(case)}, see http://chart.example/a.")
    yield said(case, f"{_open(case)} (www.chart.example).")


def markup(case: JudgeCase) -> Iterator[JudgeCase]:
    """What a page would render."""
    yield said(case, f"<b>{case.text}</b>")
    yield said(case, f"![x](y.png) {case.text}")


def other_person(case: JudgeCase) -> Iterator[JudgeCase]:
    """Somebody else is the subject."""
    for whose in ("In Mr. Jones,", "In the patient's brother,", "In the patient in bed 4,"):
        yield said(case, f"{whose} {case.text[0].lower()}{case.text[1:]}")


def citations(case: JudgeCase) -> Iterator[JudgeCase]:
    """No citation, only one that was never shown, or one such beside the right ones."""
    for cites in ((), (0,), (*case.cites, 0)):
        yield replace(case, cites=cites, verdict="withhold")


def second_claim(case: JudgeCase) -> Iterator[JudgeCase]:
    """Something rides along that no item says."""
    for more in ("and she is safe to go home", "which was treated with good effect"):
        yield said(case, f"{_open(case)}, {more}.")
    yield said(case, f"{case.text} The family was informed.")


def denied(case: JudgeCase) -> Iterator[JudgeCase]:
    """The whole is said not to be so."""
    yield said(case, f"It is not true that {case.text[0].lower()}{case.text[1:]}")


CHANGES: dict[str, Change] = {
    "number": other_number,
    "link": link,
    "markup": markup,
    "person": other_person,
    "citations": citations,
    "second claim": second_claim,
    "denied": denied,
}


def mutants(name: str) -> Iterator[JudgeCase]:
    """Every true case, changed."""
    for case in load_cases("all"):
        if case.verdict == "show":
            yield from CHANGES[name](case)


def tallies() -> dict[str, Tally]:
    """How many of the changed sentences were withheld, change by change."""
    found: dict[str, Tally] = {}
    for name in CHANGES:
        rows = [is_right(case, sets()[case.evidence]) for case in mutants(name)]
        found[name] = Tally(sum(rows), len(rows))
    return found


def _open(case: JudgeCase) -> str:
    return case.text.rstrip(".")


def main() -> None:
    """Print the tallies."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wrong", action="store_true")
    for name, tally in tallies().items():
        sys.stdout.write(f"{name:14} withheld {tally.right:4}/{tally.cases} {tally.share:.3f}\n")
    if parser.parse_args().wrong:
        for name in CHANGES:
            for case in mutants(name):
                shown = not is_right(case, sets()[case.evidence])
                if shown and not is_held_out(case.ident):
                    sys.stdout.write(f"{name}: {case.evidence}{list(case.cites)} {case.text}\n")


if __name__ == "__main__":
    main()
