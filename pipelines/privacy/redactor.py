"""A text in, the same text with each identifier replaced out; or a refusal.

Safe Harbor (45 CFR 164.514(b)(2)): a date keeps its year, an age over 89 becomes 90+, a zip goes
whole. The text is read again after each replacement until nothing more is found, so that redacting
twice changes nothing. `redact_checked` hands nothing out unless the re-scan of the final text is
empty. It is an aid: it knows the chart's identifiers and common forms of others, not every name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipelines.errors import RedactionRefused
from pipelines.privacy import engine
from pipelines.privacy.hits import Hit
from pipelines.privacy.overlaps import settle
from pipelines.privacy.reading import read
from pipelines.privacy.recognizers import chart
from pipelines.privacy.replacements import BIRTH_DATE, replacement, tells_age_over_89
from pipelines.records.exports import ChartIdentifiers, Redaction, Span

ROUNDS = 8
LEFT_OVER = "The text was refused because identifiers were left after the re-scan."


def redact(text: str, identifiers: ChartIdentifiers | None) -> Redaction:
    """The redacted text and every span, in order; without identifiers the chart layer is off."""
    find_chart = None if identifiers is None else chart.finder(identifiers)
    spans: tuple[Span, ...] = ()
    written = text
    for _ in range(ROUNDS):
        reading = read(written)
        found = settle(engine.find(reading.text, find_chart), reading.text)
        fresh = [_span(hit, *reading.place(hit.start, hit.end), written) for hit in found]
        if not fresh:
            break
        spans = _birth_years_hidden(_merged(spans, fresh))
        written = replaced(text, spans)
    return Redaction(written, spans, live_layers(identifiers))


def redact_checked(text: str, identifiers: ChartIdentifiers | None) -> Redaction:
    """As `redact`; RedactionRefused when the re-scan of the result finds anything."""
    from pipelines.privacy.rescan import rescan

    redaction = redact(text, identifiers)
    if rescan(redaction.text, identifiers):
        raise RedactionRefused(LEFT_OVER)
    return redaction


def live_layers(identifiers: ChartIdentifiers | None) -> dict[str, bool]:
    """Which layers work here; names list and trained NER are not part of this version."""
    return {
        "patterns": True,
        "rules": True,
        "names": False,
        "ner": False,
        "chart": identifiers is not None,
    }


def replaced(text: str, spans: tuple[Span, ...]) -> str:
    """The text with each span replaced and nothing else changed, by Presidio's anonymizer."""
    if not spans:
        return text
    from presidio_anonymizer.entities import OperatorConfig, RecognizerResult

    shown = {span.replacement for span in spans}
    return str(
        engine.anonymizer()
        .anonymize(
            text,
            # The replacement is the entity, so that one operator a replacement is enough.
            [RecognizerResult(s.replacement, s.start, s.end, s.score) for s in spans],
            operators={one: OperatorConfig("replace", {"new_value": one}) for one in shown},
            merge_entities_with_spaces=False,
        )
        .text
    )


def _span(hit: Hit, start: int, end: int, text: str) -> Span:
    shown = replacement(hit.type, text[start:end])
    kind = "DATE_TIME" if hit.type == BIRTH_DATE else hit.type
    return Span(start, end, kind, hit.reason, hit.score, shown)


def _birth_years_hidden(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """Charts whose dates were shifted far ahead tell an age by their own last year, not by ours."""
    years = [int(span.replacement[-5:-1]) for span in spans if _shows_year(span)]
    latest = max(years, default=0)
    return tuple(
        replace(span, replacement="[DATE]")
        if _shows_year(span)
        and "birth" in span.reason.lower()
        and tells_age_over_89(int(span.replacement[-5:-1]), latest)
        else span
        for span in spans
    )


def _shows_year(span: Span) -> bool:
    return span.replacement.startswith("[DATE ")


@dataclass(frozen=True, slots=True)
class _Shift:
    """Where a stretch of the redacted text came from in the input."""

    start: int
    end: int
    by: int


def _merged(spans: tuple[Span, ...], fresh: list[Span]) -> tuple[Span, ...]:
    """Spans of the input and spans found in the redacted text, all in offsets of the input."""
    shifts: list[_Shift] = []
    by, start = 0, 0
    for span in spans:
        shifts.append(_Shift(start, span.start - by, by))
        start = span.start - by + len(span.replacement)
        by = span.end - start
    shifts.append(_Shift(start, 1 << 62, by))
    moved = []
    for span in fresh:
        shift = next(s for s in shifts if s.start <= span.start < s.end)
        moved.append(replace(span, start=span.start + shift.by, end=span.end + shift.by))
    return tuple(sorted([*spans, *moved], key=lambda span: span.start))
