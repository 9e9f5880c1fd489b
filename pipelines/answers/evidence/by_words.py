"""Evidence of records that were found by their words: the elements that are wanted, one item each.

An element is cited where the record states it, or where its visit does (who saw the patient,
where, why). One that neither states makes an item that says so. Nothing is worked out from other
elements.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import pairwise

from pipelines.answers.evidence.items import item
from pipelines.answers.evidence.leaves import dated, leaf
from pipelines.answers.question import ChartQuestion
from pipelines.answers.question.words_asked import CODES, table
from pipelines.charts import sources
from pipelines.charts.encounters import encounters
from pipelines.charts.people import practitioners
from pipelines.charts.plain_records import plain_records
from pipelines.records.chart import Chart
from pipelines.records.evidence import Evidence
from pipelines.records.facts import Encounter, Fact
from pipelines.records.moments import Moment
from pipelines.records.plain import PlainRecord
from pipelines.terms.dates import local_clock

SILENT = "record is silent"
DAY = 86_400
RUN = 3
_CODING = re.compile(r"((?:code|vaccineCode)\.coding\[\d+\])\.code")
WHAT = {"begun": "beginning", "ended": "end", "who": "person", "where": "place", "why": "reason"}


def record_evidence(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """What is wanted of the records that the question chose, in time order."""
    wanted = frozenset(question.records)
    found = [
        r for r in plain_records(chart, (question.relation or "",)) if r.fact.resource in wanted
    ]
    found.sort(key=lambda r: r.begun.instant.timestamp() if r.begun is not None else 0.0)
    found = _picked(found, question)
    if question.ask != "told":
        return [item(_named(r), _line(r, question), _title(r)) for r in found]
    return [one for r in found for one in _elements(chart, r, question)]


def _picked(found: list[PlainRecord], question: ChartQuestion) -> list[PlainRecord]:
    """The one in the place that is asked for; of care that was given day by day, its first day."""
    if question.picks and found:
        place = question.picks[0].position
        index = place - 1 if place > 0 else place
        return found[index : index + 1 or None] if -len(found) <= index < len(found) else []
    alone = question.ask == "told" and question.attribute == "when" and not question.every
    if alone and _is_a_run(found):
        return found[:1]
    return found


def _is_a_run(found: list[PlainRecord]) -> bool:
    """Whether entries of one name follow each other day by day."""
    times = [local_clock(r.begun) for r in found if r.begun is not None]
    if len(times) < RUN or len({r.names for r in found}) > 1:
        return False
    gaps = [(b - a).total_seconds() for a, b in pairwise(times)]
    return all(gap <= 2 * DAY for gap in gaps)


def _named(record: PlainRecord) -> Fact:
    return replace(record.fact, when=record.begun) if record.begun is not None else record.fact


def _name(record: PlainRecord) -> str:
    return ", ".join(dict.fromkeys(record.names[:2])) if record.kind != "bill" else record.names[0]


def _on(record: PlainRecord) -> str:
    return f", {record.begun.day}" if record.begun is not None else ""


def _title(record: PlainRecord) -> str:
    return f"{_name(record)}{_on(record)}"


def _line(record: PlainRecord, question: ChartQuestion) -> str:
    """The record as one sentence: its name, its time, and its status where that is asked for."""
    when = f", {record.begun.clock}" if record.begun is not None else ""
    told = record.status and (
        question.attribute == "status" or record.kind in ("problem", "allergy")
    )
    status = f" ({record.status})" if told else ""
    return f"{_name(record)}{status}{when}."


Teller = Callable[[Chart, PlainRecord], Iterable[tuple[Fact, str]]]


def _elements(chart: Chart, record: PlainRecord, question: ChartQuestion) -> Iterable[Evidence]:
    for element in (question.attribute or "").split():
        told = list(TELLERS[element](chart, record))
        for fact, value in told:
            yield item(fact, _said(record, fact, element, value), _title(record))
        if not told:
            what = WHAT.get(element, element)
            line = table()["line"]["missing"].format(name=_title(record), what=what)
            yield replace(item(_named(record), line, _title(record)), kind=SILENT)


def _said(record: PlainRecord, fact: Fact, element: str, value: str) -> str:
    if element == "when":
        return f"{_name(record)}, {value}."
    key = "onset" if element == "begun" and record.kind == "problem" else element
    if element == "who" and fact.resource != record.fact.resource:
        key = "who_there"  # who saw the patient there need not have done it
    key = "code" if element in CODES else key
    on = (
        _on(record)
        if record.kind not in ("bill", "decision")
        else _on(record).replace(", ", " of ")
    )
    said: str = table()["line"][key].format(name=_name(record), on=on, value=value.rstrip("."))
    return said


def _time(pick: Callable[[PlainRecord], Moment | None]) -> Teller:
    def told(chart: Chart, record: PlainRecord) -> Iterable[tuple[Fact, str]]:
        at = pick(record)
        if at is not None:
            yield dated(chart, record.fact, at), at.clock

    return told


def _word(pick: Callable[[PlainRecord], str | None]) -> Teller:
    def told(chart: Chart, record: PlainRecord) -> Iterable[tuple[Fact, str]]:
        value = pick(record)
        if value:
            fact = leaf(chart, _named(record), value)
            yield replace(fact, quote=value), value

    return told


def _at_path(element: str) -> Teller:
    def told(chart: Chart, record: PlainRecord) -> Iterable[tuple[Fact, str]]:
        pattern = table()["path"][element]
        seen = set()
        for path, value in sources.all_leaves(sources.raw(chart, record.fact.resource)):
            if re.fullmatch(pattern, path) and value not in seen:
                seen.add(value)
                yield replace(_named(record), path=path, quote=value), value

    return told


def _code(system: str) -> Teller:
    """The codes of one system, or of any, as the record has them."""

    def told(chart: Chart, record: PlainRecord) -> Iterable[tuple[Fact, str]]:
        held = dict(sources.all_leaves(sources.raw(chart, record.fact.resource)))
        for path, value in held.items():
            of_code = _CODING.fullmatch(path)
            if of_code is None:
                continue
            named = held.get(f"{of_code[1]}.system", "")
            if re.search(table()["system"][system], named, re.IGNORECASE):
                yield replace(_named(record), path=path, quote=value), value

    return told


def _who(chart: Chart, record: PlainRecord) -> Iterable[tuple[Fact, str]]:
    """Those whom the record names, else those whom its visit does."""
    names = {p.fact.resource: p.fact.display for p in practitioners(chart)}
    for resource in dict.fromkeys((record.fact.resource, record.visit or "")):
        seen: set[str] = set()
        leaves = sources.all_leaves(sources.raw(chart, resource)) if resource else ()
        for path, value in leaves:
            if re.fullmatch(table()["path"]["who"], path) is None:
                continue
            said = names.get(f"Practitioner/{value.rpartition(':')[2].rpartition('/')[2]}", value)
            if said in seen or said.startswith(("urn:", "Practitioner/", "Patient/")):
                continue
            seen.add(said)
            fact = replace(_named(record), path=path, quote=value, value_text=said)
            yield replace(fact, resource=resource), said
        if seen:
            return


def _where(chart: Chart, record: PlainRecord) -> Iterable[tuple[Fact, str]]:
    if not record.place:
        return
    for resource in dict.fromkeys((record.fact.resource, record.visit or "")):
        if not resource:
            continue
        fact = leaf(chart, replace(_named(record), resource=resource), record.place)
        if fact.quote == record.place:
            yield replace(fact, value_text=record.place), record.place
            return
    visit = record.visit or record.fact.resource
    found = dict(sources.all_leaves(sources.raw(chart, visit)))
    path = next((p for p in found if p.startswith(("location", "serviceProvider"))), None)
    if path is not None:
        fact = replace(_named(record), path=path, quote=found[path], value_text=record.place)
        yield replace(fact, resource=visit), record.place


def _why(chart: Chart, record: PlainRecord) -> Iterable[tuple[Fact, str]]:
    """The reason of the record, else that of its visit."""
    if record.reason:
        yield from _word(lambda r: r.reason)(chart, record)
        return
    visit = next((e for e in encounters(chart) if e.fact.resource == record.visit), None)
    if visit is not None and visit.reason:
        yield _of_visit(chart, visit, visit.reason), visit.reason


def _of_visit(chart: Chart, visit: Encounter, value: str) -> Fact:
    return leaf(chart, visit.fact, value)


def _amount(_chart: Chart, record: PlainRecord) -> Iterable[tuple[Fact, str]]:
    if record.amount is None:
        return
    shown = f"{record.amount:.2f}{f' {record.currency}' if record.currency else ''}"
    fact = replace(_named(record), value=record.amount)
    yield fact, shown


def _activities(_chart: Chart, record: PlainRecord) -> Iterable[tuple[Fact, str]]:
    for part in record.parts:
        yield part, part.display


TELLERS: dict[str, Teller] = {
    "when": _time(lambda r: r.begun),
    "begun": _time(lambda r: r.begun),
    "ended": _time(lambda r: r.ended),
    "status": _word(lambda r: r.status),
    "who": _who,
    "where": _where,
    "why": _why,
    "amount": _amount,
    "paid": _amount,
    "decision": _word(lambda r: r.reason),
    "payer": _at_path("payer"),
    **{system: _code(system) for system in ("code", "icd9", "icd10", "icd", "snomed", "cvx")},
    "lot": _at_path("lot"),
    "setting": _at_path("setting"),
    "serial": _at_path("serial"),
    "number": _at_path("number"),
    "activity": _activities,
}
