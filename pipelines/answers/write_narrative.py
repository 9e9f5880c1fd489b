"""The narrative over a briefing, by a model: its numbered lines in, a draft of cited sentences out.

Promises the same as `write_ollama`, of which it is a second task: one request to the same schema,
each sentence judged against the records of the lines it cites by the rules of answers, a whole
reply or `ModelUnavailable` with the sentence to show. The lines are read from the first on, as
many as the model has room for. Without a model that may be used it asks nobody. It knows no
chart: what may be cited is handed to it, line by line, as evidence.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from pipelines.answers import ollama_server
from pipelines.answers.live import Referee, Sink
from pipelines.answers.model_abilities import abilities
from pipelines.answers.ollama_server import EMBEDDED
from pipelines.answers.verify.running import Judge
from pipelines.answers.write_ollama import ModelDraft, ModelSettings, Task, heard
from pipelines.answers.write_ollama_prompt import Written, prompt, version
from pipelines.errors import ModelUnavailable
from pipelines.records.evidence import Evidence, EvidenceSet
from pipelines.settings import Settings

PROMPT = "narrative.v1"
NARRATIVE = Written(PROMPT, from_the_top=True)
TASK = "What must the next clinician be told of this briefing?"


@dataclass(frozen=True, slots=True)
class NarrativeEvidence:
    """The lines of a briefing as evidence.

    `lines` are the items that a model is shown, the most important first, each with the whole
    text of its line. `citable` are, under the same numbers, what a sentence is compared with: the
    first piece of a line. `behind` stand for further records of a line, and `belonging` names the
    ones behind each line by its number. `referee` makes, of the evidence, who judges.
    """

    lines: tuple[Evidence, ...]
    citable: tuple[Evidence, ...]
    behind: tuple[Evidence, ...]
    belonging: Mapping[int, tuple[int, ...]]
    referee: Callable[[EvidenceSet], Referee] = Judge

    @property
    def set(self) -> EvidenceSet:
        """All of it, as evidence that is a choice of a chart: it tells no "highest" or "only"."""
        items = (*self.citable, *self.behind)
        return EvidenceSet(items, (), is_whole=False, has_latest=False, has_first=False)


def choose(settings: Settings, engine: str, seconds: float) -> ModelSettings | str | None:
    """The model that may write, else the notice that says why none may, or None for silence."""
    started = time.monotonic()
    choice = ollama_server.choose(settings, engine)
    if choice.model is None:
        return choice.notice
    able = abilities(choice.model, settings.num_ctx)
    return ModelSettings(
        url=settings.ollama_url,
        model=choice.model.name,
        digest=choice.model.digest,
        num_ctx=able.num_ctx,
        timeout_s=max(0.0, seconds - (time.monotonic() - started)),
        think=able.think,
    )


def write(
    evidence: NarrativeEvidence, model: ModelSettings, sink: Sink | None = None
) -> ModelDraft:
    """Let the model tell the lines; ModelUnavailable when no whole reply came."""
    deadline = time.monotonic() + model.timeout_s
    request = prompt(TASK, evidence.lines, model.num_ctx, written=NARRATIVE)
    if request is None:
        raise ModelUnavailable(f"The briefing does not fit the model's NUM_CTX; {EMBEDDED}")
    citable = evidence.set
    task = Task(
        request, version(PROMPT), citable, deadline, evidence.belonging,
        plain_lines={item.number: item for item in evidence.lines},
        referee=evidence.referee(citable),
    )  # fmt: skip
    if sink is not None:
        model = replace(model, stop=sink.stop)
    return heard(task, model, sink)
