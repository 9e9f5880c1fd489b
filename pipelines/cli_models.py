"""`chartroom models` and `demo-model`: the words of both verbs, what they do, what people see."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from pipelines import cli_print

if TYPE_CHECKING:
    from pipelines.answers.ollama_server import ServerStatus
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
        options.mode,
        lambda url: cli_print.demo_model(url, as_json=options.json),
    )
    return 0


def _print(status: ServerStatus, *, as_json: bool) -> None:
    """The server, its models and the pick."""
    if as_json:
        listed = [
            {"name": m.name, "digest": m.digest, "size": m.size, "on_gpu": m.on_gpu}
            for m in status.models
        ]
        cli_print.json_line({"server": status.server, "models": listed, "pick": status.pick})
        return
    if status.server is None:
        return
    pick = status.pick or "none"
    cli_print.text(f"{status.server}: {len(status.models)} models; the app would pick {pick}.")
    for model in status.models:
        on_gpu = "on GPU" if model.on_gpu else "not on GPU"
        cli_print.text(f"  {model.name}  {model.size} bytes  {on_gpu}")
