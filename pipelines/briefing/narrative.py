"""A few sentences over the lines of a briefing, by a model, as far as the record bears them out.

Promises: a model gets the judged lines alone, each a numbered item; each of its sentences is
judged against the records of the lines it cites, by the rules of answers; what does not hold
stands apart and is never part of the narrative. A model that is away, slow or at fault costs
nothing but the narrative: the lines stand, and a notice says why. Citations carry the numbers
that the same places have in the briefing. How many lines had no room before the model is told.
The same for the chart summary as for the pre-round briefing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipelines.answers import write_narrative
from pipelines.answers.live import Sink
from pipelines.answers.ollama_server import EMBEDDED
from pipelines.answers.write_ollama import ModelDraft
from pipelines.briefing.brief import Made
from pipelines.briefing.narrative_evidence import evidence_of, most_important_first
from pipelines.errors import ModelUnavailable
from pipelines.records.answers import Briefing, Citation, Narrative, Statement
from pipelines.settings import Settings

LINES_READ = 80
MOST_SENTENCES = 6
ALONE = "The lines stand without a narrative."
NOTHING_HOLDS = "No sentence of the model's narrative could be checked against the chart. " + ALONE
NOTHING_SAID = "The model found nothing to tell. " + ALONE
STOPPED = "The model's narrative was stopped before its end."
NO_ANSWER = "no answer"
_MARK = re.compile(r"\[\d+\]")


def narrative(
    made: Made, engine: str, settings: Settings, sink: Sink | None = None
) -> Narrative | None:
    """The judged narrative; None where no model was to be asked or there is nothing to tell."""
    if engine == "embedded" or not made.lines:
        return None
    model = write_narrative.choose(settings, engine, settings.model_timeout_s)
    if model is None or isinstance(model, str):
        return None if model is None else Narrative(notice=_notice(model))
    first = len(made.briefing.summary)
    lines = most_important_first([line for line, _ in made.lines], first)
    try:
        draft = write_narrative.write(evidence_of(lines[:LINES_READ]), model, sink)
    except ModelUnavailable as fault:
        return Narrative(notice=_notice(fault.user_message), fault=fault.detail or NO_ANSWER)
    beyond = max(0, len(lines) - LINES_READ)
    return _told(draft, made.briefing, draft.left_out + beyond)


def _notice(sentence: str) -> str:
    """What went wrong, and that the lines stand; of an embedded answer there is none here."""
    return f"{sentence.removesuffix(f'; {EMBEDDED}').removesuffix('.')}. {ALONE}"


def _told(draft: ModelDraft, briefing: Briefing, left_out: int) -> Narrative:
    held = [item for item in draft.statements if item.support != "unverified"]
    shown = held if draft.draft.answerable else []
    notice = None
    if draft.stopped:
        notice = STOPPED
    elif not shown:
        notice = NOTHING_HOLDS if draft.statements else NOTHING_SAID
    return Narrative(
        statements=numbered_as(briefing, shown[:MOST_SENTENCES]),
        withheld=tuple(item for item in draft.statements if item.support == "unverified"),
        notice=notice,
        model=draft.model,
        model_digest=draft.model_digest,
        prompt_version=draft.prompt_version,
        left_out=left_out,
    )


def numbered_as(briefing: Briefing, statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with the briefing's numbers; a place that it does not cite gets a new one."""
    lines = [*briefing.summary, *(line for part in briefing.sections for line in part.lines)]
    known = {_place(one): one.n for line in lines for one in line.citations}

    def renumbered(citation: Citation) -> Citation:
        place = _place(citation)
        if place not in known:
            known[place] = max(known.values(), default=0) + 1
        return replace(citation, n=known[place])

    return tuple(
        _renumbered(item, [renumbered(one) for one in item.citations]) for item in statements
    )


def _renumbered(item: Statement, citations: Sequence[Citation]) -> Statement:
    """The statement with these citations; its reason names them by their new numbers."""
    new = {f"[{old.n}]": f"[{one.n}]" for old, one in zip(item.citations, citations, strict=True)}
    why = _MARK.sub(lambda mark: new.get(mark[0], mark[0]), item.why)
    return replace(item, citations=tuple(citations), why=why)


def _place(citation: Citation) -> Citation:
    return replace(citation, n=0)
