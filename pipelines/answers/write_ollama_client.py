"""One streamed request to Ollama through Haystack, watched from the outside.

Promises: no proxy, no redirect, no API key, no retry; one clock over the whole answer, checked
at every byte that comes; a model that turns out to run in the cloud is noticed in its reply. It
returns the text of an answer that ended well, raises `ModelStopped` when the reader ended it, and
`ModelUnavailable` for everything else. However it ends, the connection is cut, also one that
waits for its first byte, so that no server goes on writing for nobody. `on_piece` runs on the
thread that asked: once `ask` has returned or raised, nothing more of the answer is handed on.
Imported only when a model is asked: Haystack takes seconds to import.
"""

from __future__ import annotations

import queue
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx
from haystack.dataclasses import ChatMessage, StreamingChunk
from haystack_integrations.components.generators.ollama import OllamaChatGenerator
from ollama import Client, ResponseError

from pipelines.answers.ollama_server import CONNECT_SECONDS, EMBEDDED
from pipelines.answers.write_ollama_prompt import Prompt
from pipelines.errors import ModelStopped, ModelUnavailable
from pipelines.records.models import Timing

SEED = 7
MOST_CHARACTERS = 60_000
KEEP_ALIVE = "10m"
# How long a press of Stop may go unseen while nothing comes.
STOP_SECONDS = 0.05
NANOSECONDS = 1e9
Think = Literal["low", "medium", "high"]
# What the client raises for a server that is down, breaks off, or talks garbage.
FAULTS = (
    httpx.HTTPError, httpx.InvalidURL, ResponseError, OSError, ValueError, TypeError,
    LookupError, AttributeError, RuntimeError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Call:
    """Where and whom to ask, how much context it has, and by when (a monotonic clock).

    `think` as Ollama takes it; `on_piece` is told each piece of text as it comes; `stop` ends it.
    """

    url: str
    model: str
    num_ctx: int
    deadline: float
    think: bool | Think = False
    on_piece: Callable[[str], None] | None = None
    stop: threading.Event | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """The model's whole answer as text, and how fast it came."""

    text: str
    timing: Timing


# Inside a JSON string the quotation marks would be escaped.
_REMOTE = re.compile(rb'"remote_(?:host|model)"\s*:\s*"[^"]')
TAIL_BYTES = 64


class OutOfTime(OSError):
    """The clock of the whole answer ran out."""


class InTheCloud(OSError):
    """The reply says that another host wrote it."""


class Abandoned(OSError):
    """Nobody waits for this answer any more."""


@dataclass(slots=True, repr=False)
class Watch:
    """What came so far: text, whether it is done, and why it ended."""

    deadline: float
    pieces: queue.SimpleQueue[str | None] = field(default_factory=queue.SimpleQueue)
    parts: list[str] = field(default_factory=list)
    size: int = 0
    done: bool = False
    reason: str | None = None
    counts: Mapping[str, Any] = field(default_factory=dict)
    fault: BaseException | None = None
    ended: bool = False
    _abandoned: bool = False
    _socket: socket.socket | None = None

    def check(self) -> None:
        """Stop when the time is over or nobody waits."""
        if self._abandoned:
            raise Abandoned
        if time.monotonic() > self.deadline:
            raise OutOfTime

    def take(self, chunk: StreamingChunk) -> None:
        """One line of the stream."""
        self.check()
        if self.done:
            return
        text = chunk.content or ""
        self.parts.append(text)
        self.size += len(text)
        if self.size > MOST_CHARACTERS:
            raise ValueError("too long")
        if text:
            self.pieces.put(text)
        if chunk.meta.get("done"):
            self.done = True
            self.reason = chunk.meta.get("done_reason")
            self.counts = chunk.meta

    def end(self) -> None:
        """Nothing more comes."""
        self.pieces.put(None)
        self.ended = True

    def abandon(self) -> None:
        """Cut the connection: a read that waits in it ends, and the server learns of it."""
        self._abandoned = True
        self._cut()

    def traced(self, name: str, info: Mapping[str, Any]) -> None:
        """What the connection tells of itself: its socket, as soon as there is one."""
        if name in _CONNECTED:
            self._socket = info["return_value"].get_extra_info("socket")
            if self._abandoned:
                self._cut()

    def count(self, name: str) -> int | None:
        """One of the server's counts, where it gave it."""
        count = self.counts.get(name)
        return count if isinstance(count, int) and count > 0 else None

    def _cut(self) -> None:
        held = self._socket
        if held is not None:
            with suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)


_CONNECTED = ("connection.connect_tcp.complete", "connection.start_tls.complete")


class _WatchedStream(httpx.SyncByteStream):
    """The bytes of a reply; a name of another host in them ends it."""

    def __init__(self, inner: httpx.SyncByteStream, watch: Watch) -> None:
        self._inner = inner
        self._watch = watch

    def __iter__(self) -> Iterator[bytes]:
        tail = b""
        for part in self._inner:
            self._watch.check()
            if _REMOTE.search(tail + part):
                raise InTheCloud
            tail = (tail + part)[-TAIL_BYTES:]
            yield part

    def close(self) -> None:
        self._inner.close()


class _PlainTransport(httpx.HTTPTransport):
    """Straight to the host: the key that the client adds from the environment is taken off."""

    def __init__(self, watch: Watch) -> None:
        super().__init__(trust_env=False)
        self._watch = watch

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.headers.pop("authorization", None)
        request.headers["accept-encoding"] = "identity"
        request.extensions = {**request.extensions, "trace": self._watch.traced}
        response = super().handle_request(request)
        if isinstance(response.stream, httpx.SyncByteStream):
            response.stream = _WatchedStream(response.stream, self._watch)
        return response


class LocalChatGenerator(OllamaChatGenerator):
    """Haystack's generator on a client that uses neither proxy nor redirect nor key."""

    def watched(self, watch: Watch) -> LocalChatGenerator:
        """Itself, ready for one answer under the watch's clock."""
        left = max(0.05, watch.deadline - time.monotonic())
        self._client = Client(
            host=self.url,
            timeout=httpx.Timeout(left, connect=min(left, 2 * CONNECT_SECONDS)),
            transport=_PlainTransport(watch),
            trust_env=False,
            follow_redirects=False,
        )
        return self


def ask(prompt: Prompt, call: Call) -> Reply:
    """The model's whole answer; raises ModelUnavailable for anything less."""
    watch = Watch(call.deadline)
    threading.Thread(target=_guarded, args=(prompt, call, watch), name="model", daemon=True).start()
    try:
        out_of_time = not _heard(watch, call)
    finally:
        watch.abandon()
    fault = OutOfTime() if out_of_time else watch.fault
    # The client stumbles over a last line without counts, also where that line never came.
    if fault is not None and not isinstance(fault, TypeError):
        raise ModelUnavailable(f"{_sentence(fault, call.model)}; {EMBEDDED}", _kind(fault))
    return Reply(_whole(watch, call, prompt), _timing(watch))


def _heard(watch: Watch, call: Call) -> bool:
    """Hand on each piece until the end of the reply; False when the time was over before it."""
    while True:
        if call.stop is not None and call.stop.is_set():
            raise ModelStopped("The reader stopped the model's answer.")
        left = call.deadline - time.monotonic()
        if left <= 0 and not watch.ended:
            return False
        with suppress(queue.Empty):
            piece = watch.pieces.get(timeout=max(0.0, min(left, STOP_SECONDS)))
            if piece is None:
                return True
            if call.on_piece is not None:
                call.on_piece(piece)


def _guarded(prompt: Prompt, call: Call, watch: Watch) -> None:
    """The request on a thread of its own; what went wrong is left in the watch."""
    try:
        _run(prompt, call, watch)
    except FAULTS as fault:
        watch.fault = fault
    finally:
        watch.end()


def _run(prompt: Prompt, call: Call, watch: Watch) -> None:
    generator = LocalChatGenerator(
        model=call.model,
        url=call.url,
        timeout=max(1, int(call.deadline - time.monotonic())),
        max_retries=0,
        keep_alive=KEEP_ALIVE,
        think=call.think,
        response_format=prompt.schema,
        generation_kwargs={
            "temperature": 0,
            "seed": SEED,
            "num_ctx": call.num_ctx,
            "num_predict": prompt.answer_tokens,
        },
    ).watched(watch)
    try:
        generator.run(
            [ChatMessage.from_system(prompt.system), ChatMessage.from_user(prompt.user)],
            streaming_callback=watch.take,
        )
    finally:
        generator.close()


def _whole(watch: Watch, call: Call, prompt: Prompt) -> str:
    text = "".join(watch.parts)
    if not watch.done:
        raise ModelUnavailable(
            f"The model's answer broke off before its end; {EMBEDDED}", "no done"
        )
    if watch.reason not in (None, "", "stop") or _is_full(watch, call, prompt):
        raise ModelUnavailable(f"The model's answer was cut off; {EMBEDDED}", "cut off")
    if not text.strip():
        raise ModelUnavailable(f"The model gave an empty answer; {EMBEDDED}", "empty")
    return text


def _is_full(watch: Watch, call: Call, prompt: Prompt) -> bool:
    """Whether the context was used up, so that evidence may have been dropped unseen.

    The prompt is made to leave the answer's room free: a prompt that reached into it was longer
    than it was counted to be, and what the server did to it is not known.
    """
    asked, answered = watch.count("prompt_eval_count") or 0, watch.count("eval_count") or 0
    return asked + answered >= call.num_ctx or asked > call.num_ctx - prompt.answer_tokens


def _timing(watch: Watch) -> Timing:
    answered, spent = watch.count("eval_count"), watch.count("eval_duration")
    load = watch.count("load_duration")
    return Timing(
        load_s=load / NANOSECONDS if load is not None else None,
        prompt_tokens=watch.count("prompt_eval_count"),
        answer_tokens=answered,
        tokens_per_s=answered * NANOSECONDS / spent if answered and spent else None,
    )


def _sentence(fault: BaseException, model: str) -> str:
    if isinstance(fault, OutOfTime | httpx.TimeoutException | TimeoutError):
        return "The model did not answer in time"
    if isinstance(fault, InTheCloud):
        return f"The model {model} runs in Ollama's cloud, where no chart may go"
    if isinstance(fault, ResponseError):
        return _refusal(fault.status_code, model)
    if isinstance(fault, httpx.ConnectError | ConnectionRefusedError):
        return "Ollama could not be reached"
    if isinstance(fault, httpx.TransportError | OSError):
        return "The connection to Ollama broke off"
    return "Ollama gave an answer that cannot be read"


def _refusal(code: int, model: str) -> str:
    if code == 404:
        return f"The model {model} is not on the Ollama server"
    if code in (429, 503):
        return f"Ollama is too busy to answer (error {code})"
    return "The model failed while it wrote" if code < 0 else f"Ollama answered with error {code}"


def _kind(fault: BaseException) -> str:
    return type(fault).__name__
