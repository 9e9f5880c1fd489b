"""Sentences about devices, appointments, orders, bills, coverage, screenings, teams and goals.

Each entry is one sentence, the record's own line. Whether a device is in place is answered from
its recorded period alone; where only another use of the same sort says otherwise, both are told
and no yes or no is given. What is not recorded is said as that and never denied of the patient.
"""

from __future__ import annotations

from itertools import pairwise

from pipelines.answers.evidence.devices import IN_USE, PAST_DEVICE, UNSURE_DEVICE
from pipelines.answers.question import ChartQuestion
from pipelines.answers.write_embedded.parts import (
    abstained,
    computed,
    exact,
    fact_of,
    lines,
    shown_number,
    stamp_of,
)
from pipelines.records.answers import Cell, Draft, DraftSentence
from pipelines.records.evidence import Evidence, EvidenceSet

HOUR_SECONDS = 3_600
DATE = len("2026-11-22")
NONE_RECORDED = {
    "device": "No such device is recorded for what is asked.",
    "appointment": "No such appointment is recorded for what is asked.",
    "order": "No order of what is asked is recorded as open, and no result as preliminary.",
    "bill": "No such bill is recorded for what is asked.",
    "coverage": "No insurance coverage is recorded for what is asked.",
    "screening": "No screening for that is recorded for what is asked.",
    "care_team": "No care team is recorded for what is asked.",
    "goal": "No such goal is recorded for what is asked.",
}
NOUNS = {
    "device": ("device", "devices"),
    "appointment": ("appointment", "appointments"),
    "order": ("open order or preliminary result", "open orders or preliminary results"),
    "bill": ("entry of bills", "entries of bills"),
    "goal": ("goal", "goals"),
}


def write_records(question: ChartQuestion, evidence: EvidenceSet) -> Draft:
    """All subjects of records but devices: the list, a time, a number, or whether there is one."""
    entries = [i for i in evidence.items if i.kind != "patient"]
    if not entries:
        return _none(question, evidence)
    if question.ask == "count":
        return _count(question, entries)
    if question.subject == "coverage" and question.ask == "exists":
        return _insured(entries)
    if question.ask == "exists":
        return _yes(entries)
    if question.ask == "when":
        return lines(entries, tuple((stamp_of(i),) for i in entries))
    return lines(entries, _sums(entries) if question.attribute in ("amount", "paid") else ())


def _sums(bills: list[Evidence]) -> tuple[tuple[Cell, ...], ...]:
    """The sum that each bill, or decision on one, tells."""
    told = (fact_of(bill).value for bill in bills)
    return tuple((value,) for value in told if value is not None)


def _none(question: ChartQuestion, evidence: EvidenceSet) -> Draft:
    """A "no" where the chart keeps such records and none is as asked, else an abstention."""
    text = NONE_RECORDED[question.subject]
    if question.attribute == "now":
        text = "No such device is recorded as in use."
    if not evidence.items or question.ask not in ("exists", "count"):
        return abstained(text)
    return Draft(True, (computed(text, evidence.items[:1], question.ask, 0),), ((0,),))


def _yes(entries: list[Evidence]) -> Draft:
    """Yes with the first entry, and the others as they stand."""
    first = computed(f"Yes: {entries[0].line}", entries, "exists", 1)
    return Draft(True, (first, *lines(entries[1:]).sentences), ((1,),))


def _count(question: ChartQuestion, entries: list[Evidence]) -> Draft:
    one, many = NOUNS[question.subject]
    noun = f"{one} is" if len(entries) == 1 else f"{many} are"
    counted = computed(f"{len(entries)} such {noun} recorded.", entries, "count", len(entries))
    return Draft(True, (counted, *lines(entries).sentences), ((len(entries),),))


def _insured(entries: list[Evidence]) -> Draft:
    """Yes where a coverage is in force; otherwise what is recorded, without a yes or no."""
    held = [i for i in entries if i.kind == "coverage"]
    return _yes([*held, *(i for i in entries if i not in held)]) if held else lines(entries)


def write_devices(question: ChartQuestion, evidence: EvidenceSet) -> Draft:
    """Devices: which, when placed or removed, whether one is in place."""
    entries = [i for i in evidence.items if i.kind in (IN_USE, UNSURE_DEVICE, PAST_DEVICE)]
    if not entries:
        return _none(question, evidence)
    if question.ask == "count":
        # How many are recorded needs no time of use; how many are in use now does.
        sure = question.attribute is None or all(i.kind != UNSURE_DEVICE for i in entries)
        return _count(question, entries) if sure else lines(entries)
    if question.ask == "length":
        return _lengths(entries)
    if question.ask == "when":
        return _when(question, entries)
    if question.ask == "exists":
        return _exists(question, entries)
    return lines(entries, tuple((fact_of(i).display.lower(),) for i in entries))


def _lengths(entries: list[Evidence]) -> Draft:
    """Days from the start of each use to its end, or to the chart's last entry."""
    sentences: list[DraftSentence] = []
    rows: list[tuple[Cell, ...]] = []
    for end, start in pairwise([*entries, None]):
        if end is None:
            break
        left, came = fact_of(end).when, fact_of(start).when if start is not None else None
        if start is None or start.resource != end.resource or left is None or came is None:
            continue
        hours = (left.instant - came.instant).total_seconds() / HOUR_SECONDS
        dates_only = len(left.written) <= DATE or len(came.written) <= DATE
        days = float(int(hours / 24)) if dates_only else exact(hours / 24)
        unit, length = ("days", days) if days >= 1 else ("hours", exact(hours))
        last = "to" if end.kind == PAST_DEVICE else "and still in at the chart's last entry of"
        told = f"{fact_of(end).display}: {shown_number(length)} {unit}"
        text = f"{told}, from {came.clock} {last} {left.clock}."
        sentences.append(computed(text, (end, start), "elapsed", length, unit))
        rows.append((days,))
    return Draft(True, tuple(sentences), tuple(rows)) if rows else lines(entries)


def _when(question: ChartQuestion, entries: list[Evidence]) -> Draft:
    """Times of placing or removal; one that is still in is told beside those that are not."""
    if question.attribute != "removed":
        told = all(i.kind != UNSURE_DEVICE for i in entries)
        return lines(entries, tuple((stamp_of(i),) for i in entries) if told else ())
    over = [i for i in entries if i.kind == PAST_DEVICE]
    rest = [i for i in entries if i.kind != PAST_DEVICE]
    rows = tuple((stamp_of(i),) for i in over)
    return lines([*over, *rest], () if rest else rows)


def _exists(question: ChartQuestion, entries: list[Evidence]) -> Draft:
    """Whether a device is in place, was removed, or was there at all."""
    held = [i for i in entries if i.kind == IN_USE]
    over = [i for i in entries if i.kind == PAST_DEVICE]
    if question.attribute == "now":
        if held:
            return _yes(entries)
        return lines(entries, ((0,),) if len(over) == len(entries) else ())
    if question.attribute == "removed":
        if len(over) == len(entries):
            return _yes(over)
        return lines(entries, ((0,),) if len(held) == len(entries) else ())
    dated = held or over
    return _yes(entries) if dated or question.window is None else lines(entries)
