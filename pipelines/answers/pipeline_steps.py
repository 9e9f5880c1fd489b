"""The steps of the pipeline as Haystack components, each a few lines around a plain function.

Imported only when the pipeline is built: Haystack takes seconds. A step raises nothing that it
can say otherwise, because Haystack attaches what a failing step was given to its error.
"""

# No `from __future__ import annotations`: Haystack reads the marks of GreedyVariadic at run time.
import time
from dataclasses import replace

from haystack import component
from haystack.core.component.types import GreedyVariadic

from pipelines.answers import ollama_server, question, read_ollama, write_ollama
from pipelines.answers.evidence import gather
from pipelines.answers.evidence.computed_items import with_computed
from pipelines.answers.model_abilities import abilities
from pipelines.answers.note_finder import NoteFinder
from pipelines.answers.pipeline_work import Work
from pipelines.answers.question.from_slots import from_slots
from pipelines.answers.question.understood import understood
from pipelines.answers.verify import verify
from pipelines.answers.write_embedded import write
from pipelines.answers.write_ollama_prompt import Before
from pipelines.errors import ModelUnavailable
from pipelines.records.answers import Statement
from pipelines.records.evidence import EvidenceSet

LEFT_OUT = "items that the model had no room to read: {count}"
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
        return {"gathered": _gathered(work)}


@component
class Widen:
    """A question that the embedded reader made nothing of → as a model reads it."""

    @component.output_types(widened=Work)
    def run(self, work: Work) -> dict[str, Work]:
        """Let the model read the question; what it says is taken only as far as it is borne out."""
        if work.engine == "embedded" or not _found_nothing(work):
            return {"widened": work}
        work = _with_choice(work)
        if work.model is None:
            return {"widened": work}
        started = time.monotonic()
        slots = read_ollama.read(work.question, _model(work))
        work = replace(work, model_seconds=work.model_seconds - (time.monotonic() - started))
        asked = from_slots(work.question, slots, work.chart) if slots is not None else None
        if asked is None:
            return {"widened": work}
        told = understood(asked, work.question, work.chart)
        by_model = replace(told, by_model=read_ollama.version()) if told is not None else None
        return {"widened": _gathered(replace(work, asked=asked, understood=by_model))}


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
        chosen = _with_choice(work)
        noticed = replace(chosen, notice=chosen.choice.notice if chosen.choice else None)
        return {"as_drafted": noticed} if noticed.model is None else {"with_model": noticed}


@component
class WriteWithModel:
    """The model's draft, judged as it comes; or the embedded one with a notice."""

    @component.output_types(written=Work)
    def run(self, work: Work) -> dict[str, Work]:
        """Ask the model once."""
        beside = verify.verify(work.draft, work.evidence)
        evidence = _with_computed(work, beside)
        before = Before(work.thread, work.understood.question if work.understood else None)
        try:
            made = write_ollama.write(
                work.question, evidence, _model(work), before=before, sink=work.sink
            )
        except ModelUnavailable as fault:
            told = replace(work, notice=fault.user_message, fault=fault.detail or NO_ANSWER)
            return {"written": told}
        evidence = _as_shown(evidence, made.left_out)
        work = replace(work, evidence=evidence, by_model=made, beside=beside)
        return {"written": replace(work, statements=made.statements)}


@component
class Judge:
    """Every sentence of the draft in force, checked."""

    @component.output_types(judged=Work)
    def run(self, works: GreedyVariadic[Work]) -> dict[str, Work]:
        """Judge the embedded draft, unless a model's is in force: that was judged as it came."""
        work = next(iter(works))
        if work.by_model is not None:
            return {"judged": work}
        return {"judged": replace(work, statements=verify.verify(work.draft, work.evidence))}


def _gathered(work: Work) -> Work:
    finder = NoteFinder(work.question, work.settings)
    found = gather.gather(work.chart, work.asked, finder.search)
    return replace(work, evidence=finder.completed(found))


def _found_nothing(work: Work) -> bool:
    """Whether words were not understood, or were only looked for in notes, and in vain."""
    asked = work.asked
    if asked is None or asked.is_declined:
        return False
    return asked.not_understood or (asked.subject == "note" and not work.evidence.items)


def _with_choice(work: Work) -> Work:
    """With the model that may be asked, and the seconds that are left for it; looked for once."""
    if work.choice is not None:
        return work
    started = time.monotonic()
    choice = ollama_server.choose(work.settings, work.engine)
    left = work.settings.model_timeout_s - (time.monotonic() - started)
    return replace(work, choice=choice, model=choice.model, model_seconds=left)


def _with_computed(work: Work, judged: tuple[Statement, ...]) -> EvidenceSet:
    """The evidence with the arithmetic of the embedded draft, as far as it held."""
    if not any(sentence.computation for sentence in work.draft.sentences):
        return work.evidence
    return with_computed(work.evidence, work.draft, judged)


def _as_shown(evidence: EvidenceSet, left_out: int) -> EvidenceSet:
    """The evidence with what of it the model did not get to read."""
    if not left_out:
        return evidence
    said = LEFT_OUT.format(count=left_out)
    return replace(evidence, searched=(*evidence.searched, said), is_whole=False)


def _model(work: Work) -> write_ollama.ModelSettings:
    settings, model = work.settings, work.model
    able = abilities(model, settings.num_ctx) if model is not None else None
    return write_ollama.ModelSettings(
        url=settings.ollama_url,
        model=model.name if model is not None else settings.model,
        digest=model.digest if model is not None else None,
        num_ctx=able.num_ctx if able is not None else settings.num_ctx,
        timeout_s=work.model_seconds,
        stop=work.sink.stop if work.sink is not None else None,
        think=able.think if able is not None else False,
    )
