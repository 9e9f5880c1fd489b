"""One streamed request to Ollama through Haystack, watched from the outside.

Promises: no proxy, no redirect, no API key, no retry; one clock over the whole answer. It returns
the text of an answer that ended well, raises `ModelStopped` when the reader ended it, and
`ModelUnavailable` for everything else; however it ends, the connection is cut. `on_piece` runs on
the thread that asked: once `ask` has returned or raised, nothing more of the answer is handed on.
Imported only when a model is asked: Haystack takes seconds to import.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import httpx
from haystack.dataclasses import ChatMessage
from haystack_integrations.components.generators.ollama import OllamaChatGenerator
from ollama import Client, ResponseError

from pipelines.answers.ollama_door import CONNECT_SECONDS, KEEP_ALIVE
from pipelines.answers.ollama_server import EMBEDDED
from pipelines.answers.write_ollama_prompt import Prompt
from pipelines.answers.write_ollama_watch import InTheCloud, OutOfTime, PlainTransport, Watch
from pipelines.errors import ModelStopped, ModelUnavailable
from pipelines.records.models import Think, Timing

SEED = 7
# How long a press of Stop may go unseen while nothing comes.
STOP_SECONDS = 0.05
NANOSECONDS = 1e9
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


class LocalChatGenerator(OllamaChatGenerator):
    """Haystack's generator on a client that uses neither proxy nor redirect nor key."""

    def watched(self, watch: Watch) -> LocalChatGenerator:
        """Itself, ready for one answer under the watch's clock."""
        left = max(0.05, watch.deadline - time.monotonic())
        self._client = Client(
            host=self.url,
            timeout=httpx.Timeout(left, connect=min(left, 2 * CONNECT_SECONDS)),
            transport=PlainTransport(watch),
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
