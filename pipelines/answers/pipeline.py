"""From a question to an answer: one Haystack pipeline for both writers and the one judge.

understand → gather → widen → draft (embedded) → choose → [write with the model] → judge

Promises: built once; the model is asked only when there is evidence and the question was not
declined; whatever a model does wrong, the embedded draft is there and the notice says so. A
failed run never leaves this file as Haystack's own error, which holds evidence text. It logs
nothing and keeps nothing: desk does. A `sink` is told a model's verified sentences as they come,
and may end them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from pipelines.answers.live import Sink
from pipelines.answers.pipeline_work import Work, answer_of
from pipelines.answers.two_questions import asks_apart, half_told, halves, joined, second_half
from pipelines.errors import ChartroomError
from pipelines.records.answers import Answer, Turn
from pipelines.records.chart import Chart
from pipelines.settings import Settings

if TYPE_CHECKING:
    from haystack import Pipeline

ENGINES = ("auto", "embedded", "ollama")
NOT_MADE = "The answer could not be made; ask again, or ask it otherwise."


def answer(  # noqa: PLR0913 - five say what is asked and how, one who listens
    chart: Chart,
    question: str,
    *,
    thread: tuple[Turn, ...],
    engine: str,
    settings: Settings,
    sink: Sink | None = None,
) -> Answer:
    """One checked answer; `log_id` and `seconds` are left for the desk to fill."""
    if engine not in ENGINES:
        raise ChartroomError("The engine must be auto, embedded or ollama.")
    done = _done(Work(chart, question, thread, engine, settings, sink))
    whole = answer_of(done)
    parts = halves(question) if whole.engine != "ollama" else None
    # "When was it paused, and why" read as a search for the cause is one question.
    is_one = done.asked is not None and done.asked.note_is("why")
    if parts is None or not (whole.status == "abstained" or (asks_apart(parts) and not is_one)):
        return whole
    # No model is asked a second time: what it could say of the whole it has been asked.
    first = _answered(Work(chart, parts[0], thread, "embedded", settings))
    after = (*thread, Turn(first.question, first.answer))
    second = _answered(Work(chart, second_half(parts), after, "embedded", settings))
    if second.status != "answered" and whole.status == "answered":
        told = first if first.status == "answered" else whole
        told = replace(told, notice=whole.notice, fault=whole.fault)
        return half_told(question, told, parts[1])
    if first.status != "answered" or second.status != "answered":
        return whole
    return replace(joined(question, first, second), notice=whole.notice, fault=whole.fault)


def _answered(work: Work) -> Answer:
    return answer_of(_done(work))


def _done(work: Work) -> Work:
    """The work as judged."""
    result, fault = _run(work)
    if fault is not None:
        # Raised outside the handler, so that Haystack's error is not even its context.
        raise fault
    return cast("Work", result["judge"]["judged"])


def warm_up() -> None:
    """Import Haystack and build the pipeline ahead of the first question (2 to 3 s)."""
    built()


@lru_cache(maxsize=1)
def built() -> Pipeline:
    """The pipeline; it holds no state between runs and may be used by many threads."""
    from haystack import Pipeline

    from pipelines.answers import pipeline_steps as steps

    made = Pipeline()
    for name, step in (
        ("understand", steps.Understand()),
        ("gather", steps.Gather()),
        ("widen", steps.Widen()),
        ("draft", steps.DraftEmbedded()),
        ("choose", steps.ChooseWriter()),
        ("write", steps.WriteWithModel()),
        ("judge", steps.Judge()),
    ):
        made.add_component(name, step)
    made.connect("understand.understood", "gather.work")
    made.connect("gather.gathered", "widen.work")
    made.connect("widen.widened", "draft.work")
    made.connect("draft.drafted", "choose.work")
    made.connect("choose.with_model", "write.work")
    made.connect("choose.as_drafted", "judge.works")
    made.connect("write.written", "judge.works")
    return made


def _run(work: Work) -> tuple[Mapping[str, Any], ChartroomError | None]:
    from haystack.core.errors import PipelineError, PipelineRuntimeError

    try:
        return built().run({"understand": {"work": work}}), None
    except (PipelineRuntimeError, PipelineError) as error:
        return {}, _plain(error.__cause__)


def _plain(cause: BaseException | None) -> ChartroomError:
    """What a reader may be told of a failed step; anything unknown is named by its kind alone."""
    if isinstance(cause, ChartroomError):
        return type(cause)(cause.user_message, cause.detail)
    return ChartroomError(NOT_MADE, type(cause).__name__)
