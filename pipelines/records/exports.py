"""What leaves: the identifiers of a chart, what was found in a text, and the redacted text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChartIdentifier:
    """One identifier of the chart and its FHIR path.

    `kind` is NAME, DATE, ID, PHONE, EMAIL, ADDRESS, ZIP, CITY, ORGANIZATION, URL or DEVICE.
    """

    kind: str
    value: str
    path: str


@dataclass(frozen=True, slots=True)
class ChartIdentifiers:
    """All identifiers of one chart, and the chart's own clinical words that must stay."""

    identifiers: tuple[ChartIdentifier, ...]
    clinical_words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Span:
    """An identifier found: offsets in the input, in Unicode code points."""

    start: int
    end: int
    type: str
    reason: str
    score: float
    replacement: str


@dataclass(frozen=True, slots=True)
class Redaction:
    """A text with each span replaced and nothing else changed."""

    text: str
    spans: tuple[Span, ...]
    layers: dict[str, bool]


@dataclass(frozen=True, slots=True)
class ExportDocument:
    """A rendered export before redaction: what it is, and its Markdown."""

    title: str
    markdown: str


@dataclass(frozen=True, slots=True)
class ExportPreview:
    """What the reader sees before download: the original, the redacted text and each hit."""

    original: str
    redaction: Redaction
    file_name: str
    kind: str = "answer"
    ident: str = ""
    patient: str = ""
    log_id: str | None = None
