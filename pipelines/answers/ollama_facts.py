"""What Ollama says of its models, read without trust: a field of another shape is not there.

In: objects of `/api/tags`, `/api/show` and `/api/ps`. Out: the values of `records.models`. A
model that runs in Ollama's cloud is known by its name, by either object, or by both. It asks no
server: `ollama_server` does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pipelines.records.models import Loaded, ModelFacts

LONGEST_LICENCE = 120
_CLOUD_NAME = re.compile(r"[:-]cloud$", re.IGNORECASE)


def is_cloud_name(name: str) -> bool:
    """Whether a model's name alone says that it runs in Ollama's cloud."""
    return bool(_CLOUD_NAME.search(name.strip()))


def says_remote(said: Mapping[str, Any]) -> bool:
    """Whether an object of the server names a remote host or model."""
    return bool(said.get("remote_host") or said.get("remote_model"))


def listed(item: Mapping[str, Any]) -> ModelFacts:
    """One model as the list of models has it."""
    name = _text(item.get("name")) or _text(item.get("model")) or ""
    details = _object(item.get("details"))
    return ModelFacts(
        name=name,
        digest=_text(item.get("digest")) or "",
        size=_number(item.get("size")) or 0,
        remote=says_remote(item) or is_cloud_name(name),
        family=_text(details.get("family")),
        parameters=_text(details.get("parameter_size")),
        quantisation=_text(details.get("quantization_level")),
    )


def shown(model: ModelFacts, reply: Mapping[str, Any]) -> ModelFacts:
    """The same model with what only `/api/show` tells: context, capabilities, licence, host."""
    told = _object(reply.get("model_info"))
    architecture = _text(told.get("general.architecture"))
    capabilities = reply.get("capabilities")
    licence = _text(reply.get("license"))
    return replace(
        model,
        remote=model.remote or says_remote(reply),
        family=model.family or architecture,
        context=_number(told.get(f"{architecture}.context_length")),
        capabilities=tuple(c for c in capabilities if isinstance(c, str))
        if isinstance(capabilities, list)
        else (),
        licence=_first_line(licence) if licence else None,
    )


def loaded(item: Mapping[str, Any]) -> Loaded:
    """One model as `/api/ps` has it: in memory, and how much of it on the GPU."""
    return Loaded(
        name=_text(item.get("name")) or _text(item.get("model")) or "",
        size=_number(item.get("size")) or 0,
        on_gpu_bytes=_number(item.get("size_vram")) or 0,
        context=_number(item.get("context_length")),
        expires=_text(item.get("expires_at")),
    )


def _first_line(licence: str) -> str:
    lines = (line.strip() for line in licence.splitlines())
    return next((line for line in lines if line), "")[:LONGEST_LICENCE]


def _text(said: object) -> str | None:
    return said if isinstance(said, str) and said else None


def _number(said: object) -> int | None:
    return said if isinstance(said, int) and not isinstance(said, bool) and said >= 0 else None


def _object(said: object) -> Mapping[str, Any]:
    return said if isinstance(said, dict) else {}
