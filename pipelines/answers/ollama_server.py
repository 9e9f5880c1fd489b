"""The model server: what it has, what is on the GPU, and whether the app may use its model.

Promises: a host that is neither this machine nor in ALLOWED_HOSTS is never contacted; no proxy,
no redirect and no API key is ever used; a model that runs in Ollama's cloud is refused by its
name and by what the server says of it. Every look is short, so that an answer does not wait for
a server that is not there. By itself it sends no chart text: it asks which models there are;
`post` sends what the caller gives it, under the same rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.answers import ollama_facts
from pipelines.answers.ollama_door import Unanswered, outside, request
from pipelines.answers.ollama_facts import is_cloud_name, says_remote
from pipelines.errors import ModelUnavailable
from pipelines.records.models import Loaded, ModelFacts, ServerView
from pipelines.settings import LOOPBACK_HOSTS, Settings

EMBEDDED = "this is the embedded answer."


@dataclass(frozen=True, slots=True)
class Choice:
    """The model that may write the answer, or None and the notice to show (None: say nothing)."""

    model: ModelFacts | None
    notice: str | None


class Unfit(Unanswered):
    """The server answers, but not with a model that may be used."""


def status(settings: Settings) -> ServerView:
    """Version, models, what is in memory and on the GPU, and the pick, for `chartroom models`."""
    refused = outside(settings)
    if refused is not None:
        return ServerView(None, None, (), (), None, f"{refused}; {EMBEDDED}")
    try:
        version = request(settings, "GET", "/api/version").get("version")
        listed = _models(settings)
        told = tuple(_shown(settings, model) for model in listed)
        model, notice = _pick(settings, listed)
    except Unanswered as error:
        return ServerView(None, None, (), (), None, f"{error.what}; {EMBEDDED}")
    return ServerView(
        server=settings.ollama_url,
        version=version if isinstance(version, str) else None,
        models=told,
        loaded=_in_memory(settings),
        pick=model.name if model is not None else None,
        notice=notice,
    )


def choose(settings: Settings, engine: str) -> Choice:
    """The model for one answer. `auto` stays silent where no server runs on this machine."""
    if engine == "embedded":
        return Choice(None, None)
    refused = outside(settings)
    if refused is not None:
        return Choice(None, f"{refused}; {EMBEDDED}")
    try:
        return Choice(*_pick(settings, _models(settings)))
    except Unanswered as error:
        silent = engine == "auto" and error.refused and settings.model_host in LOOPBACK_HOSTS
        return Choice(None, None if silent else f"{error.what}; {EMBEDDED}")


def find_model(settings: Settings, wanted: str) -> ModelFacts:
    """The model of this name, which may be given chart text; else ModelUnavailable says why not."""
    refused = outside(settings)
    if refused is not None:
        raise ModelUnavailable(f"{refused}.")
    try:
        return _usable(settings, _models(settings), wanted)
    except Unanswered as error:
        raise ModelUnavailable(f"{error.what}.") from error


def post(
    settings: Settings, path: str, body: Mapping[str, Any], seconds: float
) -> Mapping[str, Any]:
    """One request within so many seconds; ModelUnavailable for any less than a whole answer."""
    refused = outside(settings)
    if refused is not None:
        raise ModelUnavailable(f"{refused}.")
    try:
        reply = request(settings, "POST", path, body, seconds)
    except Unanswered as error:
        raise ModelUnavailable(f"{error.what}.") from error
    if says_remote(reply):
        raise ModelUnavailable(f"{cloud_sentence(str(body.get('model')))}.")
    return reply


def _pick(
    settings: Settings, listed: tuple[ModelFacts, ...]
) -> tuple[ModelFacts | None, str | None]:
    try:
        return _usable(settings, listed, settings.model), None
    except Unfit as unfit:
        return None, f"{unfit.what}; {EMBEDDED}"


def _usable(settings: Settings, listed: tuple[ModelFacts, ...], wanted: str) -> ModelFacts:
    if is_cloud_name(wanted):
        raise Unfit(cloud_sentence(wanted))
    names = {wanted, wanted if ":" in wanted else f"{wanted}:latest"}
    model = next((item for item in listed if item.name in names), None)
    if model is None:
        raise Unfit(f"The model {wanted} is not on the Ollama server")
    model = model if model.remote else _shown(settings, model)
    if model.remote:
        raise Unfit(cloud_sentence(wanted))
    return model


def cloud_sentence(name: str) -> str:
    """Why a model of Ollama's cloud is not used."""
    return f"The model {name} runs in Ollama's cloud, where no chart may go"


def _shown(settings: Settings, model: ModelFacts) -> ModelFacts:
    try:
        reply = request(settings, "POST", "/api/show", {"model": model.name})
    except Unanswered as error:
        if error.refused:
            raise
        return model  # an old server without the verb cannot run cloud models either
    return ollama_facts.shown(model, reply)


def _models(settings: Settings) -> tuple[ModelFacts, ...]:
    return tuple(map(ollama_facts.listed, _list(request(settings, "GET", "/api/tags"))))


def _in_memory(settings: Settings) -> tuple[Loaded, ...]:
    try:
        return tuple(map(ollama_facts.loaded, _list(request(settings, "GET", "/api/ps"))))
    except Unanswered:
        return ()


def _list(reply: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    listed = reply.get("models")
    if not isinstance(listed, list):
        raise Unanswered("Ollama gave a list of models that cannot be read")
    return [item for item in listed if isinstance(item, dict)]
