"""How much the judge catches, and how much truth it withholds, kind by kind.

    python -m tests.benchmarks.judge_cases [--part dev|held-out|all|fresh] [--wrong]

The cases of `tests/cases/judge` are sentences as a small model writes them, true and false, from
blatant to subtle, over evidence that the real gathering found in the sample charts. A false one is
caught when it is withheld; one that cites too much also when the judge left only what carries it.
A true one is wrongly withheld when it is not shown. `--wrong` prints what was judged wrongly, of
the developing part alone: the held-out third is a number and nothing else. `fresh` are sentences of
the judge's own author over the same sets.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from pipelines.answers.verify.verify import verify
from pipelines.records.answers import Draft, DraftSentence
from pipelines.records.evidence import EvidenceSet
from tests.benchmarks.judge_evidence import FOLDER, sets

Part = Literal["dev", "held-out", "all", "fresh"]
FILES = {
    "dev": ("dev.toml",),
    "held-out": ("held_out.toml",),
    "all": ("dev.toml", "held_out.toml"),
    "fresh": ("fresh.toml",),
}
GRADES = ("blatant", "plain", "subtle")


@dataclass(frozen=True, slots=True)
class JudgeCase:
    """A sentence over a set of evidence; `keeps` the items that may stay where it cites more.

    `verdict` is what the judge should do: show it, withhold it, or trim its citations.
    """

    ident: str
    evidence: str
    kind: str
    grade: str
    text: str
    cites: tuple[int, ...]
    verdict: Literal["show", "withhold", "trim"]
    keeps: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """Of one kind or grade: so many cases, so many judged rightly."""

    right: int
    cases: int

    @property
    def share(self) -> float:
        """The share judged rightly; 1 of none."""
        return self.right / self.cases if self.cases else 1.0


@dataclass(frozen=True, slots=True)
class Rates:
    """The share of false sentences caught and of true ones wrongly withheld; kinds and grades.

    `by_kind` has `kind` and whether it is a false one as key, `by_grade` the grade likewise.
    """

    caught: float
    wrongly_withheld: float
    false_cases: int
    true_cases: int
    by_kind: dict[tuple[bool, str], Tally]
    by_grade: dict[tuple[bool, str], Tally]


def load_cases(part: Part) -> tuple[JudgeCase, ...]:
    """The cases of a part."""
    return tuple(case for name in FILES[part] for case in _read(name))


def case_id(evidence: str, text: str, cites: Iterable[int]) -> str:
    """A name that stays with the case wherever it stands in its file."""
    said = f"{evidence}|{','.join(map(str, cites))}|{text}"
    return f"{evidence}-{hashlib.sha256(said.encode()).hexdigest()[:8]}"


def is_held_out(ident: str) -> bool:
    """Whether a case belongs to the third that is kept aside."""
    return int(hashlib.sha256(ident.encode()).hexdigest(), 16) % 3 == 0


def is_right(case: JudgeCase, whole: EvidenceSet) -> bool:
    """Whether the judge did with the sentence what it should."""
    statements = verify(Draft(True, (DraftSentence(case.text, case.cites),)), whole)
    shown = [s for s in statements if s.support != "unverified"]
    if case.verdict == "show":
        return len(shown) == len(statements) > 0
    if case.verdict == "withhold":
        # Of two sentences in one the true half may stay; what was smuggled in beside it may not.
        return len(shown) < len(statements) or not statements
    kept = {item.resource for item in whole.items if item.number in case.keeps}
    return all(citation.resource in kept for s in shown for citation in s.citations)


def rates(cases: Iterable[JudgeCase]) -> Rates:
    """What the judge makes of the cases."""
    kinds: dict[tuple[bool, str], list[bool]] = defaultdict(list)
    grades: dict[tuple[bool, str], list[bool]] = defaultdict(list)
    for case in cases:
        right = is_right(case, sets()[case.evidence])
        is_false = case.verdict != "show"
        kinds[is_false, case.kind].append(right)
        grades[is_false, case.grade].append(right)
    false = [right for (is_false, _), rows in kinds.items() if is_false for right in rows]
    true = [right for (is_false, _), rows in kinds.items() if not is_false for right in rows]
    return Rates(
        caught=_tally(false).share,
        wrongly_withheld=1 - _tally(true).share,
        false_cases=len(false),
        true_cases=len(true),
        by_kind={key: _tally(rows) for key, rows in sorted(kinds.items())},
        by_grade={key: _tally(rows) for key, rows in sorted(grades.items())},
    )


def table(found: Rates, *, whole: bool) -> str:
    """The rates as lines to print; kinds and grades where `whole`."""
    lines = [
        f"false caught {found.caught:.3f} of {found.false_cases}; "
        f"true wrongly withheld {found.wrongly_withheld:.3f} of {found.true_cases}"
    ]
    if whole:
        for rows in (found.by_grade, found.by_kind):
            lines += [
                f"  {'false' if is_false else 'true '} {name:20} {tally.right:4}/{tally.cases}"
                for (is_false, name), tally in rows.items()
            ]
    return "\n".join(lines)


def _read(name: str) -> Iterator[JudgeCase]:
    told = tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
    for evidence, rows in told.items():
        for kind, grade, cites, text in rows.get("true", ()):
            ident = case_id(evidence, text, cites)
            yield JudgeCase(ident, evidence, kind, grade, text, tuple(cites), "show")
        for kind, grade, cites, text in rows.get("false", ()):
            ident = case_id(evidence, text, cites)
            yield JudgeCase(ident, evidence, kind, grade, text, tuple(cites), "withhold")
        for kind, grade, cites, keeps, text in rows.get("over", ()):
            ident = case_id(evidence, text, cites)
            yield JudgeCase(ident, evidence, kind, grade, text, tuple(cites), "trim", tuple(keeps))


def _tally(rows: list[bool]) -> Tally:
    return Tally(sum(rows), len(rows))


def main() -> None:
    """Judge the cases that the arguments name, and print the rates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", default="all", choices=tuple(FILES))
    parser.add_argument("--wrong", action="store_true", help="print wrong verdicts of dev")
    asked = parser.parse_args()
    found = rates(load_cases(asked.part))
    sys.stdout.write(f"{table(found, whole=True)}\n")
    if asked.wrong:
        for case in load_cases("dev"):
            if not is_right(case, sets()[case.evidence]):
                place = f"{case.evidence}[{','.join(map(str, case.cites))}]"
                said = f"{case.verdict} {case.kind} {case.grade} {place} {case.text}"
                sys.stdout.write(f"{said}\n")


if __name__ == "__main__":
    main()
