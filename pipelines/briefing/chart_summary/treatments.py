"""Treatments: a drug is one line, from its first order to its last, with how it stands now.

Orders (and what the patient states) tell a start and, where the record has one, a stop; a stop
that the record does not date is told as a status, never as a day. Doses given stand for a drug
only where nothing was ordered. The newest order gives name and dose. A drug belongs to the
problem that its order names as the reason, else to the first problem whose family has it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from pipelines.answers.medication_words import medication_line
from pipelines.briefing import wording
from pipelines.briefing.chart_summary.families import Family, family_of
from pipelines.briefing.chart_summary.more import cut
from pipelines.briefing.line import Line
from pipelines.charts import medications
from pipelines.records.answers import Computation
from pipelines.records.chart import Chart
from pipelines.records.facts import Medication
from pipelines.terms import vocabulary

ORDERS = ("request", "statement")
NEVER_BEGUN = frozenset({"cancelled", "draft", "not-taken", "intended", "not-done"})
FORM_WORDS = {"request": "orders", "statement": "statements", "administration": "doses given",
              "dispense": "dispenses"}  # fmt: skip
LONGEST_NAME, LONGEST_DOSE = 80, 70


@dataclass(frozen=True, slots=True)
class Treatment:
    """All entries of one drug in time order; `is_active` by the rule of `charts.medications`."""

    entries: tuple[Medication, ...]
    is_active: bool
    newest: Medication

    @property
    def families(self) -> frozenset[str]:
        """The families of the reasons that its orders name."""
        named = (family_of(None, entry.reason) for entry in self.entries if entry.reason)
        return frozenset(family.key for family in named if family is not None)


def treatments(chart: Chart) -> tuple[Treatment, ...]:
    """Every drug of the chart: active ones first, then the newest."""
    active = {entry.fact.resource for entry in medications.active(chart)}
    drugs: dict[object, list[Medication]] = defaultdict(list)
    for entry in medications.medications(chart):
        if entry.status not in NEVER_BEGUN and entry.start is not None:
            drugs[_drug(entry)].append(entry)
    found = [_treatment(entries, active) for entries in drugs.values()]
    return tuple(sorted(found, key=_order))


def of_family(
    family: Family, found: Sequence[Treatment], others: frozenset[str]
) -> list[Treatment]:
    """Those that belong to this family; a reason that names another family of `others` wins."""
    return [
        one
        for one in found
        if family.key in one.families
        or (not one.families & others and family.treats(one.newest.name))
    ]


def treatment_line(one: Treatment) -> Line:
    """The drug from start to stop, on one line."""
    return _single(one.newest, one.is_active) if len(one.entries) == 1 else _several(one)


def _treatment(entries: list[Medication], active: set[str]) -> Treatment:
    """Orders where there are any, else statements of doses, else what was dispensed."""
    for is_kind in _KINDS:
        kept = [entry for entry in entries if is_kind(entry)]
        if kept:
            running = [entry for entry in kept if entry.fact.resource in active]
            return Treatment(tuple(kept), bool(running), (running or kept)[-1])
    return Treatment(tuple(entries), False, entries[-1])


_KINDS: tuple[Callable[[Medication], bool], ...] = (
    lambda entry: entry.form in ORDERS,
    lambda entry: entry.form == "administration",
)


def _drug(entry: Medication) -> object:
    """The ingredients that the vocabulary knows it for, else its code or name."""
    known = vocabulary.load().by_key
    keys = {k for k in vocabulary.entries_in(entry.name) if known[k].kind == "drug"}
    single = frozenset(key for key in keys if not known[key].parts)
    return single or entry.fact.code_key or entry.name.lower()


def _order(one: Treatment) -> tuple[object, ...]:
    start = one.newest.start
    return (not one.is_active, -(start.instant.timestamp() if start else 0.0))


def _single(entry: Medication, is_active: bool) -> Line:
    begun = entry.start.day if entry.start else "no date"
    if entry.form not in ORDERS:
        word = "given" if entry.form == "administration" else "dispensed"
        return Line(f"{_name(entry)}; {word} {wording.clock(entry.start)}", (entry.fact,),
                    record=_record(entry))  # fmt: skip
    status = "active" if is_active else _status(entry)
    ended = entry.end.day if entry.end else ""
    span = f"since {begun}" if is_active else f"started {begun}"
    until = f", {'until' if is_active else 'ended'} {ended}" if ended else ""
    text = f"{_name(entry)}{_dose(entry)}; {status}, {span}{until}"
    return Line(text, (entry.fact,), record=_record(entry))


def _several(one: Treatment) -> Line:
    first, last = one.entries[0], one.entries[-1]
    noun = FORM_WORDS[last.form] if len({e.form for e in one.entries}) == 1 else "orders"
    text = f"{_name(one.newest)}: {len(one.entries)} {noun}, first {_day(first)}, last {_day(last)}"
    if last.form in ORDERS:
        ended = f", ended {last.end.day}" if last.end and not one.is_active else ""
        text += f" ({'active' if one.is_active else _status(last)}{ended}){_dose(one.newest)}"
    facts = tuple(
        replace(entry.fact, value_text=entry.dose_text) if entry is one.newest else entry.fact
        for entry in reversed(one.entries)
    )
    return Line(text, facts, Computation("count", len(facts)))


def _record(entry: Medication) -> str:
    return wording.plain(medication_line(entry))


def _status(entry: Medication) -> str:
    return (entry.status or "status not recorded").replace("-", " ")


def _day(entry: Medication) -> str:
    return entry.start.day if entry.start else "no date"


def _name(entry: Medication) -> str:
    return cut(wording.plain(entry.name), LONGEST_NAME)


def _dose(entry: Medication) -> str:
    """The dose as ordered, where the name does not say it."""
    text = wording.plain(entry.dose_text or "")
    if not text or "not recorded" in text or text.lower() in _name(entry).lower():
        return ""
    return f", {cut(text, LONGEST_DOSE)}"
