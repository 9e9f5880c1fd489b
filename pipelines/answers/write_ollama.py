"""The writer with a model: numbered evidence in, a draft of cited sentences out.

Promises: one request an answer, to the schema of the contract; a whole answer of that form or
`ModelUnavailable` with the sentence to show. Nothing the model says of its own sources is
trusted: what it cites is a list of numbers, and the judge decides. It takes no `values` from the
model. Where a cited result is preliminary and the model does not say so, the sentence is made to.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, replace
from typing import NoReturn

from pipelines.answers.not_final import with_not_final
from pipelines.answers.ollama_server import EMBEDDED
from pipelines.answers.write_ollama_prompt import Before, prompt, version
from pipelines.errors import ModelUnavailable
from pipelines.records.answers import Draft, DraftSentence
from pipelines.records.evidence import EvidenceSet
from pipelines.records.models import Think, Timing

_NAME = re.compile(r"\[?E(\d{1,6})\]?")
UNKNOWN = 0


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Which model writes, where, with how much context, and how long it may take.

    `think` is how little it can be made to think (`model_abilities`).
    """

    url: str
    model: str
    digest: str | None
    num_ctx: int
    timeout_s: float
    think: bool | Think = False


@dataclass(frozen=True, slots=True)
class ModelDraft:
    """A model's draft, with what made it: model, digest and prompt.

    `left_out` is how many items of the evidence had no room in its context.
    """

    draft: Draft
    model: str
    model_digest: str | None
    prompt_version: str
    left_out: int = 0
    timing: Timing | None = None


def write(
    question: str, evidence: EvidenceSet, model: ModelSettings, before: Before | None = None
) -> ModelDraft:
    """Let the model answer from the evidence; ModelUnavailable when no whole answer came.

    `before` is the conversation and what the question was understood as.
    """
    from pipelines.answers.write_ollama_client import Call, ask

    deadline = time.monotonic() + model.timeout_s
    request = prompt(question, evidence.items, model.num_ctx, before)
    if request is None:
        raise ModelUnavailable(f"The evidence does not fit the model's NUM_CTX; {EMBEDDED}")
    call = Call(model.url, model.model, model.num_ctx, deadline, model.think)
    reply = ask(request, call)
    draft = draft_of(reply.text, request.numbers)
    items = {item.number: item for item in evidence.items}
    draft = replace(draft, sentences=tuple(with_not_final(s, items) for s in draft.sentences))
    return ModelDraft(draft, model.model, model.digest, version(), request.left_out)


def draft_of(reply: str, numbers: frozenset[int]) -> Draft:
    """The draft that a reply holds; a citation of what was not shown becomes number 0."""
    said = _parsed(reply)
    if said is None:
        # Raised here, not in the handler: a JSON error carries the text that it read.
        raise ModelUnavailable(f"The model's answer was not JSON; {EMBEDDED}")
    if not isinstance(said, dict) or set(said) != {"answerable", "sentences"}:
        _other_form()
    answerable, sentences = said["answerable"], said["sentences"]
    if not isinstance(answerable, bool) or not isinstance(sentences, list):
        _other_form()
    return Draft(answerable, tuple(_sentence(item, numbers) for item in sentences))


def _parsed(reply: str) -> object:
    try:
        parsed: object = json.loads(reply, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None
    return parsed


def _sentence(item: object, numbers: frozenset[int]) -> DraftSentence:
    if not isinstance(item, dict) or set(item) != {"text", "cites"}:
        _other_form()
    text, cites = item["text"], item["cites"]
    if not isinstance(text, str) or not isinstance(cites, list):
        _other_form()
    if not all(isinstance(cite, str) for cite in cites):
        _other_form()
    return DraftSentence(text, tuple(_number(cite, numbers) for cite in cites))


def _number(cite: str, numbers: frozenset[int]) -> int:
    match = _NAME.fullmatch(cite.strip())
    number = int(match[1]) if match else UNKNOWN
    return number if number in numbers else UNKNOWN


def _no_number(_constant: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")


def _other_form() -> NoReturn:
    raise ModelUnavailable(f"The model's answer did not have the form asked for; {EMBEDDED}")
