"""A briefing as Markdown, for the screen and for print: sections, lines, numbered sources.

Chart text is escaped, so that it renders as itself and never as a link, an image or a heading.
Nothing is redacted here; what leaves the building goes through `desk.export`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipelines.records.answers import Briefing, BriefingSection, Citation, Statement

_SIGNS = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_[]<>|#~"})
MARKS_SHOWN = 2
PRE_ROUND = "Pre-round briefing"


def as_markdown(briefing: Briefing, title: str = PRE_ROUND) -> str:
    """The whole briefing, the first lines on top and the sources at the end."""
    parts = [
        f"# {title}",
        f"{briefing.window_from} → {briefing.window_to} · data as of {briefing.as_of}",
    ]
    if briefing.incomplete:
        parts.append(f"**Incomplete: {_plain(briefing.incomplete)}.**")
    if briefing.summary:
        parts += ["## First", _lines(briefing.summary)]
    for section in briefing.sections:
        parts += [f"## {_plain(section.name)}", _body(section)]
    sources = _sources(_citations(briefing))
    return "\n\n".join([*parts, *(["## Sources", sources] if sources else [])]) + "\n"


def _body(section: BriefingSection) -> str:
    return _lines(section.lines) if section.lines else f"({section.empty or 'nothing to show'})"


def _lines(statements: Iterable[Statement]) -> str:
    return "\n".join(f"- {_plain(said.text)}{_marks(said.citations)}" for said in statements)


def _marks(citations: Sequence[Citation]) -> str:
    """The first citation's number, and how many more stand behind a figure."""
    shown = "".join(f" \\[{citation.n}\\]" for citation in citations[:MARKS_SHOWN])
    more = len(citations) - MARKS_SHOWN
    return f"{shown} +{more} more" if more > 0 else shown


def _citations(briefing: Briefing) -> Iterable[Citation]:
    statements = [*briefing.summary, *(line for part in briefing.sections for line in part.lines)]
    for said in statements:
        yield from said.citations[:MARKS_SHOWN]


def _sources(citations: Iterable[Citation]) -> str:
    listed = {citation.n: citation for citation in citations}
    return "\n".join(
        f"- \\[{n}\\] {_plain(c.title)}, {c.date or 'no date'}, {_plain(c.resource)}: "
        f"“{_plain(c.quote)}”"
        for n, c in sorted(listed.items())
    )


def _plain(text: str) -> str:
    return " ".join(text.split()).translate(_SIGNS)
