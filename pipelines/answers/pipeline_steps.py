"""The steps of the pipeline as Haystack components, each a few lines around a plain function.

Imported only when the pipeline is built: Haystack takes seconds. A step raises nothing that it
can say otherwise, because Haystack attaches what a failing step was given to its error.
"""

# No `from __future__ import annotations`: Haystack reads the marks of GreedyVariadic at run time.
import time
from dataclasses import replace

from haystack import component
from haystack.core.component.types import GreedyVariadic

from pipelines.answers import ollama_server, question, write_ollama
from pipelines.answers.evidence import gather
from pipelines.answers.live import Live
from pipelines.answers.note_finder import NoteFinder
from pipelines.answers.pipeline_work import Work
from pipelines.answers.question.understood import understood
from pipelines.answers.verify import verify
from pipelines.answers.write_embedded import write
from pipelines.errors import ModelUnavailable

NO_ANSWER = "no answer"


@component
class Understand:
    """The words of the question → what is asked."""

    @component.output_types(understood=Work)
    def run(self, work: Work) -> dict[str, Work]:
        """Read the question with the turns before it."""
        asked = question.understand(work.question, chart=work.chart, thread=work.thread)
        told = understood(asked, work.question, work.chart)
        return {"understood": replace(work, asked=asked, understood=told)}


@component
class Gather:
    """What is asked → numbered evidence of this chart."""

    @component.output_types(gathered=Work)
    def run(self, work: Work) -> dict[str, Work]:
        """Find the evidence; a declined question finds none."""
        finder = NoteFinder(work.question, work.settings)
        found = gather.gather(work.chart, work.asked, finder.search)
        return {"gathered": replace(work, evidence=finder.completed(found))}


@component
class DraftEmbedded:
    """The draft that needs no model: the answer, or what stands by when a model fails."""

    @component.output_types(drafted=Work)
    def run(self, work: Work) -> dict[str, Work]:
        """Fill sentences from the evidence."""
        return {"drafted": replace(work, draft=write.write(work.asked, work.evidence))}


@component
class ChooseWriter:
    """Whether a model writes: only with evidence, only for a question that was not declined."""

    @component.output_types(with_model=Work, as_drafted=Work)
    def run(self, work: Work) -> dict[str, Work]:
        """Look for the model, or leave the embedded draft as it is."""
        if work.engine == "embedded" or work.is_declined or not work.evidence.items:
            return {"as_drafted": work}
        if work.asked is not None and work.asked.subject == "code_status":
            return {"as_drafted": work}  # shown in the records' own words, never in a model's
        started = time.monotonic()
        choice = ollama_server.choose(work.settings, work.engine)
        left = work.settings.model_timeout_s - (time.monotonic() - started)
        noticed = replace(work, notice=choice.notice, model=choice.model, model_seconds=left)
        return {"as_drafted": noticed} if choice.model is None else {"with_model": noticed}


@component
class WriteWithModel:
    """The model's draft, judged as it comes; or the embedded one with a notice."""

    @component.output_types(written=Work)
    def run(self, work: Work) -> dict[str, Work]:
        """Ask the model once."""
        live, asked = Live(work.evidence, work.sink), _model(work)
        if work.sink is not None:
            work.sink.begins(asked.model, asked.digest)
        try:
            made = write_ollama.write(work.question, work.evidence, asked, live)
        except ModelUnavailable as fault:
            told = replace(work, notice=fault.user_message, fault=fault.detail or NO_ANSWER)
            return {"written": told}
        return {"written": replace(work, by_model=made, statements=live.verdicts(made.draft))}


@component
class Judge:
    """Every sentence of the draft in force, checked."""

    @component.output_types(judged=Work)
    def run(self, works: GreedyVariadic[Work]) -> dict[str, Work]:
        """Judge the embedded draft; a model's is judged already, if it is the one in force."""
        work = next(iter(works))
        embedded = verify.verify(work.draft, work.evidence)
        if work.by_model is None:
            return {"judged": replace(work, statements=embedded)}
        return {"judged": replace(work, beside=embedded)}


def _model(work: Work) -> write_ollama.ModelSettings:
    settings, model = work.settings, work.model
    return write_ollama.ModelSettings(
        url=settings.ollama_url,
        model=model.name if model is not None else settings.model,
        digest=model.digest if model is not None else None,
        num_ctx=settings.num_ctx,
        timeout_s=work.model_seconds,
    )
