"""Documents whose readers may be made to run wild, read in a process of its own.

RTF, PDF and any large markup go there: the process has a limit of memory and, for each document,
of time; one that goes over it is ended and its document marked as not read. The process is
started for the first such document, kept for the next, and ends when its pipe closes. It opens
no file and no socket. `python -m pipelines.charts.note_apart` is its other end.
"""

from __future__ import annotations

import json
import os
import signal
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO

from pipelines.charts.note_words import Mark, Words, unread

SECONDS = 3.0
LEAST_SECONDS = 0.5
START_SECONDS = 60
MEGABYTE = 1024 * 1024
MEMORY = 448 * MEGABYTE
MOST_BYTES = 48 * MEGABYTE
HEAD = struct.Struct(">4sI")
READY = b"."
TOO_LARGE = f"It is larger than {MOST_BYTES // MEGABYTE} MB."
ENDED = "It could not be read in the time and memory that one document is given."


class _Apart:
    """The process, one document at a time."""

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None
        # A file full of such documents must end too: each one halves the time of the next.
        self.seconds = SECONDS

    def read(self, kind: str, content: bytes) -> Words:
        with self.turn:
            try:
                process = self._running()
                with _Deadline(process, self.seconds) as deadline:
                    words = _ask(process, kind, content)
            except (OSError, EOFError, ValueError, struct.error):
                self._end()
                self.seconds = max(LEAST_SECONDS, self.seconds / 2)
                return unread(ENDED)
            self.seconds = min(SECONDS, self.seconds * 1.1)
            if deadline.is_over:  # just after its answer: the next one needs another process
                self._end()
            return words

    def _running(self) -> subprocess.Popen[bytes]:
        if self.process is None or self.process.poll() is not None:
            self._end()
            self.process = _start()
            with _Deadline(self.process, START_SECONDS):
                if self.process.stdout is None or self.process.stdout.read(1) != READY:
                    raise EOFError
        return self.process

    def _end(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            for pipe in (self.process.stdin, self.process.stdout):
                if pipe is not None:
                    with suppress(OSError):
                        pipe.close()
            self.process = None


class _Deadline:
    """Ends the process when the time is over; its pipe closes and the reading stops."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self.process = process
        self.is_over = False
        self.timer = threading.Timer(seconds, self._strike)
        self.timer.daemon = True

    def _strike(self) -> None:
        self.is_over = True
        self.process.kill()

    def __enter__(self) -> _Deadline:
        self.timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.timer.cancel()


_apart = _Apart()


def read_apart(kind: str, content: bytes) -> Words:
    """The text of a document of this kind (`rtf`, `pdf`, `html`), or why there is none."""
    if len(content) > MOST_BYTES:
        return unread(TOO_LARGE)
    return _apart.read(kind, content)


def _start() -> subprocess.Popen[bytes]:
    root = str(Path(__file__).parents[2])
    return subprocess.Popen(  # this interpreter, this package; Ctrl-C is the loader's business
        [sys.executable, "-m", "pipelines.charts.note_apart"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": root},
        start_new_session=True,
    )


def _ask(process: subprocess.Popen[bytes], kind: str, content: bytes) -> Words:
    if process.stdin is None or process.stdout is None:
        raise EOFError
    process.stdin.write(HEAD.pack(kind.encode(), len(content)) + content)
    process.stdin.flush()
    text, marks, reason = json.loads(_exactly(process.stdout, _size(process.stdout)))
    return Words(text, tuple(Mark(*mark[:4]) for mark in marks), reason)


def _size(pipe: IO[bytes]) -> int:
    return int(HEAD.unpack(_exactly(pipe, HEAD.size))[1])


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    found = pipe.read(size)
    if len(found) < size:
        raise EOFError
    return found


def _read(kind: str, content: bytes) -> Words:
    from pipelines.charts.note_markup import html_words
    from pipelines.charts.note_print import pdf_words, rtf_words

    try:
        if kind == "html":
            return html_words(content.decode())
        return rtf_words(content) if kind == "rtf" else pdf_words(content)
    except (MemoryError, RecursionError):
        return unread(ENDED)


def _limit() -> None:
    with suppress(ImportError, ValueError, OSError):  # where the system knows such limits
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Read documents from the pipe until it closes."""
    _limit()
    given, answers = sys.stdin.buffer, sys.stdout.buffer
    answers.write(READY)
    answers.flush()
    while head := given.read(HEAD.size):
        kind, size = HEAD.unpack(head)
        signal.alarm(int(SECONDS * 3))  # should the loader be gone, this ends by itself
        words = _read(kind.decode().strip("\0"), given.read(size))
        said = json.dumps([words.text, words.marks, words.unread]).encode()
        answers.write(HEAD.pack(b"", len(said)) + said)
        answers.flush()
        signal.alarm(0)


if __name__ == "__main__":
    main()
