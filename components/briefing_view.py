"""The briefing on one screen: what changed first, every line with the button of its source.

Two columns: what happened (results, vitals, notes) left; what holds (medications, problems,
allergies, code status, devices, follow-ups, social needs) right. An opened source lies over the
column that it was not opened from. A section without lines says why it has none.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components import prose, times, unverified_view
from components.opened import Opened
from components.safe_text import markup
from pipelines.records.answers import Briefing, BriefingSection, Statement

RIGHT = (
    "Medications", "Active problems", "Allergies", "Code status", "Lines and devices",
    "Follow-ups due", "Social determinants",
)  # fmt: skip


def heading(briefing: Briefing, hours: int) -> str:
    """The window with both its times, and what is missing of the chart it was made from."""
    missing = ""
    if briefing.incomplete:
        missing = markup(
            '<div class="cr-verdict"><span class="bad">⚠ incomplete: {what}</span></div>',
            what=briefing.incomplete,
        )
    if briefing.notice:
        missing += markup('<div class="cr-quiet">{notice}</div>', notice=briefing.notice)
    window = markup(
        '<div class="cr-head">Pre-round briefing · {which} · {start} → {end}</div>',
        which=_which(briefing, hours),
        start=times.written_clock(briefing.window_from),
        end=times.written_clock(briefing.window_to),
    )
    return window + missing


def _which(briefing: Briefing, hours: int) -> str:
    """The window in words: its hours, or when the reader last looked."""
    if briefing.since:
        return f"since I last looked, {times.written_clock(briefing.since)} UTC"
    return f"last {hours} h"


def footing(briefing: Briefing) -> str:
    """As-of, engine and log number, under the briefing."""
    lines = [line for section in briefing.sections for line in section.lines]
    checked = sum(line.support != "unverified" for line in lines)
    said = (
        f"✓ {checked} of {len(lines)} lines found in the record" if lines else "○ no line to check"
    )
    return markup(
        '<div class="cr-verdict"><span class="ok">{said}</span>'
        "<span>as of {as_of} · {engine} engine · log {log} · draft, not signed</span></div>",
        said=said,
        as_of=times.written_clock(briefing.as_of),
        engine=briefing.engine,
        log=briefing.log_id[:8],
    )


def parted(briefing: Briefing) -> tuple[list[BriefingSection], list[BriefingSection]]:
    """The sections of the left and of the right column."""
    right = [section for section in briefing.sections if section.name in RIGHT]
    return [section for section in briefing.sections if section.name not in RIGHT], right


def is_of_right(current: Opened) -> bool:
    """Whether the source was opened from a line of the right column: it is shown over the left."""
    return current.scope.rpartition(":")[2] in RIGHT


def draw_sections(
    page: str, scope: str, sections: Sequence[BriefingSection], current: Opened | None
) -> None:
    """Each section's name, then its lines, or the words that say why there are none."""
    for section in sections:
        count = f" ({len(section.lines)})" if section.lines else ""
        st.html(
            markup('<div class="cr-section">{name}{count}</div>', name=section.name, count=count)
        )
        told = shown(section.lines)
        if told:
            prose.statements(page, f"{scope}:{section.name}", told, current, "list folds")
        else:
            st.html(
                markup('<div class="cr-empty">{why}</div>', why=section.empty or "none recorded")
            )
        unverified_view.draw(section.lines, of="briefing")


def draw_summary(page: str, scope: str, briefing: Briefing, current: Opened | None) -> None:
    """The first sentences, where the briefing has some."""
    told = shown(briefing.summary)
    if told:
        prose.statements(page, f"{scope}:summary", told, current, "list two")


def draw_all_sources(page: str, scope: str, briefing: Briefing) -> None:
    """Plain buttons of every source, for keyboards and narrow screens."""
    with st.expander("All sources as buttons"):
        for section in briefing.sections:
            told = shown(section.lines)
            if told:
                st.html(markup('<div class="cr-quiet">{name}</div>', name=section.name))
                prose.source_buttons(page, f"{scope}:{section.name}", told)


def shown(told: Sequence[Statement]) -> list[Statement]:
    """What may stand as part of the briefing."""
    return [item for item in told if item.support != "unverified"]
