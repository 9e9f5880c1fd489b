"""The writer with a model: numbered evidence in, a draft of cited sentences out.

Promises: one request an answer, to the schema of the contract; a whole answer of that form or
`ModelUnavailable` with the sentence to show. Nothing the model says of its own sources is
trusted: what it cites is a list of numbers, and the judge decides. It takes no `values` from the
model. Where a cited result is preliminary and the model does not say so, the sentence is made to.
Each sentence is judged as soon as it is complete (`live`); a reader can end the writing, and what
was complete by then is the draft.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pipelines.answers.live import Live, Referee, Sink
from pipelines.answers.not_final import with_not_final
from pipelines.answers.ollama_server import EMBEDDED
from pipelines.answers.verify.lines import without_kind
from pipelines.answers.write_ollama_prompt import Before, Prompt, prompt, version
from pipelines.answers.write_ollama_stream import Sentences, draft_of, other_form
from pipelines.errors import ModelStopped, ModelUnavailable
from pipelines.records.answers import Draft, DraftSentence, Statement
from pipelines.records.evidence import Evidence, EvidenceSet
from pipelines.records.models import Think, Timing

__all__ = ["ModelDraft", "ModelSettings", "Task", "draft_of", "heard", "write"]


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Which model writes, where, with how much context, and how long it may take.

    `think` is how little it can be made to think (`model_abilities`); `stop` is set when the reader
    wants no more of it.
    """

    url: str
    model: str
    digest: str | None
    num_ctx: int
    timeout_s: float
    think: bool | Think = False
    stop: threading.Event | None = None


@dataclass(frozen=True, slots=True)
class ModelDraft:
    """A model's draft with its verdicts, and what made it: model, digest and prompt.

    `left_out` is how many items of the evidence had no room in its context; `stopped` says that
    a reader ended it before its end.
    """

    draft: Draft
    model: str
    model_digest: str | None
    prompt_version: str
    left_out: int = 0
    timing: Timing | None = None
    statements: tuple[Statement, ...] = ()
    stopped: bool = False


def write(
    question: str,
    evidence: EvidenceSet,
    model: ModelSettings,
    before: Before | None = None,
    sink: Sink | None = None,
) -> ModelDraft:
    """Let the model answer from the evidence; ModelUnavailable when no whole answer came.

    `before` is the conversation and what the question was understood as; `sink` is told each
    verified sentence.
    """
    deadline = time.monotonic() + model.timeout_s
    request = prompt(question, evidence.items, model.num_ctx, before)
    if request is None:
        raise ModelUnavailable(f"The evidence does not fit the model's NUM_CTX; {EMBEDDED}")
    if request.left_out:
        evidence = replace(evidence, is_whole=False)
    return heard(Task(request, version(), evidence, deadline), model, sink)


@dataclass(frozen=True, slots=True)
class Task:
    """One request, ready: the prompt and its version, what may be cited, and by when.

    `belonging` are the further items that a cited one stands for, by its number; `plain_lines` are
    the items as shown, whose kind ("lab:") is taken off a sentence that copies one; `referee`
    judges in place of the plain judge.
    """

    request: Prompt
    version: str
    evidence: EvidenceSet
    deadline: float
    belonging: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    plain_lines: Mapping[int, Evidence] = field(default_factory=dict)
    referee: Referee | None = None


def heard(task: Task, model: ModelSettings, sink: Sink | None) -> ModelDraft:
    """Ask once, judge each sentence as it comes; ModelUnavailable when no whole answer came."""
    from pipelines.answers.write_ollama_client import Call, ask

    request = task.request
    live = Live(task.evidence, sink, referee=task.referee)
    live.begins(model.model, model.digest)
    hearing = _Hearing(Sentences(request.numbers), task, live)
    call = Call(
        model.url, model.model, model.num_ctx, task.deadline, model.think, hearing.take, model.stop
    )
    made = ModelDraft(Draft(True, ()), model.model, model.digest, task.version, request.left_out)
    try:
        reply = ask(request, call)
    except ModelStopped:
        made = replace(made, draft=Draft(True, tuple(live.drafted)), stopped=True)
        timing = Timing()
    else:
        made = replace(made, draft=hearing.whole(draft_of(reply.text, request.numbers)))
        timing = reply.timing
    timing = replace(timing, first_sentence_s=live.first_sentence_s)
    return replace(made, statements=live.verdicts(made.draft), timing=timing)


@dataclass(frozen=True, slots=True)
class _Hearing:
    """The reply as it comes, handed on sentence by sentence."""

    said: Sentences
    task: Task
    live: Live

    def take(self, piece: str) -> None:
        """One piece of the reply."""
        for sentence in self.said.feed(piece):
            self.live.take(self._told(sentence))
        self.live.writes(self.said.begun)

    def whole(self, draft: Draft) -> Draft:
        """The draft of the whole reply; what was handed on must be its beginning."""
        told = replace(draft, sentences=tuple(self._told(item) for item in draft.sentences))
        shown = tuple(self.live.drafted)
        if told.sentences[: len(shown)] != shown or (shown and not told.answerable):
            other_form()
        return told

    def _told(self, sentence: DraftSentence) -> DraftSentence:
        items = {item.number: item for item in self.task.evidence.items}
        more = [n for cited in sentence.cites for n in self.task.belonging.get(cited, ())]
        text = sentence.text
        for number in sentence.cites:
            if number in self.task.plain_lines:
                text = without_kind(text, self.task.plain_lines[number])
        told = replace(sentence, text=text, cites=(*sentence.cites, *more))
        return with_not_final(told, items)
