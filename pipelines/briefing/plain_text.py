"""A briefing as plain text to be pasted elsewhere: lines, citations, as-of, "draft, not signed".

Promises: the same judged lines in the same form as the print view, word for word; each begins
with a sign, so that no line of a chart begins a formula in a sheet; no character that turns or
hides others gets through. It is for the care team: not redacted. Unverified sentences are not in
it.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.answers.verify.safety import clean
from pipelines.briefing.print_view import SHOWN_MARKS, SIGNS, flag_words, unread
from pipelines.records.answers import Briefing, Citation, Statement
from pipelines.records.handover import FilledForm, FormPart, HandoverHeader


def text(briefing: Briefing, form: FilledForm, header: HandoverHeader) -> str:
    """The whole hand-over as text."""
    lines = [
        "DRAFT, not signed",
        f"{form.title}: {header.name}, {header.person}, DOB {header.birth_date}, MRN {header.mrn}",
        f"ALLERGIES: {header.allergies}",
        f"Window {header.window}; data as of {header.as_of}",
    ]
    lines += [f"INCOMPLETE: {briefing.incomplete}"] if briefing.incomplete else []
    lines += [f"Notice: {briefing.notice}"] if briefing.notice else []
    if briefing.narrative is not None and briefing.narrative.statements:
        told = briefing.narrative
        said = f"Narrative by {told.model}; each sentence found in the record{unread(told)}"
        lines.append(said)
    parts = [line for part in form.parts for line in ("", *_part(part))]
    end = f"Copied {header.printed_at} by {header.reader}, log {header.log_id}. Draft, not signed."
    listed = ["", "Sources", *_sources(form.parts), "", end]
    return "\n".join([*map(clean, lines), *parts, *listed]) + "\n"


def _part(part: FormPart) -> list[str]:
    head = clean(part.title).upper()
    told = []
    for group in part.groups:
        told += [f"» {clean(group.heading)}"] if part.has_names else []
        told += [_line(item) for item in group.statements]
    told += [f"({clean(reason)})" for reason in part.unsaid]
    return [head, *told, *([f"({clean(part.missing)})"] if part.missing else [])]


def _line(item: Statement) -> str:
    marks = "".join(f" [{one.n}]" for one in item.citations[:SHOWN_MARKS])
    more = len(item.citations) - SHOWN_MARKS
    return (
        f"{SIGNS.get(flag_words(item.text), '·')} {clean(item.text)}{marks}"
        f"{f' +{more} more' if more > 0 else ''}"
    )


def _sources(parts: Iterable[FormPart]) -> list[str]:
    listed: dict[int, Citation] = {}
    for part in parts:
        for item in part.statements:
            listed.update({one.n: one for one in item.citations[:SHOWN_MARKS]})
    return [
        clean(f"[{n}] {one.title}, {one.date or 'no date'}, {one.resource}: “{one.quote}”")
        for n, one in sorted(listed.items())
    ]
