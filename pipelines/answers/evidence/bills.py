"""Evidence about bills and coverage: what was billed, what an insurer decided, who insures.

A bill says what was billed for, never what the patient has, and its line says so. A claim and the
benefit that answers it carry the same diagnoses: they are told once, from the claim.
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipelines.answers.evidence.items import item
from pipelines.answers.evidence.leaves import leaf
from pipelines.answers.evidence.stays import before, chosen, in_window, since
from pipelines.answers.question import ChartQuestion, Window
from pipelines.answers.question.records import table
from pipelines.charts.claims import claims, coverages
from pipelines.charts.encounters import encounters
from pipelines.records.chart import Chart
from pipelines.records.claims import Claim, ClaimItem, Coverage
from pipelines.records.evidence import Evidence
from pipelines.records.facts import Encounter

PAST_COVERAGE = "past coverage"
DENIED_OUTCOMES = ("error", "partial")


def bill_evidence(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """Bills, their diagnoses or what was decided of them; the latest first."""
    found = tuple(reversed(_in_scope(chart, question, claims(chart))))
    if question.picks and not question.records:
        found = _by_position(found, question)
    if question.attribute in ("diagnosis", "principal"):
        return _diagnoses(chart, question, found)
    if question.records:
        found = tuple(c for c in found if c.fact.resource in question.records)
    if question.attribute == "denied":
        return [
            _bill_item(chart, c, question) for c in found if c.form == "benefit" and is_denied(c)
        ]
    if question.attribute == "paid":
        return [_bill_item(chart, c, question) for c in found if c.form == "benefit"]
    return [_bill_item(chart, c, question) for c in found if c.form == "claim"]


def _by_position(found: tuple[Claim, ...], question: ChartQuestion) -> tuple[Claim, ...]:
    """The bills, or the decisions, of the first or the last day that has any."""
    form = "benefit" if question.attribute in ("paid", "denied") else "claim"
    own = [c for c in found if c.form == form]
    days = sorted({when.day for c in own if (when := c.billed or c.created) is not None})
    places = [p.position - 1 if p.position > 0 else p.position for p in question.picks]
    kept = {days[p] for p in places if -len(days) <= p < len(days)}
    return tuple(c for c in own if (when := c.billed or c.created) is not None and when.day in kept)


def _in_scope(chart: Chart, question: ChartQuestion, found: tuple[Claim, ...]) -> tuple[Claim, ...]:
    if question.stay is not None and question.window is not None:
        return _of_stays_in(chart, question.window, found)
    if question.stay is not None:
        stay = chosen(encounters(chart), question.stay)
        found = tuple(c for c in found if stay is not None and _is_for(c, stay))
    if question.window is not None:
        window = since(encounters(chart), question.window)
        found = tuple(c for c in found if window and in_window(c.billed or c.created, window))
    return found


def _of_stays_in(chart: Chart, asked: Window, found: tuple[Claim, ...]) -> tuple[Claim, ...]:
    """The bills of hospital stays that begin in a stretch of time."""
    visits = encounters(chart)
    window = since(visits, asked)
    stays = [v for v in visits if v.is_hospital and window and in_window(v.start, window)]
    return tuple(c for c in found if any(_is_for(c, stay) for stay in stays))


def _is_for(bill: Claim, stay: Encounter) -> bool:
    """Whether a bill is for a stay: by the encounter it names, else by the days it bills."""
    if bill.fact.encounter is not None:
        return bill.fact.encounter == stay.fact.resource
    if bill.billed is None or stay.start is None:
        return False
    if bill.billed.day == stay.start.day:
        return True
    inside = stay.end is None or not before(stay.end, bill.billed)
    return inside and not before(bill.billed, stay.start)


def _diagnoses(chart: Chart, question: ChartQuestion, bills: tuple[Claim, ...]) -> list[Evidence]:
    ordered = sorted(bills, key=lambda c: c.form != "claim")
    kept: dict[tuple[str, str], Evidence] = {}
    for bill in ordered:
        for one in bill.items:
            if one.part != "diagnosis" or not _is_meant(one, question):
                continue
            day = (bill.billed or bill.created or chart.as_of).day
            kept.setdefault((one.fact.display, day), _diagnosis_item(bill, one))
    return list(kept.values())


def _is_meant(one: ClaimItem, question: ChartQuestion) -> bool:
    if question.attribute == "principal" and "principal" not in (one.role or "").lower():
        return False
    return not question.names or f"{one.fact.resource}#{one.part}{one.number}" in question.records


def _diagnosis_item(bill: Claim, one: ClaimItem) -> Evidence:
    principal = "principal" in (one.role or "").lower()
    kind = "principal diagnosis" if principal else "diagnosis"
    code = _code(one.fact.code_key)
    when = bill.billed or bill.created
    day = f" of {when.day}" if when is not None else ""
    line = f"Billed as {kind}: {one.fact.display}{code} (bill{day}, {bill.fact.display})."
    return item(replace(one.fact, kind="bill", when=when), line)


def _code(code_key: str | None) -> str:
    """` (I10)` where the diagnosis has a code of its own."""
    system, _, code = (code_key or "").rpartition("|")
    return f" ({code.upper()})" if code and system.startswith("http") and "icd" in system else ""


def is_denied(bill: Claim) -> bool:
    """Whether a decision on a bill says that it, or a part of it, was not accepted."""
    said = (bill.disposition or "").lower()
    refused = re.search(table()["bill"]["refused"], said) is not None
    return refused or bill.outcome in DENIED_OUTCOMES


def _bill_item(chart: Chart, bill: Claim, question: ChartQuestion) -> Evidence:
    when = bill.billed or bill.created
    name = "Decision on the bill" if bill.form == "benefit" else "Bill"
    told = [part for part in (bill.fact.display, bill.insurer) if part]
    if bill.total is not None:
        told.append(f"total {_money(bill.total, bill.currency)}")
    if bill.paid is not None:
        told.append(f"paid {_money(bill.paid, bill.currency)}")
    of = f" of {when.day}" if when is not None else ""
    decided = f": {bill.disposition.rstrip('.')}" if bill.disposition else ""
    line = f"{name}{of} ({', '.join(told)}){decided}."
    fact = replace(bill.fact, kind="bill", when=when)
    fact = leaf(chart, fact, bill.disposition) if bill.disposition else fact
    return item(
        replace(fact, value=bill.paid if question.attribute == "paid" else bill.total), line
    )


def _money(amount: float, currency: str | None) -> str:
    return f"{amount:.2f} {currency}" if currency else f"{amount:.2f}"


def coverage_evidence(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """All coverages with status and period, those in force first.

    Where no coverage is recorded, the insurers that bills name: the latest bill of each.
    """
    found = sorted(coverages(chart), key=lambda c: not in_force(chart, c))
    if question.window is not None:
        window = since(encounters(chart), question.window)
        found = [c for c in found if window and _covers(c, window)]
    if found or question.window is not None:
        return [_coverage_item(chart, one) for one in found]
    latest = {bill.insurer: bill for bill in claims(chart) if bill.insurer}
    return [_insurer_item(chart, bill) for bill in reversed(latest.values())]


def _covers(one: Coverage, window: Window) -> bool:
    """Whether the period of a coverage and a window overlap; one without a start never does."""
    begun = in_window(one.start, Window(None, window.end, window.words))
    after = Window(window.start, None, window.words)
    return begun and (one.end is None or in_window(one.end, after))


def _insurer_item(chart: Chart, bill: Claim) -> Evidence:
    when = bill.billed or bill.created
    day = f" of {when.day}" if when is not None else ""
    line = f"No coverage is recorded; the bill{day} names the insurer {bill.insurer}."
    fact = leaf(chart, replace(bill.fact, kind="bill", when=when), bill.insurer or "")
    return replace(item(fact, line), kind=PAST_COVERAGE)


def in_force(chart: Chart, one: Coverage) -> bool:
    """Whether a coverage is active by the record and not ended by the as-of."""
    over = one.end is not None and one.end.instant < chart.as_of.instant
    return one.fact.status == "active" and not over


def _coverage_item(chart: Chart, one: Coverage) -> Evidence:
    payors = f" by {', '.join(one.payors)}" if one.payors else ""
    period = f" from {one.start.clock}" if one.start is not None else ""
    period += f" to {one.end.clock}" if one.end is not None else ""
    status = f"status {one.fact.status}" if one.fact.status else "no status recorded"
    line = f"Coverage: {one.fact.display}{payors}{',' if period else ''}{period} ({status})."
    return replace(item(one.fact, line), kind="coverage" if in_force(chart, one) else PAST_COVERAGE)
