"""A briefing as Markdown, for the screen and for print: sections, lines, numbered sources.

Chart text is escaped, so that it renders as itself and never as a link, an image or a heading.
Nothing is redacted here; what leaves the building goes through `desk.export`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipelines.answers.verify.safety import clean
from pipelines.records.answers import Briefing, BriefingSection, Citation, Statement
from pipelines.records.handover import FilledForm

_SIGNS = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_[]<>|#~"})
MARKS_SHOWN = 2
PRE_ROUND = "Pre-round briefing"
NARRATIVE = "## Narrative by a model, each sentence found in the record"


def as_markdown(briefing: Briefing, title: str = PRE_ROUND) -> str:
    """The whole briefing, the first lines on top and the sources at the end."""
    parts = _top(briefing, title)
    told = briefing.narrative.statements if briefing.narrative else ()
    if told:
        parts += [NARRATIVE, _lines(told)]
    if briefing.summary:
        parts += ["## First", _lines(briefing.summary)]
    for section in briefing.sections:
        parts += [f"## {_plain(section.name)}", _body(section)]
    return _whole(parts, [*told, *briefing.summary, *_all_lines(briefing)])


def form_as_markdown(briefing: Briefing, form: FilledForm) -> str:
    """The briefing in the order of a hand-over form, word for word."""
    parts = _top(briefing, form.title)
    for part in form.parts:
        body = []
        for group in part.groups:
            body += [f"### {_plain(group.heading)}"] if part.has_names else []
            body.append(_lines(group.statements))
        body += [f"({_plain(reason)})" for reason in (*part.unsaid, part.missing) if reason]
        parts += [f"## {_plain(part.title)}", *body]
    return _whole(parts, [item for part in form.parts for item in part.statements])


def _top(briefing: Briefing, title: str) -> list[str]:
    """Title, window, and what is missing or could not be had."""
    window = f"{briefing.window_from} → {briefing.window_to} · data as of {briefing.as_of}"
    since = f"since the last look, {briefing.since} · " if briefing.since else ""
    parts = [f"# {_plain(title)}", since + window]
    if briefing.incomplete:
        parts.append(f"**Incomplete: {_plain(briefing.incomplete)}.**")
    noticed = (briefing.notice, briefing.narrative.notice if briefing.narrative else None)
    return [*parts, *(_plain(notice) for notice in noticed if notice)]


def _whole(parts: Sequence[str], told: Iterable[Statement]) -> str:
    sources = _sources(one for said in told for one in said.citations[:MARKS_SHOWN])
    return "\n\n".join([*parts, *(["## Sources", sources] if sources else [])]) + "\n"


def _all_lines(briefing: Briefing) -> Iterable[Statement]:
    for section in briefing.sections:
        yield from section.lines


def _body(section: BriefingSection) -> str:
    return (
        _lines(section.lines)
        if section.lines
        else f"({_plain(section.empty or 'nothing to show')})"
    )


def _lines(statements: Iterable[Statement]) -> str:
    return "\n".join(f"- {_plain(said.text)}{_marks(said.citations)}" for said in statements)


def _marks(citations: Sequence[Citation]) -> str:
    """The first citation's number, and how many more stand behind a figure."""
    shown = "".join(f" \\[{citation.n}\\]" for citation in citations[:MARKS_SHOWN])
    more = len(citations) - MARKS_SHOWN
    return f"{shown} +{more} more" if more > 0 else shown


def _sources(citations: Iterable[Citation]) -> str:
    listed = {citation.n: citation for citation in citations}
    return "\n".join(
        f"- \\[{n}\\] {_plain(c.title)}, {_plain(c.date or 'no date')}, {_plain(c.resource)}: "
        f"“{_plain(c.quote)}”"
        for n, c in sorted(listed.items())
    )


def _plain(text: str) -> str:
    return clean(text).translate(_SIGNS)
