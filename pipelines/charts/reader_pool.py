"""Large loads read their files in processes of their own, one a core; this one only writes.

Parsing holds the interpreter, so threads would not help. The readers get names of files and
give back packed columns through pipes; they open no store, keep nothing and end when their
pipe closes, also when this process is killed. Should one die, its files are read here. Results
come in the order of the files, so that a load does the same thing every time.
"""

from __future__ import annotations

import os
import pickle
import queue
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from pipelines.charts import parcels
from pipelines.charts.columns import Packed
from pipelines.charts.file_reader import FileReader
from pipelines.charts.files import MEGABYTE, Source

WORTH_IT = 16 * MEGABYTE
USUAL_PACKING = 12
# How far a reader may run ahead while a batch is written: enough not to stand still.
AHEAD_BYTES = 20 * MEGABYTE
MOST_AHEAD = 64
MOST_READERS = 4


@dataclass(slots=True)
class _Process:
    """One reader, the files it was given, and what it has given back."""

    process: subprocess.Popen[bytes]
    work: list[tuple[int, Source]] = field(default_factory=list)
    size: int = 0
    results: queue.Queue[Packed | None] = field(default_factory=queue.Queue)


def read_all(reader: FileReader, sources: Sequence[Source], first_id: int) -> Iterator[Packed]:
    """Every file packed, in order, numbered from `first_id`."""
    numbered = list(enumerate(sources, first_id))
    sizes = [_unpacked_size(source) for source in sources]
    count = min(os.cpu_count() or 1, MOST_READERS, len(sources))
    if sum(sizes) < WORTH_IT or count < 2:
        return (reader.read(source, number) for number, source in numbered)
    return _in_processes(reader, numbered, sizes, count)


def _unpacked_size(source: Source) -> int:
    try:
        return source.size * (USUAL_PACKING if source.name.lower().endswith(".gz") else 1)
    except OSError:
        return 0


def _in_processes(
    reader: FileReader, numbered: list[tuple[int, Source]], sizes: list[int], count: int
) -> Iterator[Packed]:
    ahead = min(MOST_AHEAD, max(2, AHEAD_BYTES * len(sizes) // (sum(sizes) + 1)))
    pool = [_Process(_start(), results=queue.Queue(ahead)) for _ in range(count)]
    whose = []
    for one, size in zip(numbered, sizes, strict=True):
        least = min(pool, key=lambda process: process.size)
        least.work.append(one)
        least.size += size
        whose.append(least)
    stop = threading.Event()
    for process in pool:
        threading.Thread(target=_serve, args=(process, reader, stop), daemon=True).start()
    try:
        for (number, source), process in zip(numbered, whose, strict=True):
            yield process.results.get() or reader.read(source, number)
    finally:
        stop.set()
        for process in pool:
            process.process.kill()
            process.process.wait()


def _start() -> subprocess.Popen[bytes]:
    root = str(Path(__file__).parents[2])
    return subprocess.Popen(  # this interpreter, this package
        [sys.executable, "-m", "pipelines.charts.reader_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": root},
    )


def _serve(process: _Process, reader: FileReader, stop: threading.Event) -> None:
    """Hand a reader its files and put what it gives back into its queue, None where it died."""
    pipe, answers = process.process.stdin, process.process.stdout
    alive = pipe is not None and answers is not None
    if answers is not None:
        parcels.widen(answers)
    if pipe is not None:
        with suppress(OSError), pipe:
            pickle.dump((reader.limits, reader.columns, process.work), pipe)
    for _ in process.work:
        packed = _answer(answers) if alive and answers is not None else None
        alive = packed is not None
        while not stop.is_set():
            with suppress(queue.Full):
                process.results.put(packed, timeout=0.2)
                break


def _answer(answers: IO[bytes]) -> Packed | None:
    try:
        found = parcels.receive(answers)
    except (EOFError, OSError, pickle.UnpicklingError, struct.error):
        return None
    return found if isinstance(found, Packed) else None
