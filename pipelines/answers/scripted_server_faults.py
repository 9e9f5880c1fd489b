"""How the scripted server's streams go: a line at a time, paced, cut, stalled or broken.

Each mode is a way in which a real server or connection fails, or a pace. A stream is an iterator
of lines; `None` in it is a connection that drops. Nothing here sleeps: what waits, waits for the
test to say `go_on()` or for the server to close.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pipelines.answers.scripted_server_models import COUNTS, REMOTE, STARTED, digest_of
from pipelines.answers.scripted_server_replies import pieces, sentences_of

if TYPE_CHECKING:
    from pipelines.answers.scripted_server import ScriptedServer

DRIP_SECONDS = 0.05
LONG_THOUGHT = 200
PULLED_BYTES = 4_000
PULL_STEPS = 4
NEAR = 8
REFUSED = {
    "error_before": (500, "llama runner process has terminated"),
    "busy": (503, "server busy, please try again. maximum pending requests exceeded"),
}
_BROKEN = ("error_in_the_middle", "drop", "stall_in_the_middle")


def refuses_think(mode: str, body: Mapping[str, Any]) -> bool:
    """Whether the model cannot think and was told to."""
    return mode == "think_400" and bool(body.get("think"))


def chat_lines(
    server: ScriptedServer, mode: str, body: Mapping[str, Any], said: str
) -> Iterator[bytes | None]:
    """The stream of one answer."""
    if mode == "stall":
        server.closing.wait()
    while mode == "drip" and not server.closing.wait(DRIP_SECONDS):
        yield b" "
    for thought in _thoughts(mode, body):
        yield _line(mode, body, {"role": "assistant", "content": "", "thinking": thought})
    parts = sentences_of(said) if mode == "paced" else pieces(said)
    for part in parts[: len(parts) // 2 + 1] if mode in _BROKEN else parts:
        if mode == "paced":
            server.pace()
        yield _line(mode, body, {"role": "assistant", "content": part})
    yield from _end(server, mode, body)


def _end(server: ScriptedServer, mode: str, body: Mapping[str, Any]) -> Iterator[bytes | None]:
    if mode == "stall_in_the_middle":
        server.closing.wait()
        yield None
    elif mode == "drop":
        yield None
    elif mode == "error_in_the_middle":
        yield _bare({"error": "an error was encountered while running"})
    elif mode != "no_done":
        if mode == "paced":
            server.pace()
        yield _line(
            mode, body, {"role": "assistant", "content": ""}, done=True, **_ending(mode, body)
        )


def _ending(mode: str, body: Mapping[str, Any]) -> dict[str, Any]:
    end: dict[str, Any] = {"done_reason": "length" if mode == "length" else "stop"}
    if mode == "no_counts":
        return end
    end.update(COUNTS)
    room = int((body.get("options") or {}).get("num_ctx") or 0)
    if mode == "overflow":  # the server dropped the front of the prompt and filled the rest
        end["prompt_eval_count"] = room
    elif mode == "overflow_near":
        end["prompt_eval_count"] = room - COUNTS["eval_count"] - NEAR
    return end


def _thoughts(mode: str, body: Mapping[str, Any]) -> list[str]:
    """What the model thinks aloud; gpt-oss always does, and long unless told to be brief."""
    if mode == "thinking":
        return ["Potassium is 9.9."]
    if mode == "gpt_oss":
        return ["Hm. "] * (1 if body.get("think") == "low" else LONG_THOUGHT)
    return []


def pull_lines(server: ScriptedServer, name: str) -> Iterator[bytes | None]:
    """The stream of a download; paced, each step waits."""
    yield _bare({"status": "pulling manifest"})
    if server.mode == "pull_error":
        yield _bare({"error": "pull model manifest: file does not exist"})
        return
    layer = digest_of(name)
    for step in range(1, PULL_STEPS + 1):
        if server.mode == "paced":
            server.pace()
        yield _bare({
            "status": f"pulling {layer[:12]}", "digest": f"sha256:{layer}",
            "total": PULLED_BYTES, "completed": PULLED_BYTES * step // PULL_STEPS,
        })  # fmt: skip
        if server.mode == "drop":
            yield None
            return
    if server.mode == "no_done":
        return
    yield _bare({"status": "verifying sha256 digest"})
    yield _bare({"status": "writing manifest"})
    yield _bare({"status": "success"})


def _line(
    mode: str, body: Mapping[str, Any], message: Mapping[str, Any], *, done: bool = False,
    **more: object,
) -> bytes:  # fmt: skip
    line: dict[str, Any] = {"model": body.get("model"), "created_at": STARTED, "message": message}
    if mode == "cloud_unlisted":
        line.update(REMOTE)
    return _bare({**line, "done": done, **more})


def _bare(line: Mapping[str, Any]) -> bytes:
    return json.dumps({**line, "scripted": True}).encode() + b"\n"
