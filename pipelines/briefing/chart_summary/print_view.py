"""The chart summary as one HTML page to print: self-contained, escaped, nothing from outside.

Who it is about and the allergies in their four states stand on top; every line carries the
numbers of its sources, which stand at the end. Black on white: a sign or a word, never a colour
alone, says what matters. A draft: nobody has signed it, and nothing in it is redacted.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from pipelines.answers.verify.safety import clean
from pipelines.briefing import allergies as allergy_section
from pipelines.records.answers import Briefing, BriefingSection, Citation, Statement
from pipelines.records.patients import Banner

MARKS_SHOWN = 2
ALLERGY_WORDS = {
    "known": "⚠ Allergies",
    "none known": "✓ No known allergies",
    "not recorded": "? Allergies not recorded in this chart",
    "unavailable": "✕ Allergies unavailable: an entry was refused at load",
}
STYLE = """
body { font: 10.5pt/1.35 sans-serif; max-width: 52rem; margin: 1.2rem auto; padding: 0 1rem; }
h1 { font-size: 1.35rem; margin: 0 0 .2rem; } h2 { font-size: 1.05rem; margin: .9rem 0 .15rem; }
h2 { border-bottom: 1px solid; break-after: avoid; } ul { margin: 0; padding-left: 1.1rem; }
li { break-inside: avoid; } .box { border: 2px solid; padding: .3rem .6rem; margin: .4rem 0; }
.quiet, sup, ol { font-size: .8rem; } ol { padding-left: 2.4rem; overflow-wrap: anywhere; }
@page { margin: 14mm; @bottom-right { content: counter(page) " / " counter(pages); } }
"""


def as_html(briefing: Briefing, banner: Banner) -> str:
    """The whole summary with identity and allergies on top and the sources at the end."""
    told = [*briefing.summary, *(line for part in briefing.sections for line in part.lines)]
    body = [
        f"<h1>Chart summary: {_text(banner.patient.name)}</h1>",
        f"<p>{_text(_identity(briefing, banner))}</p>",
        f'<p class="box"><b>{_text(_allergies(banner))}</b></p>',
    ]
    if briefing.incomplete:
        body.append(f'<p class="box"><b>Incomplete: {_text(briefing.incomplete)}.</b></p>')
    if briefing.summary:
        body.append(f"<h2>First</h2>{_lines(briefing.summary)}")
    body += [_section(section) for section in briefing.sections]
    body.append(f"<h2>Sources</h2>{_sources(told)}")
    footing = f"Draft, not signed · {briefing.engine} engine · log {briefing.log_id}"
    body.append(f'<p class="quiet">{_text(footing)}</p>')
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>Chart summary</title><style>{STYLE}</style></head>"
        f"<body>{chr(10).join(body)}</body></html>\n"
    )


def _identity(briefing: Briefing, banner: Banner) -> str:
    person = banner.patient
    age = "age unknown" if banner.age_years is None else f"{banner.age_years} years"
    told = [age, person.sex or "sex not recorded", f"born {person.birth_date or 'not recorded'}",
            f"MRN {person.mrn or 'not recorded'}",
            f"chart from {briefing.window_from} to {briefing.window_to}",
            f"data as of {briefing.as_of}"]  # fmt: skip
    return " · ".join(told)


def _allergies(banner: Banner) -> str:
    """The state in words, then each allergy of the list as the summary tells it."""
    state = banner.allergies.state
    names = [line.text for line in allergy_section.allergies(banner).lines]
    listed = f": {'; '.join(names)}" if names and state in ("known", "unavailable") else ""
    return ALLERGY_WORDS.get(state, ALLERGY_WORDS["unavailable"]) + listed


def _section(section: BriefingSection) -> str:
    empty = f"<p>({_text(section.empty or 'none recorded')})</p>"
    return f"<h2>{_text(section.name)}</h2>{_lines(section.lines) if section.lines else empty}"


def _lines(told: Iterable[Statement]) -> str:
    items = (f"<li>{_text(said.text)} {_marks(said.citations)}</li>" for said in told)
    return f"<ul>{''.join(items)}</ul>"


def _marks(citations: Sequence[Citation]) -> str:
    shown = "".join(f"[{citation.n}]" for citation in citations[:MARKS_SHOWN])
    more = len(citations) - MARKS_SHOWN
    return f"<sup>{shown}{f' +{more} more' if more > 0 else ''}</sup>"


def _sources(told: Iterable[Statement]) -> str:
    listed = {c.n: c for said in told for c in said.citations[:MARKS_SHOWN]}
    items = (
        f'<li value="{n}">{_text(c.title)}, {_text(c.date or "no date")}, {_text(c.resource)}: '
        f"“{_text(c.quote)}”</li>"
        for n, c in sorted(listed.items())
    )
    return f"<ol>{''.join(items)}</ol>"


def _text(words: str) -> str:
    return html.escape(clean(words), quote=True)
