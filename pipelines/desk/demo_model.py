"""The scripted model server, for people who want to see the behaviour without a GPU."""

from __future__ import annotations

from collections.abc import Callable

from pipelines.errors import ChartroomError


def serve(port: int, model: str, announce: Callable[[str], None]) -> None:
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
