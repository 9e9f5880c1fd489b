"""A briefing to be printed: one HTML file that needs nothing else, black on white, A4 or letter.

Promises: every page bears the patient's name, record number, birth date, allergies and window,
"DRAFT, not signed" and its number (the head of a table, which browsers repeat; the page counter
of CSS). No script, no outside reference, no colour: high and low are signs and letters. Every
word of the chart is escaped and free of characters that turn or hide others. It is for the care
team, so nothing is redacted; unverified sentences are not in it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

from pipelines.answers.verify.safety import clean
from pipelines.records.answers import Briefing, Narrative, Statement
from pipelines.records.handover import FilledForm, FormPart, HandoverHeader

SHOWN_MARKS = 2
DRAFT = "DRAFT, not signed"
_FLAG = re.compile(r"\((critical )?(high|low)\b")
_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2})?")
SIGNS = {"high": "▲ H", "low": "▼ L", "critical high": "▲▲ HH", "critical low": "▼▼ LL"}

HEAD = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer"><title>Briefing (draft, not signed)</title>
<style>
@page { margin: 12mm 12mm 16mm 12mm;
  @bottom-left { content: "DRAFT, not signed"; font: 9pt sans-serif; }
  @bottom-right { content: "page " counter(page) " of " counter(pages); font: 9pt sans-serif; } }
* { color: #000; background: #fff; box-sizing: border-box; }
body { font: 10pt/1.35 Arial, Helvetica, sans-serif; margin: 0 auto; max-width: 190mm; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
table + table { break-before: page; }
thead { display: table-header-group; }
td, th { text-align: left; font-weight: normal; padding: 0.6mm 0; vertical-align: top;
  overflow-wrap: anywhere; }
thead th { border-bottom: 1.5pt solid #000; padding-bottom: 1.5mm; font-size: 9pt; }
thead b { font-size: 12pt; }
.allergies { border: 1.5pt solid #000; padding: 0.6mm 2mm; margin-top: 1mm; font-weight: bold; }
tr { break-inside: avoid; }
h1 { font-size: 13pt; margin: 2mm 0 0 0; }
h2 { font-size: 11pt; margin: 2.5mm 0 0.5mm 0; border-bottom: 0.75pt solid #000; }
h3 { font-size: 10pt; margin: 1.5mm 0 0 0; }
.part { break-after: avoid; }
.line { padding-left: 12mm; text-indent: -12mm; }
.sign { display: inline-block; min-width: 12mm; font-weight: bold; text-indent: 0; }
.date { white-space: nowrap; }
.cites, .code { font-size: 8pt; }
.source { font-size: 8pt; padding: 0.2mm 0; }
.blank { border-bottom: 0.75pt solid #000; height: 8mm; }
</style></head><body>
"""
FOOT = "</body></html>\n"


def page(briefing: Briefing, form: FilledForm, header: HandoverHeader) -> str:
    """One briefing as a whole file."""
    return HEAD + table(briefing, form, header) + FOOT


def table(briefing: Briefing, form: FilledForm, header: HandoverHeader) -> str:
    """One briefing as a table whose head stands on each of its pages; goes between HEAD and FOOT.

    A list of several patients is several tables, each beginning on a page of its own.
    """
    rows = [_row(f"<h1>{escape(form.title)}</h1>"), *_warnings(briefing)]
    for part in form.parts:
        rows += _part(part)
    rows += _sources(part.statements for part in form.parts)
    return f"<table>{_head(header)}<tbody>{''.join(rows)}</tbody></table>\n"


def failed(patient_id: str, why: str) -> str:
    """The page of a patient whose briefing could not be made; goes between HEAD and FOOT."""
    said = f"<b>Patient {escape(patient_id)}</b><br>No briefing could be made: {escape(why)}"
    return f"<table><thead><tr><th>{said}</th></tr></thead><tbody></tbody></table>\n"


def escape(text: str) -> str:
    """Chart text on one line, as itself: no tag, no entity, nothing unseen."""
    return html.escape(clean(text), quote=True)


def _head(header: HandoverHeader) -> str:
    return (
        "<thead><tr><th>"
        f"<b>{escape(header.name)}</b> &nbsp; {escape(header.person)} &nbsp; "
        f"DOB {escape(header.birth_date)} &nbsp; MRN {escape(header.mrn)}<br>"
        f"Window {escape(header.window)} &nbsp; data as of {escape(header.as_of)}<br>"
        f"<strong>{DRAFT}</strong> &nbsp; printed {escape(header.printed_at)} by "
        f"{escape(header.reader)} &nbsp; log {escape(header.log_id)}"
        f'<div class="allergies">! ALLERGIES: {escape(header.allergies)}</div>'
        "</th></tr></thead>"
    )


def _warnings(briefing: Briefing) -> list[str]:
    rows = []
    if briefing.incomplete:
        rows.append(_row(f"<strong>! INCOMPLETE: {escape(briefing.incomplete)}</strong>"))
    if briefing.notice:
        rows.append(_row(escape(briefing.notice)))
    told = briefing.narrative
    if told is not None and told.statements:
        writer = f"{told.model or ''}, {(told.prompt_version or '').split(' ')[0]}"
        said = f"Narrative written by {escape(writer)}; each sentence found in the cited record"
        rows.append(_row(f'<span class="code">{said}{unread(told)}</span>'))
    return rows


def unread(told: Narrative) -> str:
    """How many lines the model of a narrative was not given; empty where it had all."""
    return f"; {told.left_out} lines were not given to it" if told.left_out else ""


def _part(part: FormPart) -> list[str]:
    code = f' <span class="code">LOINC {escape(part.code)}</span>' if part.code else ""
    rows = [_row(f"<h2>{escape(part.title)}{code}</h2>", "part")]
    for group in part.groups:
        rows += [_row(f"<h3>{escape(group.heading)}</h3>", "part")] if part.has_names else []
        rows += [_row(_line(item)) for item in group.statements]
    rows += [_row(f"({escape(reason)})") for reason in part.unsaid]
    if part.missing:
        rows.append(_row(f"({escape(part.missing)})"))
    if part.for_human:
        rows += [_row('<div class="blank"></div>')] * 2
    return rows


def _line(item: Statement) -> str:
    sign = SIGNS.get(flag_words(item.text), "·")
    marks = "".join(f"[{one.n}]" for one in item.citations[:SHOWN_MARKS])
    more = len(item.citations) - SHOWN_MARKS
    marks += f" +{more} more" if more > 0 else ""
    return f'<span class="sign">{sign}</span>{escape(item.text)} <span class="cites">{marks}</span>'


def flag_words(text: str) -> str:
    """`critical high`, `high`, `low` or `critical low` where a line states one; else empty."""
    found = _FLAG.search(text)
    return "" if found is None else f"{found[1] or ''}{found[2]}"


def _sources(parts: Iterable[Sequence[Statement]]) -> list[str]:
    listed = {one.n: one for told in parts for item in told for one in item.citations[:SHOWN_MARKS]}
    rows = [
        f'<tr><td class="source">[{n}] {escape(one.title)}, {escape(one.date or "no date")}, '
        f"{escape(one.resource)}: “{escape(one.quote)}”</td></tr>"
        for n, one in sorted(listed.items())
    ]
    return [_row("<h2>Sources</h2>", "part"), *rows] if rows else []


def _row(content: str, style: str = "") -> str:
    marked = f' class="{style}"' if style else ""
    return f"<tr{marked}><td>{content}</td></tr>"
