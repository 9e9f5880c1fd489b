"""The scripted model server, for people who want to see the behaviour without a GPU.

A mode is a way in which a real model or server behaves or fails; `paced` and its like wait for
nobody here but for a short while, so that one can watch.
"""

from __future__ import annotations

from collections.abc import Callable

from pipelines.errors import ChartroomError

PACE_SECONDS = 0.8


def modes() -> tuple[str, ...]:
    """The modes that `serve` takes."""
    from pipelines.answers.scripted_server_replies import MODES

    return MODES


def serve(port: int, model: str, mode: str, announce: Callable[[str], None]) -> None:
    """Serve the scripted model on this machine until Ctrl-C; it is labelled as scripted."""
    from pipelines.answers.scripted_server import ScriptedServer

    try:
        server = ScriptedServer(port=port, model=model, mode=mode)
    except OSError as error:
        raise ChartroomError(
            f"Port {port} is taken by another program; choose another with --port."
        ) from error
    server.pace_seconds = PACE_SECONDS
    with server:
        announce(server.url)
        server.wait()
