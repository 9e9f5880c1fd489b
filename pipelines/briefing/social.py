"""Social determinants: what the patient answered when asked, and who pays.

The latest answer to each question counts; one older than twelve months is told as old. "At risk"
is told only where the record says so, a screening answer is no diagnosis, and "I choose not to
answer" is neither a need nor none. Needs come first; that a need is gone is told where the last
answer says so. What social workers wrote stands under Notes, in their words.
"""

from __future__ import annotations

import csv
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.briefing import wording
from pipelines.briefing.line import Line, Part, joined, part
from pipelines.briefing.window import Window
from pipelines.charts import labs
from pipelines.charts.claims import coverages
from pipelines.charts.surveys import survey_answers
from pipelines.records.chart import Chart
from pipelines.records.claims import Coverage
from pipelines.records.facts import Fact

NAME = "Social determinants"
TABLE = Path(__file__).with_name("social.toml")
QUESTIONS = Path(__file__).with_name("sdoh.csv")
NEED, BACKGROUND = 2, 9
LOINC = "http://loinc.org|"
DAYS_OF_A_MONTH = 30.44


@dataclass(frozen=True, slots=True)
class Need:
    """A question of the table: its domain, and how the answers begin that are a need."""

    loinc: str
    question: str
    answers: tuple[str, ...]
    domain: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer on record."""

    fact: Fact
    loinc: str
    said: str


def social(chart: Chart, window: Window) -> Part:
    """The section: needs, what is no longer one, and changes of coverage."""
    answers = _latest(_answers(chart))
    lines = _domains(answers, window)
    paid = coverages(chart)
    lines += _coverage(paid, window)
    return part(NAME, lines, bool(answers) or bool(paid))


def _answers(chart: Chart) -> list[Answer]:
    """Every answer to a question of the table, from observations and questionnaires."""
    known = {one.loinc for one in _needs()}
    keys = [f"{LOINC}{code}" for code in sorted(known)]
    held = {kind.code_key for kind in labs.kinds(chart)}
    asked = [key for key in keys if key in held]
    found = [
        Answer(fact, fact.code_key.removeprefix(LOINC), fact.value_text)
        for fact in (labs.results(chart, asked) if asked else ())
        if fact.code_key and fact.value_text
    ]
    seen = {(one.loinc, one.fact.when) for one in found}
    for one in survey_answers(chart):
        loinc = (one.link_id or "").rpartition("/")[2]
        if loinc in known and one.value_text and (loinc, one.fact.when) not in seen:
            found.append(Answer(one.fact, loinc, one.value_text))
    return found


def _latest(answers: Iterable[Answer]) -> list[Answer]:
    """The answers of the last day on which each question was answered."""
    by_question: dict[str, list[Answer]] = defaultdict(list)
    for one in answers:
        if one.fact.when is not None:
            by_question[one.loinc].append(one)
    found = []
    for mine in by_question.values():
        last = max(one.fact.when.day for one in mine if one.fact.when)
        found += [one for one in mine if one.fact.when and one.fact.when.day == last]
    return found


def _domains(answers: Sequence[Answer], window: Window) -> list[Line]:
    """A line a domain: needs first, then what was answered in the window without one."""
    needs: dict[str, list[Answer]] = defaultdict(list)
    none: dict[str, list[Answer]] = defaultdict(list)
    for one in answers:
        for need in _needs():
            if need.loinc != one.loinc or _is_not_answered(one):
                continue
            is_need = any(one.said.lower().startswith(word) for word in need.answers)
            if is_need or len([n for n in _needs() if n.loinc == one.loinc]) == 1:
                (needs if is_need else none)[need.domain].append(one)
    for domain in [one for one in needs if _day(none.get(one, ())) > _day(needs[one])]:
        del needs[domain]
    lines = [_line(domain, mine, window, NEED) for domain, mine in needs.items()]
    lines += [
        _line(domain, mine, window, BACKGROUND)
        for domain, mine in none.items()
        if domain not in needs and _summed(domain) and any(window.holds(a.fact.when) for a in mine)
    ]
    return lines


def _day(answers: Sequence[Answer]) -> str:
    """The last day of these answers."""
    return max((one.fact.when.day for one in answers if one.fact.when), default="")


def _summed(domain: str) -> bool:
    """Whether a negative answer of this domain is worth a line: where a screening sums it up."""
    return any(one.domain == domain and "risk" in one.question.lower() for one in _needs())


def _line(domain: str, answers: Sequence[Answer], window: Window, urgency: int) -> Line:
    ranked = sorted(answers, key=lambda one: "risk" not in one.fact.display.lower())
    said = {f"{_question(one)}: {wording.plain(one.said)}": one.fact for one in ranked}
    when = ranked[0].fact.when
    old = ""
    if when is not None:
        age = window.end.instant - when.instant
        if age > timedelta(days=_table()["stale_months"] * DAYS_OF_A_MONTH):
            old = f", more than {_table()['stale_months']} months old, ask again"
    first, *others = said.items()
    same = first[0].lower().startswith(domain.lower())
    head = f"{first[0] if same else f'{domain}: {first[0]}'}, {wording.clock(when)}{old}"
    return joined(
        [Line(head, (first[1],)), *(Line(text, (fact,)) for text, fact in others)], urgency=urgency
    )


def _question(one: Answer) -> str:
    """The question's short name; of a list of things the record's own words are too long."""
    names = [need.question for need in _needs() if need.loinc == one.loinc]
    return names[0] if len(names) == 1 else names[0].partition(":")[0]


def _is_not_answered(one: Answer) -> bool:
    return any(one.said.lower().startswith(word) for word in _table()["not_answered"])


def _coverage(paid: Sequence[Coverage], window: Window) -> list[Line]:
    """Coverages that began or ended lately, and that none is in force."""
    recent = window.end.instant - timedelta(days=_table()["coverage_days"])
    in_force = [one for one in paid if one.fact.status == "active" and not _is_over(one, window)]
    ended = [one for one in paid if _is_over(one, window)]
    lines = [
        _paid(f"ended {wording.clock(one.end)}", one)
        for one in ended
        if one.end is not None and (one.end.instant >= recent or one is ended[-1])
    ]
    lines += [
        _paid(f"{_begun(one)} {wording.clock(one.start)}", one)
        for one in paid
        if one.start is not None and one.start.instant >= recent and one not in ended
    ]
    if ended and not in_force:
        text = f"No coverage in force on record; the last ended {wording.clock(ended[-1].end)}"
        lines.append(Line(text, (ended[-1].fact,), urgency=NEED))
    return lines


def _begun(one: Coverage) -> str:
    return "applied for" if one.fact.status == "draft" else "since"


def _paid(what: str, one: Coverage) -> Line:
    return Line(f"Coverage {what}: {wording.plain(one.fact.display)}", (one.fact,), urgency=NEED)


def _is_over(one: Coverage, window: Window) -> bool:
    return one.end is not None and one.end.instant <= window.end.instant


@lru_cache(maxsize=1)
def _needs() -> tuple[Need, ...]:
    rows: Iterable[Mapping[str, str]] = csv.DictReader(
        QUESTIONS.read_text(encoding="utf-8").splitlines()
    )
    return tuple(
        Need(row["loinc"], row["question"], tuple(row["answers"].split(";")), row["domain"])
        for row in rows
    )


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))
