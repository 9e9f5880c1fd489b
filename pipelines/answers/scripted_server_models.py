"""What the scripted server says of its models: the list, what is loaded, what `show` tells.

Sizes, context and the share on the GPU are of no machine; whoever tests with them sets `Traits`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

STARTED = "2026-01-01T00:00:00.000000Z"
DIGEST = hashlib.sha256(b"chartroom scripted model").hexdigest()
VECTOR_WIDTH = 8
COUNTS = {
    "total_duration": 1_000_000, "load_duration": 1, "prompt_eval_count": 100,
    "prompt_eval_duration": 1, "eval_count": 20, "eval_duration": 1,
}  # fmt: skip
REMOTE = {"remote_host": "https://cloud.invalid:443", "remote_model": "scripted"}
CLOUD = ("cloud", "pull_cloud")


@dataclass(frozen=True, slots=True)
class Traits:
    """What is told of every model: bytes, the part of them on the GPU, context, what it can do."""

    family: str = "scripted"
    parameters: str = "0"
    quantisation: str = "none"
    size: int = 1
    gpu_share: float = 0.0
    context: int = 32768
    loaded_context: int = 16384
    capabilities: tuple[str, ...] = ("completion",)
    licence: str = "No licence: a scripted server, no model."
    is_loaded: bool = True


def traits_in(mode: str, traits: Traits) -> Traits:
    """The traits, in the mode of a model family that always thinks."""
    if mode != "gpt_oss":
        return traits
    return Traits(family="gptoss", capabilities=("completion", "tools", "thinking"))


def listed(names: Sequence[str], mode: str, traits: Traits) -> list[dict[str, Any]]:
    """`/api/tags`."""
    names = ["another:1b"] if mode == "missing_model" else names
    told = traits_in(mode, traits)
    items: list[dict[str, Any]] = [
        {
            "name": name, "model": name, "modified_at": STARTED, "size": told.size,
            "digest": digest_of(name) if place else DIGEST, "details": _details(told),
        }
        for place, name in enumerate(names)
    ]  # fmt: skip
    return [{**item, **REMOTE} if mode in CLOUD else item for item in items]


def digest_of(name: str) -> str:
    """The digest of a model that is not the first; that one's is `DIGEST`, whatever its name."""
    return hashlib.sha256(name.encode()).hexdigest()


def loaded(names: Sequence[str], mode: str, traits: Traits) -> list[dict[str, Any]]:
    """`/api/ps`."""
    if not traits.is_loaded:
        return []
    on_gpu = int(traits.size * traits.gpu_share)
    more = {"expires_at": STARTED, "size_vram": on_gpu, "context_length": traits.loaded_context}
    return [{**item, **more} for item in listed(names, mode, traits)]


def shown(mode: str, traits: Traits) -> dict[str, Any]:
    """`/api/show`."""
    told = traits_in(mode, traits)
    answer: dict[str, Any] = {
        "license": told.licence,
        "details": _details(told),
        "model_info": {
            "general.architecture": told.family,
            f"{told.family}.context_length": told.context,
        },
        "capabilities": list(told.capabilities),
    }
    return {**answer, **REMOTE} if mode in CLOUD else answer


def vectors(body: Mapping[str, Any]) -> dict[str, Any]:
    """`/api/embed`: the same text always gets the same vector, which means nothing."""
    given = body.get("input", [])
    texts = [given] if isinstance(given, str) else list(given)
    made = [
        [byte / 255 for byte in hashlib.sha256(str(text).encode()).digest()[:VECTOR_WIDTH]]
        for text in texts
    ]
    return {"model": body.get("model"), "embeddings": made, **COUNTS}


def warmed(name: str) -> dict[str, Any]:
    """`/api/chat` without messages: the model is loaded and nothing is said."""
    return {
        "model": name, "created_at": STARTED, "message": {"role": "assistant", "content": ""},
        "done": True, "done_reason": "load",
    }  # fmt: skip


def _details(traits: Traits) -> dict[str, Any]:
    return {
        "parent_model": "", "format": "scripted", "family": traits.family,
        "families": [traits.family], "parameter_size": traits.parameters,
        "quantization_level": traits.quantisation,
    }  # fmt: skip
