"""The chart summary on one screen: problems left, what holds for the whole chart right.

The first problems stand open, the others are one line each that opens; nothing is left out. An
opened source lies over the column that it was not opened from. A section without lines says why
it has none. A model's narrative, once it is there, stands above the lines, which never wait for it.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components import briefing_view, narrative_view, prose, times
from components.opened import Opened
from components.safe_text import label, markup
from components.source_view import draw_over
from pipelines.records.answers import Briefing, BriefingSection
from pipelines.records.views import SourceView

OPEN_PROBLEMS = 6
# The sections that are not one problem, in the order of their importance here.
WHOLE_CHART = (
    "Allergies", "Code status", "Refuted diagnoses", "Other medications", "Medications",
    "Hospital stays and visits", "Specialists and reports", "Procedures", "Immunizations",
    "Social determinants", "Family history",
)  # fmt: skip


def heading(summary: Briefing) -> str:
    """What it covers, and what is missing of the chart it was made from."""
    said = markup(
        '<div class="cr-head">Chart summary · {start} → {end}</div>',
        start=times.written_clock(summary.window_from),
        end=times.written_clock(summary.window_to),
    )
    if summary.incomplete:
        said += markup(
            '<div class="cr-verdict"><span class="bad">⚠ incomplete: {what}</span></div>',
            what=summary.incomplete,
        )
    return said


def draw(page: str, summary: Briefing, current: Opened | None, view: SourceView | None) -> None:
    """The whole summary, with the opened source beside the problems."""
    scope = summary.log_id
    if summary.narrative is not None:
        narrative_view.draw_narrative(page, scope, summary.narrative, current)
        narrative_view.draw_beside(summary.narrative)
    briefing_view.draw_summary(page, scope, summary, current)
    problems, whole = _parted(summary)
    left, right = st.columns([3, 2], gap="medium")
    if current is not None and view is not None:
        with left if current.scope.rpartition(":")[2] in WHOLE_CHART else right:
            draw_over(page, view, current)
    with left:
        briefing_view.draw_sections(page, scope, problems[:OPEN_PROBLEMS], current)
        for section in problems[OPEN_PROBLEMS:]:
            _folded(page, scope, section, current)
    with right:
        briefing_view.draw_sections(page, scope, whole, current)
    st.html(briefing_view.footing(summary))
    briefing_view.draw_all_sources(page, scope, summary)


def _folded(page: str, scope: str, section: BriefingSection, current: Opened | None) -> None:
    """One line that says what is behind it; open where it holds the opened source."""
    numbers = {cited.n for said in section.lines for cited in said.citations}
    is_open = current is not None and current.citation.n in numbers
    count = f" ({len(section.lines)})" if section.lines else ""
    with st.expander(label(f"{section.name}{count}"), expanded=is_open):
        told = briefing_view.shown(section.lines)
        if told:
            prose.statements(page, f"{scope}:{section.name}", told, current)


def _parted(summary: Briefing) -> tuple[Sequence[BriefingSection], Sequence[BriefingSection]]:
    """Problems in their order, and the sections of the whole chart in the order of this screen."""
    problems = [one for one in summary.sections if one.name not in WHOLE_CHART]
    by_name = {one.name: one for one in summary.sections}
    return problems, [by_name[name] for name in WHOLE_CHART if name in by_name]
