"""A model reads a question that the embedded reader did not understand: its words, no chart.

Promises: one request, before any evidence is sent, with a schema of fixed fields and not a word
of the chart in it; it shares the clock of the whole answer. Whatever goes wrong is no fault of
the answer: the question stays as it was, not understood. What comes back is only a proposal
(`question.from_slots` takes or leaves it), and never a value or a query.
"""

from __future__ import annotations

import hashlib
import json
import time
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from pipelines.answers.question.from_slots import ASKS, LONGEST_THING, SUBJECTS, WHICH, Slots
from pipelines.answers.write_ollama_prompt import Prompt, Schema, question_text
from pipelines.errors import ModelUnavailable

if TYPE_CHECKING:
    from pipelines.answers.write_ollama import ModelSettings

PROMPT = "read.v1"
ANSWER_TOKENS = 200
SCHEMA: Schema = {
    "type": "object",
    "properties": {
        "subject": {"type": "string", "enum": list(SUBJECTS)},
        "thing": {"type": "string"},
        "ask": {"type": "string", "enum": list(ASKS)},
        "which": {"type": "string", "enum": list(WHICH)},
    },
    "required": ["subject", "thing", "ask", "which"],
    "additionalProperties": False,
}


@lru_cache(maxsize=1)
def rules() -> str:
    """The system message: the numbered prompt file."""
    name = f"prompts/{PROMPT}.md"
    return resources.files("pipelines.answers").joinpath(name).read_text(encoding="utf-8").strip()


@lru_cache(maxsize=1)
def version() -> str:
    """The prompt's name and digest."""
    return f"{PROMPT} sha256:{hashlib.sha256(rules().encode()).hexdigest()}"


def read(question: str, model: ModelSettings) -> Slots | None:
    """The fields that the model filled in, or None where it could not or would not."""
    from pipelines.answers.write_ollama_client import Call, ask

    request = Prompt(
        system=rules(),
        user=f"Question:\n{question_text(question)}",
        schema=SCHEMA,
        answer_tokens=ANSWER_TOKENS,
        numbers=frozenset(),
    )
    deadline = time.monotonic() + model.timeout_s
    call = Call(model.url, model.model, model.num_ctx, deadline, model.think)
    try:
        reply = ask(request, call)
    except ModelUnavailable:
        return None
    return slots_of(reply.text)


def slots_of(reply: str) -> Slots | None:
    """The fields of a reply; None for another form, and for a question that they cannot say."""
    try:
        said = json.loads(reply)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or not all(isinstance(value, str) for value in said.values()):
        return None
    if set(said) != {"subject", "thing", "ask", "which"} or len(said["thing"]) > LONGEST_THING:
        return None
    known = said["subject"] in SUBJECTS and said["ask"] in ASKS and said["which"] in WHICH
    if not known or said["subject"] == "other":
        return None
    return Slots(said["subject"], said["thing"].strip(), said["ask"], said["which"])
