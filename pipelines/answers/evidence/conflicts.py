"""Sentences of notes that state another value, dose or allergy than the record does.

The record answers; a note is set beside it only where both speak of the same thing at the same
time: a result of that day (the note written after it), a dose while the order runs, an allergy
list as it stands. A number that any recorded result or order of the thing has is a quotation, not
a contradiction, and so is passed over; and a sentence about another time, a change, a goal, a
relative or another sample is not compared (`evidence_conflicts.toml`). What is left may still be
a slip of the pen: it is shown in its own words, and nothing decides who is right.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.answers.evidence.items import CONFLICT, passage_item
from pipelines.answers.note_sides import is_taken_back
from pipelines.answers.question import ChartQuestion
from pipelines.answers.verify.safety import holds_markup, reads_like_instruction
from pipelines.charts import passages
from pipelines.charts.allergies import allergy_list, is_current
from pipelines.charts.labs import results
from pipelines.charts.medications import medications
from pipelines.charts.question_names import has_notes, result_names
from pipelines.records.chart import Chart
from pipelines.records.evidence import Evidence
from pipelines.records.facts import Fact, Medication, Passage
from pipelines.terms.concepts import load

TABLE = Path(__file__).with_name("evidence_conflicts.toml")
MOST_FACTS = 3
MOST_SHOWN = 2
AFTER = timedelta(hours=14)
SHORT_NAME = 2
LEAST_RATIO, MOST_RATIO = 0.4, 2.5
SHORTEST_WORD = 4
NUMBER = r"(?P<number>\d+(?:\.\d+)?)"
DOSE_UNIT = r"(?P<unit>mg|mcg|units?|g|meq)\b"
COMPARED = ("value", "list", "check", "extreme", "exists", "dose", "when", "flag")


def conflict_evidence(
    chart: Chart, question: ChartQuestion, items: list[Evidence]
) -> list[Evidence]:
    """Sentences that contradict the facts an answer rests on, the newest first; most often none."""
    facts = [i.fact for i in items if i.fact is not None]
    if not facts or question.ask not in COMPARED or not has_notes(chart):
        return []
    found: list[Passage] = []
    if question.subject == "result":
        said = passages.passages(chart)
        for fact in facts[:MOST_FACTS]:
            found += _of_result(chart, fact, said)
    elif question.subject == "medication":
        found = list(_of_doses(chart, facts))
    elif question.subject == "allergy":
        found = list(_of_allergies(chart))
    once = {" ".join(p.text.lower().split()): p for p in found}
    newest = sorted(once.values(), key=lambda p: p.when.instant if p.when else 0, reverse=True)
    return [replace(passage_item(p), kind=CONFLICT) for p in newest[:MOST_SHOWN]]


def stated_value(fact: Fact, text: str) -> str | None:
    """The number that a sentence states of the thing of a result, where it states one now."""
    if not _is_about_now(text):
        return None
    for match in _named_number(fact).finditer(text):
        name = match["name"]
        if len(name) > SHORT_NAME or name[0].isupper():
            return match["number"]
    return None


def stated_dose(drug: str, text: str) -> tuple[str, str] | None:
    """The dose and unit that a sentence states of a drug."""
    if not _is_about_now(text):
        return None
    match = re.search(
        rf"\b{re.escape(drug)}\b(?: (?:succinate|tartrate|xl|er|xr|sr|hcl|po|oral))*:?\s*"
        rf"{NUMBER}\s*{DOSE_UNIT}", text.lower(),
    )  # fmt: skip
    return (match["number"], match["unit"].removesuffix("s")) if match is not None else None


def stated_allergens(text: str) -> tuple[str, ...]:
    """The substances that a sentence says the patient is allergic to."""
    low = re.sub(r"\([^)]*\)?", " ", " ".join(text.lower().split()))
    if _is_taken_as_none(low) or not _is_whose(low):
        return ()
    named = [m["what"] for p in _table()["allergies"]["says"] for m in re.finditer(p, low)]
    parts = [part for what in named for part in re.split(r",|/|&| and ", what)]
    empty = set(_table()["allergies"]["empty"])
    words = (" ".join(w for w in part.split() if w not in empty) for part in parts)
    return tuple(dict.fromkeys(w for w in words if len(w) >= SHORTEST_WORD and " " not in w))


def says_none_known(text: str) -> bool:
    """Whether a sentence says that no allergy is known."""
    return _is_taken_as_none(text.lower()) and _is_whose(text.lower())


def _of_result(chart: Chart, fact: Fact, said: Sequence[Passage]) -> Iterator[Passage]:
    if fact.value is None or fact.comparator or fact.when is None or not fact.concept:
        return
    stated = [
        (p, number)
        for p in said
        if _same_time(fact, p) and _may_be_shown(p) and (number := stated_value(fact, p.text))
    ]
    if not stated:
        return
    keys = [name.code_key for name in result_names(chart) if name.concept == fact.concept]
    recorded = [f.value for f in results(chart, keys) if f.value]
    for passage, number in stated:
        known = any(_same(number, value) for value in recorded)
        if not known and LEAST_RATIO < float(number) / (fact.value or 1.0) < MOST_RATIO:
            yield passage


def _same_time(fact: Fact, passage: Passage) -> bool:
    """A note of the result's own day, written after the blood was drawn."""
    if fact.when is None or passage.when is None or passage.when.day != fact.when.day:
        return False
    if len(passage.when.written) <= len("2026-11-22"):
        return True
    gap = passage.when.instant - fact.when.instant
    return timedelta(0) <= gap <= AFTER


def _same(said: str, value: float) -> bool:
    """Whether a written number may be the recorded one, rounded as it is written."""
    digits = len(said.partition(".")[2])
    return abs(float(said) - value) <= 0.51 * 10.0**-digits


def _of_doses(chart: Chart, facts: list[Fact]) -> Iterator[Passage]:
    entries = medications(chart)
    for drug in dict.fromkeys(drug_word(f.display) for f in facts[:MOST_FACTS]):
        own = [m for m in entries if drug and drug_word(m.name) == drug]
        orders = [m for m in own if m.form in ("request", "statement")]
        recorded = [dose for m in own for dose in doses_of(m)]
        if not recorded or not orders:
            continue
        for passage in _shown(chart):
            said = stated_dose(drug, passage.text)
            if said is None or any(_same_dose(said, dose) for dose in recorded):
                continue
            units = {unit for _, unit in recorded}
            if said[1] in units and any(_runs(m, passage) for m in orders):
                yield passage


def drug_word(name: str) -> str:
    """The first word of a drug's name that is long enough to be one."""
    found = re.search(r"[a-z]{5,}", name.lower())
    return found.group() if found is not None else ""


def doses_of(entry: Medication) -> tuple[tuple[str, str], ...]:
    """Every number with a unit of weight that an entry has, its own dose and those in words."""
    told = " ".join(filter(None, (entry.name, entry.dose_text)))
    words = re.finditer(rf"{NUMBER}\s*{DOSE_UNIT}", told.lower())
    found = [(m["number"], m["unit"].removesuffix("s")) for m in words]
    if entry.dose_value is not None and entry.dose_unit:
        found.append((f"{entry.dose_value:g}", entry.dose_unit.lower().removesuffix("s")))
    return tuple(found)


def _same_dose(said: tuple[str, str], dose: tuple[str, str]) -> bool:
    return said[1] == dose[1] and float(said[0]) == float(dose[0])


def _runs(entry: Medication, passage: Passage) -> bool:
    """Whether an order that is not over by its status ran when the note was written."""
    when = passage.when
    if when is None or entry.start is None or entry.status not in ("active", "on-hold"):
        return False
    return entry.start.day <= when.day and (entry.end is None or when.day <= entry.end.day)


def _of_allergies(chart: Chart) -> Iterator[Passage]:
    listed = allergy_list(chart)
    if listed.state == "unavailable" or not listed.allergies:
        return
    names = " ".join(a.fact.display.lower() for a in listed.allergies)
    real = [a for a in listed.allergies if is_current(a) and not a.is_no_known]
    for passage in _shown(chart):
        unlisted = [s for s in stated_allergens(passage.text) if not is_listed(s, names)]
        if unlisted or (real and says_none_known(passage.text)):
            yield passage


def is_listed(substance: str, names: str) -> bool:
    """Whether an entry of the list, current or not, is of this substance."""
    groups = [g for g in _table()["allergies"]["same"] if substance in g]
    words = {substance, *(w for g in groups for w in g)}
    return any(str(w) in names or w.removesuffix("s") in names for w in words)


def _shown(chart: Chart) -> Iterator[Passage]:
    """Every sentence that may be shown beside a record."""
    return (passage for passage in passages.passages(chart) if _may_be_shown(passage))


def _may_be_shown(passage: Passage) -> bool:
    text = passage.text
    return not (is_taken_back(text) or reads_like_instruction(text) or holds_markup(text))


def _is_about_now(text: str) -> bool:
    return _elsewhere().search(text.lower()) is None


def _is_whose(low: str) -> bool:
    return re.search(_table()["elsewhere"]["cues"][-1], low) is None


def _is_taken_as_none(low: str) -> bool:
    return any(re.search(p, low) for p in _table()["allergies"]["none"])


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, Any]]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _elsewhere() -> re.Pattern[str]:
    return re.compile("|".join(_table()["elsewhere"]["cues"]))


def _named_number(fact: Fact) -> re.Pattern[str]:
    concept = load().by_key.get(fact.concept or "")
    names = [fact.display, *((concept.title, *concept.names) if concept is not None else ())]
    return _pattern(tuple(sorted({n.lower() for n in names}, key=len, reverse=True)))


@lru_cache(maxsize=200)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    any_name = "|".join(re.escape(name) for name in names)
    return re.compile(
        rf"(?<![\w.])(?<!vit )(?<!vitamin )(?P<name>{any_name})"
        rf"(?:\s*[:=]|\s+(?:was|is|of|at|today))?\s+{NUMBER}"
        r"(?![\d.]*\d|\s*[/%x*]|\s*-\s*\d"
        r"|\s*(?:weeks?|days?|months?|hours?|mg|mcg|meq|mmol|units?|iv|po|tabs?|tablets?)\b(?!/))",
        re.IGNORECASE,
    )  # fmt: skip
