"""What a model allows: how little it can think, how much it can read.

Thinking doubles the time of an answer and nothing of it is shown, so it is switched off, or set
to the lowest level where a model knows levels alone (gpt-oss: Ollama's documentation, "Thinking").
A model without the ability answers `think` with an error, so it is told False. Its own context
bounds NUM_CTX: more than that is dropped by the server without a word.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.records.models import ModelFacts, Think

LEVELS_ONLY = ("gptoss", "gpt-oss")


@dataclass(frozen=True, slots=True)
class Abilities:
    """`think` as a request has it; `num_ctx` the context to ask for, in tokens."""

    think: bool | Think
    num_ctx: int


def abilities(model: ModelFacts, num_ctx: int) -> Abilities:
    """How this model is to be asked where the settings allow `num_ctx` tokens."""
    names = ((model.family or "").lower(), model.name.lower())
    levels = any(name.startswith(LEVELS_ONLY) for name in names)
    return Abilities("low" if levels else False, min(num_ctx, model.context or num_ctx))
