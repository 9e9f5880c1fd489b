"""The app, started as a child process of the command line: `streamlit run app.py`."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import ChartroomError

if TYPE_CHECKING:
    from types import FrameType

    from pipelines.settings import Settings

APP = Path(__file__).parents[2] / "app.py"
ADDRESS = "127.0.0.1"
STOPPED_BY_USER = (0, -signal.SIGINT, -signal.SIGTERM, 130, 143)


def serve(settings: Settings, port: int, announce: Callable[[str], None]) -> int:
    """Run the app until it is stopped; 0 when it was stopped by the user."""
    if not APP.is_file():
        raise ChartroomError("The app's files are not beside the command; run it from a checkout.")
    _check_free(port)
    environment = {**os.environ, "CHARTROOM_HOME": str(settings.home)}
    command = [sys.executable, "-m", "streamlit", "run", str(APP), "--server.port", str(port)]
    # Streamlit greets on stdout, where one line, or one JSON value, of ours is all there may be.
    child = subprocess.Popen(  # noqa: S603 - the command is made of our own words
        command, cwd=APP.parent, env=environment, stdout=subprocess.DEVNULL
    )

    def pass_on(signum: int, _frame: FrameType | None) -> None:
        child.send_signal(signum)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, pass_on)
    announce(f"http://{ADDRESS}:{port}")
    status = child.wait()
    if status not in STOPPED_BY_USER:
        raise ChartroomError("The app ended unexpectedly; see what it printed above.")
    return 0


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError as error:
            raise ChartroomError(
                f"Port {port} is taken by another program; choose another with --port."
            ) from error
