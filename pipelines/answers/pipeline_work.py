"""The one value that goes through the pipeline, and the answer that it becomes.

`values` of an answer by a model are those of the embedded draft, and only when every citation of
that draft is also cited by the model's checked statements: then both say the same thing of the
same records. Otherwise they are empty; a model's own numbers are never taken as values.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.answers.ollama_server import Choice
from pipelines.answers.question import ChartQuestion
from pipelines.answers.verify.verify import verify
from pipelines.answers.write_ollama import ModelDraft
from pipelines.records.answers import Answer, Cell, Draft, Statement, Turn
from pipelines.records.chart import Chart
from pipelines.records.evidence import EvidenceSet
from pipelines.records.models import ModelFacts
from pipelines.records.understood import Understood
from pipelines.settings import Settings

NOTHING = "The chart does not answer this; what was searched is listed."
MODEL_HAS_NOTHING = "The model found no answer in this chart's evidence."
WORDS_SEARCHED = ("names of results, medications, conditions and procedures of this chart",)
NO_EVIDENCE = EvidenceSet((), ())
NO_DRAFT = Draft(False, ())
NOTHING_CHECKED = "No sentence of the answer could be checked against the chart."


@dataclass(frozen=True, slots=True)
class Work:
    """A question on its way: each step adds what it found and takes nothing away."""

    chart: Chart
    question: str
    thread: tuple[Turn, ...]
    engine: str
    settings: Settings
    asked: ChartQuestion | None = None
    understood: Understood | None = None
    choice: Choice | None = None
    evidence: EvidenceSet = NO_EVIDENCE
    draft: Draft = NO_DRAFT
    model: ModelFacts | None = None
    model_seconds: float = 0.0
    by_model: ModelDraft | None = None
    notice: str | None = None
    statements: tuple[Statement, ...] = ()

    def __deepcopy__(self, _memo: object) -> Work:
        """Itself: Haystack copies what goes into a step, and nothing here can change."""
        return self

    def to_dict(self) -> dict[str, object]:
        """Nothing: Haystack writes the inputs of a failed step down, and these hold chart text."""
        return {}

    @property
    def is_declined(self) -> bool:
        """Whether the question is one that this app does not answer, whoever writes."""
        return self.asked is None or self.asked.is_declined


def answer_of(work: Work) -> Answer:
    """The answer that judged work makes."""
    shown = tuple(item for item in work.statements if item.support != "unverified")
    draft = work.by_model.draft if work.by_model is not None else work.draft
    answered = draft.answerable and bool(shown)
    model = work.by_model
    return Answer(
        answer_id="",
        patient=work.chart.patient_id,
        question=work.question,
        status="answered" if answered else "abstained",
        answer=shown_text(shown) if answered else _abstention(work, draft),
        values=_values(work, shown) if answered else (),
        statements=work.statements if answered else _uncited(work.statements),
        searched=work.evidence.searched or WORDS_SEARCHED,
        notice=work.notice,
        engine="ollama" if model is not None else "embedded",
        model=model.model if model is not None else None,
        model_digest=model.model_digest if model is not None else None,
        prompt_version=model.prompt_version if model is not None else None,
        as_of=work.chart.as_of.written,
        log_id="",
        seconds=0.0,
        understood=work.understood,
    )


def shown_text(shown: tuple[Statement, ...]) -> str:
    """Each sentence with the number of what it rests on; arithmetic names the deciding one."""
    return " ".join(f"{item.text} [{item.citations[0].n}]" for item in shown)


def _abstention(work: Work, draft: Draft) -> str:
    if draft.abstention:
        return draft.abstention
    if work.by_model is not None and not draft.answerable:
        return MODEL_HAS_NOTHING
    return NOTHING_CHECKED if work.statements else NOTHING


def _uncited(statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """An answer that abstains shows no statement as true and cites nothing."""
    return tuple(item for item in statements if item.support == "unverified")


def _values(work: Work, shown: tuple[Statement, ...]) -> tuple[tuple[Cell, ...], ...]:
    if work.by_model is None:
        return _checked_rows(work.draft.values, work.statements)
    cited = {citation.resource for item in shown for citation in item.citations}
    embedded = verify(work.draft, work.evidence)
    wanted = {citation.resource for item in embedded for citation in item.citations}
    agreed = all(item.support != "unverified" for item in embedded)
    return work.draft.values if wanted and agreed and wanted <= cited else ()


def _checked_rows(
    rows: tuple[tuple[Cell, ...], ...], statements: tuple[Statement, ...]
) -> tuple[tuple[Cell, ...], ...]:
    """Rows of refused sentences go too; with one sentence for several rows, its verdict counts."""
    verdicts = [statement.support != "unverified" for statement in statements]
    if len(rows) == len(statements):
        return tuple(row for row, holds in zip(rows, verdicts, strict=True) if holds)
    return rows if verdicts and verdicts[0] else ()
