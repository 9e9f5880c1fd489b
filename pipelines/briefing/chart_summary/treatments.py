"""Treatments: a drug is one line, from its first order to its last, with how it stands now.

Orders (and what the patient states) tell a start and, where the record has one, a stop; a stop
that the record does not date is told as a status, never as a day. Doses given stand for a drug
only where nothing was ordered. The newest order gives name and dose. A drug belongs to the
problem that its order names as the reason, else to the first problem whose family has it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pipelines.answers.medication_words import medication_line
from pipelines.briefing import wording
from pipelines.briefing.chart_summary.families import Family, family_of
from pipelines.briefing.chart_summary.more import cut
from pipelines.briefing.line import Line
from pipelines.charts import medications
from pipelines.records.answers import Computation
from pipelines.records.chart import Chart
from pipelines.records.facts import Medication
from pipelines.records.moments import Moment
from pipelines.terms import vocabulary

Span = tuple[datetime | None, datetime | None]
BEFORE, AFTER = timedelta(days=30), timedelta(days=60)
ORDERS = ("request", "statement")
NEVER_BEGUN = frozenset({"cancelled", "draft", "not-taken", "intended", "not-done"})
FORM_WORDS = {"request": "orders", "statement": "statements", "administration": "doses given",
              "dispense": "dispenses"}  # fmt: skip
# "as needed for pain" beside an order whose reason is another is two reasons in one line.
_FOR_WHAT = re.compile(r"(?<=as needed) for (?!\d)[^;,.]*")
LONGEST_NAME, LONGEST_DOSE = 80, 70


@dataclass(frozen=True, slots=True)
class Treatment:
    """All entries of one drug in time order; `is_active` by the rule of `charts.medications`."""

    entries: tuple[Medication, ...]
    is_active: bool
    newest: Medication

    def may_be_for(self, others: frozenset[str]) -> bool:
        """Whether its orders leave open what it is for: no reason, or one of no known problem."""
        reasons = any(entry.reason for entry in self.entries)
        return not reasons or (bool(self.families) and not self.families & others)

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
    family: Family, found: Sequence[Treatment], others: frozenset[str], span: Span
) -> list[Treatment]:
    """Those that belong to this family: by the reason of the order, else by class and time.

    A reason that names another family of `others`, or no family at all, wins over the class.
    """
    return [
        one
        for one in found
        if family.key in one.families
        or (
            one.may_be_for(others)
            and family.treats(one.newest.name)
            and (one.is_active or _in_time(one, span, is_acute=family.is_acute))
        )
    ]


def _in_time(one: Treatment, span: Span, *, is_acute: bool) -> bool:
    """Whether a drug of the past was given while the problem was there.

    One that ended well before it began is not for it; of an acute problem, one that began well
    after it neither.
    """
    begun, last = span
    starts = [entry.start.instant for entry in one.entries if entry.start]
    if begun is not None and all(start < begun - BEFORE for start in starts):
        return False
    return not (is_acute and last and all(start > last + AFTER for start in starts))


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
    later = medications.planned_start(entry)
    ended = entry.end.day if entry.end else ""
    span = f"since {begun}" if is_active else f"started {begun}"
    span = f"to start {later.day}" if later and not is_active else span
    until = f", {'until' if is_active else 'ended'} {ended}" if ended else ""
    text = f"{_name(entry)}{_dose(entry)}; {status}, {span}{until}"
    return Line(text, (entry.fact,), record=_record(entry, later))


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


def _record(entry: Medication, later: Moment | None = None) -> str:
    """The entry as the answers tell it; the judge compares the summary's line with this one."""
    told = entry if later is None else replace(entry, start=later)
    return wording.plain(medication_line(told, later=later is not None))


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
    if entry.reason:
        text = _FOR_WHAT.sub("", text)
    return f", {cut(text, LONGEST_DOSE)}"
