"""One streamed request to Ollama through Haystack, watched from the outside.

Promises: no proxy, no redirect, no API key, no retry; one clock over the whole answer, checked
at every byte that comes; a model that turns out to run in the cloud is noticed in its reply. It
returns the text of an answer that ended well, and raises `ModelUnavailable` for everything else.
Imported only when a model is asked: Haystack takes seconds to import.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx
from haystack.dataclasses import ChatMessage, StreamingChunk
from haystack_integrations.components.generators.ollama import OllamaChatGenerator
from ollama import Client, ResponseError

from pipelines.answers.ollama_door import CONNECT_SECONDS
from pipelines.answers.ollama_server import EMBEDDED
from pipelines.answers.write_ollama_prompt import Prompt
from pipelines.errors import ModelUnavailable
from pipelines.records.models import Think, Timing

SEED = 7
MOST_CHARACTERS = 60_000
KEEP_ALIVE = "10m"
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


@dataclass(slots=True)
class Watch:
    """What came so far: text, whether it is done, and why it ended."""

    deadline: float
    parts: list[str] = field(default_factory=list)
    size: int = 0
    done: bool = False
    reason: str | None = None
    tokens: int = 0

    def check(self) -> None:
        """Stop when the time is over."""
        if time.monotonic() > self.deadline:
            raise OutOfTime

    def take(self, chunk: StreamingChunk) -> None:
        """One line of the stream."""
        self.check()
        if self.done:
            return
        self.parts.append(chunk.content or "")
        self.size += len(chunk.content or "")
        if self.size > MOST_CHARACTERS:
            raise ValueError("too long")
        if chunk.meta.get("done"):
            self.done = True
            self.reason = chunk.meta.get("done_reason")
            counts = (chunk.meta.get("prompt_eval_count"), chunk.meta.get("eval_count"))
            self.tokens = sum(count for count in counts if count)


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
    fault = _within(call.deadline, lambda: _run(prompt, call, watch))
    # The client stumbles over a last line without counts, also where that line never came.
    if fault is not None and not isinstance(fault, TypeError):
        raise ModelUnavailable(f"{_sentence(fault, call.model)}; {EMBEDDED}", _kind(fault))
    return Reply(_whole(watch, call), Timing())


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


def _within(deadline: float, work: Callable[[], None]) -> BaseException | None:
    """Run `work` on a thread of its own and leave it behind when the time is over.

    A read that never returns cannot be stopped from outside; it ends by its own time-out.
    """
    faults: list[BaseException] = []

    def guarded() -> None:
        try:
            work()
        except FAULTS as fault:
            faults.append(fault)

    thread = threading.Thread(target=guarded, name="model", daemon=True)
    thread.start()
    thread.join(max(0.0, deadline - time.monotonic()))
    if thread.is_alive():
        return OutOfTime()
    return faults[0] if faults else None


def _whole(watch: Watch, call: Call) -> str:
    text = "".join(watch.parts)
    if not watch.done:
        raise ModelUnavailable(f"The model's answer broke off before its end; {EMBEDDED}")
    if watch.reason not in (None, "", "stop") or watch.tokens >= call.num_ctx:
        raise ModelUnavailable(f"The model's answer was cut off; {EMBEDDED}")
    if not text.strip():
        raise ModelUnavailable(f"The model gave an empty answer; {EMBEDDED}")
    return text


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
