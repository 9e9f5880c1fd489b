"""The pre-round briefing of one chart: sections, summary, every line judged.

Sections propose, `answers.verify` decides; what it does not bear out is not said in words but
counted, with its sources, so that nothing is lost silently. It reads the chart, writes nothing
and does not log: the desk does. `made` keeps each line's facts beside its statement, for a
narrative over them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace

from pipelines.briefing.allergies import allergies
from pipelines.briefing.arrived import came_in_since
from pipelines.briefing.code_status import code_status_part
from pipelines.briefing.devices import devices_in_use
from pipelines.briefing.fluids import fluids
from pipelines.briefing.follow_ups import follow_ups
from pipelines.briefing.imaging import imaging
from pipelines.briefing.line import Line, Part, judge
from pipelines.briefing.medicines import medicines
from pipelines.briefing.microbiology import microbiology
from pipelines.briefing.note_conflicts import Record
from pipelines.briefing.notes import notes
from pipelines.briefing.open_items import open_items
from pipelines.briefing.pending import pending
from pipelines.briefing.problems import active_problems
from pipelines.briefing.procedures import procedures
from pipelines.briefing.read_once import read_once
from pipelines.briefing.records_said.records_said import RecordsSaid
from pipelines.briefing.records_said.results import Neighbours
from pipelines.briefing.results import before_window, results
from pipelines.briefing.social import social
from pipelines.briefing.stay_now import stay_now
from pipelines.briefing.stays import stays
from pipelines.briefing.summary import summary
from pipelines.briefing.vitals import vitals
from pipelines.briefing.who import who
from pipelines.briefing.window import Window, window_of
from pipelines.charts import labs, patients
from pipelines.records.answers import Briefing, BriefingSection, Computation, Statement
from pipelines.records.chart import Chart
from pipelines.records.facts import Fact
from pipelines.terms.limits import sorted_out

Judged = tuple[tuple[Line, ...], tuple[Part, ...], Mapping[Line, Statement]]


@dataclass(frozen=True, slots=True)
class Made:
    """A briefing, the lines it was made of in the order shown, and what they were held against."""

    briefing: Briefing
    lines: tuple[tuple[Line, Statement], ...]
    records: RecordsSaid | None = None


def brief(chart: Chart, hours: int | None) -> Briefing:
    """What happened in the last `hours` hours of the chart; None means the whole chart."""
    return made(chart, window_of(chart, hours)).briefing


def made(chart: Chart, window: Window) -> Made:
    """What happened in this window, judged; the lines stay beside their statements."""
    chart = read_once(chart)
    banner = patients.banner(chart)
    found = labs.results(chart, start=window.start, end=window.end.instant)
    facts = tuple(sorted_out(fact) for fact in found if window.knows(fact.issued))
    stay = stay_now(chart, window)
    stay_start = stay.start.instant if stay and stay.start else None
    earlier = _earlier(chart, window)
    record = Record(chart)
    neighbours = Neighbours.of((*earlier, *facts), window, stay_start)
    cultures = microbiology(chart, window)
    told = {fact for line in cultures.lines for fact in line.facts}
    proposed = (
        results(chart, window, _but(facts, told), banner.age_years, stay_start),
        vitals(chart, facts, banner.age_years, earlier),
        fluids(window, facts, earlier, stay_start),
        medicines(chart, window, stay_start),
        active_problems(chart, window, () if stay else (*earlier, *facts)),
        procedures(chart, window),
        cultures,
        imaging(chart, window),
        pending(chart, window),
        notes(chart, window, record),
        open_items(chart, window, record),
        follow_ups(chart, window),
        social(chart, window),
        allergies(banner, record),
        code_status_part(chart, window, (*earlier, *facts)),
        devices_in_use(chart, window),
        *came_in_since(chart, window, banner.age_years),
    )
    where = stays(chart, window, told=stay)
    if not proposed[0].lines:
        where = (*where, *before_window(chart, window, banner.age_years))
    lead = who(chart, banner, stay, window)
    records = RecordsSaid(chart, window, neighbours)
    first, parts, said = _judged(proposed, where, lead, records)
    briefing = Briefing(
        patient=chart.patient_id,
        as_of=chart.as_of.written,
        window_from=window.start_written,
        window_to=chart.as_of.written,
        summary=tuple(said[line] for line in first),
        sections=tuple(_section(part, said) for part in parts),
        incomplete=banner.incomplete,
        engine="embedded",
        log_id="",
        seconds=0.0,
    )
    return Made(briefing, tuple(said.items()), records)


def _but(facts: Sequence[Fact], told: Set[Fact]) -> tuple[Fact, ...]:
    """The results that no other section tells: a culture has its own."""
    names = {(fact.resource, fact.part) for fact in told}
    return tuple(fact for fact in facts if (fact.resource, fact.part) not in names)


def _earlier(chart: Chart, window: Window) -> tuple[Fact, ...]:
    """All results of before the window that were back by its end, in time order."""
    if window.start is None:
        return ()
    start = window.start
    return tuple(
        sorted_out(fact)
        for fact in labs.results(chart, end=start)
        if fact.when is not None and fact.when.instant < start and window.knows(fact.issued)
    )


def _judged(
    parts: Sequence[Part], where: Sequence[Line], lead: Line | None, records: RecordsSaid
) -> Judged:
    """The first lines, the sections and their statements; a second round only after a refusal."""
    first, said = _round(parts, where, lead, records)
    if all(line in said for line in (*first, *(line for part in parts for line in part.lines))):
        return first, tuple(parts), said
    honest = tuple(_with_count(part, said) for part in parts)
    kept = [line for line in where if line in said or line not in first]
    first, said = _round(honest, kept, lead if lead in said else None, records)
    return tuple(line for line in first if line in said), honest, said


def _round(
    parts: Sequence[Part], where: Sequence[Line], lead: Line | None, records: RecordsSaid
) -> tuple[tuple[Line, ...], Mapping[Line, Statement]]:
    first = summary(parts, where, lead)
    return first, judge([*first, *(line for part in parts for line in part.lines)], records)


def _with_count(part: Part, said: Mapping[Line, Statement]) -> Part:
    """The section without the refused lines; how many they were, with their records."""
    kept = tuple(line for line in part.lines if line in said)
    lost = [line for line in part.lines if line not in said]
    facts = tuple(dict.fromkeys(fact for line in lost for fact in line.facts[:1]))
    if not facts:
        return replace(part, lines=kept)
    entries = "entry is" if len(facts) == 1 else "entries are"
    text = f"{len(facts)} more {entries} not shown in words; open the source"
    return replace(part, lines=(*kept, Line(text, facts, Computation("count", len(facts)))))


def _section(part: Part, said: Mapping[Line, Statement]) -> BriefingSection:
    lines = tuple(said[line] for line in part.lines if line in said)
    return BriefingSection(part.name, lines, part.empty)
