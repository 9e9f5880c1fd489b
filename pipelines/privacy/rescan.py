"""What is left in a text that is about to leave: an independent look, not the redactor's.

Three things are looked for in the text and in what a Markdown viewer shows of it: the chart's own
identifiers, Presidio's stock patterns, and strict forms of dates and numbers written down here a
second time. Anything found means: do not hand it out. It does not look for names it cannot know.
"""

from __future__ import annotations

import re

from pipelines.privacy import engine
from pipelines.privacy.hits import Hit
from pipelines.privacy.overlaps import settle
from pipelines.privacy.reading import read
from pipelines.privacy.recognizers import chart, guard
from pipelines.privacy.replacements import replacement
from pipelines.records.exports import ChartIdentifiers, Span

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)"
)
_STRICT = (
    (
        "DATE_TIME",
        re.compile(
            r"(?<![\d.])(?:1[89]|2[0-2])\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d)"
        ),
    ),
    (
        "DATE_TIME",
        re.compile(
            r"(?<![\w./-])(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01])/(?:1[89]|2[0-2])\d\d(?!\d)"
        ),
    ),
    ("DATE_TIME", re.compile(rf"\b{_MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?,? (?:1[89]|2[0-2])\d\d\b")),
    ("DATE_TIME", re.compile(rf"\b\d{{1,2}}(?:st|nd|rd|th)? {_MONTH} (?:1[89]|2[0-2])\d\d\b")),
    ("US_SSN", re.compile(r"(?<![\w.-])\d{3}-\d{2}-\d{4}(?![\w-])")),
    ("PHONE_NUMBER", re.compile(r"(?<![\w.-])\(?\d{3}\)?[ .-]\d{3}[.-]\d{4}(?![\w-])")),
    ("EMAIL_ADDRESS", re.compile(r"[\w.+-]+@[\w-]+\.[a-z]{2,}", re.IGNORECASE)),
    ("URL", re.compile(r"https?://[^\s.,;:!?)\]|<>\"']", re.IGNORECASE)),
    ("UNIQUE_ID", re.compile(r"(?i)(?<!\w)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?!\w)")),
    ("MEDICAL_RECORD_NUMBER", re.compile(r"(?i)\bMRN:? ?#?\d{4,}")),
    ("AGE", re.compile(r"(?i)(?<![\d.,])(?:9\d|1[0-2]\d)[ -]years?[ -]old\b")),
)


def rescan(text: str, identifiers: ChartIdentifiers | None) -> tuple[Span, ...]:
    """What is left, in offsets of the text; what only a viewer shows is given as the whole text."""
    reading = read(text)
    left = [
        _span(hit, *reading.place(hit.start, hit.end))
        for hit in settle(_left(reading.text, identifiers), reading.text)
    ]
    if not left:
        shown = read(_as_shown(text)).text
        if shown != reading.text:
            seen = settle(_left(shown, identifiers), shown)
            left = [_span(hit, 0, len(text)) for hit in seen[:1]]
    return tuple(left)


def _left(text: str, identifiers: ChartIdentifiers | None) -> list[Hit]:
    hits = engine.find_stock(text)
    if identifiers is not None:
        hits += chart.finder(identifiers)(text)
    for kind, pattern in _STRICT:
        for match in pattern.finditer(text):
            if not guard.is_clinical_number(text, *match.span()):
                hits.append(Hit(*match.span(), kind, "re-scan: strict form", 1.0))
    return hits


def _as_shown(text: str) -> str:
    """What a Markdown viewer shows: markup gone, words joined that markup had parted."""
    from markdown_it import MarkdownIt

    parts: list[str] = []
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        for child in token.children or ():
            if child.type in ("softbreak", "hardbreak"):
                parts.append("\n")
            elif child.type == "html_inline":
                parts.append("\n" if child.content.lower().startswith("<br") else "")
            else:
                parts.append(child.content)
            parts += [
                str(child.attrs[key]) for key in ("href", "src", "title") if key in child.attrs
            ]
        if token.type in ("fence", "code_block", "html_block"):
            parts.append(re.sub(r"<[^<>]*>", "", token.content))
        if token.type.endswith("_close") or token.type == "inline":
            parts.append("\n")
    return "".join(parts)


def _span(hit: Hit, start: int, end: int) -> Span:
    return Span(start, end, hit.type, hit.reason, hit.score, replacement(hit.type, ""))
