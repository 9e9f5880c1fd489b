"""How many false lines of a briefing the judge refuses, printed by kind; asserts nothing.

Run: python -m tests.benchmarks.briefing_mutations [STORY…] [--passed]
Each line of the stories' briefings is made false in one place: a number, a day or time, the name
of its record, or a word of state ("Started" for "Stopped", "high" for "low", "not given" for
"given" …). The judge must refuse it; with `--passed` those that it lets through are printed.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from pipelines.briefing import wording
from pipelines.briefing.brief import Made
from pipelines.briefing.line import Line, judge
from pipelines.charts.load import load_paths
from pipelines.charts.store import ChartStore
from tests.benchmarks.completeness import LIMITS, briefings
from tests.sample_data.sample_bundles import SAMPLES, stories

DAY = re.compile(r"\d{4}-\d\d-\d\d")
CLOCK = re.compile(r"\b\d\d:\d\d\b")
NUMBER = re.compile(r"(?<![\d:.\w-])\d+(?:\.\d+)?(?![\d:.\w-])")
QUOTE = re.compile("“.*”")
STRANGERS = ("Amiodarone", "Zolpidem", "Ferritin")
SWAPS = (
    ("Started", "Stopped"), ("Stopped", "Started"), ("Ended", "Started"), ("Changed", "Stopped"),
    ("On hold", "Active"), ("Active", "On hold"), ("Not given", "Given"), ("Given", "Not given"),
    ("given", "refused"), ("used", "not given"), ("high", "low"), ("low", "high"),
    ("in range", "high"), ("In range", "No range given"), ("(active", "(resolved"),
    ("Still in", "Out"), ("In:", "Out:"), ("Out ", "In "), ("Off oxygen", "On oxygen"),
    ("before this stay", "first of this stay"), ("highest of this stay", "lowest of this stay"),
    ("lowest of this stay", "highest of this stay"), ("Infusion ended", "Running"),
    ("Running", "Infusion stopped"), ("preliminary", "final"), ("final", "preliminary"),
    ("amended", "final"), ("Missed", "Cancelled"), ("Overdue", "Due"), ("male", "female"),
    ("Intolerance", "Allergy"), ("Do not resuscitate", "Full code"), ("Full code", "DNR"),
    ("New problem", "Resolved problem"), ("Resolved problem", "New problem"),
    ("critical high", "high normal"), ("hospital", "intensive care"),
)  # fmt: skip


def main() -> None:
    """Print the share refused of each kind, and what passed where that is asked for."""
    named = [word for word in sys.argv[1:] if not word.startswith("-")] or list(stories())
    with tempfile.TemporaryDirectory() as folder:
        store = ChartStore.open(Path(folder) / "chart.duckdb", read_only=False)
        load_paths(store, [SAMPLES / "bundles"], LIMITS)
        tried, passed = Counter[str](), Counter[str]()
        for story in named:
            for _at, made in briefings(store, story):
                for kind, line, false in mutations(made):
                    tried[kind] += 1
                    if is_let_through(made, false):
                        passed[kind] += 1
                        if "--passed" in sys.argv:
                            print(f"{kind}: {_text(line)}\n   as  {_text(false)}")
        for kind in tried:
            print(f"{kind}: {_share(tried[kind], passed[kind])}")
        print(f"all: {_share(sum(tried.values()), sum(passed.values()))} (limit 99 %)")
        store.close()


def mutations(made: Made) -> Iterator[tuple[str, Line, Line]]:
    """Every line once for each kind of falsehood that it has room for: kind, true, false."""
    for line, _said in made.lines:
        for place, piece in enumerate((line, *line.clauses)):
            for kind, text in falsehoods(piece):
                yield kind, line, _with(line, place, text)


def falsehoods(piece: Line) -> Iterator[tuple[str, str]]:
    """The piece's text made false: kind and text."""
    text = piece.text
    for kind, pattern, change in (
        ("day", DAY, _other_day), ("time", CLOCK, _other_time), ("number", NUMBER, _other_number),
    ):  # fmt: skip
        match = pattern.search(QUOTE.sub(lambda m: " " * len(m.group()), text))
        if match:
            yield kind, text[: match.start()] + change(match.group()) + text[match.end() :]
    name = wording.name(piece.facts[0]) if piece.facts else ""
    if name and name in text:
        other = next(one for one in STRANGERS if one.lower() not in text.lower())
        yield "name", text.replace(name, other, 1)
    bare = QUOTE.sub("", text)
    found = next(((a, b) for a, b in SWAPS if re.search(rf"(?<!\w){re.escape(a)}", bare)), None)
    if found:
        yield "state", text.replace(found[0], found[1], 1)
    if piece.passage is not None:
        yield "quote", text.replace("“", "“Not ", 1)


def is_let_through(made: Made, line: Line) -> bool:
    """Whether the judge lets a line stand."""
    return line in judge([line], made.records)


def _with(line: Line, place: int, text: str) -> Line:
    if place == 0:
        return replace(line, text=text)
    clauses = list(line.clauses)
    clauses[place - 1] = replace(clauses[place - 1], text=text)
    return replace(line, clauses=tuple(clauses))


def _other_day(day: str) -> str:
    return f"{day[:8]}{(int(day[8:]) + 8) % 28 + 1:02d}"


def _other_time(clock: str) -> str:
    return f"{(int(clock[:2]) + 5) % 24:02d}{clock[2:]}"


def _other_number(number: str) -> str:
    return f"{number}3" if "." in number else str(int(number) + 17)


def _text(line: Line) -> str:
    return line.joint.join(one.text for one in (line, *line.clauses))[:240]


def _share(tried: int, passed: int) -> str:
    return f"{tried - passed} of {tried} refused ({100 * (tried - passed) / tried:.1f} %)"


if __name__ == "__main__":
    main()
