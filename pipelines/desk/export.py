"""Out of the building: rendered, redacted with the chart's own identifiers, re-scanned, logged.

Nothing is released unless the re-scan of the very text that leaves finds nothing; what is left
over refuses the export. The preview is what leaves, letter for letter: `release` re-scans it
again and logs it before the bytes are handed out. The word "de-identified" is not used: the
redaction is an aid, not a determination under 45 CFR 164.514(b).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from pipelines.charts import identifiers
from pipelines.desk import ask, contract, export_text
from pipelines.desk.access import open_chart
from pipelines.errors import ChartroomError, NotFound, RedactionRefused
from pipelines.records.exports import ChartIdentifiers, ExportDocument, ExportPreview, Redaction

if TYPE_CHECKING:
    from pipelines.desk.house import House
    from pipelines.records.chart import Reader
    from pipelines.records.ledger import LogEntry

KINDS = ("answer", "thread", "briefing")
LEFT_OVER = "The export was refused: identifiers were left after the re-scan."


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to export: an answer or a briefing by its log id, a thread by its own or an answer's."""

    kind: str
    ident: str


def preview(house: House, reader: Reader, request: ExportRequest) -> ExportPreview:
    """The redacted text and every hit, before anything leaves; RedactionRefused fails closed."""
    from pipelines.privacy import redactor

    patient_id, document = _document(house, reader, request)
    known = chart_identifiers(house, reader, patient_id, "export")
    redaction = redactor.redact_checked(document.markdown, known)
    name = f"chartroom-{request.kind}-{_short(request.ident)}.md"
    return ExportPreview(
        original=document.markdown,
        redaction=redaction,
        file_name=name,
        kind=request.kind,
        ident=request.ident,
        patient=patient_id,
    )


def release(house: House, reader: Reader, shown: ExportPreview) -> tuple[ExportPreview, bytes]:
    """The bytes to hand out, after a re-scan of them and after the export's entry is committed."""
    from pipelines.privacy import rescan

    known = chart_identifiers(house, reader, shown.patient, "export")
    if rescan.rescan(shown.redaction.text, known):
        raise RedactionRefused(LEFT_OVER)
    content = shown.redaction.text.encode()
    entry = house.ledger.append(
        reader=reader,
        patient=shown.patient,
        action="export",
        payload={
            "kind": shown.kind,
            "of": shown.ident,
            "file": shown.file_name,
            "sha256": "sha256:" + hashlib.sha256(content).hexdigest(),
            "redacted": dict(Counter(span.type for span in shown.redaction.spans)),
            "layers": dict(shown.redaction.layers),
        },
    )
    return replace(shown, log_id=entry.entry_id), content


def redact(text: str, known: ChartIdentifiers | None) -> Redaction:
    """A text with PHI replaced and re-scanned; RedactionRefused when something is left."""
    from pipelines.privacy import redactor

    return redactor.redact_checked(text, known)


def chart_identifiers(
    house: House, reader: Reader, patient_id: str, reason: str = "redact"
) -> ChartIdentifiers:
    """The identifiers of one chart, for the chart layer of the redaction."""
    return identifiers.chart_identifiers(open_chart(house, reader, patient_id, reason))


def exportable(house: House, patient_id: str) -> tuple[LogEntry, ...]:
    """The answers and briefings of this patient that can be exported, newest first."""
    if not house.has_ledger:
        return ()
    entries = house.ledger.entries(patient=patient_id)
    return tuple(e for e in reversed(entries) if e.action in ("answer", "briefing"))


def _document(house: House, reader: Reader, request: ExportRequest) -> tuple[str, ExportDocument]:
    if request.kind not in KINDS:
        raise ChartroomError("An answer, a thread or a briefing can be exported.")
    if not house.has_ledger:
        raise NotFound("There is no log entry of that id.")
    if request.kind == "thread":
        return _thread_document(house, reader, request.ident)
    entry = house.ledger.entry(request.ident)
    if entry.action != request.kind or entry.patient is None:
        raise NotFound(f"The log entry of that id is no {request.kind}.")
    payload = cast("dict[str, Any]", entry.payload)
    head = _head(house)
    if request.kind == "briefing":
        briefing = contract.briefing_from(payload, entry.entry_id)
        title = "Chart summary" if payload.get("hours") == "all" else "Pre-round briefing"
        return entry.patient, export_text.briefing_document(briefing, head, title)
    answer = contract.answer_from(payload, entry.entry_id, entry.thread)
    return entry.patient, export_text.answers_document((answer,), head)


def _thread_document(house: House, reader: Reader, ident: str) -> tuple[str, ExportDocument]:
    entries = house.ledger.entries(thread=ident)
    if not entries:
        named = house.ledger.entry(ident)
        if named.thread is None:
            raise NotFound("That answer stands alone; export it as an answer.")
        entries = house.ledger.entries(thread=named.thread)
    first = entries[0]
    if first.patient is None or first.thread is None:
        raise NotFound("There is no conversation of that id.")
    answers = ask.thread(house, reader, first.patient, first.thread)
    if not answers:
        raise NotFound("This conversation has no answer yet.")
    return first.patient, export_text.answers_document(answers, _head(house))


def _head(house: House) -> str:
    return house.ledger.entries(limit=1)[-1].hash


def _short(ident: str) -> str:
    return hashlib.sha256(ident.encode()).hexdigest()[:8]
