"""Evidence about the code status: what holds, what it replaced, and what a note says otherwise.

Every statement is one line in the record's own words, with its kind of record, its date and its
status, cited where the record says it. Which of them hold is decided in `charts.code_status`,
nowhere here. For a time in the past, what held at its beginning comes together with what was
recorded in it: a form signed years ago and an order written two hours after admission both
belong to an admission, and where they differ, both are shown. A note is shown only where a whole
sentence of it is a code status and nothing more, and only where it says something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pipelines.answers.evidence.code_lines import statement_item
from pipelines.answers.evidence.items import item, passage_item
from pipelines.answers.evidence.stays import chosen, in_window, pool, since
from pipelines.answers.evidence.visits import patient_item
from pipelines.answers.question import ChartQuestion, Window
from pipelines.charts import passages
from pipelines.charts.code_states import contradict, has_ended, worded
from pipelines.charts.code_status import code_status
from pipelines.charts.encounters import encounters
from pipelines.records.chart import Chart
from pipelines.records.consents import (
    CODE_STATUS,
    ENDED_CODE_STATUS,
    REPLACED_CODE_STATUS,
    CodeStatement,
    CodeStatus,
)
from pipelines.records.evidence import Evidence
from pipelines.records.facts import Encounter, Passage
from pipelines.records.moments import Moment
from pipelines.terms.dates import local_clock

STAY = "context: stay"
REFUSED = "context: refused"
NONE_BEFORE = "context: none before"
FIRST_DAY = timedelta(hours=24)
MOST_EARLIER = 6
MOST_NOTES = 2
AMBIGUOUS_ALONE = ("full", "comfort care", "for resuscitation")
_LABELLED = re.compile(r"(?:(?:code|resuscitation)(?:\s+status)?\s*[:=-]\s*)?(?P<said>.+)")


@dataclass(frozen=True, slots=True)
class Span:
    """A time that is asked about; the end may be open. `stay` is the stay that gave it."""

    start: Moment
    end: Moment | None
    stay: Encounter | None = None


def code_status_evidence(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """The statements that hold first, newest first, then those before, then what notes say."""
    found = code_status(chart)
    scoped = question.picks or question.stay is not None or _is_past(chart, question)
    if scoped:
        return _of_a_time(chart, question, found)
    holding = [statement_item(chart, one, CODE_STATUS, question) for one in found.current]
    before = [_before(chart, one, question) for one in _in_time(chart, question, found.earlier)]
    if question.ask == "changed" and question.window is not None:
        before, holding = _since(chart, question, found)
    is_plain = question.ask != "who" and question.window is None
    notes = [_note(one) for one in _notes(chart, found)] if is_plain else []
    first = _none_before(chart, question) if holding or before else []
    return [*holding, *before[:MOST_EARLIER], *notes, *first, *_refused(chart, found)]


def _before(chart: Chart, one: CodeStatement, question: ChartQuestion) -> Evidence:
    kind = REPLACED_CODE_STATUS if one.is_in_force else ENDED_CODE_STATUS
    return statement_item(chart, one, kind, question)


def _in_time(
    chart: Chart, question: ChartQuestion, earlier: Iterable[CodeStatement]
) -> list[CodeStatement]:
    """Newest first; of the window that is asked about, where there is one."""
    newest = sorted(earlier, key=_instant, reverse=True)
    if question.window is None or question.ask == "changed":
        return newest
    window = since(encounters(chart), question.window)
    return [one for one in newest if window is not None and in_window(one.fact.when, window)]


def _since(
    chart: Chart, question: ChartQuestion, found: CodeStatus
) -> tuple[list[Evidence], list[Evidence]]:
    """What held when the window began, and what was recorded since."""
    window = since(encounters(chart), question.window) if question.window else None
    if window is None or window.start is None:
        return [], []
    held = code_status(_at(chart, _moment(window.start, chart))).current
    places = {_place(one) for one in held}
    wanted = [
        one for one in (*found.current, *found.earlier)
        if _place(one) in places or in_window(one.fact.when, window)
    ]  # fmt: skip
    current = {_place(one) for one in found.current}
    holding = [one for one in wanted if _place(one) in current]
    before = sorted((o for o in wanted if _place(o) not in current), key=_instant, reverse=True)
    return (
        [_before(chart, one, question) for one in before],
        [statement_item(chart, one, CODE_STATUS, question) for one in holding],
    )


def _none_before(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """That nothing held when a window began, so that what came since is no change of anything."""
    window = question.window if question.ask == "changed" else None
    since_then = since(encounters(chart), window) if window is not None else None
    if since_then is None or since_then.start is None:
        return []
    if code_status(_at(chart, _moment(since_then.start, chart))).current:
        return []
    line = f"No code status in force is recorded before {since_then.start:%Y-%m-%d %H:%M}."
    return [replace(patient_item(chart), line=line, kind=NONE_BEFORE)]


def _of_a_time(chart: Chart, question: ChartQuestion, found: CodeStatus) -> list[Evidence]:
    """What held when the time began, and what was recorded in it: together what held then."""
    span = _span(chart, question)
    if span is None:
        return []
    held = code_status(_at(chart, span.start)).current
    inside = [one for one in (*found.current, *found.earlier) if _within(one, span)]
    places = {_place(one) for one in held}
    both = [*held, *(one for one in inside if _place(one) not in places)]
    every = sorted((o for o in both if _held_in(o, span)), key=_instant, reverse=True)
    last = {_place(one) for one in _held_at_end(chart, question, span)}
    holding = [one for one in every if question.picks or _place(one) in last]
    told = [statement_item(chart, one, CODE_STATUS, question) for one in holding]
    told += [_before(chart, one, question) for one in every if one not in holding]
    places = {_place(one) for one in every}
    open_ended = [
        one for one in found.earlier
        if _place(one) not in places and _may_have_held(one) and _begun_before(one, span)
    ]  # fmt: skip
    told += [_before(chart, one, question) for one in open_ended]
    framed = [_stay_item(question, span.stay)] if span.stay is not None else []
    return [*told, *framed, *_refused(chart, found)]


def _held_at_end(chart: Chart, question: ChartQuestion, span: Span) -> tuple[CodeStatement, ...]:
    """What holds when a time ends; an admission is one moment, of which nothing is older."""
    if question.picks:
        return ()
    return code_status(_at(chart, span.end) if span.end is not None else chart).current


def _held_in(one: CodeStatement, span: Span) -> bool:
    """Proposals and what ended before the time began held at no moment of it."""
    after = one.ended is not None and one.ended.instant > span.start.instant
    return one.is_in_force or after or (_may_have_held(one) and _within(one, span))


def _may_have_held(one: CodeStatement) -> bool:
    """Whether the record calls it ended and does not say since when."""
    return not one.is_in_force and one.ended is None and one.fact.status in has_ended()


def _begun_before(one: CodeStatement, span: Span) -> bool:
    return one.fact.when is None or one.fact.when.instant < span.start.instant


def _within(one: CodeStatement, span: Span) -> bool:
    if one.fact.when is None or one.fact.when.instant < span.start.instant:
        return False
    return span.end is None or one.fact.when.instant <= span.end.instant


def _is_past(chart: Chart, question: ChartQuestion) -> bool:
    """Whether a window ends before the chart does; one that is still open asks for what holds."""
    window = question.window
    if window is None or window.end is None or question.ask in ("changed", "history", "earlier"):
        return False
    return window.end < local_clock(chart.as_of)


def _span(chart: Chart, question: ChartQuestion) -> Span | None:
    if question.window is not None and not question.picks and question.stay is None:
        return _span_of(question.window, chart)
    wanted = question.picks[0].stay if question.picks else question.stay
    every = encounters(chart)
    stay = chosen(every, wanted) if wanted is not None else None
    if stay is None and wanted is not None and not pool(every, wanted):
        stay = chosen(every, replace(wanted, kind="any")) if wanted.kind == "hospital" else None
    if stay is None or stay.start is None:
        return None
    if not question.picks:
        return Span(stay.start, stay.end, stay)
    if question.picks[0].position > 0:
        day = replace(stay.start, instant=stay.start.instant + FIRST_DAY)
        ends = stay.end is not None and stay.end.instant < day.instant
        return Span(stay.start, stay.end if ends else day, stay)
    return Span(stay.end, stay.end, stay) if stay.end is not None else None


def _span_of(window: Window, chart: Chart) -> Span:
    end = _moment(window.end, chart) if window.end is not None else chart.as_of
    return Span(_moment(window.start, chart) if window.start is not None else end, end)


def _at(chart: Chart, moment: Moment) -> Chart:
    """The chart as it stood then, never later than it may be read."""
    return replace(chart, as_of=min(moment, chart.as_of))


def _moment(clock: datetime, chart: Chart) -> Moment:
    """A clock time of the chart as an instant, by the offset of the chart's own last entry."""
    shift = local_clock(chart.as_of) - chart.as_of.instant
    return Moment(clock - shift, clock.isoformat())


def _stay_item(question: ChartQuestion, stay: Encounter) -> Evidence:
    """The stay that is meant, and how much of it the statements before are from."""
    began = stay.start.clock if stay.start is not None else ""
    told = "held at its beginning or was recorded in it"
    if question.picks:
        told = "held at its beginning or was recorded in its first 24 hours"
        if question.picks[0].position < 0 and stay.end is not None:
            told = f"held at its end, {stay.end.clock}"
    line = f"The stay began {began}; shown is what {told}."
    return replace(item(stay.fact, line, "Stay"), kind=STAY)


def _refused(chart: Chart, found: CodeStatus) -> list[Evidence]:
    """That entries which may state it were refused: then what is shown may not be all."""
    if not found.refused:
        return []
    entries = "1 entry was" if found.refused == 1 else f"{found.refused} entries were"
    line = f"{entries} refused at load that may state a code status."
    return [replace(patient_item(chart), line=line, kind=REFUSED)]


def _notes(chart: Chart, found: CodeStatus) -> list[Passage]:
    """Sentences of notes that are a code status and contradict what holds, the newest first."""
    current = [one.state for one in found.current]
    dated = [one.fact.when.instant for one in found.current if one.fact.when is not None]
    told: list[Passage] = []
    for passage in passages.passages(chart):
        state = _labelled(passage.text)
        if state is None or passage.when is None:
            continue
        newer = not dated or passage.when.instant > min(dated)
        if newer and (not current or contradict([state, *current])):
            told.append(passage)
    newest = sorted(told, key=lambda p: p.when.instant if p.when else datetime.min, reverse=True)
    return newest[:MOST_NOTES]


def _labelled(text: str) -> str | None:
    """The state that a whole sentence says, with or without its label; None for any other."""
    low = " ".join(text.lower().split()).strip(" .!")
    found = _LABELLED.fullmatch(low)
    if found is None:
        return None
    bare = found["said"] == low and low in AMBIGUOUS_ALONE
    return None if bare else worded(found["said"].strip(' "'))


def _note(passage: Passage) -> Evidence:
    told = passage_item(passage)
    return replace(told, line=f"Note, {told.line}")


def _place(one: CodeStatement) -> tuple[str, int, str]:
    return one.fact.resource, one.fact.part, one.state


def _instant(one: CodeStatement) -> datetime:
    return one.fact.when.instant if one.fact.when else datetime.min
