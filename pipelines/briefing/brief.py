"""The pre-round briefing of one chart: sections, summary, every line judged.

Sections propose, `answers.verify` decides; what it does not bear out is not said in words but
counted, with its sources, so that nothing is lost silently. It reads the chart, writes nothing
and does not log: the desk does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipelines.briefing.allergies import allergies
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
from pipelines.briefing.results import before_window, results, sorted_out
from pipelines.briefing.social import social
from pipelines.briefing.stays import stays
from pipelines.briefing.summary import summary
from pipelines.briefing.vitals import vitals
from pipelines.briefing.window import window_of
from pipelines.charts import labs, patients
from pipelines.records.answers import Briefing, BriefingSection, Computation, Statement
from pipelines.records.chart import Chart


def brief(chart: Chart, hours: int | None) -> Briefing:
    """What happened in the last `hours` hours of the chart; None means the whole chart."""
    window = window_of(chart, hours)
    banner = patients.banner(chart)
    found = labs.results(chart, start=window.start, end=window.end.instant)
    facts = tuple(sorted_out(fact) for fact in found)
    record = Record(chart)
    proposed = (
        results(chart, window, facts, banner.age_years),
        vitals(chart, facts, banner.age_years),
        medicines(chart, window),
        active_problems(chart, window),
        procedures(chart, window),
        microbiology(chart, window),
        imaging(chart, window),
        pending(chart, window),
        notes(chart, window, record),
        open_items(chart, window, record),
        follow_ups(chart, window),
        social(chart, window),
        allergies(banner),
    )
    where = stays(chart, window)
    if not proposed[0].lines:
        where = (*where, *before_window(chart, window, banner.age_years))
    first, parts, said = _judged(proposed, where)
    return Briefing(
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


Judged = tuple[tuple[Line, ...], tuple[Part, ...], Mapping[Line, Statement]]


def _judged(parts: Sequence[Part], where: Sequence[Line]) -> Judged:
    """The first lines, the sections and their statements; a second round only after a refusal."""
    first, said = _round(parts, where)
    if all(line in said for line in (*first, *(line for part in parts for line in part.lines))):
        return first, tuple(parts), said
    honest = tuple(_with_count(part, said) for part in parts)
    first, said = _round(honest, [line for line in where if line in said or line not in first])
    return tuple(line for line in first if line in said), honest, said


def _round(
    parts: Sequence[Part], where: Sequence[Line]
) -> tuple[tuple[Line, ...], Mapping[Line, Statement]]:
    first = summary(parts, where)
    return first, judge([*first, *(line for part in parts for line in part.lines)])


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
