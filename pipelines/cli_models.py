"""`chartroom models` and `demo-model`: the words of both verbs, what they do, what people see."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pipelines import cli_print

if TYPE_CHECKING:
    from pipelines.records.models import ModelFacts, ServerView
    from pipelines.settings import Settings

NO_SERVER = 7


def words(sub: ArgumentParser) -> None:
    """what Ollama serves, what is on the GPU, what the app would pick"""


def models(options: Namespace, settings: Settings) -> int:
    """`models`: what Ollama serves, and what the app would pick."""
    from pipelines.desk import models as desk

    status = desk.status(settings)
    _print(status, as_json=options.json)
    if status.server is None:
        sys.stderr.write(f"No Ollama server answers at {settings.ollama_url}.\n")
        return NO_SERVER
    return 0


def demo_model(options: Namespace, settings: Settings) -> int:
    """`demo-model`: a scripted server that speaks Ollama's protocol, labelled as such."""
    from pipelines.desk import demo_model as desk

    desk.serve(
        options.port,
        settings.model,
        lambda url: cli_print.demo_model(url, as_json=options.json),
    )
    return 0


def _print(status: ServerView, *, as_json: bool) -> None:
    """The server, its models and the pick."""
    share = {item.name: item.gpu_share for item in status.loaded}
    if as_json:
        cli_print.json_line(
            {
                "server": status.server,
                "version": status.version,
                "models": [_model_json(m, share) for m in status.models],
                "pick": status.pick,
                "notice": status.notice,
            }
        )
        return
    if status.server is None:
        return
    pick = status.pick or "none"
    cli_print.text(
        f"{status.server} (Ollama {status.version or 'of unknown version'}):"
        f" {len(status.models)} models; the app would pick {pick}."
    )
    for model in status.models:
        cli_print.text(_model_line(model, share))


def _model_json(model: ModelFacts, share: Mapping[str, float]) -> dict[str, object]:
    """The contract's four keys first; the others are null where the server did not say."""
    return {
        "name": model.name,
        "digest": model.digest,
        "size": model.size,
        "on_gpu": share.get(model.name, 0.0) > 0,
        "loaded": model.name in share,
        "gpu_share": share.get(model.name),
        "parameters": model.parameters,
        "quantisation": model.quantisation,
        "context": model.context,
        "capabilities": list(model.capabilities),
        "licence": model.licence,
        "cloud": model.remote,
    }


def _model_line(model: ModelFacts, share: Mapping[str, float]) -> str:
    """One model on one line."""
    facts = (
        model.parameters,
        model.quantisation,
        f"{model.size / 1e9:.1f} GB",
        f"context {model.context}" if model.context else None,
    )
    where = "in the cloud, never used" if model.remote else _where(share.get(model.name))
    return "  ".join(("", model.name, *(fact for fact in facts if fact), where))


def _where(share: float | None) -> str:
    if share is None:
        return "not loaded"
    return f"loaded, {100 * share:.0f} % on the GPU" if share else "loaded, not on the GPU"
