"""Dense vectors of texts from the embedding model of Ollama, in the order of the texts.

Promises: what is sent goes to this machine or to a host that stands in ALLOWED_HOSTS, by
`ollama_server`'s door (no proxy, no redirect, no key, no model in a cloud), and never waits
longer than MODEL_TIMEOUT_S for a request. Whatever is less than one finite vector for each text,
all of one length, is refused with ModelUnavailable. It keeps nothing and imports no client.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from pipelines.answers.ollama_door import KEEP_ALIVE
from pipelines.answers.ollama_server import find_model, post
from pipelines.errors import ModelUnavailable
from pipelines.records.models import ModelFacts
from pipelines.settings import Settings

AT_ONCE = 64
# On a machine without a GPU a request of 64 long passages would outlast the time allowed.
CHARACTERS_AT_ONCE = 16_000
UNREADABLE = "Ollama gave vectors that cannot be used."

Vector = list[float]


def model(settings: Settings) -> ModelFacts:
    """The model that EMBED_MODEL names, as the server has it; ModelUnavailable where it is not."""
    return find_model(settings, settings.embed_model)


def embed(texts: Sequence[str], settings: Settings) -> Iterator[Vector]:
    """A vector for each text; a request is sent only when its first vector is asked for.

    Raises ModelUnavailable when the model stops; what came before is good.
    """
    width = 0
    for portion in _portions(texts):
        for vector in _asked(portion, settings):
            width = width or len(vector)
            if len(vector) != width:
                raise ModelUnavailable(UNREADABLE, "width")
            yield vector


def _portions(texts: Sequence[str]) -> Iterator[list[str]]:
    portion: list[str] = []
    size = 0
    for text in texts:
        if portion and (len(portion) == AT_ONCE or size + len(text) > CHARACTERS_AT_ONCE):
            yield portion
            portion, size = [], 0
        portion.append(text)
        size += len(text)
    if portion:
        yield portion


def _asked(portion: list[str], settings: Settings) -> list[Vector]:
    # A passage that is longer than the model reads is cut by the server, not refused.
    body = {
        "model": settings.embed_model, "input": portion, "truncate": True,
        "keep_alive": KEEP_ALIVE,
    }  # fmt: skip
    vectors = post(settings, "/api/embed", body, settings.model_timeout_s).get("embeddings")
    if not isinstance(vectors, list) or len(vectors) != len(portion):
        raise ModelUnavailable(UNREADABLE, "number")
    if not all(_is_vector(vector) for vector in vectors):
        raise ModelUnavailable(UNREADABLE, "content")
    return vectors


def _is_vector(vector: object) -> bool:
    return (
        isinstance(vector, list)
        and bool(vector)
        and all(isinstance(one, int | float) and math.isfinite(one) for one in vector)
    )
