"""The words of one chart's drug entries, by which a question chooses among them.

In: the chart. Out: each order, statement and dose with all that its record says of it (name, form,
route, dose as written, whom by, what for, the problems that it is linked to). Words that say the
same ("IV", "intravenous") meet each other through the table. Nothing is known here of medicine: a
problem belongs to an order where the record refers to it, or where both are of one visit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from pipelines.answers.question.text import key
from pipelines.answers.question.word_table import WordTable
from pipelines.charts.encounters import encounters
from pipelines.charts.kept import kept
from pipelines.charts.medications import medications
from pipelines.charts.problems import conditions
from pipelines.records.chart import Chart
from pipelines.records.facts import Medication

TABLE = WordTable("question_drug_parts.toml")
_NOT_IV = "non iv"


@dataclass(frozen=True, slots=True)
class DrugEntry:
    """One entry with its words; `linked` are the problems that the record ties to it."""

    entry: Medication
    words: str
    linked: tuple[str, ...]

    def says(self, word: str) -> bool:
        """Whether the entry says a word, or another for the same."""
        return any(f" {said} " in self.words for said in _same(word))


@kept
def drug_entries(chart: Chart) -> tuple[DrugEntry, ...]:
    """Every entry of a chart's drugs, in time order."""
    problems = conditions(chart)
    named = {c.fact.resource: c.fact.display for c in problems}
    visits = {e.fact.resource: e for e in encounters(chart)}
    of_visit: dict[str, list[str]] = {}
    for problem in problems:
        if problem.fact.encounter:
            of_visit.setdefault(problem.fact.encounter, []).append(problem.fact.display)
    found = []
    for entry in medications(chart):
        visit = visits.get(entry.fact.encounter or "")
        refers = entry.detail.reason_references if entry.detail is not None else ()
        own = [named[r] for r in refers if r in named]
        linked = [*own, *of_visit.get(entry.fact.encounter or "", ())]
        linked += [entry.reason] if entry.reason else []
        around = (visit.fact.display, visit.type_display, visit.reason) if visit else ()
        found.append(DrugEntry(entry, _words(entry, around), tuple(dict.fromkeys(linked))))
    return tuple(found)


def _words(entry: Medication, around: Iterable[str | None]) -> str:
    """All words of an entry with spaces around, so that whole words are found."""
    detail = entry.detail
    said = [
        entry.name, entry.dose_text, entry.dose_unit, entry.route, entry.reason, entry.form,
        entry.prescriber, entry.intent, *around,
        *(detail.categories if detail is not None else ()),
        *((detail.drug_form, detail.status_reason) if detail is not None else ()),
        *(d.text or "" for d in entry.dosages),
        *("as needed" for d in entry.dosages if d.is_as_needed),
    ]  # fmt: skip
    dosed = f"{entry.dose_text or ''} {entry.dose_unit or ''}".lower()
    said += ["infusion"] if TABLE.written("same", "runs").search(dosed) else []
    plain = key(" ; ".join(part for part in said if part)).replace(_NOT_IV, " ")
    return f" {plain} "


@lru_cache(maxsize=512)
def _same(word: str) -> tuple[str, ...]:
    """The word, its singular and plural, and all that says the same."""
    told = {word, word.removesuffix("s"), f"{word}s"}
    same, meets = TABLE.words["same"]["lists"], TABLE.words["same"]["meets"]
    groups = [set(group) for group in same if told & set(group)]
    groups += [set(met) for said, met in meets if told & set(said)]
    return tuple(key(form) for form in told.union(*groups))
