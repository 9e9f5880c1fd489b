"""A few sentences over the lines of a briefing, by a model, as far as the record bears them out.

Promises: a model gets the judged lines alone, each a numbered item; each of its sentences is
judged against the records of the lines it cites, by the rules of answers; what does not hold
stands apart and is never part of the narrative. A model that is away, slow or at fault costs
nothing but the narrative: the lines stand, and a notice says why. Citations carry the numbers
that the same places have in the briefing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from pipelines.answers import write_narrative
from pipelines.answers.evidence.computed_items import KIND
from pipelines.answers.live import Sink
from pipelines.answers.write_narrative import NarrativeEvidence
from pipelines.answers.write_ollama import ModelDraft
from pipelines.briefing.brief import Made
from pipelines.briefing.line import Line, of_fact, of_passage, said
from pipelines.errors import ModelUnavailable
from pipelines.records.answers import Briefing, Citation, Narrative, Statement
from pipelines.records.evidence import Evidence
from pipelines.records.facts import Fact
from pipelines.settings import Settings

LINES_READ = 80
MOST_SENTENCES = 6
ALONE = "The lines of the briefing stand without a narrative."
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
        return None if model is None else Narrative(notice=f"{model} {ALONE}")
    try:
        draft = write_narrative.write(evidence_of(made.lines[:LINES_READ]), model, sink)
    except ModelUnavailable as fault:
        notice = f"{fault.user_message} {ALONE}"
        return Narrative(notice=notice, fault=fault.detail or NO_ANSWER)
    return _told(draft, made.briefing)


def _told(draft: ModelDraft, briefing: Briefing) -> Narrative:
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
    )


def evidence_of(lines: Sequence[tuple[Line, Statement]]) -> NarrativeEvidence:
    """The lines as numbered items, and behind them the records of lines that have several."""
    made = _Items(len(lines))
    items = tuple(made.item(number, line) for number, (line, _) in enumerate(lines, start=1))
    return NarrativeEvidence(items, tuple(made.behind), made.belonging)


@dataclass(slots=True)
class _Items:
    """Numbers the records behind the lines: they come after the lines' own numbers."""

    count: int
    behind: list[Evidence] = field(default_factory=list)
    belonging: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def item(self, number: int, line: Line) -> Evidence:
        """One line as an item; arithmetic names what went in, a list brings its other records."""
        if line.passage is not None:
            return of_passage(line, line.passage, number)
        if line.computation is None:
            first, *others = line.facts
            if others:
                texts = [(fact, line.text) for fact in others]
                self.belonging[number] = self._add(texts)
            return of_fact(first, line.text, number)
        return Evidence(
            number=number,
            kind=KIND,
            line=line.text,
            title=KIND,
            date=None,
            text=line.text,
            sha256=hashlib.sha256(line.text.encode()).hexdigest(),
            computation=line.computation,
            inputs=self._add([(fact, said(fact)) for fact in line.facts]),
        )

    def _add(self, facts: Iterable[tuple[Fact, str]]) -> tuple[int, ...]:
        numbers = []
        for fact, text in facts:
            number = self.count + len(self.behind) + 1
            self.behind.append(of_fact(fact, text, number))
            numbers.append(number)
        return tuple(numbers)


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
