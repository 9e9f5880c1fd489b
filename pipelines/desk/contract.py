"""Records as the JSON of the contract: the one place that knows its field names.

The command line prints these objects and the ledger keeps them, so that what was shown and what
was logged cannot differ. `answer_from` and `briefing_from` read them back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, cast

from pipelines.records.answers import (
    Answer,
    Briefing,
    BriefingSection,
    Citation,
    Difference,
    Narrative,
    Statement,
)
from pipelines.records.exports import Redaction
from pipelines.records.fetches import Fetched
from pipelines.records.ledger import LedgerCheck, LogEntry
from pipelines.records.loads import LoadReport, Orphan, Refusal, Removed, Retry
from pipelines.records.models import Timing
from pipelines.records.patients import WorklistRow
from pipelines.records.understood import OtherReading, Understood, UnderstoodPart

Json = dict[str, Any]


def statement_json(statement: Statement) -> Json:
    """One statement with its verdict and citations."""
    return {
        "text": statement.text,
        "support": statement.support,
        "why": statement.why,
        "citations": [asdict(citation) for citation in statement.citations],
    }


def statement_from(item: Mapping[str, Any]) -> Statement:
    """The statement that `statement_json` wrote."""
    citations = tuple(Citation(**citation) for citation in item["citations"])
    return Statement(item["text"], item["support"], item["why"], citations)


def answer_json(answer: Answer) -> Json:
    """The object of `ask --json`."""
    return {
        "id": answer.answer_id,
        "patient": answer.patient,
        "question": answer.question,
        "status": answer.status,
        "answer": answer.answer,
        "values": [list(row) for row in answer.values],
        "statements": [statement_json(item) for item in answer.statements],
        "searched": list(answer.searched),
        "notice": answer.notice,
        "incomplete": answer.incomplete,
        "engine": answer.engine,
        "model": answer.model,
        "model_digest": answer.model_digest,
        "prompt_version": answer.prompt_version,
        "as_of": answer.as_of,
        "log_id": answer.log_id,
        "seconds": round(answer.seconds, 4),
        "understood": understood_json(answer.understood) if answer.understood else None,
        "timing": asdict(answer.timing) if answer.timing else None,
        "differences": [asdict(item) for item in answer.differences],
        "offers_embedded": answer.offers_embedded,
        "stopped": answer.stopped,
        "sentence_ids": list(answer.sentence_ids),
        "shown_before": list(answer.shown_before),
        "fault": answer.fault,
    }


def understood_json(understood: Understood) -> Json:
    """How the question was understood, its line, and the other readings."""
    return {**asdict(understood), "line": understood.line}


def understood_from(item: Mapping[str, Any]) -> Understood:
    """What `understood_json` wrote."""
    parts = tuple(
        UnderstoodPart(part["name"], part["said"], _readings(part["alternatives"]))
        for part in item["parts"]
    )
    nearest = _readings(item["nearest"])
    return Understood(item["question"], parts, nearest, item.get("by_model", ""))


def _readings(items: Sequence[Mapping[str, str]]) -> tuple[OtherReading, ...]:
    return tuple(OtherReading(item["label"], item["question"]) for item in items)


def answer_from(payload: Mapping[str, Any], log_id: str, thread: str | None) -> Answer:
    """The answer that a ledger entry keeps."""
    return Answer(
        answer_id=payload["id"] or log_id,
        patient=payload["patient"],
        question=payload["question"],
        status=payload["status"],
        answer=payload["answer"],
        values=tuple(tuple(row) for row in payload["values"]),
        statements=tuple(statement_from(item) for item in payload["statements"]),
        searched=tuple(payload["searched"]),
        notice=payload["notice"],
        engine=payload["engine"],
        model=payload["model"],
        model_digest=payload["model_digest"],
        prompt_version=payload["prompt_version"],
        as_of=payload["as_of"],
        log_id=log_id,
        seconds=payload["seconds"],
        thread=thread,
        incomplete=payload.get("incomplete"),
        understood=understood_from(payload["understood"]) if payload.get("understood") else None,
        timing=Timing(**payload["timing"]) if payload.get("timing") else None,
        differences=tuple(_difference_from(item) for item in payload.get("differences", ())),
        offers_embedded=payload.get("offers_embedded", False),
        stopped=payload.get("stopped", False),
        sentence_ids=tuple(payload.get("sentence_ids", ())),
        shown_before=tuple(payload.get("shown_before", ())),
        fault=payload.get("fault"),
    )


def _difference_from(item: Mapping[str, Any]) -> Difference:
    citations = tuple(Citation(**citation) for citation in item["citations"])
    return Difference(item["what"], item["model"], item["chart"], citations)


def briefing_json(briefing: Briefing) -> Json:
    """The object of `brief --json`."""
    return {
        "patient": briefing.patient,
        "as_of": briefing.as_of,
        "from": briefing.window_from,
        "to": briefing.window_to,
        "summary": [statement_json(item) for item in briefing.summary],
        "sections": [
            {
                "name": section.name,
                "lines": [statement_json(item) for item in section.lines],
                "empty": section.empty,
            }
            for section in briefing.sections
        ],
        "incomplete": briefing.incomplete,
        "engine": briefing.engine,
        "log_id": briefing.log_id,
        "seconds": round(briefing.seconds, 4),
        **narrative_json(briefing.narrative or Narrative()),
        "notice": notice_of(briefing),
        "since": briefing.since,
    }


def notice_of(briefing: Briefing) -> str | None:
    """What could not be had of a briefing as it was asked for, in words."""
    told = (briefing.notice, briefing.narrative.notice if briefing.narrative else None)
    return " ".join(one for one in told if one) or None


def narrative_json(narrative: Narrative) -> Json:
    """What a model wrote over a briefing: verified sentences, and apart from them the others."""
    return {
        "notice": narrative.notice,
        "model": narrative.model,
        "model_digest": narrative.model_digest,
        "prompt_version": narrative.prompt_version,
        "narrative": [statement_json(item) for item in narrative.statements],
        "narrative_unverified": [statement_json(item) for item in narrative.withheld],
        "narrative_left_out": narrative.left_out,
    }


def narrative_from(payload: Mapping[str, Any]) -> Narrative | None:
    """The narrative that a ledger entry keeps; None where no model wrote."""
    if not payload.get("model"):
        return None
    return Narrative(
        statements=tuple(statement_from(item) for item in payload.get("narrative", ())),
        withheld=tuple(statement_from(item) for item in payload.get("narrative_unverified", ())),
        model=payload["model"],
        model_digest=payload.get("model_digest"),
        prompt_version=payload.get("prompt_version"),
        left_out=payload.get("narrative_left_out", 0),
    )


def briefing_from(payload: Mapping[str, Any], log_id: str) -> Briefing:
    """The briefing that a ledger entry keeps."""
    sections = tuple(
        BriefingSection(
            item["name"], tuple(statement_from(line) for line in item["lines"]), item["empty"]
        )
        for item in payload["sections"]
    )
    return Briefing(
        patient=payload["patient"],
        as_of=payload["as_of"],
        window_from=payload["from"],
        window_to=payload["to"],
        summary=tuple(statement_from(item) for item in payload["summary"]),
        sections=sections,
        incomplete=payload["incomplete"],
        engine=payload["engine"],
        log_id=log_id,
        seconds=payload["seconds"],
        notice=payload.get("notice"),
        since=payload.get("since"),
        narrative=narrative_from(payload),
    )


def load_json(report: LoadReport) -> Json:
    """The object of `load --json`."""
    return {
        "files": report.files,
        "bundles": report.bundles,
        "resources": report.resources,
        "patients": report.patients,
        "by_type": report.by_type,
        "unchanged": report.unchanged,
        "orphans": report.orphans,
        "refused": [refusal_json(item) for item in report.refused],
        "validated": round(report.validated, 4),
        "seconds": round(report.seconds, 3),
        "mb_per_s": round(report.mb_per_s, 1),
        "notice": report.notice,
        **({"stopped": True} if report.stopped else {}),
    }


def fetched_json(fetched: Fetched) -> Json:
    """The object `fetched` of `fetch --json`."""
    return {
        "server": fetched.server,
        "what": fetched.kind,
        "folder": fetched.folder,
        "resources": fetched.resources,
        "by_type": fetched.by_type,
        "deleted": fetched.deleted,
        "problems": list(fetched.problems),
        "since": fetched.since,
        "as_of": fetched.as_of,
        "seconds": round(fetched.seconds, 3),
    }


def refusal_json(item: Refusal) -> Json:
    """One refused entry; `entry` and `resource` null for a whole file."""
    return {
        "file": item.file,
        "entry": item.entry,
        "resource": item.resource,
        "reason": item.reason,
        "patient": item.patient,
    }


def refused_json(refused: Sequence[Refusal], orphans: Sequence[Orphan]) -> Json:
    """The object of `refused --json`."""
    return {
        "refused": [refusal_json(item) for item in refused],
        "orphans": [asdict(item) for item in orphans],
    }


def retry_json(retry: Retry) -> Json:
    """The object of `refused --retry --json`: that of `load`, and the files that are gone."""
    return {**load_json(retry.report), "gone": list(retry.gone)}


def removed_json(removed: Removed, written_anew: bool) -> Json:
    """The object of `remove --json`; without `written_anew` the store's file kept its size."""
    return {**asdict(removed), "written_anew": written_anew}


def redaction_json(redaction: Redaction) -> Json:
    """The object of `redact --json`."""
    return {
        "text": redaction.text,
        "spans": [asdict(span) for span in redaction.spans],
        "layers": dict(redaction.layers),
    }


def refused_redaction_json(sentence: str) -> Json:
    """What stands in place of a redaction that the re-scan refused."""
    return {"text": None, "spans": [], "layers": {}, "refused": sentence}


def patient_json(row: WorklistRow) -> Json:
    """One row of `patients --json`."""
    return {
        "id": row.patient.patient_id,
        "name": row.patient.name,
        "sex": row.patient.sex,
        "birth_date": row.patient.birth_date,
        "mrn": row.patient.mrn,
        "age_years": row.age_years,
        "as_of": row.as_of.written if row.as_of else None,
        "last_encounter": row.last_encounter.written if row.last_encounter else None,
        "problems": row.problem_count,
        "abnormal": [fact.display for fact in row.abnormal],
        "refused": row.refused_count,
    }


def entry_json(entry: LogEntry, *, whole: bool = False) -> Json:
    """One line of `log list --json`, or, `whole`, the object of `log show --json`."""
    head: Json = {
        "seq": entry.seq,
        "id": entry.entry_id,
        "time": entry.time,
        "reader": entry.reader,
        "patient": entry.patient,
        "action": entry.action,
    }
    if not whole:
        return head
    payload = cast("Json", entry.payload)
    if entry.action == "answer":
        payload = {**payload, "id": payload["id"] or entry.entry_id, "log_id": entry.entry_id}
    return {
        **head,
        "thread": entry.thread,
        "payload": payload,
        "previous_hash": entry.previous_hash,
        "hash": entry.hash,
    }


def check_json(check: LedgerCheck) -> Json:
    """The object of `log verify --json`."""
    return {
        "entries": check.entries,
        "head": check.head,
        "whole": check.whole,
        "broken": [{"seq": b.seq, "id": b.entry_id, "what": b.what} for b in check.broken],
    }
