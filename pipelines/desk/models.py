"""What the model server has, what the app would pick; and the scripted server for demos."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pipelines.errors import ChartroomError

if TYPE_CHECKING:
    from pipelines.answers.ollama_server import ServerStatus
    from pipelines.settings import Settings


def status(settings: Settings) -> ServerStatus:
    """Version, models and the pick; `server` None when nothing answers at an allowed address."""
    from pipelines.answers import ollama_server

    return ollama_server.status(settings)


def serve_demo_model(port: int, model: str, announce: Callable[[str], None]) -> None:
    """Serve the scripted model on this machine until Ctrl-C; it is labelled as scripted."""
    from pipelines.answers.scripted_server import ScriptedServer

    try:
        server = ScriptedServer(port=port, model=model)
    except OSError as error:
        raise ChartroomError(
            f"Port {port} is taken by another program; choose another with --port."
        ) from error
    with server:
        announce(server.url)
        server.wait()
